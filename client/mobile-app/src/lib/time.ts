// Owns how moments are written, in the language that is on.
import { i18n, locale } from '@/i18n';

const DAY_MS = 24 * 3_600_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = i18n.language + JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale(), options);
  formats.set(key, known);
  return known;
}

const midnight = (date: Date): number =>
  new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

/** How many calendar days lie between. */
export function daysAgo(time: string, now = new Date()): number {
  return Math.round((midnight(now) - midnight(new Date(time))) / DAY_MS);
}

export function clockTime(time: string): string {
  return format({ hour: 'numeric', minute: '2-digit' }).format(new Date(time));
}

/** For lists: the clock today, the weekday this week, else the date. */
export function shortTime(time: string): string {
  const days = daysAgo(time);
  if (days <= 0) return clockTime(time);
  if (days === 1) return i18n.t('common:yesterday');
  if (days < 7) return format({ weekday: 'short' }).format(new Date(time));
  return format({ day: 'numeric', month: 'short', ...(days > 300 ? { year: '2-digit' } : {}) }).format(
    new Date(time),
  );
}

/** For separators: today, yesterday, or the day in full. */
export function dayName(time: string): string {
  const days = daysAgo(time);
  if (days <= 0) return i18n.t('common:today');
  if (days === 1) return i18n.t('common:yesterday');
  return format({
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(days > 300 ? { year: 'numeric' } : {}),
  }).format(new Date(time));
}

export function dateTime(time: string): string {
  return format({ dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time));
}

export function monthYear(time: string): string {
  return format({ month: 'long', year: 'numeric' }).format(new Date(time));
}
