// Owns replies that are being written: pieces come many times a second, components hear of them once a frame.
import type { RunMark, StreamText } from '@aichatwar/shared';
import { create } from 'zustand';
import { onSignOut } from '@/state/session';

export interface Stream {
  messageId: string;
  runId: string;
  agentId: string;
  text: string;
  /** No piece will come any more; the message itself is about to. */
  ended: boolean;
  /** A person has asked to stop it. */
  stopping: boolean;
}

interface Streams {
  /** Room, then message. */
  rooms: Record<string, Record<string, Stream>>;
}

export const useStreams = create<Streams>(() => ({ rooms: {} }));

/** A stream that ended but whose message never came (the room was reset meanwhile) is let go of after this. */
const LINGER_MS = 15_000;
const fresh = new Map<string, StreamText & { room: string }>();
let frame: number | null = null;

function change(room: string, messageId: string, next: (held: Stream | undefined) => Stream | null): void {
  useStreams.setState(({ rooms }) => {
    const { [messageId]: held, ...others } = rooms[room] ?? {};
    const stream = next(held);
    return { rooms: { ...rooms, [room]: stream ? { ...rooms[room], [messageId]: stream } : others } };
  });
}

export function began(room: string, mark: RunMark): void {
  change(room, mark.messageId, (held) => ({
    messageId: mark.messageId,
    runId: mark.runId,
    agentId: mark.agentId,
    text: held?.text ?? '',
    ended: false,
    stopping: held?.stopping ?? false,
  }));
}

export function grew(room: string, stream: StreamText): void {
  fresh.set(stream.messageId, { ...stream, room });
  frame ??= requestAnimationFrame(showFresh);
}

function showFresh(): void {
  frame = null;
  const pieces = [...fresh.values()];
  fresh.clear();
  useStreams.setState(({ rooms }) => {
    const next = { ...rooms };
    for (const { room, messageId, runId, agentId, text } of pieces) {
      const held = next[room]?.[messageId];
      // A late piece of what a person has stopped changes nothing any more.
      if (held?.ended) continue;
      next[room] = {
        ...next[room],
        [messageId]: { messageId, runId, agentId, text, ended: false, stopping: held?.stopping ?? false },
      };
    }
    return { rooms: next };
  });
}

export function stopping(room: string, messageId: string, value: boolean): void {
  change(room, messageId, (held) => (held ? { ...held, stopping: value } : null));
}

export function ended(room: string, messageId: string): void {
  if (!useStreams.getState().rooms[room]?.[messageId]) return;
  change(room, messageId, (held) => (held ? { ...held, ended: true } : null));
  setTimeout(() => arrived(room, messageId), LINGER_MS);
}

/** The message itself is here. */
export function arrived(room: string, messageId: string): void {
  fresh.delete(messageId);
  if (useStreams.getState().rooms[room]?.[messageId]) change(room, messageId, () => null);
}

/** The line broke: what was being written is told anew after the next subscription. */
export function forgetStreams(): void {
  fresh.clear();
  useStreams.setState({ rooms: {} });
}

onSignOut(forgetStreams);
