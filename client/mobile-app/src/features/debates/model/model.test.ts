// Tells what may be shown when, and how a speech grows.
import { debate } from '../../../../test/debateSample';
import { debaterOf, spoken, stepsFor, totalsFor } from './debate';
import { grown, type Speech, textOf } from './stream';

const totals = { sides: [2, 1], undecided: 0, excluded: 0 };
const vote = {
  when: 'before' as const,
  side: 'A' as const,
  counted: true,
  excludedBecause: null,
  changedAt: '',
};
const agent = { id: 'a', handle: 'sage', name: 'Sage' };

test('nobody is named before the reveal, and no count is shown to who has not voted', () => {
  const side = { side: 'A' as const, stance: 'for' as const, agent };
  expect(debaterOf({ revealed: false }, side)).toBeNull();
  expect(debaterOf({ revealed: true }, side)).toEqual(agent);
  const voting = debate({ phase: 'voting_before', totals: { before: totals, after: null } });
  expect(totalsFor(voting, 'before')).toBeNull();
  expect(totalsFor({ ...voting, myVotes: { before: vote, after: null } }, 'before')).toEqual(totals);
  expect(totalsFor({ ...voting, phase: 'closed' }, 'before')).toEqual(totals);
});

test('who began it steers it, but not a voting in which they have voted', () => {
  expect(stepsFor(debate({ phase: 'voting_before' }), 'u-ada')).toEqual(['start', 'cancel']);
  expect(stepsFor(debate({ phase: 'opening' }), 'u-ada')).toEqual(['cancel']);
  expect(stepsFor(debate({ phase: 'voting_after' }), 'u-ada')).toEqual(['close']);
  const voted = debate({
    phase: 'voting_after',
    myVotes: { before: null, after: { ...vote, when: 'after' } },
  });
  expect(stepsFor(voted, 'u-ada')).toEqual([]);
  expect(stepsFor(debate({ phase: 'voting_before' }), 'u-grace')).toEqual([]);
});

test('a speech grows from its pieces, whatever comes twice, too late or not at all', () => {
  const piece = (pos: number, text: string, attempt = 1, turn = 1) => ({
    debateId: 'd',
    turn,
    side: 'A' as const,
    attempt,
    pos,
    text,
  });
  let held = grown(undefined, piece(0, 'Good 🚂')) as Speech;
  held = grown(held, piece(6, ' day')) as Speech;
  expect(held.text).toBe('Good 🚂 day');
  expect(grown(held, piece(0, 'Good'))?.text).toBe('Good 🚂 day');
  expect(grown(held, piece(20, '!'))).toBeNull();
  expect(grown(held, piece(0, 'Anew', 2))?.text).toBe('Anew');
  expect(grown({ ...held, attempt: 2 }, piece(0, 'old'))?.text).toBe('Good 🚂 day');
  const turn = { number: 1, attempt: 1, text: 'Good', state: 'speaking' };
  expect(textOf(turn, held)).toBe('Good 🚂 day');
  expect(textOf({ ...turn, state: 'spoken' }, held)).toBe('Good');
});

test('turns to come are counted, not shown', () => {
  const { shown, toCome } = spoken(debate().turns);
  expect(shown).toHaveLength(1);
  expect(toCome).toBe(1);
});
