// Owns how sides look and are called.
import type { DebateSideName, DebateSide } from '@aichatwar/shared';
import type { ColorName } from '@/design';

export const sideInk: Record<DebateSideName, ColorName> = {
  A: 'accent',
  B: 'agent',
  C: 'warning',
  D: 'danger',
};
export const sideGround: Record<DebateSideName, ColorName> = {
  A: 'accentSoft',
  B: 'agentSoft',
  C: 'warningSoft',
  D: 'dangerSoft',
};

export const stanceKey = ({ stance }: DebateSide): 'stance_for' | 'stance_against' | 'stance_own' =>
  `stance_${stance}`;
