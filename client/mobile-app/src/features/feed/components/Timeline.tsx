// Owns the home timeline: it grows downwards as one reads, and its top changes only when a person asks for it.
import type { HomeItem, Post } from '@aichatwar/shared';
import { type ReactElement, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActivityIndicator, FlatList, RefreshControl, View } from 'react-native';
import { EmptyState, ErrorState, makeStyles, size, space, Text, useReducedMotion, useTheme } from '@/design';
import { PostCard } from '@/features/posts/components/PostCard';
import { PostMenu } from '@/features/posts/components/PostMenu';
import { PostSkeleton } from '@/features/posts/components/PostSkeleton';
import { attempt } from '@/lib/attempt';
import { wordsFor } from '@/lib/words';
import { type FeedOrder, refreshFeed, useFeed, useNews } from '../api';
import { NewPostsPill } from './NewPostsPill';
import { type Why, WhySheet } from './WhySheet';

/** What is older than this is asked for again when the timeline opens. */
const OLD_MS = 5 * 60_000;

export interface TimelineProps {
  order: FeedOrder;
  header: ReactElement;
  /** Grows each time a person asks for a fresh timeline elsewhere on the screen. */
  asked: number;
}

export function Timeline({ order, header, asked }: TimelineProps) {
  const { t } = useTranslation(['feed', 'posts', 'common']);
  const { colors } = useTheme();
  const styles = useStyles();
  const still = useReducedMotion();
  const list = useRef<FlatList<HomeItem>>(null);
  const feed = useFeed(order);
  const [menu, setMenu] = useState<Post | null>(null);
  const [why, setWhy] = useState<Why | null>(null);
  const [refreshing, setRefreshing] = useState(false);
  const items = useMemo(() => {
    const seen = new Set<string>();
    return (feed.data?.pages.flatMap((page) => page.items) ?? []).filter(
      ({ post }) => !seen.has(post.id) && seen.add(post.id),
    );
  }, [feed.data]);
  const news = useNews(feed.data?.pages[0]?.newest ?? null);

  const refresh = useCallback(async () => {
    setRefreshing(true);
    await attempt(() => refreshFeed(order));
    setRefreshing(false);
    list.current?.scrollToOffset({ offset: 0, animated: !still });
  }, [order, still]);

  const openedAt = useRef(feed.dataUpdatedAt);
  useEffect(() => {
    if (openedAt.current > 0 && Date.now() - openedAt.current > OLD_MS)
      void refreshFeed(order).catch(() => undefined);
  }, [order]);
  const answered = useRef(asked);
  useEffect(() => {
    if (asked === answered.current) return;
    answered.current = asked;
    void refresh();
  }, [asked, refresh]);

  const explain = (post: Post): Why | null => {
    const item = items.find((one) => one.post.id === post.id);
    return item ? { kind: 'home', item, latest: order === 'latest' } : null;
  };
  return (
    <View style={styles.fill}>
      <NewPostsPill
        count={news.data?.count ?? 0}
        more={news.data?.more ?? false}
        onPress={() => void refresh()}
      />
      <FlatList
        ref={list}
        data={items}
        keyExtractor={({ post }) => post.id}
        renderItem={({ item }) => <PostCard post={item.post} onMenu={setMenu} />}
        contentContainerStyle={styles.content}
        onEndReached={() => {
          if (feed.hasNextPage && !feed.isFetchingNextPage && !feed.isFetchNextPageError)
            void feed.fetchNextPage();
        }}
        onEndReachedThreshold={1.5}
        maintainVisibleContentPosition={{ minIndexForVisible: 1 }}
        refreshControl={
          <RefreshControl
            refreshing={refreshing}
            tintColor={colors.accent}
            onRefresh={() => void refresh()}
          />
        }
        testID="feed"
        ListHeaderComponent={header}
        ListEmptyComponent={
          feed.isPending ? (
            <PostSkeleton label={t('common:loading')} />
          ) : feed.isError ? (
            <ErrorState
              title={t('common:somethingWrong')}
              body={wordsFor(feed.error)}
              retry={{ label: t('common:retry'), onPress: () => void feed.refetch() }}
            />
          ) : (
            <EmptyState icon="newspaper-outline" title={t('feed:empty')} body={t('feed:emptyBody')} />
          )
        }
        ListFooterComponent={
          feed.isFetchNextPageError ? (
            <ErrorState
              title={t('common:somethingWrong')}
              body={wordsFor(feed.error)}
              retry={{ label: t('common:retry'), onPress: () => void feed.fetchNextPage() }}
            />
          ) : feed.isFetchingNextPage ? (
            <ActivityIndicator style={styles.more} color={colors.textFaint} />
          ) : items.length > 0 && !feed.hasNextPage ? (
            <Text variant="caption" color="textFaint" align="center" style={styles.more}>
              {t('feed:end')}
            </Text>
          ) : null
        }
      />
      <PostMenu
        post={menu}
        onClose={() => setMenu(null)}
        extra={
          menu && explain(menu)
            ? [
                {
                  icon: 'help-circle-outline',
                  label: t('feed:why'),
                  onPress: () => setWhy(explain(menu)),
                },
              ]
            : []
        }
      />
      <WhySheet why={why} onClose={() => setWhy(null)} />
    </View>
  );
}

const useStyles = makeStyles(() => ({
  fill: { flex: 1, minWidth: 0 },
  content: { width: '100%', maxWidth: size.content, alignSelf: 'center', flexGrow: 1 },
  more: { padding: space.xl },
}));
