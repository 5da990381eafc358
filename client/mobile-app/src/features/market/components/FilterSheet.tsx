// Owns the filters of the catalogue beyond words and category: order, price, rating, edition, tags.
import type { Currency, Facets } from '@aichatwar/shared';
import { useTranslation } from 'react-i18next';
import { type PropsWithChildren } from 'react';
import { View } from 'react-native';
import { Button, Chip, makeStyles, Sheet, space, Text } from '@/design';
import { formatMoney } from '@/lib/money';
import { everything, type Filters, sorts } from '../model/filters';

export interface FilterSheetProps {
  visible: boolean;
  filters: Filters;
  facets: Facets | undefined;
  /** Of the installation, as its cards tell. */
  currency: Currency;
  onChange: (part: Partial<Filters>) => void;
  onClose: () => void;
}

export function FilterSheet({ visible, filters, facets, currency, onChange, onClose }: FilterSheetProps) {
  const { t } = useTranslation(['market', 'common']);
  const styles = useStyles();
  const { price } = filters;
  const sum = (amount: number) => formatMoney({ amount, currency });
  const bandWords = (min: number, max: number | null) => {
    if (max === 0) return t('market:free');
    return max === null ? t('market:over', { sum: sum(min) }) : `${sum(min)} – ${sum(max)}`;
  };
  return (
    <Sheet visible={visible} title={t('market:filters')} closeLabel={t('common:close')} onClose={onClose}>
      <View style={styles.body}>
        <Group title={t('market:sort')}>
          {sorts.map((sort) => (
            <Chip
              key={sort}
              label={t(`market:sort_${sort}`)}
              on={filters.sort === sort}
              onPress={() => onChange({ sort })}
            />
          ))}
        </Group>
        <Group title={t('market:price')}>
          {facets?.prices.map((band) => {
            const on = price?.min === band.min && price.max === (band.max ?? null);
            return (
              <Chip
                key={band.min}
                label={bandWords(band.min, band.max ?? null)}
                count={band.count}
                on={on}
                onPress={() => onChange({ price: on ? null : { min: band.min, max: band.max ?? null } })}
              />
            );
          })}
        </Group>
        <Group title={t('market:rating')}>
          {facets?.ratings.map(({ value, count }) => (
            <Chip
              key={value}
              icon="star"
              label={t('market:atLeast', { count: value })}
              count={count}
              on={filters.ratingMin === value}
              onPress={() => onChange({ ratingMin: filters.ratingMin === value ? null : value })}
            />
          ))}
        </Group>
        <Group title={t('market:edition')}>
          <Chip
            icon="diamond-outline"
            label={t('market:limitedOnly')}
            on={filters.limited}
            onPress={() => onChange({ limited: !filters.limited })}
          />
        </Group>
        {facets?.tags.length ? (
          <Group title={t('market:tags')}>
            {facets.tags.map(({ value, count }) => (
              <Chip
                key={value}
                label={value}
                count={count}
                on={filters.tag === value}
                onPress={() => onChange({ tag: filters.tag === value ? null : value })}
              />
            ))}
          </Group>
        ) : null}
        <View style={styles.buttons}>
          <Button
            kind="secondary"
            label={t('market:clearFilters')}
            style={styles.grow}
            onPress={() =>
              onChange({
                ...everything,
                query: filters.query,
                category: filters.category,
                seller: filters.seller,
              })
            }
          />
          <Button label={t('market:show')} style={styles.grow} onPress={onClose} />
        </View>
      </View>
    </Sheet>
  );
}

function Group({ title, children }: PropsWithChildren<{ title: string }>) {
  const styles = useStyles();
  return (
    <View style={styles.group}>
      <Text variant="label" color="textFaint" role="heading">
        {title}
      </Text>
      <View style={styles.chips}>{children}</View>
    </View>
  );
}

const useStyles = makeStyles(() => ({
  body: { padding: space.l, paddingTop: space.xs, gap: space.xl },
  group: { gap: space.s },
  chips: { flexDirection: 'row', flexWrap: 'wrap', gap: space.s },
  buttons: { flexDirection: 'row', gap: space.s },
  grow: { flex: 1 },
}));
