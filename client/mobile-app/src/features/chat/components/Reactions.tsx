// Owns what people felt about a message, and the few feelings that are one press away.
import type { Message } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { makeStyles, radius, space, Text, Touchable, useTheme } from '@/design';

export const QUICK = ['👍', '❤️', '😂', '🎉', '😮', '🙏'] as const;

export function Reactions({
  message,
  onToggle,
}: {
  message: Message;
  onToggle: (emoji: string, on: boolean) => void;
}) {
  const { t } = useTranslation('chat');
  const { colors } = useTheme();
  const styles = useStyles();
  if (message.reactions.length === 0) return null;
  return (
    <View style={styles.row}>
      {message.reactions.map(({ emoji, count, mine }) => (
        <Touchable
          key={emoji}
          label={t('reactionCount', { emoji, count })}
          aria-pressed={mine === true}
          onPress={() => onToggle(emoji, !mine)}
          hitSlop={space.xs}
          style={[styles.chip, mine && { backgroundColor: colors.accentSoft, borderColor: colors.accent }]}
        >
          <Text variant="label">{emoji}</Text>
          <Text variant="captionStrong" color={mine ? 'accent' : 'textMuted'}>
            {count}
          </Text>
        </Touchable>
      ))}
    </View>
  );
}

export function QuickReactions({ onPick }: { onPick: (emoji: string) => void }) {
  const { t } = useTranslation('chat');
  const { colors } = useTheme();
  const styles = useStyles();
  return (
    <View style={styles.quick}>
      {QUICK.map((emoji) => (
        <Touchable
          key={emoji}
          label={t('react', { emoji })}
          onPress={() => onPick(emoji)}
          style={({ pressed, hovered }) => [
            styles.emoji,
            (pressed || hovered) && { backgroundColor: colors.raised },
          ]}
        >
          <Text variant="title">{emoji}</Text>
        </Touchable>
      ))}
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  row: { flexDirection: 'row', flexWrap: 'wrap', gap: space.xs, paddingTop: space.xs },
  chip: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.xs,
    paddingHorizontal: space.s,
    height: 26,
    borderRadius: radius.full,
    borderWidth: 1,
    borderColor: colors.border,
    backgroundColor: colors.surface,
  },
  quick: {
    flexDirection: 'row',
    justifyContent: 'space-around',
    paddingHorizontal: space.m,
    paddingVertical: space.xs,
  },
  emoji: { width: 48, height: 48, borderRadius: radius.full, alignItems: 'center', justifyContent: 'center' },
}));
