// Owns months as statements name them: `YYYY-MM`, UTC.
import { i18n } from '@/i18n';

export const monthOf = (time: number): string => new Date(time).toISOString().slice(0, 7);

export function shifted(month: string, by: number): string {
  const [year, number] = month.split('-').map(Number);
  return monthOf(Date.UTC(year ?? 0, (number ?? 1) - 1 + by, 1));
}

export const monthName = (month: string): string =>
  new Intl.DateTimeFormat(i18n.language, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    Date.parse(`${month}-01T00:00:00Z`),
  );
