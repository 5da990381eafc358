// Owns ratings: as they are read, and as they are given.
import type { ModelCard } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Icon, makeStyles, space, Text, Touchable } from '@/design';
import { i18n } from '@/i18n';

export const starsOf = (hundredths: number): string =>
  new Intl.NumberFormat(i18n.language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(
    hundredths / 100,
  );

/** The average and how many gave it, in one line. */
export function RatingLine({ rating, long }: { rating: ModelCard['rating']; long?: boolean }) {
  const { t } = useTranslation('market');
  const styles = useStyles();
  if (rating.averageHundredths === null || rating.averageHundredths === undefined) {
    return (
      <Text variant="caption" color="textFaint">
        {t('notRated')}
      </Text>
    );
  }
  const stars = starsOf(rating.averageHundredths);
  return (
    <View style={styles.line} role="img" aria-label={t('ratedAs', { stars, count: rating.count })}>
      <Icon name="star" size={13} color="warning" />
      <Text variant="captionStrong">{stars}</Text>
      <Text variant="caption" color="textFaint">
        {long ? t('reviewCount', { count: rating.count }) : `(${rating.count})`}
      </Text>
    </View>
  );
}

/** Stars that somebody gave. */
export function Stars({ rating, size = 14 }: { rating: number; size?: number }) {
  const { t } = useTranslation('market');
  const styles = useStyles();
  return (
    <View style={styles.line} role="img" aria-label={t('stars', { count: rating })}>
      {[1, 2, 3, 4, 5].map((star) => (
        <Icon
          key={star}
          name={star <= rating ? 'star' : 'star-outline'}
          size={size}
          color={star <= rating ? 'warning' : 'textFaint'}
        />
      ))}
    </View>
  );
}

export function StarPicker({ rating, onRate }: { rating: number; onRate: (rating: number) => void }) {
  const { t } = useTranslation('market');
  const styles = useStyles();
  return (
    <View style={styles.picker} role="radiogroup" aria-label={t('yourRating')}>
      {[1, 2, 3, 4, 5].map((star) => (
        <Touchable
          key={star}
          role="radio"
          aria-checked={star === rating}
          label={t('stars', { count: star })}
          onPress={() => onRate(star)}
          style={styles.star}
        >
          <Icon
            name={star <= rating ? 'star' : 'star-outline'}
            size={30}
            color={star <= rating ? 'warning' : 'borderStrong'}
          />
        </Touchable>
      ))}
    </View>
  );
}

/** How many gave how many stars. */
export function RatingBars({ stars }: { stars: readonly number[] }) {
  const styles = useStyles();
  const most = Math.max(1, ...stars);
  return (
    <View style={styles.bars} aria-hidden>
      {[5, 4, 3, 2, 1].map((star) => (
        <View key={star} style={styles.line}>
          <Text variant="caption" color="textFaint" style={styles.digit}>
            {String(star)}
          </Text>
          <View style={styles.track}>
            <View style={[styles.fill, { width: `${((stars[star - 1] ?? 0) / most) * 100}%` }]} />
          </View>
        </View>
      ))}
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  line: { flexDirection: 'row', alignItems: 'center', gap: space.xs },
  picker: { flexDirection: 'row', gap: space.xs },
  star: { width: 44, height: 44, alignItems: 'center', justifyContent: 'center' },
  bars: { flex: 1, gap: space.xs },
  digit: { width: 10 },
  track: { flex: 1, height: 6, borderRadius: 3, backgroundColor: colors.raised, overflow: 'hidden' },
  fill: { height: 6, borderRadius: 3, backgroundColor: colors.warning },
}));
