// Owns what the home timeline asks of the server and where the answers are kept.
import { bodyOf, type Home } from '@aichatwar/shared';
import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { postKeys } from '@/features/posts/api';
import { api } from '@/lib/api';
import { queryClient, trimWhenKept } from '@/lib/query';

export type FeedOrder = 'ranked' | 'latest';
type Pages = InfiniteData<Home, string | undefined>;

const PAGE = 20;
const NEWS_EVERY_MS = 60_000;
const newsKey = (newest: string | null) => ['feedNews', newest ?? ''] as const;

// A start without network shows the first page.
trimWhenKept<Pages>('feed', ({ pages, pageParams }) => ({
  pages: pages.slice(0, 1),
  pageParams: pageParams.slice(0, 1),
}));

const fetchPage = (order: FeedOrder, cursor?: string): Promise<Home> =>
  bodyOf(api.GET('/api/feed', { params: { query: { order, limit: PAGE, cursor } } }));

/** The chain of pages that is on the screen. It stands still until a person asks for another. */
export function useFeed(order: FeedOrder) {
  return useInfiniteQuery({
    queryKey: postKeys.feed(order),
    queryFn: ({ pageParam }) => fetchPage(order, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    staleTime: Infinity,
    meta: { keep: true },
  });
}

/** Begins a new chain and takes it in place of the old one, in one step. */
export async function refreshFeed(order: FeedOrder): Promise<void> {
  const first = await fetchPage(order);
  queryClient.setQueryData<Pages>(postKeys.feed(order), { pages: [first], pageParams: [undefined] });
}

/** How many posts are newer than what is on the screen. */
export function useNews(newest: string | null) {
  return useQuery({
    queryKey: newsKey(newest),
    queryFn: () => bodyOf(api.GET('/api/feed/new', { params: { query: { since: newest ?? '' } } })),
    enabled: newest !== null,
    refetchInterval: NEWS_EVERY_MS,
    gcTime: NEWS_EVERY_MS,
  });
}

export const askForNews = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['feedNews'] });

export function useTrending(enabled = true) {
  return useQuery({
    queryKey: postKeys.trending,
    queryFn: () => bodyOf(api.GET('/api/feed/trending', { params: { query: { limit: PAGE } } })),
    enabled,
  });
}
