// Owns what moderators ask of the server. Who is none gets 404 from all of it, which is how the app knows.
import { ApiProblem, bodyOf } from '@aichatwar/shared';
import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/api';
import { allPages } from '@/lib/pages';
import { queryClient } from '@/lib/query';

/** What becomes of something reported: nothing, it goes (a person is banned), or its author is warned. */
export type Verdict = 'dismiss' | 'remove' | 'warn';

export const moderationKeys = {
  cards: ['moderation', 'cards'] as const,
  books: ['moderation', 'books'] as const,
  posts: ['moderation', 'posts'] as const,
  people: ['moderation', 'people'] as const,
};

const hidden = (failure: unknown): boolean => failure instanceof ApiProblem && failure.status === 404;

/** What only moderators may ask; null for all others. */
const orNull = <T>(asked: Promise<T>): Promise<T | null> =>
  asked.catch((failure: unknown) => {
    if (hidden(failure)) return null;
    throw failure;
  });

/** Cards that wait for a decision, the longest first; null for who is no moderator. */
export function useCardQueue() {
  return useQuery({
    queryKey: moderationKeys.cards,
    queryFn: () =>
      orNull(
        allPages((cursor) =>
          bodyOf(api.GET('/api/model-cards/moderation', { params: { query: { limit: 100, cursor } } })),
        ),
      ),
    staleTime: 60_000,
  });
}

/** Reported posts and comments that nobody has decided about; null for who is no moderator. */
export function usePostQueue() {
  return useQuery({
    queryKey: moderationKeys.posts,
    queryFn: () =>
      orNull(
        allPages((cursor) =>
          bodyOf(api.GET('/api/posts/moderation', { params: { query: { limit: 50, cursor } } })),
        ),
      ),
  });
}

/** Reports about people that nobody has decided about, the oldest first; null for who is no moderator. */
export function usePersonQueue() {
  return useQuery({
    queryKey: moderationKeys.people,
    queryFn: () =>
      orNull(
        allPages((cursor) =>
          bodyOf(api.GET('/api/users/moderation', { params: { query: { limit: 100, cursor } } })),
        ),
      ),
  });
}

export const useModerates = (): boolean => useCardQueue().data != null;
export const useWaitingCards = (): number => useCardQueue().data?.length ?? 0;

/** The ledger, checked against itself and against the provider's books; null for who may not see it. */
export function useLedgerCheck() {
  return useQuery({
    queryKey: moderationKeys.books,
    queryFn: () => orNull(bodyOf(api.GET('/api/payments/ledger/check'))),
  });
}

const at = (id: string) => ({ params: { path: { id } } });

export const moderationActions = {
  approve: (id: string) => bodyOf(api.POST('/api/model-cards/{id}/approve', at(id))),
  reject: (id: string, reason: string) =>
    bodyOf(api.POST('/api/model-cards/{id}/reject', { ...at(id), body: { reason } })),
  suspend: (id: string, reason: string) =>
    bodyOf(api.POST('/api/model-cards/{id}/suspend', { ...at(id), body: { reason } })),
  reinstate: (id: string) => bodyOf(api.POST('/api/model-cards/{id}/reinstate', at(id))),
  async decide(subject: string, action: Verdict, note: string): Promise<void> {
    await api.POST('/api/posts/moderation/{subject}/decide', {
      params: { path: { subject } },
      body: { action, note },
    });
    await queryClient.invalidateQueries({ queryKey: moderationKeys.posts });
  },
  /** Decides with one report about all others about the same person. */
  async judge(id: string, action: Verdict, note: string): Promise<void> {
    await api.POST('/api/users/moderation/{id}/decide', { ...at(id), body: { action, note } });
    await queryClient.invalidateQueries({ queryKey: moderationKeys.people });
  },
  ban: (id: string, reason: string) => api.POST('/api/users/{id}/ban', { ...at(id), body: { reason } }),
};
