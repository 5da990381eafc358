// Tells that a screen that fails takes nothing else along, and may be tried again.
import { act, screen, userEvent } from '@testing-library/react-native';
import { renderRouter } from 'expo-router/testing-library';
import { Text } from '@/design';
import { signedIn, signOut } from '@/state/session';
import { ada, room } from '../../test/samples';
import { startServer } from '../../test/server';

jest.setTimeout(60_000);

let fails = true;
const mockRoom = (): React.ReactNode => {
  if (fails) throw new Error('a fault of ours');
  return <Text>All is well</Text>;
};
jest.mock('@/features/chat/screens/RoomScreen', () => ({ RoomScreen: () => mockRoom() }));

test('what failed is said in its place, with a way to try again', async () => {
  const silenced = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  startServer({ 'GET /api/chat/rooms': () => ({ body: { items: [room()], nextCursor: null } }) });
  await signedIn({ user: ada, accessToken: 'a', refreshToken: 'r', expiresIn: 900 });
  renderRouter('./src/app', { initialUrl: '/chats/r-1' });
  const again = await screen.findByRole('button', { name: 'Try again' });
  expect(screen.getByText('Something unexpected went wrong.')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Back' })).toBeTruthy();
  fails = false;
  await userEvent.setup().press(again);
  expect(await screen.findByText('All is well')).toBeTruthy();
  silenced.mockRestore();
  await act(() => signOut());
});
