// Owns what counts as a time of day, as people type it.
const TIME = /^(\d{1,2})(?::?(\d{2}))?$/;

/** `9`, `930`, `9:30` and `09:30` are times; null for what is none. */
export function timeOfDay(typed: string): string | null {
  const match = TIME.exec(typed.trim());
  if (!match) return null;
  const hour = Number(match[1]);
  const minute = Number(match[2] ?? 0);
  if (hour > 23 || minute > 59) return null;
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}
