// Owns what moderators ask of the server. Who is none gets 404 from all of it, which is how the app knows.
import { ApiProblem, bodyOf } from '@aichatwar/shared';
import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/api';
import { allPages } from '@/lib/pages';
import { queryClient } from '@/lib/query';

export const moderationKeys = {
  cards: ['moderation', 'cards'] as const,
  books: ['moderation', 'books'] as const,
  posts: ['moderation', 'posts'] as const,
};

const hidden = (failure: unknown): boolean => failure instanceof ApiProblem && failure.status === 404;

/** Cards that wait for a decision, the longest first; null for who is no moderator. */
export function useCardQueue() {
  return useQuery({
    queryKey: moderationKeys.cards,
    queryFn: () =>
      allPages((cursor) =>
        bodyOf(api.GET('/api/model-cards/moderation', { params: { query: { limit: 100, cursor } } })),
      ).catch((failure: unknown) => {
        if (hidden(failure)) return null;
        throw failure;
      }),
    staleTime: 60_000,
  });
}

/** Reported posts and comments that nobody has decided about; null for who is no moderator. */
export function usePostQueue() {
  return useQuery({
    queryKey: moderationKeys.posts,
    queryFn: () =>
      allPages((cursor) =>
        bodyOf(api.GET('/api/posts/moderation', { params: { query: { limit: 50, cursor } } })),
      ).catch((failure: unknown) => {
        if (hidden(failure)) return null;
        throw failure;
      }),
  });
}

export const useModerates = (): boolean => useCardQueue().data != null;
export const useWaitingCards = (): number => useCardQueue().data?.length ?? 0;

/** The ledger, checked against itself and against the provider's books; null for who may not see it. */
export function useLedgerCheck() {
  return useQuery({
    queryKey: moderationKeys.books,
    queryFn: () =>
      bodyOf(api.GET('/api/payments/ledger/check')).catch((failure: unknown) => {
        if (hidden(failure)) return null;
        throw failure;
      }),
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
  async decide(subject: string, action: 'dismiss' | 'remove' | 'warn', note: string): Promise<void> {
    await api.POST('/api/posts/moderation/{subject}/decide', {
      params: { path: { subject } },
      body: { action, note },
    });
    await queryClient.invalidateQueries({ queryKey: moderationKeys.posts });
  },
  ban: (id: string, reason: string) => api.POST('/api/users/{id}/ban', { ...at(id), body: { reason } }),
};
