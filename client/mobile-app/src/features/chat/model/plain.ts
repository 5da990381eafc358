// Owns how a message is told in one line. Pure.

/** Words without the signs of markdown, for one line. */
export function plain(text: string): string {
  return text
    .slice(0, 300)
    .replace(/^\s*(?:[-+*]|\d+[.)])\s/gm, ' ')
    .replace(/```\w*/g, ' ')
    .replace(/[*_`#>~]+/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}
