// Owns which parts of a text lead somewhere: tags, people who are named, addresses.
import type { PostMention } from '@aichatwar/shared';

export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'tag'; text: string; tag: string }
  | { kind: 'mention'; text: string; userId: string }
  | { kind: 'link'; text: string; url: string };

const MARKS = /(https?:\/\/[^\s<>"]+)|#([\p{L}\p{M}\p{N}_]{1,50})|@([A-Za-z0-9_]{3,30})/gu;
const WORD = /[\p{L}\p{N}_/&]/u;
const LETTER = /\p{L}/u;

export function piecesOf(text: string, mentions: readonly PostMention[]): Piece[] {
  const people = new Map(mentions.map(({ handle, userId }) => [handle.toLowerCase(), userId]));
  const pieces: Piece[] = [];
  let done = 0;
  const take = (until: number) => {
    if (until > done) pieces.push({ kind: 'text', text: text.slice(done, until) });
    done = until;
  };
  for (const match of text.matchAll(MARKS)) {
    const [whole, link, tag, handle] = match;
    const at = match.index;
    const before = text[at - 1];
    if (!link && before !== undefined && WORD.test(before)) continue;
    if (link) {
      // A full stop or bracket that follows an address is the sentence's.
      const url = link.replace(/[.,;:!?)\]}'"]+$/, '');
      take(at);
      pieces.push({ kind: 'link', text: url.replace(/^https?:\/\//, ''), url });
      done = at + url.length;
    } else if (tag && LETTER.test(tag)) {
      take(at);
      pieces.push({ kind: 'tag', text: whole, tag: tag.normalize('NFKC').toLowerCase() });
      done = at + whole.length;
    } else if (handle) {
      const userId = people.get(handle.toLowerCase());
      if (!userId) continue;
      take(at);
      pieces.push({ kind: 'mention', text: whole, userId });
      done = at + whole.length;
    }
  }
  take(text.length);
  return pieces;
}
