// Owns what stands on a card's price tag: what it costs, and how many are left.
import type { ModelCard, Money } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { View } from 'react-native';
import { Badge, makeStyles, radius, space, Text, type TypeName } from '@/design';
import { formatMoney } from '@/lib/money';

export function Price({ price, variant = 'bodyStrong' }: { price: Money; variant?: TypeName }) {
  const { t } = useTranslation('market');
  return (
    <Text
      variant={variant}
      color={price.amount === 0 ? 'success' : 'text'}
      style={{ fontVariant: ['tabular-nums'] }}
    >
      {price.amount === 0 ? t('free') : formatMoney(price)}
    </Text>
  );
}

const FEW = 5;

export function EditionBadge({ edition }: { edition: ModelCard['edition'] }) {
  const { t } = useTranslation('market');
  if (!edition) return null;
  if (edition.available === 0)
    return <Badge label={edition.held > 0 ? t('allHeld') : t('soldOut')} tone="danger" />;
  if (edition.size === 1) return <Badge label={t('single')} tone="accent" />;
  return (
    <Badge
      label={t('left', { count: edition.available, size: edition.size })}
      tone={edition.available <= FEW ? 'warning' : 'accent'}
    />
  );
}

/** How an edition is divided: sold, held by orders that are not paid yet, free. */
export function EditionBar({ edition }: { edition: NonNullable<ModelCard['edition']> }) {
  const { t } = useTranslation('market');
  const styles = useStyles();
  const part = (count: number) => ({ flexGrow: count, flexBasis: 0 });
  return (
    <View style={styles.edition}>
      <View style={styles.bar} aria-hidden>
        <View style={[styles.sold, part(edition.sold)]} />
        <View style={[styles.held, part(edition.held)]} />
        <View style={part(edition.available)} />
      </View>
      <Text variant="caption" color="textMuted">
        {t('editionLine', { ...edition })}
      </Text>
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  edition: { gap: space.xs + 2 },
  bar: {
    flexDirection: 'row',
    height: 8,
    borderRadius: radius.full,
    overflow: 'hidden',
    backgroundColor: colors.raised,
  },
  sold: { backgroundColor: colors.accent },
  held: { backgroundColor: colors.warning },
}));
