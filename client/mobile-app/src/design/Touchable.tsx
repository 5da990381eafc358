// Owns what can be pressed: always with a role and a label, and visible under pointer, finger and keyboard.
import {
  Pressable,
  type PressableProps,
  type PressableStateCallbackType,
  type StyleProp,
  type ViewStyle,
} from 'react-native';

export interface TouchableState {
  pressed: boolean;
  hovered: boolean;
}

export interface TouchableProps extends Omit<PressableProps, 'style' | 'accessibilityLabel'> {
  /** What a screen reader says. */
  label: string;
  style?: StyleProp<ViewStyle> | ((state: TouchableState) => StyleProp<ViewStyle>);
}

export function Touchable({ label, style, role = 'button', ...rest }: TouchableProps) {
  return (
    <Pressable
      role={role}
      accessibilityLabel={label}
      {...rest}
      style={(state: PressableStateCallbackType & { hovered?: boolean }) =>
        typeof style === 'function'
          ? style({ pressed: state.pressed, hovered: state.hovered === true })
          : style
      }
    />
  );
}
