// Owns the post that is being written: it outlives a closed screen and the app, until it is posted or thrown away.
import type { Visibility } from '@aichatwar/shared';
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { kept } from '@/lib/storage';
import { onSignOut } from '@/state/session';

export interface PostDraft {
  text: string;
  visibility: Visibility;
}

const EMPTY: PostDraft = { text: '', visibility: 'friends' };

export const usePostDraft = create<PostDraft>()(
  persist((): PostDraft => EMPTY, { name: 'aichat.postDraft', storage: kept<PostDraft>() }),
);

/** The words go; whom they were for stays for the next. */
export function clearPostDraft(): void {
  usePostDraft.setState({ text: '' });
}

onSignOut(() => {
  usePostDraft.setState(EMPTY);
});
