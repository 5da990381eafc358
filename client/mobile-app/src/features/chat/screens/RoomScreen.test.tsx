// Tells what is seen at once when something is sent, and what becomes of it; and how a reply grows.
import type { Message, RoomEvent } from '@aichatwar/shared';
import { QueryClientProvider } from '@tanstack/react-query';
import { act, screen, userEvent, waitFor } from '@testing-library/react-native';
import { renderRouter } from 'expo-router/testing-library';
import type { PropsWithChildren } from 'react';
import { queryClient } from '@/lib/query';
import { useSession } from '@/state/session';
import { ada, message, room } from '../../../../test/samples';
import { startServer } from '../../../../test/server';
import { takeMessage } from '../live';
import { enqueue, flush, useOutbox } from '../state/outbox';
import { began, grew } from '../state/streams';
import { RoomScreen } from './RoomScreen';

jest.setTimeout(60_000);

const PATH = 'POST /api/chat/rooms/r-1/messages';
const routes = {
  'GET /api/chat/rooms/r-1': () => ({ body: room() }),
  'GET /api/chat/rooms/r-1/messages': () => ({
    body: { items: [message()], nextCursor: null, hasMoreBefore: false, hasMoreAfter: false },
  }),
  'PUT /api/chat/rooms/r-1/read': () => ({ body: { roomId: 'r-1', seq: 1, unread: 0 } }),
};
const sent = (clientId: string, text: string): Message =>
  message({ seq: 2, clientId, text, author: { kind: 'user', id: ada.id, name: ada.displayName } });

const Cache = ({ children }: PropsWithChildren) => (
  <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
);

async function open(held: () => void = () => undefined) {
  queryClient.clear();
  held();
  useSession.setState({ status: 'signedIn', me: ada });
  useOutbox.setState({ items: [] });
  renderRouter({ 'chats/[roomId]': RoomScreen }, { initialUrl: '/chats/r-1', wrapper: Cache });
  await screen.findByText('Good morning');
  return userEvent.setup();
}

test('a message is seen at once, waits while there is no line, and is sent once', async () => {
  let line = false;
  const asked = startServer({
    ...routes,
    [PATH]: ({ body }) => {
      const { clientId, text } = body as { clientId: string; text: string };
      return line ? { status: 201, body: sent(clientId, text) } : 'no line';
    },
  });
  const user = await open();
  await user.type(screen.getByTestId('composer'), 'Hello there');
  await user.press(screen.getByTestId('send'));
  expect(screen.getByText('Hello there')).toBeTruthy();
  expect(screen.getByLabelText('Being sent')).toBeTruthy();
  line = true;
  await act(async () => flush());
  expect(await screen.findByLabelText('Sent')).toBeTruthy();
  await act(async () => takeMessage(sent('another', 'Hello there')));
  expect(screen.getAllByText('Hello there')).toHaveLength(1);
  const names = asked
    .filter(({ method, path }) => `${method} ${path}` === PATH)
    .map(({ body }) => (body as { clientId: string }).clientId);
  expect(new Set(names).size).toBe(1);
  expect(useOutbox.getState().items).toEqual([]);
});

test('what the others have read while nobody heard of it is seen when the room is opened', async () => {
  const mine = message({ author: { kind: 'user', id: ada.id, name: ada.displayName } });
  const { members, ...others } = room();
  const read = members.map((member) => ({ ...member, readSeq: member.userId === ada.id ? 0 : 1 }));
  startServer({
    ...routes,
    'GET /api/chat/rooms/r-1': () => ({ body: { ...others, members: read } }),
    'GET /api/chat/rooms/r-1/messages': () => ({
      body: { items: [mine], nextCursor: null, hasMoreBefore: false, hasMoreAfter: false },
    }),
  });
  await open();
  expect(await screen.findByLabelText('Read')).toBeTruthy();
});

test('a history that was read far back is short again once nobody looks at it', async () => {
  startServer(routes);
  await open();
  const held = () => queryClient.getQueryData<{ messages: Message[] }>(['log', 'r-1'])?.messages ?? [];
  const messages = Array.from({ length: 200 }, (_, index) => message({ seq: index + 1 }));
  await act(async () => queryClient.setQueryData(['log', 'r-1'], { messages, hasMoreBefore: false }));
  expect(held()).toHaveLength(200);
  screen.unmount();
  expect(held()).toHaveLength(60);
  expect(held().at(-1)?.seq).toBe(200);
});

test('files go along by the names that the server gave them', async () => {
  const asked = startServer({
    ...routes,
    [PATH]: ({ body }) => ({
      status: 201,
      body: sent((body as { clientId: string }).clientId, 'sunset.png'),
    }),
  });
  await open();
  await act(async () => enqueue('r-1', { text: 'sunset.png', attachmentIds: ['f-1', 'f-2'] }, null));
  await waitFor(() => expect(useOutbox.getState().items).toEqual([]));
  const [sending] = asked.filter(({ method, path }) => `${method} ${path}` === PATH);
  expect(sending?.body).toMatchObject({ text: 'sunset.png', attachmentIds: ['f-1', 'f-2'] });
});

