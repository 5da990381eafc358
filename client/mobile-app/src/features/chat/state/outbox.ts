// Owns messages that are not sent yet: kept on the device, in order per room, each sent exactly once for good.
import { ApiProblem, Backoff, bodyOf, type Message } from '@aichatwar/shared';
import { randomUUID } from 'expo-crypto';
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { api } from '@/lib/api';
import { haptics } from '@/lib/haptics';
import { kept } from '@/lib/storage';
import { onSignOut, useSession } from '@/state/session';

export interface Waiting {
  /** The sender's own name for it: sending it again is the same message for ever. */
  clientId: string;
  roomId: string;
  text: string;
  replyTo: string | null;
  /** Files that the server has already. */
  attachmentIds?: string[];
  createdAt: string;
  /** Refused for good: the problem's code. Absent while it is still tried. */
  refusal?: string;
}

interface Outbox {
  items: Waiting[];
}

export const useOutbox = create<Outbox>()(
  persist((): Outbox => ({ items: [] }), { name: 'aichat.outbox', storage: kept<Outbox>() }),
);

type Arrived = (message: Message) => void;
let whenSent: Arrived = () => undefined;
/** Rooms that are being sent to. */
const busy = new Set<string>();
const pauses = new Map<string, { backoff: Backoff; timer: ReturnType<typeof setTimeout> | null }>();

/** Says where a message goes that the server has taken. */
export function onSent(arrived: Arrived): void {
  whenSent = arrived;
}

export interface Written {
  text: string;
  attachmentIds: string[];
}

export function enqueue(roomId: string, { text, attachmentIds }: Written, replyTo: string | null): void {
  const item: Waiting = {
    clientId: randomUUID(),
    roomId,
    text,
    replyTo,
    ...(attachmentIds.length > 0 ? { attachmentIds } : {}),
    createdAt: new Date().toISOString(),
  };
  useOutbox.setState(({ items }) => ({ items: [...items, item] }));
  haptics.sent();
  void flushRoom(roomId);
}

/** A message of mine has arrived, by whatever way. */
export function settle(clientId: string | null): void {
  if (clientId === null) return;
  useOutbox.setState((state) =>
    state.items.some((item) => item.clientId === clientId)
      ? { items: state.items.filter((item) => item.clientId !== clientId) }
      : state,
  );
}

export function discard(clientId: string): void {
  settle(clientId);
}

/** Tries a refused message again. */
export function retry(clientId: string): void {
  const item = useOutbox.getState().items.find((waiting) => waiting.clientId === clientId);
  if (!item) return;
  change(clientId, { refusal: undefined });
  void flushRoom(item.roomId);
}

/** Sends what waits in all rooms, without waiting for the next try. */
export function flush(): void {
  const rooms = new Set(useOutbox.getState().items.map((item) => item.roomId));
  for (const room of rooms) {
    const pause = pauses.get(room);
    if (pause?.timer) clearTimeout(pause.timer);
    pauses.delete(room);
    void flushRoom(room);
  }
}

async function flushRoom(roomId: string): Promise<void> {
  if (busy.has(roomId) || pauses.get(roomId)?.timer) return;
  busy.add(roomId);
  try {
    for (;;) {
      const item = useOutbox
        .getState()
        .items.find((waiting) => waiting.roomId === roomId && !waiting.refusal);
      if (!item || useSession.getState().status !== 'signedIn') return;
      if (!(await send(item))) return;
    }
  } finally {
    busy.delete(roomId);
  }
}

/** Tells whether the next one may be sent. */
async function send(item: Waiting): Promise<boolean> {
  try {
    const message = await bodyOf(
      api.POST('/api/chat/rooms/{id}/messages', {
        params: { path: { id: item.roomId } },
        body: {
          clientId: item.clientId,
          text: item.text,
          ...(item.attachmentIds ? { attachmentIds: item.attachmentIds } : {}),
          ...(item.replyTo ? { replyTo: item.replyTo } : {}),
        },
      }),
    );
    pauses.delete(item.roomId);
    whenSent(message);
    settle(item.clientId);
    return true;
  } catch (failure) {
    if (failure instanceof ApiProblem && !failure.isTemporary && failure.status !== 401) {
      // It will never be taken as it is; the ones after it are not held up.
      change(item.clientId, { refusal: failure.code });
      haptics.failed();
      return true;
    }
    later(item.roomId, failure instanceof ApiProblem ? failure.retryAfterMs : undefined);
    return false;
  }
}

function later(roomId: string, afterMs?: number): void {
  const pause = pauses.get(roomId) ?? { backoff: new Backoff({ baseMs: 1_000 }), timer: null };
  pause.timer = setTimeout(() => {
    pause.timer = null;
    void flushRoom(roomId);
  }, afterMs ?? pause.backoff.next());
  pauses.set(roomId, pause);
}

function change(clientId: string, part: Partial<Waiting>): void {
  useOutbox.setState(({ items }) => ({
    items: items.map((item) => (item.clientId === clientId ? { ...item, ...part } : item)),
  }));
}

onSignOut(() => useOutbox.setState({ items: [] }));
