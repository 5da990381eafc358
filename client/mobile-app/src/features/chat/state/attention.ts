// Owns who is writing right now, and how far the others have read.
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { kept } from '@/lib/storage';
import { onSignOut } from '@/state/session';

interface Typing {
  /** Room, then person or agent: until when they count as writing. */
  typing: Record<string, Record<string, number>>;
}

export const useTyping = create<Typing>(() => ({ typing: {} }));

/** Nobody writes longer than this without telling again. */
const TYPING_MS = 4_000;

export function typed(room: string, who: string): void {
  const until = Date.now() + TYPING_MS;
  useTyping.setState(({ typing }) => ({ typing: { ...typing, [room]: { ...typing[room], [who]: until } } }));
  setTimeout(() => {
    if ((useTyping.getState().typing[room]?.[who] ?? 0) <= Date.now()) stoppedTyping(room, who);
  }, TYPING_MS + 50);
}

export function stoppedTyping(room: string, who: string): void {
  if (!useTyping.getState().typing[room]?.[who]) return;
  useTyping.setState(({ typing }) => {
    const { [who]: _gone, ...others } = typing[room] ?? {};
    return { typing: { ...typing, [room]: others } };
  });
}

/** The line broke: nobody is known to be writing. */
export function forgetTyping(): void {
  useTyping.setState({ typing: {} });
}

interface Receipts {
  /** Room, then person: read up to this seq. Markers only grow. */
  rooms: Record<string, Record<string, number>>;
}

export const useReceipts = create<Receipts>()(
  persist((): Receipts => ({ rooms: {} }), { name: 'aichat.receipts', storage: kept<Receipts>() }),
);

/** People have read up to a message; who writes one has read what is before it. */
export function haveRead(room: string, seqs: Record<string, number>): void {
  const held = useReceipts.getState().rooms[room] ?? {};
  const more = Object.entries(seqs).filter(([userId, seq]) => seq > (held[userId] ?? 0));
  if (more.length === 0) return;
  useReceipts.setState(({ rooms }) => ({
    rooms: { ...rooms, [room]: { ...held, ...Object.fromEntries(more) } },
  }));
}

onSignOut(() => {
  forgetTyping();
  useReceipts.setState({ rooms: {} });
});
