// Owns what chat asks of the server and where the answers are kept.
import { bodyOf, type Message, type NewRoom, type Room } from '@aichatwar/shared';
import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/api';
import { allPages } from '@/lib/pages';
import { queryClient, SEARCH_KEPT_MS, trimWhenKept } from '@/lib/query';
import { realtime } from '@/lib/realtime';
import { myId } from '@/state/session';
import { append, fromNewest, headOf, prepend, type RoomLog, tailOf, trimmed } from './model/log';
import { byActivity, caughtUp } from './model/rooms';
import { haveRead } from './state/attention';

export const chatKeys = {
  rooms: ['rooms'] as const,
  eachRoom: ['room'] as const,
  room: (id: string) => [...chatKeys.eachRoom, id] as const,
  log: (id: string) => ['log', id] as const,
  agents: ['agents'] as const,
  search: (words: string, room?: string) => ['messageSearch', words, room ?? ''] as const,
};

const PAGE = 60;
const CATCH_UP_PAGE = 200;
trimWhenKept('log', trimmed);

/** The rooms are kept up to date by events; they are asked for again when the line has been away. */
export function useRooms() {
  return useQuery({
    queryKey: chatKeys.rooms,
    queryFn: async () => {
      const rooms = await allPages((cursor) =>
        bodyOf(api.GET('/api/chat/rooms', { params: { query: { limit: 100, cursor } } })),
      );
      return rooms.map(withHeard).sort(byActivity);
    },
    meta: { keep: true },
  });
}

/** A room as the list has it now: with what is unread, which events keep right. */
export const heldRoom = (id: string): Room | undefined =>
  queryClient.getQueryData<Room[]>(chatKeys.rooms)?.find((room) => room.id === id);

/** One room with all of its members. */
export function useRoom(id: string) {
  return useQuery({
    queryKey: chatKeys.room(id),
    queryFn: async () => withHeard(await fetchRoom(id)),
    placeholderData: () => heldRoom(id),
    meta: { keep: true },
  });
}

/** Asks for a room, and takes in how far the others have read meanwhile. */
export async function fetchRoom(id: string): Promise<Room> {
  const me = myId();
  const room = await bodyOf(api.GET('/api/chat/rooms/{id}', { params: { path: { id } } }));
  if (me === myId())
    haveRead(id, Object.fromEntries(room.members.map(({ userId, readSeq }) => [userId, readSeq ?? 0])));
  return room;
}

/** A room as the server said, with what was heard meanwhile. */
export const withHeard = (said: Room): Room =>
  caughtUp(
    said,
    heldRoom(said.id),
    queryClient.getQueryData<RoomLog>(chatKeys.log(said.id))?.messages ?? [],
    myId(),
  );

/** A room's history as far as it is held. Once it is there, the socket keeps it complete. */
export function useLog(id: string) {
  return useQuery({
    queryKey: chatKeys.log(id),
    queryFn: async (): Promise<RoomLog> => {
      const page = await fetchPage(id, { limit: PAGE });
      let log = fromNewest(page, queryClient.getQueryData<RoomLog>(chatKeys.log(id)));
      // What was told while the page was on its way may not be in it.
      while (headOf(log) < (heldRoom(id)?.lastSeq ?? 0)) {
        const { items } = await fetchPage(id, { after: headOf(log), limit: CATCH_UP_PAGE });
        if (items.length === 0) break;
        log = append(log, items);
      }
      realtime.advance(id, headOf(log));
      return log;
    },
    staleTime: Infinity,
    meta: { keep: true },
  });
}

function fetchPage(id: string, query: { before?: number; after?: number; limit: number }) {
  return bodyOf(api.GET('/api/chat/rooms/{id}/messages', { params: { path: { id }, query } }));
}

/** Brings older messages; tells whether there are still older ones. */
export async function loadOlder(id: string, limit = PAGE): Promise<boolean> {
  const log = queryClient.getQueryData<RoomLog>(chatKeys.log(id));
  if (!log?.hasMoreBefore) return false;
  const page = await fetchPage(id, { before: tailOf(log), limit });
  queryClient.setQueryData<RoomLog>(chatKeys.log(id), (held) => (held ? prepend(held, page) : held));
  return page.hasMoreBefore;
}

