// Owns the ground on which words of somebody stand, with the face and name beside a group of them.
import type { PropsWithChildren, ReactNode } from 'react';
import { View } from 'react-native';
import { makeStyles, radius, space, Text } from '@/design';
import { Face } from './Face';

export interface BubbleProps {
  side: 'mine' | 'other' | 'agent';
  author: { id: string; name: string };
  first: boolean;
  last: boolean;
  /** Stands beside the name of a group's first bubble. */
  mark?: ReactNode;
  /** Under the bubble: reactions, what went wrong. */
  below?: ReactNode;
  flash?: boolean;
}

const FACE = 30;

export function Bubble({
  side,
  author,
  first,
  last,
  mark,
  below,
  flash,
  children,
}: PropsWithChildren<BubbleProps>) {
  const styles = useStyles();
  const mine = side === 'mine';
  return (
    <View style={[styles.row, mine ? styles.rowMine : null, first && styles.firstRow]}>
      {mine ? null : (
        <View style={styles.face}>
          {last ? (
            <Face
              id={author.id}
              name={author.name}
              kind={side === 'agent' ? 'agent' : 'person'}
              size={FACE}
            />
          ) : null}
        </View>
      )}
      <View style={[styles.column, side === 'agent' && styles.columnAgent, mine && styles.columnMine]}>
        {first && !mine ? (
          <View style={styles.name}>
            <Text variant="captionStrong" color={side === 'agent' ? 'agent' : 'textMuted'} numberOfLines={1}>
              {author.name}
            </Text>
            {mark}
          </View>
        ) : null}
        <View
          style={[
            styles.bubble,
            mine ? styles.mine : side === 'agent' ? styles.agent : styles.other,
            mine ? !last && styles.tightRight : !last && styles.tightLeft,
            flash && styles.flash,
          ]}
        >
          {children}
        </View>
        {below}
      </View>
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  row: {
    flexDirection: 'row',
    alignItems: 'flex-end',
    gap: space.s,
    paddingHorizontal: space.m,
    paddingTop: 2,
  },
  rowMine: { justifyContent: 'flex-end' },
  firstRow: { paddingTop: space.m },
  face: { width: FACE },
  column: { maxWidth: '78%', minWidth: 0, alignItems: 'flex-start', flexShrink: 1 },
  columnAgent: { maxWidth: '88%' },
  columnMine: { alignItems: 'flex-end' },
  name: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.xs + 2,
    paddingLeft: space.m,
    paddingBottom: 3,
  },
  bubble: {
    borderRadius: radius.xl - 2,
    paddingHorizontal: space.m + 2,
    paddingVertical: space.s + 1,
    maxWidth: '100%',
    gap: space.xs,
  },
  mine: { backgroundColor: colors.accent, borderBottomRightRadius: radius.s },
  other: { backgroundColor: colors.raised, borderBottomLeftRadius: radius.s },
  agent: {
    backgroundColor: colors.surface,
    borderBottomLeftRadius: radius.s,
    borderWidth: 1,
    borderColor: colors.border,
  },
  tightRight: { borderBottomRightRadius: radius.xl - 2 },
  tightLeft: { borderBottomLeftRadius: radius.xl - 2 },
  /** A ring: words stay readable on any bubble. */
  flash: { boxShadow: `0 0 0 2px ${colors.canvas}, 0 0 0 5px ${colors.accent}` },
}));
