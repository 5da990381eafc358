// Owns the swipe that answers a message: resistance past the threshold, one tick in the hand, and always a way back.
import { type PropsWithChildren, useState } from 'react';
import { StyleSheet, View } from 'react-native';
import { Gesture, GestureDetector } from 'react-native-gesture-handler';
import Animated, {
  interpolate,
  type SharedValue,
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
  const still = useReducedMotion();
  // Most rows are never swiped, and need no sign of it.
  const [begun, setBegun] = useState(false);
  const shift = useSharedValue(0);
  const passed = useSharedValue(false);
  const pan = Gesture.Pan()
    .activeOffsetX([-16, 16])
    .failOffsetY([-12, 12])
    .onStart(() => scheduleOnRN(setBegun, true))
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
  return (
    <View>
      {begun ? <Sign shift={shift} /> : null}
      <GestureDetector gesture={pan} touchAction="pan-y" userSelect="auto">
        <Animated.View style={[inner.row, row]}>{children}</Animated.View>
      </GestureDetector>
    </View>
  );
}

function Sign({ shift }: { shift: SharedValue<number> }) {
  const styles = useStyles();
  const shown = useAnimatedStyle(() => ({
    opacity: interpolate(Math.abs(shift.value), [12, THRESHOLD], [0, 1], 'clamp'),
    transform: [{ scale: interpolate(Math.abs(shift.value), [12, THRESHOLD], [0.6, 1], 'clamp') }],
    left: shift.value > 0 ? 8 : undefined,
    right: shift.value < 0 ? 8 : undefined,
  }));
  return (
    <Animated.View style={[styles.sign, shown]} pointerEvents="none">
      <Icon name="arrow-undo" size={18} color="accent" />
    </Animated.View>
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
