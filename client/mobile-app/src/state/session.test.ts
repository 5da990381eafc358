// Tells how a session ends by a person's own wish: soon, without a reproach, and without what others keep.
import { useOutbox } from '@/features/chat/state/outbox';
import { tokens } from '@/lib/api';
import { readJson, writeJson } from '@/lib/storage';
import { ada } from '../../test/samples';
import { startServer } from '../../test/server';
import { signedIn, signOut, useSession } from './session';

const signed = { user: ada, accessToken: 'a', refreshToken: 'r', expiresIn: 900 };

test('who signs out does not wait for a server that does not answer', async () => {
  await signedIn(signed);
  let lineBreaks: (failure: Error) => void = () => undefined;
  globalThis.fetch = (() => new Promise((_, reject) => (lineBreaks = reject))) as typeof fetch;
  await signOut();
  expect(useSession.getState()).toMatchObject({ status: 'signedOut', me: null, endedBy: null });
  expect(await tokens.access()).toBeNull();
  expect(await readJson('aichat.me')).toBeNull();
  lineBreaks(new TypeError('no line'));
});

test('a session that had ended already is no news to who signs out', async () => {
  const refused = (code: string) => () => ({ status: 401, body: { code, detail: '' } });
  startServer({
    'POST /api/auth/signout': refused('auth.unauthenticated'),
    'POST /api/auth/refresh': refused('auth.refresh_invalid'),
  });
  await signedIn(signed);
  await signOut();
  expect(useSession.getState()).toMatchObject({ status: 'signedOut', endedBy: null });
});

test('what waits to be sent never goes out as another person, however the former one went', async () => {
  const waits = { clientId: 'c', roomId: 'r-1', text: 'Of Bob', replyTo: null, createdAt: '' };
  await writeJson('aichat.me', { ...ada, id: 'u-bob' });
  useOutbox.setState({ items: [waits] });
  await signedIn(signed);
  expect(useOutbox.getState().items).toEqual([]);
  useOutbox.setState({ items: [waits] });
  await signedIn(signed);
  expect(useOutbox.getState().items).toEqual([waits]);
  await signOut();
  expect(useOutbox.getState().items).toEqual([]);
});

test('who signed in in another tab stays', async () => {
  startServer({ 'POST /api/auth/signout': () => ({ status: 204 }) });
  await signedIn(signed);
  await writeJson('aichat.me', { ...ada, id: 'u-bob' });
  await signOut();
  expect(await readJson('aichat.me')).toMatchObject({ id: 'u-bob' });
});
