// Owns what profiles ask of the server and where the answers are kept.
import {
  bodyOf,
  type Friend,
  type FriendRequest,
  type Me,
  type ProfileEdit,
  type ReportReason,
} from '@aichatwar/shared';
import { useQuery } from '@tanstack/react-query';
import { friendKeys, useFriends, useIncomingRequests } from '@/features/friends/api';
import { api } from '@/lib/api';
import { allPages } from '@/lib/pages';
import { queryClient } from '@/lib/query';
import { rememberMe } from '@/state/session';

export const profileKeys = {
  person: (id: string) => ['person', id] as const,
  me: ['me'] as const,
  blocks: ['blocks'] as const,
  /** Under the requests of friendship, so that its events refresh them too. */
  asked: [...friendKeys.requests, 'outgoing'] as const,
};

const of = (id: string) => ({ params: { path: { id } } });

export function usePerson(id: string) {
  return useQuery({
    queryKey: profileKeys.person(id),
    queryFn: () => bodyOf(api.GET('/api/users/{id}', of(id))),
  });
}

export function useMe() {
  return useQuery({ queryKey: profileKeys.me, queryFn: () => bodyOf(api.GET('/api/users/me')) });
}

export function useBlocks() {
  return useQuery({
    queryKey: profileKeys.blocks,
    queryFn: () =>
      allPages((cursor) =>
        bodyOf(api.GET('/api/users/me/blocks', { params: { query: { limit: 100, cursor } } })),
      ),
  });
}

export type Relation =
  | { kind: 'stranger' }
  | { kind: 'friend'; friend: Friend }
  | { kind: 'asked'; request: FriendRequest }
  | { kind: 'asksMe'; request: FriendRequest };

/** How I stand with a person, from the lists of friends and requests; null while they are not there. */
export function useRelation(id: string): Relation | null {
  const friends = useFriends();
  const incoming = useIncomingRequests();
  const outgoing = useQuery({
    queryKey: profileKeys.asked,
    queryFn: () =>
      allPages((cursor) =>
        bodyOf(
          api.GET('/api/friendships/requests', {
            params: { query: { direction: 'outgoing', limit: 100, cursor } },
          }),
        ),
      ),
  });
  if (!friends.data || !incoming.data || !outgoing.data) return null;
  const friend = friends.data.find(({ user }) => user.id === id);
  if (friend) return { kind: 'friend', friend };
  const asksMe = incoming.data.find(({ from }) => from.id === id);
  if (asksMe) return { kind: 'asksMe', request: asksMe };
  const asked = outgoing.data.find(({ to }) => to.id === id);
  return asked ? { kind: 'asked', request: asked } : { kind: 'stranger' };
}

async function refreshFriends(): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: friendKeys.all }),
    queryClient.invalidateQueries({ queryKey: friendKeys.requests }),
  ]);
}

export const personActions = {
  async ask(userId: string): Promise<void> {
    await api.POST('/api/friendships/requests', { body: { userId } });
    await refreshFriends();
  },
  async withdraw(requestId: string): Promise<void> {
    await api.DELETE('/api/friendships/requests/{id}', of(requestId));
    await refreshFriends();
  },
  async accept(requestId: string): Promise<void> {
    await api.POST('/api/friendships/requests/{id}/accept', of(requestId));
    await refreshFriends();
  },
  async part(userId: string): Promise<void> {
    await api.DELETE('/api/friendships/{userId}', { params: { path: { userId } } });
    await refreshFriends();
  },
  /** Nothing of the other is for me any more: everything that may hold some of it is asked for again. */
  async block(userId: string): Promise<void> {
    await api.PUT('/api/users/me/blocks/{id}', of(userId));
    await queryClient.invalidateQueries();
  },
  async unblock(userId: string): Promise<void> {
    await api.DELETE('/api/users/me/blocks/{id}', of(userId));
    await queryClient.invalidateQueries({ queryKey: profileKeys.blocks });
    await queryClient.invalidateQueries({ queryKey: profileKeys.person(userId) });
  },
  report: (userId: string, reason: ReportReason, detail: string) =>
    api.POST('/api/users/{id}/reports', { ...of(userId), body: { reason, detail } }),
};

export const accountActions = {
  async edit(change: ProfileEdit): Promise<Me> {
    const me = await bodyOf(api.PATCH('/api/users/me', { body: change }));
    queryClient.setQueryData(profileKeys.me, me);
    await queryClient.invalidateQueries({ queryKey: profileKeys.person(me.id) });
    rememberMe(me);
    return me;
  },
  erase: (password: string) => api.DELETE('/api/users/me', { body: { password } }),
};
