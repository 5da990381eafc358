// Owns how sums are written and read: minor units on the wire, the language's own form on screen. No floats between.
import type { Currency, Money } from '@aichatwar/shared';
import { i18n, locale } from '@/i18n';

const formats = new Map<string, Intl.NumberFormat>();

function format(currency: Currency): Intl.NumberFormat {
  const key = i18n.language + currency;
  const known = formats.get(key) ?? new Intl.NumberFormat(locale(), { style: 'currency', currency });
  formats.set(key, known);
  return known;
}

export function formatMoney({ amount, currency }: Money): string {
  return format(currency).format(amount / 100);
}

/** Reads a sum as people type it, with point or comma; null when it is none, or has more than two places. */
export function parseAmount(text: string): number | null {
  const found = /^\s*(\d{1,9})(?:[.,](\d{1,2}))?\s*$/.exec(text);
  if (!found) return null;
  return Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0'));
}

/** A sum as it stands in a field. */
export function amountText(amount: number): string {
  const cents = String(amount % 100).padStart(2, '0');
  const point = i18n.language === 'de' ? ',' : '.';
  return amount % 100 === 0 ? String(amount / 100) : `${Math.floor(amount / 100)}${point}${cents}`;
}
