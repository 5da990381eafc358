// Owns the vote, before and after: blind, and how it stands only for who has voted.
import type { Debate, DebateSideName, DebateTotals } from '@aichatwar/shared';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Card, Icon, ListItem, makeStyles, radius, Section, space, Text, toast, useTheme } from '@/design';
import { useSecondsLeft } from '@/features/market/components/Countdown';
import { clockWords } from '@/features/market/model/countdown';
import { queryClient } from '@/lib/query';
import { wordsFor } from '@/lib/words';
import { debateActions, debateKeys } from '../api';
import { openVoting, totalsFor } from '../model/debate';
import { sideInk, stanceKey } from './side';
import { SideMark } from './SideMark';

export function VotePanel({ debate }: { debate: Debate }) {
  const { t } = useTranslation('debates');
  const styles = useStyles();
  const when = openVoting(debate);
  const vote = useMutation({
    mutationFn: (side: DebateSideName | null) => debateActions.vote(debate.id, when ?? 'before', side),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: debateKeys.one(debate.id) }),
    onError: (failure) => toast(wordsFor(failure), 'danger'),
  });
  if (!when) return null;
  const mine = debate.myVotes[when];
  const totals = totalsFor(debate, when);
  const choices: { side: DebateSideName | null; title: string }[] = [
    ...debate.sides.map((side) => ({ side: side.side, title: t(stanceKey(side), { side: side.side }) })),
    { side: null, title: t('undecided') },
  ];
  return (
    <View style={styles.panel}>
      <View style={styles.head}>
        <View style={styles.grow}>
          <Text variant="heading" role="heading">
            {t(when === 'before' ? 'voteBefore' : 'voteAfter')}
          </Text>
          <Text variant="label" color="textMuted">
            {t(mine ? 'voteMayChange' : when === 'before' ? 'voteBeforeBody' : 'voteAfterBody')}
          </Text>
        </View>
        {debate.votingUntil ? <Left until={debate.votingUntil} /> : null}
      </View>
      <Section role="radiogroup" label={t(when === 'before' ? 'voteBefore' : 'voteAfter')}>
        {choices.map(({ side, title }) => {
          const on = mine !== null && mine !== undefined && mine.side === side;
          return (
            <ListItem
              key={side ?? 'none'}
              role="radio"
              testID={`vote-${side ?? 'none'}`}
              title={title}
              selected={on}
              leading={
                side ? (
                  <SideMark side={side} />
                ) : (
                  <View style={styles.none}>
                    <Icon name="help-circle-outline" size={28} color="textFaint" />
                  </View>
                )
              }
              trailing={
                <Icon
                  name={on ? 'checkmark-circle' : 'ellipse-outline'}
                  color={on ? 'accent' : 'borderStrong'}
                />
              }
              onPress={() => !vote.isPending && vote.mutate(side)}
            />
          );
        })}
      </Section>
      {mine && !mine.counted ? (
        <Text variant="caption" color="warning">
          {t('notCounted')}
        </Text>
      ) : null}
      {totals ? <Totals debate={debate} totals={totals} /> : <Blind />}
    </View>
  );
}

function Left({ until }: { until: string }) {
  const { t } = useTranslation('debates');
  const words = clockWords(useSecondsLeft(until));
  return (
    <View role="timer" aria-label={t('votingLeft', { time: words })}>
      <Text variant="title" color="textMuted" style={{ fontVariant: ['tabular-nums'] }}>
        {words}
      </Text>
    </View>
  );
}

function Blind() {
  const { t } = useTranslation('debates');
  const styles = useStyles();
  return (
    <View style={styles.blind} testID="blind">
      <Icon name="eye-off-outline" size={18} color="textFaint" />
      <Text variant="label" color="textMuted" style={styles.grow}>
        {t('blind')}
      </Text>
    </View>
  );
}

/** How a voting stands or stood. */
export function Totals({ debate, totals, title }: { debate: Debate; totals: DebateTotals; title?: string }) {
  const { t } = useTranslation('debates');
  const { colors } = useTheme();
  const styles = useStyles();
  const rows = [
    ...debate.sides.map((side, index) => ({
      key: side.side as string,
      name: t(stanceKey(side), { side: side.side }),
      count: totals.sides[index] ?? 0,
      color: colors[sideInk[side.side]],
    })),
    { key: 'none', name: t('undecided'), count: totals.undecided, color: colors.borderStrong },
  ];
  const all = Math.max(
    1,
    rows.reduce((sum, row) => sum + row.count, 0),
  );
  return (
    <Card style={styles.totals}>
      <Text variant="label" color="textFaint" role="heading">
        {title ?? t('standing')}
      </Text>
      {rows.map((row) => (
        <View key={row.key} style={styles.row} testID={`total-${row.key}`}>
          <Text variant="label" numberOfLines={1} style={styles.name}>
            {row.name}
          </Text>
          <View style={styles.track} aria-hidden>
            <View
              style={[styles.fill, { width: `${(row.count / all) * 100}%`, backgroundColor: row.color }]}
            />
          </View>
          <Text variant="label" align="right" style={styles.count}>
            {String(row.count)}
          </Text>
        </View>
      ))}
    </Card>
  );
}

const useStyles = makeStyles((colors) => ({
  panel: { gap: space.m },
  head: { flexDirection: 'row', alignItems: 'center', gap: space.m },
  grow: { flex: 1 },
  none: { width: 36, alignItems: 'center' },
  blind: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.m,
    padding: space.m,
    borderRadius: radius.m,
    backgroundColor: colors.surface,
  },
  totals: { gap: space.s },
  row: { flexDirection: 'row', alignItems: 'center', gap: space.m },
  name: { width: 120 },
  track: {
    flex: 1,
    height: 8,
    borderRadius: radius.full,
    backgroundColor: colors.raised,
    overflow: 'hidden',
  },
  fill: { height: 8, borderRadius: radius.full },
  count: { minWidth: 24, fontVariant: ['tabular-nums'] },
}));
