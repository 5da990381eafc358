// Owns three dots that say that something is being written.
import { useEffect } from 'react';
import { View } from 'react-native';
import Animated, {
  useAnimatedStyle,
  useSharedValue,
  withDelay,
  withRepeat,
  withTiming,
} from 'react-native-reanimated';
import { makeStyles, useReducedMotion } from '@/design';

export function TypingDots() {
  const styles = useStyles();
  return (
    <View style={styles.dots} aria-hidden>
      {[0, 150, 300].map((delay) => (
        <Dot key={delay} delay={delay} />
      ))}
    </View>
  );
}

function Dot({ delay }: { delay: number }) {
  const styles = useStyles();
  const still = useReducedMotion();
  const lift = useSharedValue(0);
  useEffect(() => {
    if (!still) lift.value = withDelay(delay, withRepeat(withTiming(1, { duration: 450 }), -1, true));
  }, [delay, lift, still]);
  const style = useAnimatedStyle(() => ({
    opacity: 0.4 + lift.value * 0.6,
    transform: [{ translateY: -3 * lift.value }],
  }));
  return <Animated.View style={[styles.dot, style]} />;
}

const useStyles = makeStyles((colors) => ({
  dots: { flexDirection: 'row', gap: 4, paddingVertical: 7 },
  dot: { width: 6, height: 6, borderRadius: 3, backgroundColor: colors.textFaint },
}));
