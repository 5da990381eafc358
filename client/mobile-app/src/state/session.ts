// Owns who is signed in: from the start of the app through sign-in to sign-out, by whatever hand it ends.
import { bodyOf, type Signed, type User } from '@aichatwar/shared';
import { create } from 'zustand';
import { api, onSessionEnded, tokens } from '@/lib/api';
import { forgetCache, restoreCache } from '@/lib/query';
import { onSocketEnded, realtime } from '@/lib/realtime';
import { startPath } from '@/lib/links';
import { readJson, removeKey, writeJson } from '@/lib/storage';
import { want } from './wanted';

export type SessionStatus = 'restoring' | 'signedOut' | 'signedIn';

interface SessionState {
  status: SessionStatus;
  me: User | null;
  /** Why the last session ended, when not by the person's own wish. */
  endedBy: string | null;
}

export const useSession = create<SessionState>(() => ({ status: 'restoring', me: null, endedBy: null }));

const KEY = 'aichat.me';
/** Who signs out does not wait longer than this for the server. */
const SIGN_OUT_MS = 2_000;
/** What features forget at sign-out. */
const forgetters: (() => void)[] = [];

export function onSignOut(forget: () => void): void {
  forgetters.push(forget);
}

/** Who asks; only for what runs behind the sign-in. */
export function myId(): string {
  return useSession.getState().me?.id ?? '';
}

async function enter(me: User): Promise<void> {
  await restoreCache(me.id);
  useSession.setState({ status: 'signedIn', me, endedBy: null });
  realtime.start();
}

/** Brings back the session of the last time, without asking the server: a start without network works. */
export async function restoreSession(): Promise<void> {
  try {
    const [there, me] = await Promise.all([tokens.restore(), readJson<User>(KEY)]);
    if (there && me && (tokens.owner ?? me.id) === me.id) {
      await enter(me);
      return;
    }
  } catch {
    // Unreadable: as if there were none.
  }
  want(startPath());
  useSession.setState({ status: 'signedOut', me: null });
}

export async function signedIn(signed: Signed): Promise<void> {
  // A keychain may be lost without a sign-out, and then what the former person wrote is still here.
  if ((await readJson<User>(KEY))?.id !== signed.user.id) for (const forget of forgetters) forget();
  await tokens.keep(signed, signed.user.id);
  await writeJson(KEY, signed.user);
  await enter(signed.user);
}

/** My profile has changed. */
export function rememberMe(me: User): void {
  useSession.setState({ me });
  void writeJson(KEY, me);
}

/** The person has asked for the end, whoever tells of it first. */
let wished = false;

async function leave(endedBy: string | null): Promise<void> {
  const { status, me } = useSession.getState();
  if (status !== 'signedIn') return;
  realtime.stop();
  useSession.setState({ status: 'signedOut', me: null, endedBy: wished ? null : endedBy });
  for (const forget of forgetters) forget();
  await Promise.all([tokens.forget(), forgetCache(), forgetMe(me)]);
}

/** In another tab another person may have signed in meanwhile. */
async function forgetMe(me: User | null): Promise<void> {
  if ((await readJson<User>(KEY))?.id === me?.id) await removeKey(KEY);
}

/** Does what ends the session: that it has ended is no news then. */
export async function byWish(deed: () => Promise<unknown>): Promise<void> {
  wished = true;
  try {
    await deed();
  } finally {
    wished = false;
  }
}

/** Ends the session on the server, if that answers soon, and here in any case. */
export const signOut = (): Promise<void> =>
  byWish(async () => {
    realtime.stop();
    const told = bodyOf(api.POST('/api/auth/signout')).catch(() => undefined);
    await Promise.race([told, new Promise((resolve) => setTimeout(resolve, SIGN_OUT_MS))]);
    await leave(null);
  });

onSessionEnded((problem) => void leave(problem.code));
onSocketEnded((code) => void leave(code));
