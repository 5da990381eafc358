// Owns what debates ask of the server and where the answers are kept.
import {
  bodyOf,
  type Debate,
  type DebateBeginning,
  type DebateSideName,
  type DebateSummary,
  type Room,
} from '@aichatwar/shared';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useRooms } from '@/features/chat/api';
import { api } from '@/lib/api';
import { allPages } from '@/lib/pages';
import { queryClient } from '@/lib/query';
import { isOver } from './model/debate';

export const debateKeys = {
  ofRoom: (roomId: string) => ['debates', roomId] as const,
  one: (id: string) => ['debate', id] as const,
  leaderboard: ['debateLeaderboard'] as const,
};

/** Rooms in which a debate may be begun: groups in which at least two agents sit. */
export function useArenas(): { rooms: Room[]; isPending: boolean } {
  const rooms = useRooms();
  return {
    rooms: (rooms.data ?? []).filter((room) => room.kind === 'group' && room.agents.length >= 2),
    isPending: rooms.isPending,
  };
}

const ROOMS_MAX = 20;

/** The debates of my rooms, newest first. */
export function useDebates() {
  const { rooms, isPending } = useArenas();
  return useQueries({
    queries: rooms.slice(0, ROOMS_MAX).map((room) => ({
      queryKey: debateKeys.ofRoom(room.id),
      queryFn: async () =>
        (await bodyOf(api.GET('/api/debates', { params: { query: { roomId: room.id, limit: 20 } } }))).items,
    })),
    combine: (answers) => {
      const items = answers.flatMap(({ data }): DebateSummary[] => data ?? []);
      const waits = isPending || answers.some((answer) => answer.isPending);
      const error = answers.find((answer) => answer.error)?.error ?? null;
      return {
        data: waits ? undefined : items.sort((a, b) => b.createdAt.localeCompare(a.createdAt)),
        error: items.length > 0 ? null : error,
        refetch: () => answers.forEach((answer) => void answer.refetch()),
      };
    },
  });
}

const WATCH_MS = 6_000;

/** A debate. The socket tells how it goes on; pieces may be missing, so it is asked for too while it is not over. */
export function useDebate(id: string) {
  return useQuery({
    queryKey: debateKeys.one(id),
    queryFn: () => bodyOf(api.GET('/api/debates/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data && !isOver(state.data) ? WATCH_MS : false),
  });
}

export function useLeaderboard() {
  return useQuery({
    queryKey: debateKeys.leaderboard,
    queryFn: () =>
      allPages(
        (cursor) =>
          bodyOf(api.GET('/api/debates/leaderboard', { params: { query: { limit: 100, cursor } } })),
        2,
      ),
  });
}

const at = (id: string) => ({ params: { path: { id } } });

export const debateActions = {
  begin: (debate: DebateBeginning) => bodyOf(api.POST('/api/debates', { body: debate })),
  start: (id: string) => bodyOf(api.POST('/api/debates/{id}/start', at(id))),
  close: (id: string) => bodyOf(api.POST('/api/debates/{id}/close', at(id))),
  cancel: (id: string) => bodyOf(api.POST('/api/debates/{id}/cancel', at(id))),
  vote: (id: string, when: 'before' | 'after', side: DebateSideName | null) =>
    bodyOf(api.PUT('/api/debates/{id}/votes/{when}', { params: { path: { id, when } }, body: { side } })),
};

export function takeDebate(debate: Debate): void {
  queryClient.setQueryData(debateKeys.one(debate.id), debate);
  void queryClient.invalidateQueries({ queryKey: debateKeys.ofRoom(debate.roomId) });
}
