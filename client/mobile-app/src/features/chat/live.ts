// Owns what chat does with events: the caches of rooms and histories become what the server has, and nothing twice.
import type { Message, Room, RoomEvent, UserEvent } from '@aichatwar/shared';
import { queryClient } from '@/lib/query';
import { realtime, registerLive } from '@/lib/realtime';
import { myId, useSession } from '@/state/session';
import { chatActions, chatKeys, fetchRoom, heldRoom, loadNewer, withHeard } from './api';
import { headOf, personal, type RoomLog, take, trimmed } from './model/log';
import { byActivity, withMessage, withRead } from './model/rooms';
import { flush, onSent, settle } from './state/outbox';
import { forgetTyping, haveRead, stoppedTyping, typed } from './state/attention';
import { arrived, began, ended, forgetStreams, grew } from './state/streams';

/** So many rooms, the most recently active, are followed live; of the others only their activity is told. */
const FOLLOWED_MAX = 60;

const logOf = (room: string) => queryClient.getQueryData<RoomLog>(chatKeys.log(room));
const roomsHeld = () => queryClient.getQueryData<Room[]>(chatKeys.rooms);
const setRooms = (change: (rooms: Room[]) => Room[]) =>
  queryClient.setQueryData<Room[]>(chatKeys.rooms, (rooms) => (rooms ? change(rooms) : rooms));

const isLookedAt = (queryKey: readonly unknown[]): boolean =>
  queryClient.getQueryCache().find({ queryKey })?.isActive() === true;

/** Follows a room from what is held of it. */
export function followRoom(room: Room): void {
  if (realtime.follows(room.id)) return;
  const log = logOf(room.id);
  realtime.follow(room.id, log ? headOf(log) : room.lastSeq, room.epoch);
}

/** Takes in a message as it is now, from whatever way it came. */
export function takeMessage(incoming: Message): void {
  const me = myId();
  const log = logOf(incoming.roomId);
  const message = personal(
    incoming,
    me,
    log?.messages.find((held) => held.id === incoming.id),
  );
  if (log) {
    const next = take(log, message);
    if (next === null) void loadNewer(message.roomId).catch(() => undefined);
    else if (next !== log) {
      const key = chatKeys.log(message.roomId);
      queryClient.setQueryData<RoomLog>(key, isLookedAt(key) ? next : trimmed(next));
    }
  }
  setRooms((rooms) => withMessage(rooms, message, me));
  if (message.author.kind === 'user') haveRead(message.roomId, { [message.author.id]: message.seq });
  if (message.author.id === me) settle(message.clientId ?? null);
  stoppedTyping(message.roomId, message.author.id);
  arrived(message.roomId, message.id);
}

async function refreshRoom(id: string): Promise<void> {
  const me = myId();
  try {
    const said = await fetchRoom(id);
    if (me !== myId()) return;
    const room = withHeard(said);
    queryClient.setQueryData(chatKeys.room(id), room);
    setRooms((rooms) => [...rooms.filter((held) => held.id !== id), room].sort(byActivity));
    followRoom(room);
  } catch {
    // It will be asked for again with the list.
  }
}

function dropRoom(id: string): void {
  realtime.unfollow(id);
  setRooms((rooms) => rooms.filter((room) => room.id !== id));
  queryClient.removeQueries({ queryKey: chatKeys.log(id) });
  void queryClient.invalidateQueries({ queryKey: chatKeys.room(id) });
}

function pinned(roomId: string, change: (pins: string[]) => string[]): void {
  const apply = (room: Room): Room => (room.id === roomId ? { ...room, pinned: change(room.pinned) } : room);
  setRooms((rooms) => rooms.map(apply));
  queryClient.setQueryData<Room>(chatKeys.room(roomId), (room) => (room ? apply(room) : room));
}

