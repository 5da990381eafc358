// Tells what the market's pure parts give.
import { formatMoney, parseAmount } from '@/lib/money';
import { clockWords, secondsLeft, untilNextSecond, urgencyOf } from './countdown';
import { everything, narrowing, searchQuery } from './filters';
import { mayRefund, standing } from './orders';
import { order } from '../../../../test/marketSamples';

const END = '2026-03-01T10:15:00.000Z';
const end = Date.parse(END);

test('the time that is left ends at the deadline and not a second earlier', () => {
  expect(secondsLeft(END, end - 900_000)).toBe(900);
  expect(secondsLeft(END, end - 60_001)).toBe(61);
  expect(secondsLeft(END, end - 1)).toBe(1);
  expect(secondsLeft(END, end)).toBe(0);
  expect(secondsLeft(END, end + 5_000)).toBe(0);
  expect([900, 61, 60, 11, 10, 1, 0].map(urgencyOf)).toEqual([
    'calm',
    'calm',
    'soon',
    'soon',
    'last',
    'last',
    'over',
  ]);
  expect(untilNextSecond(END, end - 1_250)).toBe(250);
  expect(untilNextSecond(END, end - 2_000)).toBe(1_000);
  expect([905, 59, 3_725].map(clockWords)).toEqual(['15:05', '00:59', '1:02:05']);
});

test('only what is asked for goes to the server', () => {
  expect(searchQuery(everything)).toEqual({});
  const asked = { ...everything, query: ' rust ', price: { min: 0, max: 500 }, limited: true };
  expect(searchQuery(asked)).toEqual({ query: 'rust', priceMin: 0, priceMax: 500, hasEdition: true });
  expect(narrowing(asked)).toBe(2);
});

test('money may be asked back while the window is open, once', () => {
  const bought = order({ status: 'completed', completedAt: '2026-03-01T10:00:00.000Z' });
  const day = 24 * 3_600_000;
  const then = Date.parse('2026-03-01T10:00:00.000Z');
  expect(mayRefund(bought, then + 13 * day)).toBe(true);
  expect(mayRefund(bought, then + 14 * day)).toBe(false);
  const asked = {
    ...bought,
    refund: { id: 'f', status: 'requested' as const, amount: bought.total, reason: null },
  };
  expect(mayRefund(asked, then + day)).toBe(false);
  expect(standing(asked)).toBe('refund_requested');
});

test('sums are read as people type them', () => {
  expect(['5', '5,5', '12.34', ' 7 ', '1.234', 'x', ''].map(parseAmount)).toEqual([
    500,
    550,
    1234,
    700,
    null,
    null,
    null,
  ]);
  expect(formatMoney({ amount: 499, currency: 'EUR' })).toBe('€4.99');
});
