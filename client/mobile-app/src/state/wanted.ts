// Owns where a person wanted to go before having to sign in; they are taken there afterwards.
interface Wanted {
  path: string;
  /** Whose session ended there; another person is not led to it. */
  owner: string | null;
}

let wanted: Wanted | null = null;

/** Paths that need no sign-in are no wish. */
const OPEN = /^\/(|sign-in|sign-up|forgot-password|reset-password)(\?|#|$)/;

export function want(path: string | null, owner: string | null = null): void {
  if (path && !OPEN.test(path)) wanted = { path, owner };
}

/** Gives the wish of this person, once. */
export function takeWanted(me: string): string | null {
  const wish = wanted;
  wanted = null;
  return wish && (wish.owner === null || wish.owner === me) ? wish.path : null;
}