function roomEvent(event: RoomEvent): void {
  switch (event.t) {
    case 'message.sent':
    case 'message.edited':
    case 'message.deleted':
    case 'message.reacted':
      takeMessage(event.d);
      break;
    case 'message.pinned':
      pinned(event.r, (pins) => [...pins.filter((id) => id !== event.d.messageId), event.d.messageId]);
      break;
    case 'message.unpinned':
      pinned(event.r, (pins) => pins.filter((id) => id !== event.d.messageId));
      break;
    case 'room.updated':
    case 'room.member_added':
    case 'room.role_changed':
    case 'room.agent_attached':
    case 'room.agent_detached':
      void refreshRoom(event.r);
      break;
    case 'room.member_removed':
      if (event.d.userId === myId()) dropRoom(event.r);
      else void refreshRoom(event.r);
      break;
    case 'read':
      if (event.d.userId === myId())
        setRooms((rooms) => withRead(rooms, event.r, event.d.seq, unreadAfter(event.r, event.d.seq)));
      else haveRead(event.r, { [event.d.userId]: event.d.seq });
      break;
    case 'typing':
      if (event.d.userId !== myId()) typed(event.r, event.d.agentId ?? event.d.userId);
      break;
    case 'ai.started':
      stoppedTyping(event.r, event.d.agentId);
      began(event.r, event.d);
      break;
    case 'ai.ended':
      ended(event.r, event.d.messageId);
      break;
    default:
      break;
  }
}

/** What is unread after a marker, as far as the history is held; else what was known. */
function unreadAfter(roomId: string, seq: number): number {
  const room = roomsHeld()?.find((held) => held.id === roomId);
  const me = myId();
  const log = logOf(roomId);
  if (!log || headOf(log) < (room?.lastSeq ?? 0))
    return seq >= (room?.lastSeq ?? 0) ? 0 : (room?.unread ?? 0);
  return log.messages.filter((message) => message.seq > seq && message.author.id !== me).length;
}

function userEvent(event: UserEvent): void {
  switch (event.t) {
    case 'room.added':
    case 'room.activity':
      void refreshRoom(event.d.roomId);
      break;
    case 'room.removed':
      dropRoom(event.d.roomId);
      break;
    case 'unread':
      // Of what has come since the marker was moved, this count knows nothing.
      if (event.d.seq < (heldRoom(event.d.roomId)?.lastSeq ?? 0)) void refreshRoom(event.d.roomId);
      else setRooms((rooms) => withRead(rooms, event.d.roomId, event.d.seq, event.d.unread));
      break;
    default:
      break;
  }
}

/** Moves my marker to the newest message; tried again with the next one when it fails. */
export async function markRead(roomId: string): Promise<void> {
  const log = logOf(roomId);
  const room = roomsHeld()?.find((held) => held.id === roomId);
  const head = log ? headOf(log) : 0;
  if (head === 0 || (room && room.readSeq >= head && room.unread === 0)) return;
  try {
    const { seq, unread } = await chatActions.read(roomId, head);
    setRooms((rooms) => withRead(rooms, roomId, seq, unread));
  } catch {
    // Still unread then.
  }
}

registerLive({
  roomEvent,
  userEvent,
  stream: grew,
  reset: (room) => void queryClient.resetQueries({ queryKey: chatKeys.log(room) }),
  refused: dropRoom,
  connected: () => {
    flush();
    void queryClient.invalidateQueries({ queryKey: chatKeys.rooms });
    // Who has read what meanwhile is told with a room alone.
    void queryClient.invalidateQueries({ queryKey: chatKeys.eachRoom });
  },
  disconnected: () => {
    forgetTyping();
    forgetStreams();
  },
});
onSent(takeMessage);

// Of a room that nobody looks at any more, no more is held than the device keeps.
queryClient.getQueryCache().subscribe(({ type, query }) => {
  const [kind] = query.queryKey;
  if (type !== 'observerRemoved' || kind !== 'log' || isLookedAt(query.queryKey)) return;
  queryClient.setQueryData<RoomLog>(query.queryKey, (log) => (log ? trimmed(log) : log));
});

// Whatever brings the list of rooms, the most active ones are followed from then on.
queryClient.getQueryCache().subscribe((event) => {
  if (event.type !== 'updated' || event.query.queryKey[0] !== chatKeys.rooms[0]) return;
  if (useSession.getState().status !== 'signedIn') return;
  for (const room of roomsHeld()?.slice(0, FOLLOWED_MAX) ?? []) followRoom(room);
});
