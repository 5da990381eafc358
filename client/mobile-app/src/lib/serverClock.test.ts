// Tells how the server's clock is found by its answers.
import { ServerClock } from './serverClock';

const T = Date.parse('2026-03-01T10:00:00.000Z');
const said = (time: number) => new Date(time).toUTCString();

/** A server `ahead` of the device, whose answers take `wayMs` each way. */
function ask(clock: ServerClock, device: { at: number }, ahead: number, wayMs: number) {
  const askedAt = device.at;
  device.at += wayMs;
  const date = said(device.at + ahead);
  device.at += wayMs;
  clock.heard(date, askedAt);
}

test('without an answer the device is believed', () => {
  expect(new ServerClock(() => T).now()).toBe(T);
});

test.each([-90_000, -700, 0, 450, 3_600_000])(
  'an offset of %d ms is found to a tenth of a second',
  (ahead) => {
    const device = { at: T };
    const clock = new ServerClock(() => device.at);
    for (let i = 0; i < 40; i += 1) {
      ask(clock, device, ahead, 20 + (i % 3) * 10);
      device.at += 137;
    }
    expect(Math.abs(clock.offset - ahead)).toBeLessThan(100);
  },
);

test('a clock that is set anew is followed at once', () => {
  const device = { at: T };
  const clock = new ServerClock(() => device.at);
  ask(clock, device, 0, 20);
  device.at -= 600_000;
  ask(clock, device, 600_000, 20);
  expect(Math.abs(clock.offset - 600_000)).toBeLessThanOrEqual(600);
});

test('an answer without a date changes nothing', () => {
  const clock = new ServerClock(() => T);
  clock.heard(null, T);
  clock.heard('soon', T);
  expect(clock.offset).toBe(0);
});
