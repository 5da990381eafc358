// Owns what friendship asks of the server and where the answers are kept.
import { bodyOf, type User } from '@aichatwar/shared';
import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/api';
import { allPages } from '@/lib/pages';
import { queryClient, SEARCH_KEPT_MS } from '@/lib/query';

export const friendKeys = {
  all: ['friends'] as const,
  requests: ['friendRequests'] as const,
  incoming: ['friendRequests', 'incoming'] as const,
  outgoing: ['friendRequests', 'outgoing'] as const,
  suggestions: ['friendSuggestions'] as const,
  people: (words: string) => ['people', words] as const,
};

export const PEOPLE_WORDS_MIN = 2;

export function useFriends() {
  return useQuery({
    queryKey: friendKeys.all,
    queryFn: async () => {
      const friends = await allPages((cursor) =>
        bodyOf(api.GET('/api/friendships', { params: { query: { limit: 100, cursor } } })),
      );
      return friends.sort((a, b) => a.user.displayName.localeCompare(b.user.displayName));
    },
    meta: { keep: true },
  });
}

const requestsOf = (direction: 'incoming' | 'outgoing') => () =>
  allPages((cursor) =>
    bodyOf(api.GET('/api/friendships/requests', { params: { query: { direction, limit: 100, cursor } } })),
  );

/** Who asks to be my friend. */
export function useIncomingRequests() {
  return useQuery({
    queryKey: friendKeys.incoming,
    queryFn: requestsOf('incoming'),
    meta: { keep: true },
  });
}

/** Whom I have asked. */
export function useOutgoingRequests() {
  return useQuery({
    queryKey: friendKeys.outgoing,
    queryFn: requestsOf('outgoing'),
    meta: { keep: true },
  });
}

/** People with whom I have friends in common. */
export function useSuggestions() {
  return useQuery({
    queryKey: friendKeys.suggestions,
    queryFn: async () =>
      (await bodyOf(api.GET('/api/friendships/suggestions', { params: { query: { limit: 20 } } }))).items,
  });
}

/** People whose handle or name has a word that begins like this. */
export function usePeople(words: string) {
  const query = words.trim().toLowerCase();
  return useQuery({
    queryKey: friendKeys.people(query),
    queryFn: async ({ signal }): Promise<User[]> =>
      (await bodyOf(api.GET('/api/users', { params: { query: { query, limit: 20 } }, signal }))).items,
    enabled: query.length >= PEOPLE_WORDS_MIN,
    gcTime: SEARCH_KEPT_MS,
  });
}

const request = (id: string) => ({ params: { path: { id } } });

/** What is done about friendship. Each throws an ApiProblem. */
export const friendActions = {
  ask: (userId: string) => bodyOf(api.POST('/api/friendships/requests', { body: { userId } })),
  withdraw: (id: string) => api.DELETE('/api/friendships/requests/{id}', request(id)),
  accept: (id: string) => bodyOf(api.POST('/api/friendships/requests/{id}/accept', request(id))),
  decline: (id: string) => api.POST('/api/friendships/requests/{id}/decline', request(id)),
  end: (userId: string) => api.DELETE('/api/friendships/{userId}', { params: { path: { userId } } }),
};

/** Asks again for all that friendship holds. */
export async function refreshFriends(): Promise<void> {
  await Promise.all(
    [friendKeys.all, friendKeys.requests, friendKeys.suggestions].map((queryKey) =>
      queryClient.invalidateQueries({ queryKey }),
    ),
  );
}

export const useRequestCount = (): number => useIncomingRequests().data?.length ?? 0;
