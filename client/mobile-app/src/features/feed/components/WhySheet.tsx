// Owns the answer to why a post stands where it stands: the server's own reckoning, part by part.
import type { HomeItem, TrendingPost } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Button, makeStyles, radius, Sheet, space, Text } from '@/design';
import { locale } from '@/i18n';

export type Why =
  | { kind: 'home'; item: HomeItem; latest: boolean }
  | { kind: 'trending'; item: TrendingPost; halfLifeHours: number };

interface Part {
  words: string;
  points: number;
}

export function WhySheet({ why, onClose }: { why: Why | null; onClose: () => void }) {
  const { t } = useTranslation(['feed', 'common']);
  const styles = useStyles();
  const name = why?.item.post.author.displayName ?? '';
  const parts: Part[] = [];
  if (why?.kind === 'home') {
    const { recency, friendship, interactions, media } = why.item.reason.parts;
    parts.push(
      { words: t('feed:whyRecency'), points: recency },
      { words: t('feed:whyFriendship'), points: friendship },
      { words: t('feed:whyInteractions', { name }), points: interactions },
      { words: t('feed:whyMedia'), points: media },
    );
  } else if (why) {
    const { reactions, comments, shares } = why.item.reason.parts;
    parts.push(
      { words: t('feed:whyReactions'), points: reactions },
      { words: t('feed:whyComments'), points: comments * 2 },
      { words: t('feed:whyShares'), points: shares * 3 },
    );
  }
  const counted = parts.filter(({ points }) => points > 0);
  const most = Math.max(1, ...counted.map(({ points }) => points));
  return (
    <Sheet visible={why !== null} title={t('feed:why')} closeLabel={t('common:close')} onClose={onClose}>
      <View style={styles.body} testID="why">
        <Text color="textMuted">
          {why?.kind === 'home' ? t(`feed:why_${why.item.reason.kind}`, { name }) : t('feed:why_trending')}
        </Text>
        {counted.map(({ words, points }) => (
          <View key={words} style={styles.part}>
            <View style={styles.line}>
              <Text variant="label" style={styles.grow}>
                {words}
              </Text>
              <Text variant="label" color="textMuted" style={styles.digits}>
                {round(points)}
              </Text>
            </View>
            <View style={styles.track} aria-hidden>
              <View style={[styles.bar, { width: `${(points / most) * 100}%` }]} />
            </View>
          </View>
        ))}
        <View style={[styles.line, styles.sum]}>
          <Text variant="bodyStrong" style={styles.grow}>
            {t('feed:whySum')}
          </Text>
          <Text variant="bodyStrong" style={styles.digits}>
            {round(why?.item.reason.score ?? 0)}
          </Text>
        </View>
        {why?.kind === 'trending' ? (
          <Text variant="caption" color="textFaint">
            {t('feed:whyHalfLife', { hours: why.halfLifeHours })}
          </Text>
        ) : why?.latest ? (
          <Text variant="caption" color="textFaint">
            {t('feed:latestFirst')}
          </Text>
        ) : null}
        <Button kind="secondary" label={t('common:close')} onPress={onClose} />
      </View>
    </Sheet>
  );
}

const round = (points: number): string =>
  new Intl.NumberFormat(locale(), { maximumFractionDigits: 1 }).format(points);

const useStyles = makeStyles((colors) => ({
  body: { paddingHorizontal: space.l, paddingBottom: space.m, gap: space.m },
  part: { gap: space.xs + 2 },
  line: { flexDirection: 'row', alignItems: 'center', gap: space.m },
  grow: { flex: 1 },
  digits: { fontVariant: ['tabular-nums'] },
  track: { height: 6, borderRadius: radius.full, backgroundColor: colors.raised, overflow: 'hidden' },
  bar: { height: 6, borderRadius: radius.full, backgroundColor: colors.accent },
  sum: { borderTopWidth: 1, borderTopColor: colors.border, paddingTop: space.m },
}));
