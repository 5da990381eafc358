// Owns what friendship asks of the server and where the answers are kept.
import { bodyOf } from '@aichatwar/shared';
import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/api';
import { allPages } from '@/lib/pages';

export const friendKeys = {
  all: ['friends'] as const,
  requests: ['friendRequests'] as const,
};

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

/** Who asks to be my friend. */
export function useIncomingRequests() {
  return useQuery({
    queryKey: friendKeys.requests,
    queryFn: () =>
      allPages((cursor) =>
        bodyOf(
          api.GET('/api/friendships/requests', {
            params: { query: { direction: 'incoming', limit: 100, cursor } },
          }),
        ),
      ),
    meta: { keep: true },
  });
}

const request = (id: string) => ({ params: { path: { id } } });

export const friendActions = {
  accept: (id: string) => bodyOf(api.POST('/api/friendships/requests/{id}/accept', request(id))),
  decline: (id: string) => api.POST('/api/friendships/requests/{id}/decline', request(id)),
};

export const useRequestCount = (): number => useIncomingRequests().data?.length ?? 0;
