// Owns how the time that is left is measured and said. Pure.
export type Urgency = 'calm' | 'soon' | 'last' | 'over';

export const SOON_S = 60;
export const LAST_S = 10;

/** Whole seconds that are left: 1 until the very end, 0 after it. */
export function secondsLeft(expiresAt: string, now: number): number {
  return Math.max(0, Math.ceil((Date.parse(expiresAt) - now) / 1_000));
}

export function urgencyOf(seconds: number): Urgency {
  if (seconds <= 0) return 'over';
  if (seconds <= LAST_S) return 'last';
  return seconds <= SOON_S ? 'soon' : 'calm';
}

/** Milliseconds until another second has gone. */
export function untilNextSecond(expiresAt: string, now: number): number {
  const left = Date.parse(expiresAt) - now;
  return left <= 0 ? 0 : left % 1_000 || 1_000;
}

/** `14:05`, and with hours when there are any. */
export function clockWords(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const rest = `${two(Math.floor((seconds % 3_600) / 60))}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
