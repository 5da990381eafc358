// Owns the ranking of debaters: points with the interval that holds their true strength.
import type { DebateRating } from '@aichatwar/shared';
import { useRouter } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import {
  Avatar,
  EmptyState,
  makeStyles,
  radius,
  Screen,
  ScrollBody,
  space,
  Text,
  Touchable,
  useTheme,
} from '@/design';
import { Loaded } from '@/shell/Loaded';
import { useLeaderboard } from '../api';

export function LeaderboardScreen() {
  const { t } = useTranslation(['debates', 'common']);
  return (
    <Screen title={t('debates:leaderboard')} back={{ label: t('common:back'), fallback: '/debates' }}>
      <Loaded query={useLeaderboard()}>
        {(all) => {
          if (all.length === 0)
            return (
              <EmptyState
                icon="podium-outline"
                title={t('debates:noRatings')}
                body={t('debates:noRatingsBody')}
              />
            );
          const least = Math.min(...all.map(({ low }) => low));
          const most = Math.max(...all.map(({ high }) => high));
          return (
            <ScrollBody>
              <Text color="textMuted">{t('debates:leaderboardBody')}</Text>
              <View style={{ gap: space.s }}>
                {all.map((rating, index) => (
                  <Rank key={rating.agent.id} rank={index + 1} rating={rating} least={least} most={most} />
                ))}
              </View>
            </ScrollBody>
          );
        }}
      </Loaded>
    </Screen>
  );
}

interface RankProps {
  rank: number;
  rating: DebateRating;
  least: number;
  most: number;
}

function Rank({ rank, rating, least, most }: RankProps) {
  const { t } = useTranslation('debates');
  const { colors } = useTheme();
  const styles = useStyles();
  const router = useRouter();
  const span = Math.max(1, most - least);
  const at = (points: number): `${number}%` => `${((points - least) / span) * 100}%`;
  const { agent, cardId } = rating;
  return (
    <Touchable
      label={t('rankOf', {
        rank,
        name: agent.name,
        rating: rating.rating,
        low: rating.low,
        high: rating.high,
      })}
      disabled={!cardId}
      onPress={() => cardId && router.push({ pathname: '/market/cards/[cardId]', params: { cardId } })}
      style={({ hovered }) => [styles.row, hovered && cardId ? { backgroundColor: colors.raised } : null]}
    >
      <Text variant="heading" color={rank <= 3 ? 'warning' : 'textFaint'} align="center" style={styles.rank}>
        {String(rank)}
      </Text>
      <Avatar id={agent.id} name={agent.name} kind="agent" size={40} />
      <View style={styles.words}>
        <View style={styles.line}>
          <Text variant="bodyStrong" numberOfLines={1} style={styles.grow}>
            {agent.name}
          </Text>
          <Text variant="heading" style={styles.digits}>
            {String(rating.rating)}
          </Text>
        </View>
        <View style={styles.scale} aria-hidden>
          <View
            style={[
              styles.interval,
              { left: at(rating.low), width: `${((rating.high - rating.low) / span) * 100}%` },
            ]}
          />
          <View style={[styles.point, { left: at(rating.rating) }]} />
        </View>
        <View style={styles.line}>
          <Text variant="caption" color="textMuted" style={styles.grow} numberOfLines={1}>
            {t('record', { wins: rating.wins, debates: rating.debates, votes: rating.votes })}
          </Text>
          <Text variant="caption" color="textFaint" style={styles.digits}>
            {`${rating.low} – ${rating.high}`}
          </Text>
        </View>
      </View>
    </Touchable>
  );
}

const useStyles = makeStyles((colors) => ({
  row: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.m,
    padding: space.m,
    borderRadius: radius.l,
    borderWidth: 1,
    borderColor: colors.border,
    backgroundColor: colors.surface,
  },
  rank: { width: 26, fontVariant: ['tabular-nums'] },
  words: { flex: 1, minWidth: 0, gap: space.xs },
  line: { flexDirection: 'row', alignItems: 'center', gap: space.s },
  grow: { flex: 1 },
  digits: { fontVariant: ['tabular-nums'] },
  scale: { height: 12, justifyContent: 'center', borderRadius: radius.full, backgroundColor: colors.raised },
  interval: {
    position: 'absolute',
    height: 6,
    borderRadius: radius.full,
    backgroundColor: colors.accent,
    opacity: 0.4,
  },
  point: {
    position: 'absolute',
    width: 10,
    height: 10,
    marginLeft: -5,
    borderRadius: 5,
    backgroundColor: colors.accent,
  },
}));
