// Tells how the time to pay runs out: by the given clock, through sleep, with its warnings, to its end.
import { act, render, screen } from '@testing-library/react-native';
import { AppState, type AppStateStatus } from 'react-native';
import '@/i18n';
import { Countdown } from './Countdown';

const START = '2026-03-01T10:00:00.000Z';
const END = '2026-03-01T10:15:00.000Z';
/** The device's own clock is hours off: only what is given counts. */
const AHEAD_MS = 5 * 3_600_000;

let wake: (state: AppStateStatus) => void = () => undefined;

beforeEach(() => {
  jest.useFakeTimers({ now: Date.parse(START) - AHEAD_MS });
  jest.spyOn(AppState, 'addEventListener').mockImplementation((_type, listener) => {
    wake = listener;
    return { remove: () => undefined } as ReturnType<typeof AppState.addEventListener>;
  });
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const serverNow = () => Date.now() + AHEAD_MS;
const show = (onOver: () => void) =>
  render(<Countdown startedAt={START} expiresAt={END} onOver={onOver} now={serverNow} />);
const left = () => screen.getByTestId('countdown').props.children as string;
const pass = (ms: number) => act(() => jest.advanceTimersByTime(ms));

test('it counts by the clock of the server, warns at a minute and at ten seconds, and ends once', () => {
  const over = jest.fn();
  show(over);
  expect(left()).toBe('15:00');
  pass(61_500);
  expect(left()).toBe('13:59');
  expect(screen.queryByText('Less than a minute left')).toBeNull();
  pass(778_500);
  expect(left()).toBe('01:00');
  expect(screen.getByText('Less than a minute left')).toBeTruthy();
  pass(50_000);
  expect(left()).toBe('00:10');
  expect(screen.getByText('Only seconds left!')).toBeTruthy();
  expect(over).not.toHaveBeenCalled();
  pass(9_999);
  expect(left()).toBe('00:01');
  pass(1);
  expect(left()).toBe('00:00');
  expect(screen.getByText('Time is up')).toBeTruthy();
  pass(60_000);
  expect(over).toHaveBeenCalledTimes(1);
});

test('what the device slept through is made good when it wakes', () => {
  const over = jest.fn();
  show(over);
  // Timers stand still, the clock does not.
  jest.setSystemTime(Date.now() + 845_000);
  expect(left()).toBe('15:00');
  act(() => wake('active'));
  expect(left()).toBe('00:55');
  jest.setSystemTime(Date.now() + 3_600_000);
  act(() => wake('active'));
  expect(left()).toBe('00:00');
  expect(over).toHaveBeenCalledTimes(1);
});

test('an order that is over when it is opened says so at once', () => {
  const over = jest.fn();
  jest.setSystemTime(Date.parse(END) - AHEAD_MS + 1);
  show(over);
  expect(left()).toBe('00:00');
  expect(over).toHaveBeenCalledTimes(1);
});
