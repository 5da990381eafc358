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
  /** What is read out; the title, by default. */
  label?: string;
  leading?: ReactNode;
  trailing?: ReactNode;
  selected?: boolean;
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
    selected = false,
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
          <Text variant="label" color="textMuted" numberOfLines={1} style={styles.subtitle}>
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
  return (
    <Touchable
      label={label ?? title}
      aria-selected={selected}
      onPress={onPress}
      onLongPress={onLongPress}
      testID={testID}
      style={({ pressed, hovered }) => [
        styles.row,
        inset && styles.inset,
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
  words: { flex: 1, minWidth: 0, gap: 1 },
  subtitle: { fontWeight: '400' },
}));
