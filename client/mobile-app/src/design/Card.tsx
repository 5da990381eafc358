// Owns framed groups: a card around anything, and the section of a list of rows.
import { Children, Fragment, type PropsWithChildren } from 'react';
import { type StyleProp, View, type ViewStyle } from 'react-native';
import { Text } from './Text';
import { makeStyles } from './theme';
import { radius, space } from './tokens';

export function Card({ children, style }: PropsWithChildren<{ style?: StyleProp<ViewStyle> }>) {
  const styles = useStyles();
  return <View style={[styles.card, style]}>{children}</View>;
}

/** Rows under a heading, with lines between them. */
export function Section({
  title,
  role,
  label = title,
  children,
}: PropsWithChildren<{
  title?: string;
  role?: 'radiogroup';
  /** What a group without a title is called. */
  label?: string;
}>) {
  const styles = useStyles();
  const rows = Children.toArray(children);
  return (
    <View style={styles.section}>
      {title ? (
        <Text variant="label" color="textFaint" role="heading" style={styles.title}>
          {title}
        </Text>
      ) : null}
      <View style={styles.rows} role={role} aria-label={role ? label : undefined}>
        {rows.map((row, index) => (
          <Fragment key={index}>
            {index > 0 ? <View style={styles.line} /> : null}
            {row}
          </Fragment>
        ))}
      </View>
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  card: {
    backgroundColor: colors.surface,
    borderRadius: radius.l,
    borderWidth: 1,
    borderColor: colors.border,
    padding: space.l,
  },
  section: { gap: space.s },
  title: { paddingHorizontal: space.xs },
  rows: {
    backgroundColor: colors.surface,
    borderRadius: radius.l,
    borderWidth: 1,
    borderColor: colors.border,
    overflow: 'hidden',
  },
  line: { height: 1, backgroundColor: colors.border, marginLeft: space.l },
}));
