// Owns what posts ask of the server and where the answers are kept.
import {
  bodyOf,
  type Comment,
  type NewPost,
  type Page,
  type Post,
  type ReactionKind,
  type ReportReason,
  type Visibility,
} from '@aichatwar/shared';
import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api } from '@/lib/api';
import { allPages } from '@/lib/pages';
import { queryClient } from '@/lib/query';
import { addPost, changePost, dropPost, postKeys, takePost } from './model/caches';
import { withReaction } from './model/reactions';

export { postKeys } from './model/caches';

const PAGE = 20;
const COMMENTS_PAGE = 50;
const of = (id: string) => ({ params: { path: { id } } });

export const fetchPost = (id: string): Promise<Post> => bodyOf(api.GET('/api/posts/{id}', of(id)));

/** One post; what a list holds of it is shown until it has come. */
export function usePost(id: string | undefined) {
  return useQuery({
    queryKey: postKeys.post(id ?? ''),
    queryFn: async () => {
      const post = await fetchPost(id ?? '');
      changePost(post.id, () => post);
      return post;
    },
    enabled: id !== undefined,
    refetchOnMount: 'always',
  });
}

/** Asks for a post again, such as when the addresses of its pictures have ended. Many who ask at once ask once. */
export function refreshPost(id: string): void {
  void queryClient
    .fetchQuery({ queryKey: postKeys.post(id), queryFn: () => fetchPost(id), staleTime: 5_000 })
    .then(takePost)
    .catch(() => undefined);
}

type Which = { author: string } | { tag: string } | { q: string };
const keyOf = (which: Which) =>
  'author' in which
    ? postKeys.byAuthor(which.author)
    : 'tag' in which
      ? postKeys.byTag(which.tag)
      : postKeys.byWords(which.q);

export function usePosts(which: Which) {
  return useInfiniteQuery({
    queryKey: keyOf(which),
    queryFn: ({ pageParam }) =>
      bodyOf(api.GET('/api/posts', { params: { query: { ...which, limit: PAGE, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
}

export function useComments(id: string) {
  return useInfiniteQuery({
    queryKey: postKeys.comments(id),
    queryFn: ({ pageParam }) =>
      bodyOf(
        api.GET('/api/posts/{id}/comments', {
          params: { path: { id }, query: { limit: COMMENTS_PAGE, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    refetchOnMount: 'always',
  });
}

type CommentPages = InfiniteData<Page<Comment>>;
export function changeComments(id: string, change: (comments: Comment[]) => Comment[]): void {
  queryClient.setQueryData<CommentPages>(postKeys.comments(id), (held) =>
    held ? { ...held, pages: held.pages.map((page) => ({ ...page, items: change(page.items) })) } : held,
  );
}

function appendComment(comment: Comment): void {
  queryClient.setQueryData<CommentPages>(postKeys.comments(comment.postId), (held) => {
    const last = held?.pages.at(-1);
    if (!held || !last || held.pages.some(({ items }) => items.some(({ id }) => id === comment.id)))
      return held;
    return { ...held, pages: [...held.pages.slice(0, -1), { ...last, items: [...last.items, comment] }] };
  });
}

export function usePostHistory(id: string, enabled: boolean) {
  return useQuery({
    queryKey: postKeys.history(id),
    queryFn: () =>
      allPages((cursor) =>
        bodyOf(
          api.GET('/api/posts/{id}/history', { params: { path: { id }, query: { limit: 50, cursor } } }),
        ),
      ),
    enabled,
    staleTime: 0,
  });
}

export function usePostReactions(id: string, enabled: boolean) {
  return useQuery({
    queryKey: postKeys.reactions(id),
    queryFn: () =>
      allPages(
        (cursor) =>
          bodyOf(
            api.GET('/api/posts/{id}/reactions', {
              params: { path: { id }, query: { limit: 100, cursor } },
            }),
          ),
        3,
      ),
    enabled,
    staleTime: 0,
  });
}

const counted = (id: string, what: 'comments' | 'shares', by: number) =>
  changePost(id, (post) => ({ ...post, [what]: Math.max(0, post[what] + by) }));

export const postActions = {
  async create(post: NewPost): Promise<Post> {
    const made = await bodyOf(api.POST('/api/posts', { body: post }));
    addPost(made);
    return made;
  },
  async edit(post: Post, change: { text?: string; visibility?: Visibility }): Promise<Post> {
    const made = await bodyOf(
      api.PATCH('/api/posts/{id}', {
        params: { path: { id: post.id }, header: { 'if-match': `"${post.version}"` } },
        body: change,
      }),
    );
    takePost(made);
    return made;
  },
  async remove(id: string): Promise<void> {
    await api.DELETE('/api/posts/{id}', of(id));
    dropPost(id);
  },
  /** Seen at once; the counters of the answer may be older than that, so only my own reaction is taken from it. */
  async react(post: Post, kind: ReactionKind | null): Promise<void> {
    const before = post.myReaction ?? null;
    if (before === kind) return;
    changePost(post.id, (held) => withReaction(held, kind));
    try {
      const path = { id: post.id, kind: kind ?? before ?? 'like' };
      await (kind
        ? api.PUT('/api/posts/{id}/reactions/{kind}', { params: { path } })
        : api.DELETE('/api/posts/{id}/reactions/{kind}', { params: { path } }));
    } catch (failure) {
      changePost(post.id, (held) => withReaction(held, before));
      throw failure;
    }
  },
  async share(
    id: string,
    share: { text?: string; visibility?: Visibility; clientId?: string },
  ): Promise<Post> {
    const made = await bodyOf(api.POST('/api/posts/{id}/shares', { ...of(id), body: share }));
    addPost(made);
    counted(id, 'shares', 1);
    return made;
  },
  report: (id: string, reason: ReportReason, detail: string) =>
    api.POST('/api/posts/{id}/reports', { ...of(id), body: { reason, detail } }),
};

const ofComment = (comment: Comment) => ({
  params: { path: { id: comment.postId, commentId: comment.id } },
});

export const commentActions = {
  async create(postId: string, text: string, replyTo: string | null, clientId: string): Promise<Comment> {
    const made = await bodyOf(
      api.POST('/api/posts/{id}/comments', { ...of(postId), body: { text, replyTo, clientId } }),
    );
    appendComment(made);
    counted(postId, 'comments', 1);
    return made;
  },
  async edit(comment: Comment, text: string): Promise<void> {
    const made = await bodyOf(
      api.PATCH('/api/posts/{id}/comments/{commentId}', { ...ofComment(comment), body: { text } }),
    );
    changeComments(comment.postId, (held) => held.map((one) => (one.id === made.id ? made : one)));
  },
  async remove(comment: Comment): Promise<void> {
    await api.DELETE('/api/posts/{id}/comments/{commentId}', ofComment(comment));
    const goes = (one: Comment) => one.id === comment.id || one.threadId === comment.id;
    let gone = 0;
    changeComments(comment.postId, (held) => {
      gone += held.filter(goes).length;
      return held.filter((one) => !goes(one));
    });
    counted(comment.postId, 'comments', -gone);
  },
  report: (comment: Comment, reason: ReportReason, detail: string) =>
    api.POST('/api/posts/{id}/comments/{commentId}/reports', {
      ...ofComment(comment),
      body: { reason, detail },
    }),
};
