// Owns the questions that a card proposes: with somebody who asks them, each is asked as soon as it is pressed.
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Icon, makeStyles, radius, size, space, Text, Touchable } from '@/design';

export interface SamplePromptsProps {
  prompts: readonly string[];
  disabled?: boolean;
  onAsk?: (prompt: string) => void;
}

export function SamplePrompts({ prompts, disabled = false, onAsk }: SamplePromptsProps) {
  const { t } = useTranslation('market');
  const styles = useStyles();
  return (
    <View style={styles.prompts}>
      {prompts.map((prompt) => {
        const words = (
          <>
            <Icon name="chatbubble-ellipses-outline" size={18} color="accent" />
            <Text style={styles.words}>{prompt}</Text>
          </>
        );
        return onAsk ? (
          <Touchable
            key={prompt}
            label={t('tryOutAsk', { prompt })}
            disabled={disabled}
            onPress={() => onAsk(prompt)}
            style={({ pressed, hovered }) => [
              styles.prompt,
              (pressed || hovered) && styles.over,
              disabled && styles.disabled,
            ]}
          >
            {words}
          </Touchable>
        ) : (
          <View key={prompt} style={styles.prompt}>
            {words}
          </View>
        );
      })}
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  prompts: { flexDirection: 'row', flexWrap: 'wrap', gap: space.s },
  prompt: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.s,
    minHeight: size.touch,
    maxWidth: '100%',
    paddingHorizontal: space.m,
    paddingVertical: space.s,
    borderRadius: radius.l,
    borderWidth: 1,
    borderColor: 'transparent',
    backgroundColor: colors.accentSoft,
  },
  over: { borderColor: colors.accent },
  disabled: { opacity: 0.6 },
  words: { flexShrink: 1 },
}));
