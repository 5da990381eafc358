// Owns what the list of rooms says and in which order, and what a room is called. Pure.
import type { Message, Room, RoomMember } from '@aichatwar/shared';

export const byActivity = (a: Room, b: Room): number => b.updatedAt.localeCompare(a.updatedAt);

/** The other person of a direct room, when it is one. */
export function otherMember(room: Room, me: string): RoomMember | undefined {
  return room.kind === 'direct' ? room.members.find((member) => member.userId !== me) : undefined;
}

export interface RoomFace {
  id: string;
  name: string;
  kind: 'person' | 'agent' | 'group';
}

export function faceOf(room: Room, me: string): RoomFace {
  const other = otherMember(room, me);
  if (other) return { id: other.userId, name: other.displayName, kind: 'person' };
  const agent = room.agents[0];
  if (room.kind === 'direct' && agent) return { id: agent.agentId, name: agent.name, kind: 'agent' };
  const people = room.members.filter((member) => member.userId !== me).map((member) => member.displayName);
  return {
    id: room.id,
    name: room.title ?? [...people, ...room.agents.map((seat) => seat.name)].join(', '),
    kind: 'group',
  };
}

/** A message has come: the last word, the count and the order of the list change. */
export function withMessage(rooms: Room[], message: Message, me: string): Room[] {
  return rooms
    .map((room) => {
      if (room.id !== message.roomId) return room;
      if (message.seq <= room.lastSeq) {
        return room.lastMessage?.id === message.id && message.version > room.lastMessage.version
          ? { ...room, lastMessage: message }
          : room;
      }
      const mine = message.author.id === me;
      return {
        ...room,
        lastMessage: message,
        lastSeq: message.seq,
        updatedAt: message.createdAt,
        unread: room.unread + (mine ? 0 : 1),
      };
    })
    .sort(byActivity);
}

/** Somebody moved my read marker: here, or on another device. */
export function withRead(rooms: Room[], roomId: string, seq: number, unread: number): Room[] {
  return rooms.map((room) =>
    room.id === roomId && seq >= room.readSeq
      ? { ...room, readSeq: Math.max(seq, room.readSeq), unread }
      : room,
  );
}

/** A room as the server said a moment ago, with what was heard of it since; `heard` are messages of it that are held. */
export function caughtUp(said: Room, held: Room | undefined, heard: readonly Message[], me: string): Room {
  if (!held || held.epoch !== said.epoch || held.lastSeq <= said.lastSeq) return said;
  const { lastSeq, lastMessage, updatedAt } = held;
  if (held.readSeq > said.readSeq)
    return { ...said, lastSeq, lastMessage, updatedAt, unread: held.unread, readSeq: held.readSeq };
  // What was held before may have been counted from an older marker.
  const mine = heard.filter(({ seq, author }) => seq > said.lastSeq && author.id === me).length;
  return { ...said, lastSeq, lastMessage, updatedAt, unread: said.unread + lastSeq - said.lastSeq - mine };
}

/** Rooms whose name or people fit what was typed. */
export function matching(rooms: readonly Room[], words: string, me: string): Room[] {
  const needle = words.trim().toLocaleLowerCase();
  if (needle === '') return [...rooms];
  return rooms.filter((room) =>
    [
      faceOf(room, me).name,
      ...room.members.map((m) => m.displayName),
      ...room.agents.map((a) => a.name),
    ].some((name) => name.toLocaleLowerCase().includes(needle)),
  );
}

export const mayManage = (room: Room): boolean => room.kind === 'group' && room.myRole !== 'member';
export const mayPin = (room: Room): boolean => room.kind === 'direct' || room.myRole !== 'member';
