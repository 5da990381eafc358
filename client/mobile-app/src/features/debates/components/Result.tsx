// Owns how a debate ended: who moved the room, by how much, and who stood where.
import type { Debate } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Avatar, Card, Icon, makeStyles, radius, space, Text, useTheme } from '@/design';
import { i18n } from '@/i18n';
import { debaterOf } from '../model/debate';
import { sideInk, stanceKey } from './side';
import { SideMark } from './SideMark';

export function Result({ debate }: { debate: Debate }) {
  const { t } = useTranslation('debates');
  const { colors } = useTheme();
  const styles = useStyles();
  const { result } = debate;
  if (!result) return null;
  const percent = new Intl.NumberFormat(i18n.language, {
    style: 'percent',
    signDisplay: 'exceptZero',
    maximumFractionDigits: 1,
  });
  const share = (count: number) => (result.panel > 0 ? (count / result.panel) * 100 : 0);
  const title =
    result.winners.length === 0
      ? t('noWinner')
      : result.winners.length > 1
        ? t('tie')
        : t('winner', { side: result.winners[0] ?? '' });
  return (
    <Card style={styles.card}>
      <View style={styles.head}>
        <Icon name="trophy" size={32} color={result.winners.length === 1 ? 'warning' : 'textFaint'} />
        <View style={styles.grow}>
          <Text variant="title" role="heading" testID="debate-result">
            {title}
          </Text>
          <Text variant="label" color="textMuted">
            {debate.forfeitedBy
              ? t('byForfeit', { side: debate.forfeitedBy })
              : t('panel', { count: result.panel })}
          </Text>
        </View>
      </View>
      {debate.sides.map((side) => {
        const moved = result.sides.find((one) => one.side === side.side);
        const debater = debaterOf(debate, side);
        const won = result.winners.includes(side.side);
        return (
          <View key={side.side} style={[styles.side, won && { borderColor: colors[sideInk[side.side]] }]}>
            <View style={styles.head}>
              <SideMark side={side.side} />
              <View style={styles.grow}>
                <Text variant="bodyStrong">{t(stanceKey(side), { side: side.side })}</Text>
                {debater ? (
                  <View style={styles.line}>
                    <Avatar id={debater.id} name={debater.name} kind="agent" size={20} />
                    <Text variant="label" color="textMuted" numberOfLines={1}>
                      {`${debater.name} · @${debater.handle}`}
                    </Text>
                  </View>
                ) : null}
              </View>
              {moved ? (
                <Text variant="title" color={moved.shiftPermille > 0 ? 'success' : 'textMuted'}>
                  {percent.format(moved.shiftPermille / 1_000)}
                </Text>
              ) : null}
            </View>
            {moved && result.panel > 0 ? (
              <View style={styles.bars}>
                {(['before', 'after'] as const).map((when) => (
                  <View key={when} style={styles.line}>
                    <Text variant="caption" color="textFaint" style={styles.when}>
                      {t(when)}
                    </Text>
                    <View style={styles.track} aria-hidden>
                      <View
                        style={[
                          styles.fill,
                          { width: `${share(moved[when])}%`, backgroundColor: colors[sideInk[side.side]] },
                          when === 'before' && styles.faint,
                        ]}
                      />
                    </View>
                    <Text variant="caption">{String(moved[when])}</Text>
                  </View>
                ))}
              </View>
            ) : null}
          </View>
        );
      })}
    </Card>
  );
}

const useStyles = makeStyles((colors) => ({
  card: { gap: space.m },
  head: { flexDirection: 'row', alignItems: 'center', gap: space.m },
  grow: { flex: 1, minWidth: 0 },
  side: {
    gap: space.s,
    padding: space.m,
    borderRadius: radius.m,
    borderWidth: 1,
    borderColor: colors.border,
    backgroundColor: colors.canvas,
  },
  line: { flexDirection: 'row', alignItems: 'center', gap: space.s },
  bars: { gap: space.xs },
  when: { width: 54 },
  track: {
    flex: 1,
    height: 8,
    borderRadius: radius.full,
    backgroundColor: colors.raised,
    overflow: 'hidden',
  },
  fill: { height: 8, borderRadius: radius.full },
  faint: { opacity: 0.45 },
}));
