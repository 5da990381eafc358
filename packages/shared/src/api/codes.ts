// Owns the stable codes of problems that clients tell apart. Any other code is shown by its status and detail.

/** Codes of the server that have words of their own in clients. */
export const problemCodes = [
  'auth.bad_credentials',
  'auth.banned',
  'auth.busy',
  'auth.email_taken',
  'auth.one_time_token_invalid',
  'auth.refresh_invalid',
  'auth.refresh_reused',
  'auth.too_many_attempts',
  'auth.totp_required',
  'auth.totp_wrong',
  'auth.unauthenticated',
  'chat.agent_not_found',
  'chat.blocked',
  'chat.deleted',
  'chat.direct_room',
  'chat.forbidden',
  'chat.friends_only',
  'chat.limit_reached',
  'chat.nobody_left',
  'chat.not_author',
  'chat.not_found',
  'chat.owner_needed',
  'chat.person_not_found',
  'friendship.already_friends',
  'friendship.already_requested',
  'friendship.refused',
  'friendship.too_many',
  'run.agent_silent',
  'run.not_an_answer',
  'run.not_found',
  'run.too_many',
  'user.handle_taken',
  'user.not_found',
  // Made by the client itself.
  'client.offline',
  'client.timeout',
  'client.unreadable',
] as const;

export type ProblemCode = (typeof problemCodes)[number];

const known: ReadonlySet<string> = new Set(problemCodes);

/** Tells whether a client has words of its own for a code. */
export function isProblemCode(code: string): code is ProblemCode {
  return known.has(code);
}
