// Tells that a vote is blind: neither names nor counts are seen before it, whatever the server sends.
import type { Debate } from '@aichatwar/shared';
import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen, userEvent, waitFor } from '@testing-library/react-native';
import { queryClient } from '@/lib/query';
import { debate } from '../../../../test/debateSample';
import { startServer } from '../../../../test/server';
import { Result } from './Result';
import { Turns } from './Turns';
import { VotePanel } from './VotePanel';

jest.setTimeout(60_000);

const totals = { sides: [2, 1], undecided: 0, excluded: 0 };
const sides: Debate['sides'] = [
  { side: 'A', stance: 'for', agent: { id: 'a', handle: 'sage', name: 'Sage' } },
  { side: 'B', stance: 'against', agent: { id: 'b', handle: 'critic', name: 'Critic' } },
];
const after = {
  when: 'after' as const,
  side: 'A' as const,
  counted: true,
  excludedBecause: null,
  changedAt: '',
};
const show = (one: Debate) =>
  render(
    <QueryClientProvider client={queryClient}>
      <Result debate={one} />
      <VotePanel debate={one} />
      <Turns debate={one} />
    </QueryClientProvider>,
  );

test('before the vote there are sides, no names and no counts', () => {
  show(debate({ phase: 'voting_after', sides, totals: { before: totals, after: totals } }));
  expect(screen.getAllByText('For').length).toBeGreaterThan(0);
  expect(screen.getByText('Rails carry more.')).toBeTruthy();
  expect(screen.queryByText(/Sage|Critic/)).toBeNull();
  expect(screen.queryByTestId('total-A')).toBeNull();
  expect(screen.getByTestId('blind')).toBeTruthy();
});

test('after the vote it is shown how it stands and who was who', () => {
  show(
    debate({
      phase: 'voting_after',
      sides,
      revealed: true,
      myVotes: { before: null, after },
      totals: { before: null, after: totals },
    }),
  );
  expect(screen.getByText('Sage')).toBeTruthy();
  expect(screen.getByTestId('total-A')).toBeTruthy();
  expect(screen.queryByTestId('blind')).toBeNull();
});

test('a vote goes to the voting that is open, and may be undecided', async () => {
  const path = 'PUT /api/debates/d-1/votes/before';
  const asked = startServer({
    [path]: () => ({
      body: { when: 'before', side: null, counted: true, excludedBecause: null, changedAt: '' },
    }),
  });
  show(debate());
  const user = userEvent.setup();
  await user.press(screen.getByTestId('vote-none'));
  await waitFor(() => expect(asked).toHaveLength(1));
  expect(asked[0]).toMatchObject({
    method: 'PUT',
    path: '/api/debates/d-1/votes/before',
    body: { side: null },
  });
});