test('what the server refuses says why and can be taken away', async () => {
  startServer({ ...routes, [PATH]: () => ({ status: 409, body: { code: 'chat.blocked', detail: '' } }) });
  const user = await open();
  await user.type(screen.getByTestId('composer'), 'Hi');
  await user.press(screen.getByTestId('send'));
  expect(await screen.findByText('One of you has blocked the other.')).toBeTruthy();
  await user.press(screen.getByRole('button', { name: 'Delete' }));
  expect(screen.queryByText('Hi')).toBeNull();
});

test('a change that cannot be saved stands in the field again, as it was written', async () => {
  const mine = message({ author: { kind: 'user', id: ada.id, name: ada.displayName } });
  startServer({
    ...routes,
    'GET /api/chat/rooms/r-1/messages': () => ({
      body: { items: [mine], nextCursor: null, hasMoreBefore: false, hasMoreAfter: false },
    }),
    'PATCH /api/chat/rooms/r-1/messages/m-1': () => 'no line',
  });
  const user = await open();
  await user.longPress(screen.getByRole('article'));
  await user.press(screen.getByRole('menuitem', { name: 'Edit' }));
  await user.type(screen.getByTestId('composer'), ', Tom');
  await user.press(screen.getByTestId('send'));
  await waitFor(() => expect(screen.getByTestId('composer').props.value).toBe('Good morning, Tom'));
  expect(screen.getByRole('button', { name: 'Save the change' })).toBeTruthy();
});

test('what is said while the history is on its way is not missing in it', async () => {
  const said = message({ seq: 2, text: 'Meanwhile' });
  let pages = 0;
  startServer({
    ...routes,
    'GET /api/chat/rooms/r-1/messages': () => {
      pages += 1;
      if (pages === 1) takeMessage(said);
      const items = pages === 1 ? [message()] : [said];
      return { body: { items, nextCursor: null, hasMoreBefore: false, hasMoreAfter: false } };
    },
  });
  await open(() => queryClient.setQueryData(['rooms'], [room()]));
  expect(await screen.findByText('Meanwhile')).toBeTruthy();
});

test('a reply grows in its place, can be stopped, and becomes the message', async () => {
  const asked = startServer({
    ...routes,
    'POST /api/agents/rooms/r-1/runs/run/cancel': () => ({ status: 202 }),
  });
  const user = await open();
  const mark: Extract<RoomEvent, { t: 'ai.started' }>['d'] = {
    runId: 'run',
    messageId: 'm-2',
    agentId: 'a-sage',
    attempt: 1,
  };
  const piece = (text: string) => ({ ...mark, text, length: text.length });
  await act(async () => began('r-1', mark));
  await act(async () => grew('r-1', piece('Let us ')));
  await act(async () => grew('r-1', piece('Let us **think**')));
  expect(await screen.findByText(/think/)).toBeTruthy();
  await user.press(screen.getByRole('button', { name: 'Stop' }));
  await waitFor(() => expect(asked.some(({ path }) => path.endsWith('/cancel'))).toBe(true));
  await act(async () =>
    takeMessage(
      message({
        seq: 2,
        text: 'Let us think.',
        author: { kind: 'agent', id: 'a-sage', name: 'Sage' },
        origin: 'agent',
      }),
    ),
  );
  expect(await screen.findByText('Let us think.')).toBeTruthy();
  expect(screen.queryByTestId('stream')).toBeNull();
});

test('an answer asked for again keeps its key until the server has taken it; the next one has another', async () => {
  const AGAIN = 'POST /api/agents/rooms/r-1/messages/m-1/regenerate';
  const answer = message({
    author: { kind: 'agent', id: 'a-sage', name: 'Sage' },
    replyTo: 'm-0',
    ai: {
      runId: 'run',
      model: 'demo',
      state: 'complete',
      promptTokens: 1,
      completionTokens: 1,
      cost: null,
      demo: true,
    },
  });
  let lines = 0;
  const asked = startServer({
    ...routes,
    'GET /api/chat/rooms/r-1/messages': () => ({
      body: { items: [answer], nextCursor: null, hasMoreBefore: false, hasMoreAfter: false },
    }),
    [AGAIN]: () => (lines++ === 0 ? 'no line' : { status: 202, body: { runId: 'next' } }),
  });
  const user = await open();
  const keys = () => asked.flatMap(({ method, path, key }) => (`${method} ${path}` === AGAIN ? [key] : []));
  for (const times of [1, 2, 3]) {
    await user.press(screen.getByRole('button', { name: 'Answer again' }));
    await waitFor(() => expect(keys()).toHaveLength(times));
    await act(async () => undefined);
  }
  const [first, second, third] = keys();
  expect(first).toMatch(/^[0-9a-f-]{36}$/);
  expect(second).toBe(first);
  expect(third).not.toBe(first);
});
