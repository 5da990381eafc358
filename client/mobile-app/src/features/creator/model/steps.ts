// Owns what may be done with a card of one's own in each of its states. Pure.
import type { ModelCard } from '@aichatwar/shared';

export type Step = 'submit' | 'publish' | 'retire' | 'remove';

/** The state of what is being written on. */
export const writing = (card: Pick<ModelCard, 'status' | 'draft'>): ModelCard['status'] =>
  card.draft?.status ?? card.status;

/** While a moderator looks at it, it stands still; retired is for good. */
export const mayEdit = (card: Pick<ModelCard, 'status' | 'draft'>): boolean =>
  card.status !== 'retired' && writing(card) !== 'submitted';

export function stepsFor(card: Pick<ModelCard, 'status' | 'draft' | 'revision'>): Step[] {
  const state = writing(card);
  const steps: Step[] = [];
  if (card.status === 'retired') return steps;
  if (state === 'draft' || state === 'rejected') steps.push('submit');
  if (state === 'approved') steps.push('publish');
  if (card.revision !== null) steps.push('retire');
  else steps.push('remove');
  return steps;
}
