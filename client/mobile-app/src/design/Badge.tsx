// Owns small marks: a count of what is new, and a word about what something is.
import { View } from 'react-native';
import { Text } from './Text';
import { makeStyles } from './theme';
import { radius, space } from './tokens';

/** A number that grows to `99+`. Nothing at zero. */
export function CountBadge({ count, muted = false }: { count: number; muted?: boolean }) {
  const styles = useStyles();
  if (count <= 0) return null;
  return (
    <View style={[styles.count, muted && styles.muted]}>
      <Text variant="captionStrong" color={muted ? 'textMuted' : 'onAccent'} style={styles.digits}>
        {count > 99 ? '99+' : String(count)}
      </Text>
    </View>
  );
}

export type Tone = 'neutral' | 'agent' | 'warning' | 'danger' | 'accent';

export function Badge({ label, tone = 'neutral' }: { label: string; tone?: Tone }) {
  const styles = useStyles();
  const ink = {
    neutral: 'textMuted',
    agent: 'agent',
    warning: 'warning',
    danger: 'danger',
    accent: 'accent',
  } as const;
  return (
    <View style={[styles.badge, styles[tone]]}>
      <Text variant="captionStrong" color={ink[tone]} numberOfLines={1} style={styles.word}>
        {label}
      </Text>
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  count: {
    minWidth: 20,
    height: 20,
    paddingHorizontal: 6,
    borderRadius: radius.full,
    backgroundColor: colors.accent,
    alignItems: 'center',
    justifyContent: 'center',
  },
  muted: { backgroundColor: colors.raised },
  digits: { fontVariant: ['tabular-nums'] },
  badge: {
    paddingHorizontal: 6,
    paddingVertical: 1,
    borderRadius: radius.s,
    alignSelf: 'flex-start',
    gap: space.xs,
  },
  word: { fontSize: 11 },
  neutral: { backgroundColor: colors.raised },
  agent: { backgroundColor: colors.agentSoft },
  warning: { backgroundColor: colors.warningSoft },
  danger: { backgroundColor: colors.dangerSoft },
  accent: { backgroundColor: colors.accentSoft },
}));
