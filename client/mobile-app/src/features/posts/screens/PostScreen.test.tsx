// Tells that a comment is not lost: on the way to another while it is written, and when it is changed after a try that seemed to fail.
import { QueryClientProvider } from '@tanstack/react-query';
import { screen, userEvent } from '@testing-library/react-native';
import { renderRouter } from 'expo-router/testing-library';
import type { PropsWithChildren } from 'react';
import { queryClient } from '@/lib/query';
import { useSession } from '@/state/session';
import { post } from '../../../../test/posts';
import { ada } from '../../../../test/samples';
import { startServer } from '../../../../test/server';
import { PostScreen } from './PostScreen';

jest.setTimeout(60_000);

const Cache = ({ children }: PropsWithChildren) => (
  <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
);
const comment = {
  id: 'k-1',
  postId: 'p-1',
  author: ada,
  text: 'So they do.',
  mentions: [],
  replyTo: null,
  threadId: null,
  createdAt: '2026-03-01T10:00:00.000Z',
  editedAt: null,
  version: 1,
};

test('words stay with what they are about', async () => {
  queryClient.clear();
  useSession.setState({ status: 'signedIn', me: ada });
  startServer({
    'GET /api/posts/p-1': () => ({ body: post() }),
    'GET /api/posts/p-1/comments': () => ({ body: { items: [comment], nextCursor: null } }),
  });
  renderRouter({ 'feed/post/[postId]': PostScreen }, { initialUrl: '/feed/post/p-1', wrapper: Cache });
  await screen.findByText('So they do.');
  const user = userEvent.setup();
  const field = () => screen.getByTestId('comment-composer');
  await user.type(field(), 'A long thought');
  await user.press(screen.getByTestId('comments'));
  expect(field().props.value).toBe('A long thought');
  await user.press(screen.getByRole('button', { name: 'Reply' }));
  expect(field().props.value).toBe('');
  await user.press(screen.getByRole('button', { name: 'Cancel' }));
  expect(field().props.value).toBe('A long thought');
});

test('a comment that is tried again is the same, and a changed one is another', async () => {
  queryClient.clear();
  useSession.setState({ status: 'signedIn', me: ada });
  const asked = startServer({
    'GET /api/posts/p-1': () => ({ body: post() }),
    'GET /api/posts/p-1/comments': () => ({ body: { items: [], nextCursor: null } }),
    'POST /api/posts/p-1/comments': () => ({ status: 503, body: { code: 'post.away', detail: 'Not now.' } }),
  });
  renderRouter({ 'feed/post/[postId]': PostScreen }, { initialUrl: '/feed/post/p-1', wrapper: Cache });
  const field = await screen.findByTestId('comment-composer');
  const user = userEvent.setup();
  const send = () => user.press(screen.getByRole('button', { name: 'Send comment' }));
  await user.type(field, 'First');
  await send();
  await send();
  await user.type(field, ', and more');
  await send();
  const tries = asked
    .filter(({ method }) => method === 'POST')
    .map(({ body }) => body as { text: string; clientId: string });
  expect(tries.map(({ text }) => text)).toEqual(['First', 'First', 'First, and more']);
  expect(tries[1]?.clientId).toBe(tries[0]?.clientId);
  expect(tries[2]?.clientId).not.toBe(tries[0]?.clientId);
});
