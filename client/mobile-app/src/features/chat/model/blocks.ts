// Owns how written text is taken apart into blocks, and that no text of anybody takes the app down. Pure.
import { marked, type Token, type Tokens } from 'marked';

/** Deeper than people write; each level is several views within each other, of which a phone draws only so many. */
const DEPTH_MAX = 16;

/** Gives the blocks of a text; null when they are too deep within each other, which the lexer itself may not survive. */
export function blocksOf(text: string): Token[] | null {
  try {
    const blocks = marked.lexer(text).filter((token) => token.type !== 'space');
    return isDeep(blocks, DEPTH_MAX) ? null : blocks;
  } catch {
    return null;
  }
}

function isDeep(tokens: readonly Token[], left: number): boolean {
  if (left === 0) return tokens.length > 0;
  return tokens.some((token) =>
    isDeep(
      [
        ...('tokens' in token && token.tokens ? token.tokens : []),
        ...('items' in token && Array.isArray(token.items) ? (token.items as Token[]) : []),
        ...(token.type === 'table' ? cellsOf(token as Tokens.Table) : []),
      ],
      left - 1,
    ),
  );
}

const cellsOf = ({ header, rows }: Tokens.Table): Token[] =>
  [...header, ...rows.flat()].flatMap((cell) => cell.tokens);
