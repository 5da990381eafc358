// Tells that a comment that is being written is not lost on the way to another.
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
