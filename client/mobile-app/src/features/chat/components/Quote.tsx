// Owns the few words of the message that is being answered; a press leads to it.
import type { Message } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { makeStyles, radius, space, Text, Touchable, useTheme } from '@/design';
import { plain } from '../model/plain';

export interface QuoteProps {
  message: Message | undefined;
  onAccent?: boolean;
  onPress?: () => void;
}

export function Quote({ message, onAccent = false, onPress }: QuoteProps) {
  const { t } = useTranslation('chat');
  const { colors } = useTheme();
  const styles = useStyles();
  const words = message ? (message.deleted ? t('deleted') : plain(message.text)) : t('olderMessage');
  const name = message?.author.name ?? t('earlier');
  const ink = onAccent ? 'onAccent' : 'text';
  const inside = (
    <>
      <View style={[styles.line, { backgroundColor: onAccent ? colors.onAccentMuted : colors.accent }]} />
      <View style={styles.words}>
        <Text variant="captionStrong" color={onAccent ? 'onAccent' : 'accent'} numberOfLines={1}>
          {name}
        </Text>
        <Text variant="caption" color={onAccent ? ink : 'textMuted'} numberOfLines={1}>
          {words}
        </Text>
      </View>
    </>
  );
  const box = [styles.quote, { backgroundColor: onAccent ? 'rgba(0, 0, 0, 0.12)' : colors.accentSoft }];
  if (!onPress) return <View style={box}>{inside}</View>;
  return (
    <Touchable label={t('goToQuoted', { name })} onPress={onPress} style={box}>
      {inside}
    </Touchable>
  );
}

const useStyles = makeStyles(() => ({
  quote: {
    flexDirection: 'row',
    gap: space.s,
    borderRadius: radius.s,
    overflow: 'hidden',
    alignSelf: 'stretch',
    paddingRight: space.m,
  },
  line: { width: 3 },
  words: { flexShrink: 1, paddingVertical: space.xs },
}));
