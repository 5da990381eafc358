// Tells who may see what: without a session the sign-in, with one the chats.
import { act, screen, userEvent } from '@testing-library/react-native';
import { renderRouter } from 'expo-router/testing-library';
import { useSession } from '@/state/session';
import { ada, room } from '../../test/samples';
import { startServer } from '../../test/server';

jest.setTimeout(60_000);

const page = (items: unknown[]) => ({ body: { items, nextCursor: null } });
const signedInRoutes = {
  'GET /api/chat/rooms': () => page([room()]),
  'GET /api/friendships/requests': () => page([]),
};

beforeEach(() => useSession.setState({ status: 'signedOut', me: null, endedBy: null }));

test('a link to a room without a session shows the sign-in', async () => {
  startServer({});
  renderRouter('./src/app', { initialUrl: '/chats/r-1' });
  expect(await screen.findByText('Welcome back')).toBeTruthy();
  expect(screen.queryByTestId('composer')).toBeNull();
});

test('signing in leads to the chats; the second factor is asked for when it is on', async () => {
  let tries = 0;
  const asked = startServer({
    ...signedInRoutes,
    'POST /api/auth/signin': () => {
      tries += 1;
      if (tries === 1) return { status: 401, body: { code: 'auth.bad_credentials', detail: '' } };
      if (tries === 2) return { status: 401, body: { code: 'auth.totp_required', detail: '' } };
      return { body: { user: ada, accessToken: 'a', refreshToken: 'r', expiresIn: 900 } };
    },
  });
  const user = userEvent.setup();
  renderRouter('./src/app', { initialUrl: '/' });
  await user.type(await screen.findByLabelText('E-mail or handle'), 'ada');
  await user.type(screen.getByLabelText('Password'), 'not it at all');
  await user.press(screen.getByRole('button', { name: 'Sign in' }));
  expect(await screen.findByText('That e-mail, handle or password is not right.')).toBeTruthy();
  await user.press(screen.getByRole('button', { name: 'Sign in' }));
  await user.type(await screen.findByLabelText('Code'), '123456');
  await user.press(screen.getByRole('button', { name: 'Sign in' }));
  expect(await screen.findByLabelText(/^Engine room/)).toBeTruthy();
  expect(asked.filter(({ path }) => path.endsWith('/signin')).at(-1)?.body).toMatchObject({
    login: 'ada',
    totp: '123456',
  });
  await act(async () => useSession.setState({ status: 'signedOut', me: null }));
});
