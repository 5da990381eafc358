// Owns what a room's screen shows from top to bottom: messages in groups, days, the mark of what is new, what is not sent yet. Pure.
import type { Message } from '@aichatwar/shared';
import type { Waiting } from '../state/outbox';

/** Messages of one author within this are one group. */
const GROUP_MS = 5 * 60_000;

export type Row =
  | { kind: 'message'; key: string; message: Message; mine: boolean; first: boolean; last: boolean }
  | { kind: 'waiting'; key: string; waiting: Waiting; first: boolean; last: boolean }
  | { kind: 'stream'; key: string; messageId: string; agentId: string }
  | { kind: 'day'; key: string; time: string }
  | { kind: 'new'; key: string };

export interface TimelineParts {
  messages: readonly Message[];
  waiting: readonly Waiting[];
  streams: readonly { messageId: string; agentId: string }[];
  me: string;
  /** Messages of others above this are new since the room was opened; null: none are marked. */
  newAfter: number | null;
}

interface Entry {
  author: string;
  time: number;
  day: string;
}

const sameGroup = (a: Entry | undefined, b: Entry | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  a.author === b.author &&
  a.day === b.day &&
  Math.abs(b.time - a.time) < GROUP_MS;

const entryOf = (author: string, createdAt: string): Entry => {
  const date = new Date(createdAt);
  return { author, time: date.getTime(), day: date.toDateString() };
};

/** Gives the rows, oldest first. A message keeps the key that it had while it was waiting or being written. */
export function timeline({ messages, waiting, streams, me, newAfter }: TimelineParts): Row[] {
  const rows: Row[] = [];
  const arrived = new Set(messages.map((message) => message.id));
  const entries = [
    ...messages.map((message) => entryOf(message.author.id, message.createdAt)),
    ...waiting.map((item) => entryOf(me, item.createdAt)),
  ];
  let marked = newAfter === null;
  entries.forEach((entry, index) => {
    const before = entries[index - 1];
    const message = messages[index];
    if (before?.day !== entry.day) {
      rows.push({ kind: 'day', key: `day ${entry.day}`, time: new Date(entry.time).toISOString() });
    }
    if (!marked && message && newAfter !== null && message.seq > newAfter && message.author.id !== me) {
      marked = true;
      rows.push({ kind: 'new', key: 'new' });
    }
    const first = !sameGroup(before, entry);
    const last = !sameGroup(entry, entries[index + 1]);
    if (message) {
      const mine = message.author.id === me;
      const key = mine && message.clientId ? message.clientId : message.id;
      rows.push({ kind: 'message', key, message, mine, first, last });
      return;
    }
    const item = waiting[index - messages.length];
    if (item) rows.push({ kind: 'waiting', key: item.clientId, waiting: item, first, last });
  });
  for (const stream of streams) {
    if (!arrived.has(stream.messageId)) rows.push({ kind: 'stream', key: stream.messageId, ...stream });
  }
  return rows;
}
