// Owns what a person can take along: everything of theirs that the server tells them, as one document.
import { bodyOf } from '@aichatwar/shared';
import { api } from '@/lib/api';
import { allPages } from '@/lib/pages';
import { myId } from '@/state/session';

const PAGES_MAX = 1_000;

/** Reads it all; the bytes of files stay on the server, each with its address. */
export async function collectExport(): Promise<string> {
  const author = myId();
  const me = await bodyOf(api.GET('/api/users/me'));
  const friends = await allPages(
    (cursor) => bodyOf(api.GET('/api/friendships', { params: { query: { limit: 100, cursor } } })),
    PAGES_MAX,
  );
  const posts = await allPages(
    (cursor) => bodyOf(api.GET('/api/posts', { params: { query: { author, limit: 100, cursor } } })),
    PAGES_MAX,
  );
  const files = await allPages(
    (cursor) => bodyOf(api.GET('/api/media', { params: { query: { limit: 100, cursor } } })),
    PAGES_MAX,
  );
  const exportedAt = new Date().toISOString();
  return JSON.stringify({ exportedAt, profile: me, friends, posts, files }, null, 2);
}
