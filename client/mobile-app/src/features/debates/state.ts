// Owns the speeches that are being heard right now.
import { create } from 'zustand';
import { onSignOut } from '@/state/session';
import type { Speech } from './model/stream';

export const useSpeeches = create<{ speeches: Record<string, Speech> }>(() => ({ speeches: {} }));

export function setSpeech(debateId: string, speech: Speech): void {
  useSpeeches.setState(({ speeches }) => ({ speeches: { ...speeches, [debateId]: speech } }));
}

onSignOut(() => useSpeeches.setState({ speeches: {} }));
