// Owns what a debate's state means to who watches: phases, which voting is open, and what may be shown. Pure.
import type { Debate, DebatePhase, DebateSide, DebateTurn } from '@aichatwar/shared';

/** The course, in order; what is called off has left it. */
export const course = [
  'voting_before',
  'opening',
  'rebuttal',
  'cross',
  'closing',
  'voting_after',
  'closed',
] as const satisfies readonly DebatePhase[];

export const isOver = ({ phase }: Pick<Debate, 'phase'>): boolean =>
  phase === 'closed' || phase === 'cancelled';

export function openVoting({ phase }: Pick<Debate, 'phase'>): 'before' | 'after' | null {
  return phase === 'voting_before' ? 'before' : phase === 'voting_after' ? 'after' : null;
}

/** Who stands on a side: nobody before the reveal, whatever else is known. */
export function debaterOf(debate: Pick<Debate, 'revealed'>, side: DebateSide): DebateSide['agent'] {
  return debate.revealed ? side.agent : null;
}

/** How the votes stand: only for who has voted in that voting, or when it is over. */
export function totalsFor(debate: Debate, when: 'before' | 'after') {
  const open = openVoting(debate) === when;
  return open && !debate.myVotes[when] ? null : debate.totals[when];
}

/** Turns of which there is something to see; those to come are only counted. */
export function spoken(turns: readonly DebateTurn[]): { shown: DebateTurn[]; toCome: number } {
  const shown = turns.filter(({ state }) => state !== 'waiting');
  return { shown, toCome: turns.length - shown.length };
}

/** What the owner may do now. After the debate the voting is not ended by one who has voted in it, nor called off. */
export function stepsFor(debate: Debate, me: string): ('start' | 'close' | 'cancel')[] {
  if (debate.ownerId !== me || isOver(debate)) return [];
  if (debate.phase === 'voting_before') return ['start', 'cancel'];
  if (debate.phase === 'voting_after') return debate.myVotes.after ? [] : ['close'];
  return ['cancel'];
}
