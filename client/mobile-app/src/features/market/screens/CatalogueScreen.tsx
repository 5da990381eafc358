// Owns the catalogue: search as one types, categories, filters, and what is found.
import type { ModelCard } from '@aichatwar/shared';
import { FlashList } from '@shopify/flash-list';
import { useLocalSearchParams, useRouter } from 'expo-router';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RefreshControl, ScrollView, useWindowDimensions, View } from 'react-native';
import {
  Button,
  Chip,
  EmptyState,
  IconButton,
  Input,
  makeStyles,
  Screen,
  size,
  Skeleton,
  space,
  Text,
  useIsWide,
} from '@/design';
import { Bell } from '@/features/notifications/components/Bell';
import { Loaded } from '@/shell/Loaded';
import { useEntitlements, usePerson, useSearch } from '../api';
import { categoryIcons } from '../components/CardArt';
import { CardTile } from '../components/CardTile';
import { FilterSheet } from '../components/FilterSheet';
import { everything, type Filters, narrowing } from '../model/filters';

const PAUSE_MS = 180;
const TILE = 260;

export function CatalogueScreen() {
  const { t } = useTranslation(['market', 'common']);
  const styles = useStyles();
  const router = useRouter();
  const wide = useIsWide();
  const { seller } = useLocalSearchParams<{ seller?: string }>();
  const [words, setWords] = useState('');
  const [filters, setFilters] = useState<Filters>(everything);
  const [choosing, setChoosing] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setFilters((held) => ({ ...held, query: words })), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [words]);
  const found = useSearch({ ...filters, seller: seller ?? null });
  const facets = found.data?.pages[0]?.facets;
  const cards = found.data?.pages.flatMap((page) => page.items);
  const owned = new Set(
    (useEntitlements().data ?? []).filter(({ status }) => status === 'active').map(({ cardId }) => cardId),
  );
  const change = (part: Partial<Filters>) => setFilters((held) => ({ ...held, ...part }));
  const open = useCallback(
    (cardId: string) => router.push({ pathname: '/market/cards/[cardId]', params: { cardId } }),
    [router],
  );
  const room = useWindowDimensions().width - (wide ? size.rail + size.listPane : 0);
  const columns = wide ? Math.max(2, Math.floor(room / TILE)) : room >= 680 ? 2 : 1;
  const many = narrowing(filters);
  const clear = () => {
    setWords('');
    setFilters(everything);
    router.setParams({ seller: undefined });
  };

  return (
    <Screen
      title={wide ? t('market:discover') : t('common:market')}
      large
      actions={
        wide ? null : (
          <>
            <Bell />
            <IconButton icon="menu" label={t('market:menu')} onPress={() => router.push('/market/menu')} />
          </>
        )
      }
    >
      <View style={styles.search}>
        <View style={styles.grow}>
          <Input
            label={t('market:searchCards')}
            hideLabel
            placeholder={t('market:searchCards')}
            icon="search"
            value={words}
            onChangeText={setWords}
            autoCapitalize="none"
            autoCorrect={false}
            testID="search-cards"
            trailing={
              words ? (
                <IconButton
                  icon="close-circle"
                  iconSize={18}
                  label={t('market:clearSearch')}
                  onPress={() => setWords('')}
                />
              ) : null
            }
          />
        </View>
        <Button
          kind="secondary"
          icon="options-outline"
          label={many > 0 ? t('market:filtersOn', { count: many }) : t('market:filters')}
          onPress={() => setChoosing(true)}
        />
      </View>
      <View>
        <ScrollView horizontal showsHorizontalScrollIndicator={false} contentContainerStyle={styles.chips}>
          {seller ? <SellerChip id={seller} onClear={() => router.setParams({ seller: undefined })} /> : null}
          <Chip
            label={t('market:allCategories')}
            on={filters.category === null}
            onPress={() => change({ category: null })}
          />
          {facets?.categories.map(({ value, count }) => (
            <Chip
              key={value}
              icon={categoryIcons[value]}
              label={t(`market:category_${value}`)}
              count={count}
              on={filters.category === value}
              onPress={() => change({ category: filters.category === value ? null : value })}
            />
          ))}
        </ScrollView>
      </View>
      <Loaded
        query={{ ...found, data: cards }}
        skeleton={<Shelves columns={columns} />}
        empty={
          <EmptyState
            icon="search"
            title={t('market:nothing')}
            body={t('market:nothingBody')}
            action={<Button kind="secondary" label={t('market:clearFilters')} onPress={clear} />}
          />
        }
      >
        {(all) => (
          <FlashList
            key={columns}
            data={all}
            numColumns={columns}
            keyExtractor={(card: ModelCard) => card.id}
            renderItem={({ item }) => (
              <CardTile card={item} owned={owned.has(item.id)} tall={columns > 1} onPress={open} />
            )}
            extraData={owned.size}
            contentContainerStyle={styles.list}
            keyboardShouldPersistTaps="handled"
            onEndReached={() => void (found.hasNextPage && found.fetchNextPage())}
            refreshControl={<RefreshControl refreshing={false} onRefresh={() => void found.refetch()} />}
          />
        )}
      </Loaded>
      <FilterSheet
        visible={choosing}
        filters={filters}
        facets={facets}
        currency={cards?.[0]?.price.currency ?? 'EUR'}
        onChange={change}
        onClose={() => setChoosing(false)}
      />
    </Screen>
  );
}

function SellerChip({ id, onClear }: { id: string; onClear: () => void }) {
  const { t } = useTranslation('market');
  const name = usePerson(id).data?.displayName ?? '…';
  return <Chip on icon="close" label={t('by', { name })} says={t('anySeller')} onPress={onClear} />;
}

function Shelves({ columns }: { columns: number }) {
  const { t } = useTranslation();
  const styles = useStyles();
  return (
    <View role="status" aria-busy aria-label={t('loading')} style={styles.shelves}>
      {Array.from({ length: 6 }, (_, index) => (
        <View key={index} style={[styles.shelf, { width: `${100 / columns}%` }]}>
          <Skeleton height={columns > 1 ? 220 : 104} />
        </View>
      ))}
      <Text variant="caption"> </Text>
    </View>
  );
}

const useStyles = makeStyles(() => ({
  search: { flexDirection: 'row', alignItems: 'center', gap: space.s, paddingHorizontal: space.l },
  grow: { flex: 1, minWidth: 0 },
  chips: { paddingHorizontal: space.l, paddingVertical: space.m, gap: space.s },
  list: { paddingHorizontal: space.l - 6, paddingBottom: space.xl },
  shelves: { flexDirection: 'row', flexWrap: 'wrap', paddingHorizontal: space.l - 6 },
  shelf: { padding: space.xs + 2 },
}));
