// Tells that what is being written on a card stays, whatever happens to the card meanwhile.
import { QueryClientProvider } from '@tanstack/react-query';
import { act, screen, userEvent, waitFor } from '@testing-library/react-native';
import { renderRouter } from 'expo-router/testing-library';
import type { PropsWithChildren } from 'react';
import { queryClient } from '@/lib/query';
import { card } from '../../../../test/marketSamples';
import { startServer } from '../../../../test/server';
import { CardEditorScreen } from './CardEditorScreen';

jest.setTimeout(60_000);

const Cache = ({ children }: PropsWithChildren) => (
  <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
);

test('a newer card is taken over only where nothing is being written', async () => {
  queryClient.clear();
  startServer({
    'GET /api/model-cards/c-1': () => ({ body: card() }),
    'GET /api/model-cards/c-1/revisions': () => ({ body: { items: [], nextCursor: null } }),
  });
  renderRouter(
    { 'creator/cards/[cardId]': CardEditorScreen },
    { initialUrl: '/creator/cards/c-1', wrapper: Cache },
  );
  const field = (name: string) => screen.getByTestId(`field-${name}`);
  await screen.findByTestId('field-name');
  const newer = (version: number, name: string) =>
    act(async () => queryClient.setQueryData(['card', 'c-1'], card({ version, name })));
  await newer(2, 'Coach');
  await waitFor(() => expect(field('name').props.value).toBe('Coach'));
  const user = userEvent.setup();
  await user.type(field('description'), ' And more.');
  await newer(3, 'Trainer');
  expect(await screen.findByText('Trainer')).toBeTruthy();
  expect(field('description').props.value).toBe('Reads compiler errors with you. And more.');
});
