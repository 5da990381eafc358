// Owns the swipe that answers a message: resistance past the threshold, one tick in the hand, and always a way back.
import type { PropsWithChildren } from 'react';
import { StyleSheet, View } from 'react-native';
import { Gesture, GestureDetector } from 'react-native-gesture-handler';
import Animated, {
  interpolate,
  useAnimatedStyle,
  useSharedValue,
  withSpring,
  withTiming,
} from 'react-native-reanimated';
import { scheduleOnRN } from 'react-native-worklets';
import { Icon, makeStyles, motion, radius, useReducedMotion } from '@/design';
import { isTouch } from '@/lib/device';
import { haptics } from '@/lib/haptics';

const THRESHOLD = 56;
const RESISTANCE = 0.25;

type SwipeToReplyProps = PropsWithChildren<{ onReply: () => void; testID?: string }>;

/** A mouse selects text instead; its rows cost nothing for a gesture that never comes. */
export function SwipeToReply(props: SwipeToReplyProps) {
  return isTouch ? <Swipe {...props} /> : props.children;
}

function Swipe({ onReply, testID, children }: SwipeToReplyProps) {
  const styles = useStyles();
  const still = useReducedMotion();
  const shift = useSharedValue(0);
  const passed = useSharedValue(false);
  const pan = Gesture.Pan()
    .activeOffsetX([-16, 16])
    .failOffsetY([-12, 12])
    .onUpdate(({ translationX }) => {
      const way = Math.abs(translationX);
      const side = Math.sign(translationX);
      shift.value = side * (way <= THRESHOLD ? way : THRESHOLD + (way - THRESHOLD) * RESISTANCE);
      if (way >= THRESHOLD !== passed.value) {
        passed.value = way >= THRESHOLD;
        if (passed.value) scheduleOnRN(haptics.tick);
      }
    })
    .onEnd(() => {
      if (passed.value) scheduleOnRN(onReply);
    })
    .onFinalize(() => {
      passed.value = false;
      shift.value = still
        ? withTiming(0, { duration: motion.quick })
        : withSpring(0, { damping: 22, stiffness: 260 });
    });
  if (testID) pan.withTestId(testID);
  const row = useAnimatedStyle(() => ({ transform: [{ translateX: shift.value }] }));
  const sign = useAnimatedStyle(() => ({
    opacity: interpolate(Math.abs(shift.value), [12, THRESHOLD], [0, 1], 'clamp'),
    transform: [{ scale: interpolate(Math.abs(shift.value), [12, THRESHOLD], [0.6, 1], 'clamp') }],
    left: shift.value > 0 ? 8 : undefined,
    right: shift.value < 0 ? 8 : undefined,
  }));
  return (
    <View>
      <Animated.View style={[styles.sign, sign]} pointerEvents="none">
        <Icon name="arrow-undo" size={18} color="accent" />
      </Animated.View>
      <GestureDetector gesture={pan} touchAction="pan-y" userSelect="auto">
        <Animated.View style={[inner.row, row]}>{children}</Animated.View>
      </GestureDetector>
    </View>
  );
}

const inner = StyleSheet.create({ row: { alignSelf: 'stretch' } });
const useStyles = makeStyles((colors) => ({
  sign: {
    position: 'absolute',
    top: '50%',
    marginTop: -16,
    width: 32,
    height: 32,
    borderRadius: radius.full,
    backgroundColor: colors.accentSoft,
    alignItems: 'center',
    justifyContent: 'center',
  },
}));
