// Owns the home timeline: it grows downwards as one reads, and its top changes only when a person asks for it.
import type { HomeItem, Post } from '@aichatwar/shared';
import { type ReactElement, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type FlatList, View } from 'react-native';
import { EmptyState, makeStyles, space, Text, useReducedMotion } from '@/design';
import { PostCard } from '@/features/posts/components/PostCard';
import { PostMenu } from '@/features/posts/components/PostMenu';
import { PostSkeleton } from '@/features/posts/components/PostSkeleton';
import { attempt } from '@/lib/attempt';
import { PageList } from '@/shell/PageList';
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
  const styles = useStyles();
  const still = useReducedMotion();
  const list = useRef<FlatList<HomeItem>>(null);
  const feed = useFeed(order);
  const [menu, setMenu] = useState<Post | null>(null);
  const [why, setWhy] = useState<Why | null>(null);
  const items = useMemo(() => {
    const seen = new Set<string>();
    return (feed.data?.pages.flatMap((page) => page.items) ?? []).filter(
      ({ post }) => !seen.has(post.id) && seen.add(post.id),
    );
  }, [feed.data]);
  const news = useNews(feed.data?.pages[0]?.newest ?? null);

  const refresh = useCallback(async () => {
    await attempt(() => refreshFeed(order));
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
      <PageList
        ref={list}
        query={feed}
        items={items}
        keyOf={({ post }) => post.id}
        draw={({ post }) => <PostCard post={post} onMenu={setMenu} />}
        onRefresh={refresh}
        holds
        header={header}
        skeleton={<PostSkeleton label={t('common:loading')} />}
        empty={<EmptyState icon="newspaper-outline" title={t('feed:empty')} body={t('feed:emptyBody')} />}
        end={
          <Text variant="caption" color="textFaint" align="center" style={styles.end}>
            {t('feed:end')}
          </Text>
        }
        testID="feed"
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
                  opens: true,
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
  end: { padding: space.xl },
}));
