// Owns how the turn that is being spoken grows from its pieces. Pure.
import type { DebatePiece } from '@aichatwar/shared';

export interface Speech {
  turn: number;
  attempt: number;
  text: string;
}

/** Adds a piece. Null: something is missing before it, so the server is to be asked. */
export function grown(held: Speech | undefined, piece: DebatePiece): Speech | null {
  const { turn, attempt, pos } = piece;
  if (held && (held.turn > turn || (held.turn === turn && held.attempt > attempt))) return held;
  const same = held?.turn === turn && held.attempt === attempt;
  const before = same ? Array.from(held.text) : [];
  if (pos > before.length) return null;
  const after = [...before.slice(0, pos), ...Array.from(piece.text)];
  // What came twice adds nothing, and takes nothing away.
  return same && after.length <= before.length ? held : { turn, attempt, text: after.join('') };
}

/** What is to be seen of a turn: the longer of what was told piece by piece and what the server said. */
export function textOf(
  turn: { number: number; attempt: number; text: string; state: string },
  speech: Speech | undefined,
): string {
  if (turn.state !== 'speaking' || !speech || speech.turn !== turn.number) return turn.text;
  if (speech.attempt < turn.attempt) return turn.text;
  return speech.attempt > turn.attempt || speech.text.length > turn.text.length ? speech.text : turn.text;
}
