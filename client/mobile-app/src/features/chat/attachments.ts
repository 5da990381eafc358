// Owns what messages carry: asked for together, for as many messages as come into sight at once, and again when addresses have ended.
import { bodyOf, type MediaAsset, type Message } from '@aichatwar/shared';
import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/api';

/** Messages in one question. */
const ASK_MAX = 50;
/** So long a question waits for others to join it. */
const GATHER_MS = 16;

interface Asker {
  message: string;
  resolve: (assets: MediaAsset[]) => void;
  reject: (failure: unknown) => void;
}

const askers = new Map<string, Asker[]>();

function fetchAttachments(room: string, message: string): Promise<MediaAsset[]> {
  return new Promise((resolve, reject) => {
    const waiting = askers.get(room);
    if (waiting) {
      waiting.push({ message, resolve, reject });
      return;
    }
    askers.set(room, [{ message, resolve, reject }]);
    setTimeout(() => {
      const all = askers.get(room) ?? [];
      askers.delete(room);
      for (let from = 0; from < all.length; from += ASK_MAX) void ask(room, all.slice(from, from + ASK_MAX));
    }, GATHER_MS);
  });
}

async function ask(room: string, waiting: readonly Asker[]): Promise<void> {
  try {
    const messages = [...new Set(waiting.map(({ message }) => message))].join(',');
    const { items } = await bodyOf(
      api.GET('/api/chat/rooms/{id}/attachments', { params: { path: { id: room }, query: { messages } } }),
    );
    const carried = new Map(items.map(({ messageId, assets }) => [messageId, assets]));
    for (const { message, resolve } of waiting) resolve(carried.get(message) ?? []);
  } catch (failure) {
    for (const { reject } of waiting) reject(failure);
  }
}

/** What one message carries, without what is gone. */
export function useAttachmentsOf({ id, roomId }: Pick<Message, 'id' | 'roomId'>) {
  return useQuery({
    queryKey: ['attachments', id],
    queryFn: () => fetchAttachments(roomId, id),
    // The picture itself tells when its address has ended.
    staleTime: Infinity,
  });
}
