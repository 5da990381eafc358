// Tells that a reaction is seen at once and taken back when it fails, and that new posts wait until they are asked for.
import type { Notification } from '@aichatwar/shared';
import { QueryClientProvider } from '@tanstack/react-query';
import { act, screen, userEvent, waitFor } from '@testing-library/react-native';
import { renderRouter } from 'expo-router/testing-library';
import type { PropsWithChildren } from 'react';
import { SafeAreaProvider } from 'react-native-safe-area-context';
import { ToastHost } from '@/design';
import { wordsOf } from '@/features/notifications/model/notification';
import { timeOfDay } from '@/features/notifications/model/quietHours';
import { queryClient } from '@/lib/query';
import { useSession } from '@/state/session';
import { post } from '../../../../test/posts';
import { ada } from '../../../../test/samples';
import { startServer } from '../../../../test/server';
import { askForNews } from '../api';
import { FeedScreen } from './FeedScreen';

jest.setTimeout(60_000);

const item = (id: string, text: string) => ({
  post: post({ id, text }),
  reason: { kind: 'self', score: 100, parts: { recency: 100, friendship: 0, interactions: 0, media: 0 } },
});
const Cache = ({ children }: PropsWithChildren) => (
  <QueryClientProvider client={queryClient}>
    {children}
    <SafeAreaProvider
      initialMetrics={{
        frame: { x: 0, y: 0, width: 390, height: 844 },
        insets: { top: 0, left: 0, right: 0, bottom: 0 },
      }}
    >
      <ToastHost />
    </SafeAreaProvider>
  </QueryClientProvider>
);

async function open(reaction: number) {
  queryClient.clear();
  useSession.setState({ status: 'signedIn', me: ada });
  const server = { items: [item('p-1', 'First')], count: 0 };
  startServer({
    'GET /api/feed': () => ({
      body: { items: server.items, nextCursor: null, newest: server.items[0]?.post.id ?? null },
    }),
    'GET /api/feed/new': () => ({ body: { count: server.count, more: false } }),
    'GET /api/feed/trending': () => ({ body: { posts: [], tags: [], at: '', halfLifeHours: 6 } }),
    'PUT /api/posts/p-1/reactions/like': () =>
      reaction === 200
        ? { body: post({ myReaction: 'like' }) }
        : { status: reaction, body: { code: 'internal', detail: '' } },
  });
  renderRouter({ feed: FeedScreen }, { initialUrl: '/feed', wrapper: Cache });
  await screen.findByText('First');
  return { server, user: userEvent.setup() };
}

test('a reaction is seen at once, though the counters of the answer are older', async () => {
  const { user } = await open(200);
  await user.press(screen.getByTestId('react'));
  expect(await screen.findByRole('button', { name: 'Reactions: 1. Show who reacted' })).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Take back: Like' })).toBeTruthy();
});

test('a reaction that fails is taken back and said', async () => {
  const { user } = await open(500);
  await user.press(screen.getByTestId('react'));
  expect(await screen.findByText('The server has a problem. Try again in a moment.')).toBeTruthy();
  await waitFor(() => expect(screen.getByRole('button', { name: 'React' })).toBeTruthy());
});

test('new posts come when the pill is pressed, not before', async () => {
  const { server, user } = await open(200);
  server.items = [item('p-2', 'Second'), ...server.items];
  server.count = 1;
  await act(async () => askForNews());
  expect(await screen.findByText('1 new post')).toBeTruthy();
  expect(screen.queryByText('Second')).toBeNull();
  server.count = 0;
  await user.press(screen.getByTestId('new-posts'));
  expect(await screen.findByText('Second')).toBeTruthy();
});

test('a notification names the latest and counts the others; times are read as people type them', () => {
  const actor = (displayName: string) => ({ kind: 'user' as const, user: { ...ada, displayName } });
  const told = (count: number, names: string[]) =>
    wordsOf({ kind: 'reaction', actors: names.map(actor), count, label: null } as Notification);
  expect(told(1, ['Ada'])).toBe('Ada reacted to your post');
  expect(told(2, ['Ada', 'Tom'])).toBe('Ada and Tom reacted to your post');
  expect(told(5, ['Ada', 'Tom', 'Lea'])).toBe('Ada and 4 others reacted to your post');
  expect(['9', '2130', '7:05', '24:00', '9:5', 'x'].map(timeOfDay)).toEqual([
    '09:00',
    '21:30',
    '07:05',
    null,
    null,
    null,
  ]);
});
