// Owns the switch between on and off.
import { View } from 'react-native';
import Animated, { useAnimatedStyle, withTiming } from 'react-native-reanimated';
import { makeStyles, useTheme } from './theme';
import { motion, radius } from './tokens';
import { Touchable } from './Touchable';
import { useReducedMotion } from './useReducedMotion';

export interface SwitchProps {
  label: string;
  value: boolean;
  disabled?: boolean;
  onChange: (value: boolean) => void;
  testID?: string;
}

export function Switch({ label, value, disabled, onChange, testID }: SwitchProps) {
  const { colors } = useTheme();
  const styles = useStyles();
  const still = useReducedMotion();
  const slide = useAnimatedStyle(() => ({
    transform: [{ translateX: withTiming(value ? 18 : 0, { duration: still ? 0 : motion.quick }) }],
  }));
  return (
    <Touchable
      role="switch"
      label={label}
      aria-checked={value}
      disabled={disabled}
      hitSlop={8}
      testID={testID}
      onPress={() => onChange(!value)}
      style={[
        styles.track,
        { backgroundColor: value ? colors.accent : colors.borderStrong },
        disabled && styles.disabled,
      ]}
    >
      <View pointerEvents="none">
        <Animated.View style={[styles.thumb, slide]} />
      </View>
    </Touchable>
  );
}

const useStyles = makeStyles((colors) => ({
  track: { width: 46, height: 28, padding: 3, borderRadius: radius.full, justifyContent: 'center' },
  thumb: { width: 22, height: 22, borderRadius: radius.full, backgroundColor: colors.canvas },
  disabled: { opacity: 0.4 },
}));
