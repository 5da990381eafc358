// Owns what stands where a list is not yet, not any more, or empty.
import { type ReactNode, useEffect } from 'react';
import { View } from 'react-native';
import Animated, { useAnimatedStyle, useSharedValue, withRepeat, withTiming } from 'react-native-reanimated';
import { Button } from './Button';
import { Icon, type IconName } from './Icon';
import { Text } from './Text';
import { makeStyles, useTheme } from './theme';
import { radius, space } from './tokens';
import { useReducedMotion } from './useReducedMotion';

export interface SkeletonProps {
  width?: number | `${number}%`;
  height?: number;
  round?: boolean;
}

/** A grey shape where something will stand. */
export function Skeleton({ width = '100%', height = 14, round = false }: SkeletonProps) {
  const { colors } = useTheme();
  const still = useReducedMotion();
  const opacity = useSharedValue(1);
  useEffect(() => {
    if (!still) opacity.value = withRepeat(withTiming(0.45, { duration: 800 }), -1, true);
  }, [opacity, still]);
  const pulse = useAnimatedStyle(() => ({ opacity: opacity.value }));
  return (
    <Animated.View
      aria-hidden
      style={[
        { width, height, borderRadius: round ? radius.full : radius.s, backgroundColor: colors.raised },
        pulse,
      ]}
    />
  );
}

/** Rows as a list of people or rooms will have them. */
export function SkeletonRows({ rows = 6, label }: { rows?: number; label: string }) {
  const styles = useStyles();
  return (
    <View aria-busy aria-label={label} role="status" style={styles.rows}>
      {Array.from({ length: rows }, (_, row) => (
        <View key={row} style={styles.row}>
          <Skeleton width={44} height={44} round />
          <View style={styles.lines}>
            <Skeleton width={row % 2 ? '45%' : '60%'} />
            <Skeleton width={row % 3 ? '80%' : '70%'} height={11} />
          </View>
        </View>
      ))}
    </View>
  );
}

export interface EmptyStateProps {
  icon: IconName;
  title: string;
  body?: string;
  action?: ReactNode;
}

export function EmptyState({ icon, title, body, action }: EmptyStateProps) {
  const styles = useStyles();
  return (
    <View style={styles.center}>
      <View style={styles.disc}>
        <Icon name={icon} size={30} color="accent" />
      </View>
      <Text variant="heading" align="center">
        {title}
      </Text>
      {body ? (
        <Text color="textMuted" align="center" style={styles.body}>
          {body}
        </Text>
      ) : null}
      {action ? <View style={styles.action}>{action}</View> : null}
    </View>
  );
}

/** Something could not be had; it may be tried again. */
export function ErrorState({
  title,
  body,
  retry,
}: {
  title: string;
  body: string;
  retry?: { label: string; onPress: () => void };
}) {
  const styles = useStyles();
  return (
    <View style={styles.center} role="alert">
      <View style={[styles.disc, styles.wrong]}>
        <Icon name="cloud-offline-outline" size={30} color="danger" />
      </View>
      <Text variant="heading" align="center">
        {title}
      </Text>
      <Text color="textMuted" align="center" style={styles.body}>
        {body}
      </Text>
      {retry ? (
        <View style={styles.action}>
          <Button label={retry.label} onPress={retry.onPress} kind="secondary" icon="refresh" />
        </View>
      ) : null}
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  rows: { paddingVertical: space.s },
  row: { flexDirection: 'row', alignItems: 'center', gap: space.m, paddingHorizontal: space.l, height: 68 },
  lines: { flex: 1, gap: space.s },
  center: { flexGrow: 1, alignItems: 'center', justifyContent: 'center', padding: space.xl, gap: space.s },
  disc: {
    width: 64,
    height: 64,
    borderRadius: radius.full,
    backgroundColor: colors.accentSoft,
    alignItems: 'center',
    justifyContent: 'center',
    marginBottom: space.s,
  },
  wrong: { backgroundColor: colors.dangerSoft },
  body: { maxWidth: 320 },
  action: { marginTop: space.m },
}));
