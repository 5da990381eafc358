// Owns a row of a list: something in front, two lines of words, something behind.
import type { ReactNode } from 'react';
import { View } from 'react-native';
import { Icon } from './Icon';
import { Text } from './Text';
import { makeStyles, useTheme } from './theme';
import { type ColorName, radius, space } from './tokens';
import { Touchable } from './Touchable';

export interface ListItemProps {
  title: string;
  subtitle?: string | ReactNode;
  /** What is read out; both lines, by default. */
  label?: string;
  leading?: ReactNode;
  trailing?: ReactNode;
  /** Something else to press, beside the row. */
  action?: ReactNode;
  selected?: boolean;
  /** What it is for who does not see it; as one of a choice, `selected` says whether it is chosen. */
  role?: 'button' | 'radio' | 'checkbox' | 'menuitem';
  chevron?: boolean;
  color?: ColorName;
  /** Rounded, with air at its sides: for panes. */
  inset?: boolean;
  testID?: string;
  onPress?: () => void;
  onLongPress?: () => void;
}

export function ListItem(props: ListItemProps) {
  const {
    title,
    subtitle,
    label,
    leading,
    trailing,
    action,
    selected = false,
    role = 'button',
    chevron,
    color,
    inset,
    testID,
    onPress,
    onLongPress,
  } = props;
  const { colors } = useTheme();
  const styles = useStyles();
  const inside = (
    <>
      {leading}
      <View style={styles.words}>
        <Text variant="bodyStrong" color={color ?? 'text'} numberOfLines={1}>
          {title}
        </Text>
        {typeof subtitle === 'string' ? (
          <Text variant="label" color="textMuted" numberOfLines={2} style={styles.subtitle}>
            {subtitle}
          </Text>
        ) : (
          subtitle
        )}
      </View>
      {trailing}
      {chevron ? <Icon name="chevron-forward" size={16} color="textFaint" /> : null}
    </>
  );
  if (!onPress) {
    return (
      <View style={[styles.row, inset && styles.inset]} testID={testID}>
        {inside}
      </View>
    );
  }
  const row = (
    <Touchable
      role={role}
      label={label ?? (typeof subtitle === 'string' ? `${title}, ${subtitle}` : title)}
      {...(role === 'radio' || role === 'checkbox' ? { 'aria-checked': selected } : null)}
      onPress={onPress}
      onLongPress={onLongPress}
      testID={testID}
      style={({ pressed, hovered }) => [
        styles.row,
        inset && styles.inset,
        action ? styles.beside : null,
        selected
          ? { backgroundColor: colors.accentSoft }
          : pressed || hovered
            ? { backgroundColor: colors.raised }
            : null,
      ]}
    >
      {inside}
    </Touchable>
  );
  if (!action) return row;
  return (
    <View style={styles.pair}>
      {row}
      {action}
    </View>
  );
}

const useStyles = makeStyles(() => ({
  row: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.m,
    minHeight: 56,
    paddingHorizontal: space.l,
    paddingVertical: space.s + 2,
  },
  inset: { marginHorizontal: space.s, paddingHorizontal: space.s + 2, borderRadius: radius.l },
  pair: { flexDirection: 'row', alignItems: 'center', paddingRight: space.s },
  beside: { flex: 1, minWidth: 0, paddingRight: space.s },
  words: { flex: 1, minWidth: 0, gap: 1 },
  subtitle: { fontWeight: '400' },
}));
