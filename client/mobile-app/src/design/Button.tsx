// Owns buttons with words, and round ones with an icon alone.
import { ActivityIndicator, type StyleProp, View, type ViewStyle } from 'react-native';
import { Icon, type IconName } from './Icon';
import { Text } from './Text';
import { makeStyles, useTheme } from './theme';
import { type ColorName, radius, size, space } from './tokens';
import { Touchable } from './Touchable';

type Kind = 'primary' | 'secondary' | 'ghost' | 'danger';

export interface ButtonProps {
  label: string;
  /** What is read out, where the label alone says too little. */
  spoken?: string;
  onPress: () => void;
  kind?: Kind;
  icon?: IconName;
  busy?: boolean;
  disabled?: boolean;
  wide?: boolean;
  compact?: boolean;
  testID?: string;
  style?: StyleProp<ViewStyle>;
}

const ink: Record<Kind, ColorName> = {
  primary: 'onAccent',
  secondary: 'text',
  ghost: 'accent',
  danger: 'onDanger',
};

export function Button(props: ButtonProps) {
  const {
    label,
    spoken,
    onPress,
    kind = 'primary',
    icon,
    busy = false,
    disabled = false,
    wide,
    compact,
    testID,
    style,
  } = props;
  const { colors } = useTheme();
  const styles = useStyles();
  const ground: Record<Kind, [string, string]> = {
    primary: [colors.accent, colors.accentHover],
    secondary: [colors.raised, colors.hover],
    ghost: ['transparent', colors.accentSoft],
    danger: [colors.danger, colors.danger],
  };
  return (
    <Touchable
      label={spoken ?? label}
      onPress={onPress}
      disabled={disabled || busy}
      aria-busy={busy}
      testID={testID}
      style={({ pressed, hovered }) => [
        styles.button,
        compact && styles.compact,
        { backgroundColor: ground[kind][pressed || hovered ? 1 : 0] },
        wide && styles.wide,
        disabled && styles.disabled,
        style,
      ]}
    >
      {busy ? <ActivityIndicator size="small" color={colors[ink[kind]]} /> : null}
      {!busy && icon ? <Icon name={icon} size={18} color={ink[kind]} /> : null}
      <Text variant={compact ? 'label' : 'bodyStrong'} color={ink[kind]} numberOfLines={1}>
        {label}
      </Text>
    </Touchable>
  );
}

export interface IconButtonProps {
  icon: IconName;
  label: string;
  onPress: () => void;
  color?: ColorName;
  /** Filled with the accent: the one action of a bar. */
  filled?: boolean;
  disabled?: boolean;
  iconSize?: number;
  /** A colour that no theme has: for what lies over pictures. */
  tint?: string;
  testID?: string;
  style?: StyleProp<ViewStyle>;
}

export function IconButton({
  icon,
  label,
  onPress,
  color,
  filled,
  disabled,
  iconSize,
  tint,
  testID,
  style,
}: IconButtonProps) {
  const { colors } = useTheme();
  const styles = useStyles();
  return (
    <Touchable
      label={label}
      onPress={onPress}
      disabled={disabled}
      testID={testID}
      hitSlop={space.xs}
      style={({ pressed, hovered }) => [
        styles.round,
        filled
          ? { backgroundColor: pressed || hovered ? colors.accentHover : colors.accent }
          : { backgroundColor: pressed || hovered ? colors.hover : 'transparent' },
        disabled && styles.disabled,
        style,
      ]}
    >
      <View pointerEvents="none">
        <Icon
          name={icon}
          size={iconSize ?? size.icon}
          color={color ?? (filled ? 'onAccent' : 'textMuted')}
          tint={tint}
        />
      </View>
    </Touchable>
  );
}

const useStyles = makeStyles(() => ({
  button: {
    minHeight: size.touch,
    paddingHorizontal: space.l,
    borderRadius: radius.m,
    flexDirection: 'row',
    alignItems: 'center',
    justifyContent: 'center',
    gap: space.s,
  },
  compact: { minHeight: 34, paddingHorizontal: space.m, borderRadius: radius.full },
  wide: { alignSelf: 'stretch' },
  disabled: { opacity: 0.45 },
  round: { width: 40, height: 40, borderRadius: radius.full, alignItems: 'center', justifyContent: 'center' },
}));