/** Brings what comes after the head of what is held; for when an event came out of order. */
export async function loadNewer(id: string): Promise<void> {
  for (let more = true; more;) {
    const log = queryClient.getQueryData<RoomLog>(chatKeys.log(id));
    if (!log) return;
    const page = await fetchPage(id, { after: headOf(log), limit: CATCH_UP_PAGE });
    queryClient.setQueryData<RoomLog>(chatKeys.log(id), (held) => (held ? append(held, page.items) : held));
    more = page.hasMoreAfter && page.items.length > 0;
  }
}

export function useAgents() {
  return useQuery({
    queryKey: chatKeys.agents,
    queryFn: () =>
      allPages((cursor) => bodyOf(api.GET('/api/agents', { params: { query: { limit: 100, cursor } } }))),
    staleTime: 300_000,
    meta: { keep: true },
  });
}

/** Messages of my rooms in which the words stand. */
export function useMessageSearch(words: string, roomId?: string) {
  const q = words.trim();
  return useQuery({
    queryKey: chatKeys.search(q, roomId),
    queryFn: async ({ signal }): Promise<Message[]> =>
      (await bodyOf(api.GET('/api/chat/search', { params: { query: { q, roomId, limit: 30 } }, signal })))
        .items,
    enabled: q.length >= 2,
    gcTime: SEARCH_KEPT_MS,
  });
}

const at = (id: string) => ({ path: { id } });
const message = (id: string, messageId: string) => ({ params: { path: { id, messageId } } });

/** What is done to rooms and messages. Each throws an ApiProblem. */
export const chatActions = {
  createRoom: (room: NewRoom) => bodyOf(api.POST('/api/chat/rooms', { body: room })),
  rename: (id: string, title: string) =>
    bodyOf(api.PATCH('/api/chat/rooms/{id}', { params: at(id), body: { title } })),
  setPolicy: (id: string, agentPolicy: Room['agentPolicy']) =>
    bodyOf(api.PATCH('/api/chat/rooms/{id}', { params: at(id), body: { agentPolicy } })),
  deleteRoom: (id: string) => api.DELETE('/api/chat/rooms/{id}', { params: at(id) }),
  addMember: (id: string, userId: string) =>
    api.PUT('/api/chat/rooms/{id}/members/{userId}', { params: { path: { id, userId } }, body: {} }),
  removeMember: (id: string, userId: string) =>
    api.DELETE('/api/chat/rooms/{id}/members/{userId}', { params: { path: { id, userId } } }),
  addAgent: (id: string, agentId: string) =>
    api.PUT('/api/chat/rooms/{id}/agents/{agentId}', { params: { path: { id, agentId } } }),
  removeAgent: (id: string, agentId: string) =>
    api.DELETE('/api/chat/rooms/{id}/agents/{agentId}', { params: { path: { id, agentId } } }),
  edit: (id: string, messageId: string, text: string) =>
    bodyOf(
      api.PATCH('/api/chat/rooms/{id}/messages/{messageId}', { ...message(id, messageId), body: { text } }),
    ),
  remove: (id: string, messageId: string) =>
    api.DELETE('/api/chat/rooms/{id}/messages/{messageId}', message(id, messageId)),
  pin: (id: string, messageId: string) =>
    api.PUT('/api/chat/rooms/{id}/messages/{messageId}/pin', message(id, messageId)),
  unpin: (id: string, messageId: string) =>
    api.DELETE('/api/chat/rooms/{id}/messages/{messageId}/pin', message(id, messageId)),
  react: (id: string, messageId: string, emoji: string, on: boolean): Promise<Message> => {
    const params = { params: { path: { id, messageId, emoji } } };
    return bodyOf(
      on
        ? api.PUT('/api/chat/rooms/{id}/messages/{messageId}/reactions/{emoji}', params)
        : api.DELETE('/api/chat/rooms/{id}/messages/{messageId}/reactions/{emoji}', params),
    );
  },
  read: (id: string, seq: number) =>
    bodyOf(api.PUT('/api/chat/rooms/{id}/read', { params: at(id), body: { seq } })),
  stopRun: (roomId: string, runId: string) =>
    api.POST('/api/agents/rooms/{roomId}/runs/{runId}/cancel', { params: { path: { roomId, runId } } }),
  regenerate: (roomId: string, id: string, key: string) =>
    api.POST('/api/agents/rooms/{roomId}/messages/{id}/regenerate', {
      params: { path: { roomId, id }, header: { 'Idempotency-Key': key } },
    }),
};
