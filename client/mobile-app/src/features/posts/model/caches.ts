// Owns that a post is the same wherever it is seen: one change goes through every list that holds it.
import type { Home, HomeItem, Page, Post, Trending, TrendingPost } from '@aichatwar/shared';
import type { InfiniteData, QueryKey } from '@tanstack/react-query';
import { queryClient } from '@/lib/query';

export const postKeys = {
  post: (id: string) => ['post', id] as const,
  comments: (id: string) => ['comments', id] as const,
  history: (id: string) => ['postHistory', id] as const,
  reactions: (id: string) => ['postReactions', id] as const,
  lists: ['postList'] as const,
  byAuthor: (id: string) => ['postList', 'author', id] as const,
  byTag: (tag: string) => ['postList', 'tag', tag] as const,
  byWords: (words: string) => ['postList', 'words', words] as const,
  feeds: ['feed'] as const,
  feed: (order: string) => ['feed', order] as const,
  trending: ['trending'] as const,
};

type Change = (post: Post) => Post | null;

/** Keeps the list as it is when nothing in it changed, so that nothing is drawn again. */
function through<Item>(items: readonly Item[], each: (item: Item) => Item | null): Item[] {
  let touched = false;
  const next = items.flatMap((item) => {
    const made = each(item);
    if (made !== item) touched = true;
    return made === null ? [] : [made];
  });
  return touched ? next : (items as Item[]);
}

function inPages<I, P extends { items: I[] }>(
  held: InfiniteData<P> | undefined,
  each: (item: I) => I | null,
): InfiniteData<P> | undefined {
  if (!held) return held;
  const pages = held.pages.map((page) => {
    const items = through<I>(page.items, each);
    return items === page.items ? page : { ...page, items };
  });
  return pages.every((page, index) => page === held.pages[index]) ? held : { ...held, pages };
}

function set<Data>(queryKey: QueryKey, update: (held: Data | undefined) => Data | undefined): void {
  queryClient.setQueriesData<Data>({ queryKey }, update);
}

/** Changes a post, and what shares it as it is shown there, in every list; null takes it away. */
export function changePost(id: string, change: Change): void {
  const at = (post: Post): Post | null => (post.id === id ? change(post) : post);
  const inside = <Item extends { post: Post }>(item: Item): Item | null => {
    const post = at(item.post);
    return post === null ? null : post === item.post ? item : { ...item, post };
  };
  set<InfiniteData<Home>>(postKeys.feeds, (held) => inPages<HomeItem, Home>(held, inside));
  set<InfiniteData<Page<Post>>>(postKeys.lists, (held) => inPages<Post, Page<Post>>(held, at));
  set<Trending>(postKeys.trending, (held) => {
    if (!held) return held;
    const posts = through<TrendingPost>(held.posts, inside);
    return posts === held.posts ? held : { ...held, posts };
  });
  const held = queryClient.getQueryData<Post>(postKeys.post(id));
  if (!held) return;
  const next = change(held);
  if (next) queryClient.setQueryData(postKeys.post(id), next);
  else queryClient.removeQueries({ queryKey: postKeys.post(id) });
}

/** Takes in a post as the server has it now. */
export const takePost = (post: Post): void => {
  queryClient.setQueryData(postKeys.post(post.id), post);
  changePost(post.id, () => post);
};

export const dropPost = (id: string): void => changePost(id, () => null);

/** Puts an own new post in front of where it belongs. */
export function addPost(post: Post): void {
  queryClient.setQueryData(postKeys.post(post.id), post);
  // By the feed's own rule: a post of this moment counts 100, and 5 more with media.
  const media = post.media.length > 0 ? 5 : 0;
  const item: HomeItem = {
    post,
    reason: {
      kind: 'self',
      score: 100 + media,
      parts: { recency: 100, friendship: 0, interactions: 0, media },
    },
  };
  const inFront = <I, P extends { items: I[] }>(held: InfiniteData<P> | undefined, one: I) => {
    const [first, ...rest] = held?.pages ?? [];
    return held && first ? { ...held, pages: [{ ...first, items: [one, ...first.items] }, ...rest] } : held;
  };
  set<InfiniteData<Home>>(postKeys.feeds, (held) => {
    const [first, ...rest] = inFront<HomeItem, Home>(held, item)?.pages ?? [];
    // In a timeline that was empty, what is new is counted from this post on.
    return held && first
      ? { ...held, pages: [{ ...first, newest: first.newest ?? post.id }, ...rest] }
      : held;
  });
  set<InfiniteData<Page<Post>>>(postKeys.byAuthor(post.author.id), (held) =>
    inFront<Post, Page<Post>>(held, post),
  );
}
