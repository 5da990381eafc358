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
    if (there && me) {
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
  await tokens.keep(signed);
  await writeJson(KEY, signed.user);
  await enter(signed.user);
}

/** My profile has changed. */
export function rememberMe(me: User): void {
  useSession.setState({ me });
  void writeJson(KEY, me);
}

async function leave(endedBy: string | null): Promise<void> {
  if (useSession.getState().status !== 'signedIn') return;
  realtime.stop();
  useSession.setState({ status: 'signedOut', me: null, endedBy });
  for (const forget of forgetters) forget();
  await Promise.all([tokens.forget(), forgetCache(), removeKey(KEY)]);
}

/** Ends the session here at once, and on the server as soon as it answers. */
export async function signOut(): Promise<void> {
  await bodyOf(api.POST('/api/auth/signout')).catch(() => undefined);
  await leave(null);
}

onSessionEnded((problem) => void leave(problem.code));
onSocketEnded(() => void leave('auth.unauthenticated'));
