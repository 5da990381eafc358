// Owns a debate for tests.
import type { Debate } from '@aichatwar/shared';

const time = '2026-03-01T10:00:00.000Z';

export const debate = (part: Partial<Debate> = {}): Debate => ({
  id: 'd-1',
  roomId: 'r-1',
  ownerId: 'u-ada',
  motion: 'Trains beat planes',
  rounds: 1,
  phase: 'voting_before',
  votingUntil: null,
  badge: null,
  sides: [
    { side: 'A', stance: 'for', agent: null },
    { side: 'B', stance: 'against', agent: null },
  ],
  turns: [
    {
      number: 1,
      phase: 'opening',
      side: 'A',
      kind: 'speech',
      to: null,
      state: 'spoken',
      attempt: 1,
      text: 'Rails carry more.',
      note: null,
      endedAt: time,
      ai: null,
    },
    {
      number: 2,
      phase: 'opening',
      side: 'B',
      kind: 'speech',
      to: null,
      state: 'waiting',
      attempt: 0,
      text: '',
      note: null,
      endedAt: null,
      ai: null,
    },
  ],
  revealed: false,
  myVotes: { before: null, after: null },
  totals: { before: null, after: null },
  result: null,
  cancelled: null,
  forfeitedBy: null,
  createdAt: time,
  startedAt: null,
  endedAt: null,
  ...part,
});
