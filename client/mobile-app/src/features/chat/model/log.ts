// Owns the part of a room's history that is held: one run of messages without a gap, ascending by seq. Pure.
import type { Message, MessagePage, Reaction } from '@aichatwar/shared';

export interface RoomLog {
  messages: Message[];
  hasMoreBefore: boolean;
}

/** How many messages of a room outlive the process. */
const KEPT_MAX = 60;

export const headOf = (log: RoomLog): number => log.messages.at(-1)?.seq ?? 0;
export const tailOf = (log: RoomLog): number => log.messages[0]?.seq ?? 0;

/** Begins with the newest page; what was held stays where the page touches it. */
export function fromNewest(page: MessagePage, held?: RoomLog): RoomLog {
  const fresh: RoomLog = { messages: page.items, hasMoreBefore: page.hasMoreBefore };
  if (!held || held.messages.length === 0) return fresh;
  if (headOf(held) + 1 < tailOf(fresh)) return fresh;
  return {
    messages: union(held.messages, page.items),
    hasMoreBefore: tailOf(held) <= tailOf(fresh) ? held.hasMoreBefore : fresh.hasMoreBefore,
  };
}

/** Adds older messages. */
export function prepend(log: RoomLog, page: MessagePage): RoomLog {
  return { messages: union(page.items, log.messages), hasMoreBefore: page.hasMoreBefore };
}

/** Adds newer messages that follow the head. */
export function append(log: RoomLog, messages: Message[]): RoomLog {
  return { ...log, messages: union(log.messages, messages) };
}

/** Takes in one message: the next, or a newer version of one that is held. Null when those before it are missing. */
export function take(log: RoomLog, message: Message): RoomLog | null {
  const head = headOf(log);
  if (message.seq > head + 1 && log.messages.length > 0) return null;
  if (message.seq === head + 1 || log.messages.length === 0)
    return { ...log, messages: [...log.messages, message] };
  const index = log.messages.findIndex((held) => held.id === message.id);
  const held = log.messages[index];
  if (!held || held.version >= message.version) return log;
  return { ...log, messages: log.messages.with(index, message) };
}

export function trimmed(log: RoomLog): RoomLog {
  if (log.messages.length <= KEPT_MAX) return log;
  return { messages: log.messages.slice(-KEPT_MAX), hasMoreBefore: true };
}

/** One frame of a socket serves everybody: says which reactions are mine. */
export function personal(message: Message, me: string, held?: Message): Message {
  const mine = (reaction: Reaction): boolean =>
    reaction.mine ??
    (reaction.userIds?.includes(me) ||
      // Only the first people are named: beyond them what was known stays.
      ((reaction.userIds?.length ?? 0) < reaction.count &&
        held?.reactions.some((known) => known.emoji === reaction.emoji && known.mine) === true));
  return {
    ...message,
    reactions: message.reactions.map((reaction) => ({ ...reaction, mine: mine(reaction) })),
  };
}

function union(left: Message[], right: Message[]): Message[] {
  const bySeq = new Map<number, Message>();
  for (const message of [...left, ...right]) {
    const held = bySeq.get(message.seq);
    if (!held || message.version >= held.version) bySeq.set(message.seq, message);
  }
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}
