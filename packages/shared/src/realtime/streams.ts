// Owns how pieces of a reply become its text so far: no piece twice, none missing, a new attempt starts again.
import type { StreamPiece } from './frames';

/** A reply that is being written. */
export interface StreamText {
  messageId: string;
  runId: string;
  agentId: string;
  attempt: number;
  text: string;
  /** Unicode scalar values in `text`. */
  length: number;
}

export type StreamStep =
  /** The text has grown, or begun again. */
  | { outcome: 'grown'; stream: StreamText }
  /** Nothing new: an old piece, or one of an earlier attempt. */
  | { outcome: 'known' }
  /** A piece before this one is missing: the text so far must be asked for. */
  | { outcome: 'gap' };

/** Takes one piece into a stream, which may not exist yet. */
export function takePiece(stream: StreamText | undefined, piece: StreamPiece): StreamStep {
  if (stream && piece.attempt < stream.attempt) return { outcome: 'known' };
  const before = stream && piece.attempt === stream.attempt ? stream : { text: '', length: 0 };
  if (piece.pos > before.length) return { outcome: 'gap' };
  const characters = Array.from(piece.text);
  const fresh = characters.slice(before.length - piece.pos);
  if (fresh.length === 0 && stream?.attempt === piece.attempt) return { outcome: 'known' };
  return {
    outcome: 'grown',
    stream: {
      messageId: piece.messageId,
      runId: piece.runId,
      agentId: piece.agentId,
      attempt: piece.attempt,
      text: before.text + fresh.join(''),
      length: before.length + fresh.length,
    },
  };
}
