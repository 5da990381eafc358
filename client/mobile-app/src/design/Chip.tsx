// Owns small choices that stand beside each other: filters, presets.
import { Icon, type IconName } from './Icon';
import { Text } from './Text';
import { makeStyles, useTheme } from './theme';
import { radius, space } from './tokens';
import { Touchable } from './Touchable';

export interface ChipProps {
  label: string;
  /** What is read out; the label, by default. */
  says?: string;
  count?: number;
  icon?: IconName;
  on?: boolean;
  onPress: () => void;
  testID?: string;
}

export function Chip({ label, says, count, icon, on = false, onPress, testID }: ChipProps) {
  const { colors } = useTheme();
  const styles = useStyles();
  return (
    <Touchable
      label={says ?? label}
      aria-pressed={on}
      onPress={onPress}
      testID={testID}
      hitSlop={space.xs}
      style={({ pressed, hovered }) => [
        styles.chip,
        on
          ? { backgroundColor: colors.accentSoft, borderColor: colors.accent }
          : pressed || hovered
            ? { backgroundColor: colors.hover }
            : null,
      ]}
    >
      {icon ? <Icon name={icon} size={15} color={on ? 'accent' : 'textMuted'} /> : null}
      <Text variant="label" color={on ? 'accent' : 'text'} numberOfLines={1}>
        {label}
      </Text>
      {count !== undefined ? (
        <Text variant="caption" color={on ? 'accent' : 'textFaint'}>
          {String(count)}
        </Text>
      ) : null}
    </Touchable>
  );
}

const useStyles = makeStyles((colors) => ({
  chip: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.xs + 2,
    height: 36,
    paddingHorizontal: space.m,
    borderRadius: radius.full,
    borderWidth: 1,
    borderColor: 'transparent',
    backgroundColor: colors.raised,
  },
}));
