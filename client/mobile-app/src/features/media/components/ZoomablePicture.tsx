// Owns how a picture follows the fingers: pinch and double tap to see more of it, along to the next, up or down to leave.
import type { MediaAsset } from '@aichatwar/shared';
import { useWindowDimensions } from 'react-native';
import { Gesture, GestureDetector } from 'react-native-gesture-handler';
import Animated, {
  type SharedValue,
  useAnimatedStyle,
  useSharedValue,
  withSpring,
  withTiming,
} from 'react-native-reanimated';
import { scheduleOnRN } from 'react-native-worklets';
import { motion, useReducedMotion } from '@/design';
import { MediaImage } from './MediaImage';

const ZOOM_MAX = 5;
const ZOOM_TAP = 2.5;
const TURN_AT = 70;
const LEAVE_AT = 110;

export interface ZoomablePictureProps {
  asset: MediaAsset;
  /** How much of the ground is left while it is swiped away, from 1 to 0. */
  ground: SharedValue<number>;
  onTurn: (by: number) => void;
  onLeave: () => void;
  onTap: () => void;
}

export function ZoomablePicture({ asset, ground, onTurn, onLeave, onTap }: ZoomablePictureProps) {
  const { width, height } = useWindowDimensions();
  const still = useReducedMotion();
  const scale = useSharedValue(1);
  const from = useSharedValue(1);
  const x = useSharedValue(0);
  const y = useSharedValue(0);
  const startX = useSharedValue(0);
  const startY = useSharedValue(0);
  const duration = still ? 0 : motion.normal;

  const rest = () => {
    'worklet';
    const roomX = (width * (scale.get() - 1)) / 2;
    const roomY = (height * (scale.get() - 1)) / 2;
    x.set(withSpring(Math.min(roomX, Math.max(-roomX, x.get())), { damping: 22, stiffness: 220 }));
    y.set(withSpring(Math.min(roomY, Math.max(-roomY, y.get())), { damping: 22, stiffness: 220 }));
    ground.set(withTiming(1, { duration }));
  };

  const pinch = Gesture.Pinch()
    .onStart(() => {
      from.set(scale.get());
    })
    .onUpdate((event) => {
      scale.set(Math.min(ZOOM_MAX, Math.max(0.7, from.get() * event.scale)));
    })
    .onEnd(() => {
      if (scale.get() < 1) scale.set(withTiming(1, { duration }));
      rest();
    });

  const pan = Gesture.Pan()
    .minDistance(8)
    .onStart(() => {
      startX.set(x.get());
      startY.set(y.get());
    })
    .onUpdate((event) => {
      x.set(startX.get() + event.translationX);
      y.set(startY.get() + event.translationY);
      if (scale.get() > 1.02) return;
      const across = Math.abs(event.translationX) > Math.abs(event.translationY);
      if (across) y.set(0);
      else {
        x.set(0);
        ground.set(Math.max(0.25, 1 - Math.abs(event.translationY) / (height * 0.6)));
      }
    })
    .onEnd((event) => {
      if (scale.get() <= 1.02) {
        const across = Math.abs(event.translationX) > Math.abs(event.translationY);
        if (across && Math.abs(event.translationX) > TURN_AT) {
          scheduleOnRN(onTurn, event.translationX < 0 ? 1 : -1);
        } else if (!across && Math.abs(event.translationY) > LEAVE_AT) {
          y.set(withTiming(Math.sign(event.translationY) * height, { duration }));
          scheduleOnRN(onLeave);
          return;
        }
      }
      rest();
    });

  const twice = Gesture.Tap()
    .numberOfTaps(2)
    .onEnd((event) => {
      const near = scale.get() > 1.05;
      scale.set(withTiming(near ? 1 : ZOOM_TAP, { duration }));
      x.set(withTiming(near ? 0 : (width / 2 - event.x) * (ZOOM_TAP - 1), { duration }));
      y.set(withTiming(near ? 0 : (height / 2 - event.y) * (ZOOM_TAP - 1), { duration }));
    });
  const tap = Gesture.Tap().onEnd(() => {
    scheduleOnRN(onTap);
  });

  const moved = useAnimatedStyle(() => ({
    transform: [{ translateX: x.get() }, { translateY: y.get() }, { scale: scale.get() }],
  }));
  return (
    <GestureDetector gesture={Gesture.Race(Gesture.Simultaneous(pinch, pan), Gesture.Exclusive(twice, tap))}>
      <Animated.View style={[{ width, height }, moved]} testID="viewer-picture">
        <MediaImage
          asset={asset}
          width={Math.max(width, 800)}
          fit="contain"
          style={{ width: '100%', height: '100%', backgroundColor: 'transparent' }}
        />
      </Animated.View>
    </GestureDetector>
  );
}
