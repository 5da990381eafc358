// Owns who can be named while a text is written. Pure.
import type { Room } from '@aichatwar/shared';

export interface Name {
  id: string;
  handle: string;
  name: string;
  kind: 'person' | 'agent';
}

const SHOWN_MAX = 5;

/** The beginning of a name that is being typed right before the caret. */
export function mentionAt(text: string, caret: number): { start: number; words: string } | null {
  const match = /(^|[\s(])@([a-z0-9_]{0,30})$/i.exec(text.slice(0, caret));
  return match ? { start: caret - (match[2] ?? '').length - 1, words: (match[2] ?? '').toLowerCase() } : null;
}

export function suggestions(room: Room, words: string): Name[] {
  const names: Name[] = [
    ...room.agents.map((seat): Name => ({
      id: seat.agentId,
      handle: seat.handle,
      name: seat.name,
      kind: 'agent',
    })),
    ...room.members
      .filter((member) => member.handle !== '')
      .map((member): Name => ({
        id: member.userId,
        handle: member.handle,
        name: member.displayName,
        kind: 'person',
      })),
  ];
  const fits = ({ handle, name }: Name) => handle.startsWith(words) || name.toLowerCase().startsWith(words);
  // A name that is typed in full needs no suggestion.
  return names.filter((entry) => fits(entry) && entry.handle !== words).slice(0, SHOWN_MAX);
}
