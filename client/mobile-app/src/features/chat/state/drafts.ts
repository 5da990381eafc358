// Owns what is typed but not sent, per room; the composer never loses a word.
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { kept } from '@/lib/storage';
import { onSignOut } from '@/state/session';

interface Drafts {
  texts: Record<string, string>;
}

export const useDrafts = create<Drafts>()(
  persist((): Drafts => ({ texts: {} }), { name: 'aichat.drafts', storage: kept<Drafts>() }),
);

export function setDraft(room: string, text: string): void {
  useDrafts.setState(({ texts }) => {
    const { [room]: _old, ...others } = texts;
    return { texts: text === '' ? others : { ...others, [room]: text } };
  });
}

onSignOut(() => useDrafts.setState({ texts: {} }));
