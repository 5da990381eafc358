// Owns the pictures of people whom one knows, for where only their id is told: rooms name their members without.
import type { Friend } from '@aichatwar/shared';
import { create } from 'zustand';
import { queryClient } from '@/lib/query';
import { useSession } from '@/state/session';
import { friendKeys } from './api';

type Faces = Readonly<Record<string, string>>;

const useFaces = create<{ faces: Faces }>(() => ({ faces: {} }));

/** The picture of a friend, or of oneself; undefined when there is none, or it is not known. */
export function useFace(id: string): string | undefined {
  const mine = useSession((state) => (state.me?.id === id ? state.me.avatarUrl : null));
  const known = useFaces((state) => state.faces[id]);
  return mine ?? known;
}

queryClient.getQueryCache().subscribe(({ type, query }) => {
  if (type === 'observerResultsUpdated' || query.queryKey[0] !== friendKeys.all[0]) return;
  const friends = (query.state.data ?? []) as Friend[];
  const faces = Object.fromEntries(
    friends.flatMap(({ user }) => (user.avatarUrl ? [[user.id, user.avatarUrl]] : [])),
  );
  const held = useFaces.getState().faces;
  const same =
    Object.keys(held).length === Object.keys(faces).length &&
    Object.entries(faces).every(([id, url]) => held[id] === url);
  if (!same) useFaces.setState({ faces });
});
