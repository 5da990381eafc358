// Owns a list that grows by pages as one reads it: pulling it down, the next page, and what stands there while nothing does.
import { type ReactElement, type Ref, useState } from 'react';
import { ActivityIndicator, FlatList, RefreshControl } from 'react-native';
import { makeStyles, size, space, useTheme } from '@/design';
import { type Asked, Failed } from './Loaded';

interface Paged extends Asked {
  isPending: boolean;
  hasNextPage?: boolean;
  isFetchingNextPage?: boolean;
  isFetchNextPageError?: boolean;
  fetchNextPage?: () => unknown;
}

export interface PageListProps<Item> {
  query: Paged;
  items: readonly Item[];
  keyOf: (item: Item) => string;
  draw: (item: Item) => ReactElement;
  skeleton: ReactElement;
  empty: ReactElement;
  header?: ReactElement;
  /** Below the last item of the last page. */
  end?: ReactElement | null;
  /** What pulling down does; asking again unless it is said. */
  onRefresh?: () => Promise<unknown>;
  /** What comes in above does not move what is read. */
  holds?: boolean;
  ref?: Ref<FlatList<Item>>;
  testID?: string;
}

export function PageList<Item>(props: PageListProps<Item>) {
  const { query, items, keyOf, draw, skeleton, empty, header, end = null, holds, ref, testID } = props;
  const { colors } = useTheme();
  const styles = useStyles();
  const [pulled, setPulled] = useState(false);
  const refresh = async () => {
    setPulled(true);
    await (props.onRefresh ?? query.refetch)();
    setPulled(false);
  };
  return (
    <FlatList
      ref={ref}
      data={items}
      keyExtractor={keyOf}
      renderItem={({ item }) => draw(item)}
      contentContainerStyle={styles.content}
      keyboardShouldPersistTaps="handled"
      onEndReached={() => {
        if (query.hasNextPage && !query.isFetchingNextPage && !query.isFetchNextPageError)
          void query.fetchNextPage?.();
      }}
      onEndReachedThreshold={1.5}
      maintainVisibleContentPosition={holds ? { minIndexForVisible: 1 } : undefined}
      refreshControl={
        <RefreshControl refreshing={pulled} tintColor={colors.accent} onRefresh={() => void refresh()} />
      }
      testID={testID}
      ListHeaderComponent={header}
      ListEmptyComponent={query.isPending ? skeleton : query.error ? <Failed query={query} /> : empty}
      ListFooterComponent={
        query.isFetchNextPageError ? (
          <Failed query={query} again={query.fetchNextPage} />
        ) : query.isFetchingNextPage ? (
          <ActivityIndicator style={styles.more} color={colors.textFaint} />
        ) : items.length > 0 && !query.hasNextPage ? (
          end
        ) : null
      }
    />
  );
}

const useStyles = makeStyles(() => ({
  content: { width: '100%', maxWidth: size.content, alignSelf: 'center', flexGrow: 1 },
  more: { padding: space.l },
}));
