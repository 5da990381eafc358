// Owns what the socket's tests stand on: lines that are opened by hand and a clock that is moved by hand.
import type { SocketLike } from '../src/realtime/client';

type Wire = Record<string, unknown>;

/** A line as the server holds it. */
export class Line implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly sent: Wire[] = [];
  closed = false;
  #open = false;

  send(text: string): void {
    if (!this.#open) throw new Error('The line is still connecting.');
    this.sent.push(JSON.parse(text) as Wire);
  }
  close(): void {
    this.closed = true;
  }
  /** The server says something. */
  say(frame: Wire): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  /** The server takes the line. */
  open(): void {
    this.#open = true;
    this.onopen?.();
  }
  /** The server has accepted the line and the token. */
  welcome(): void {
    this.open();
    this.say({ op: 'hello', pingMs: 1_000, sessionId: 's' });
    this.say({ op: 'ready', userId: 'me' });
  }
  break(code = 1006): void {
    this.onclose?.({ code });
  }
  asked(op: string): Wire[] {
    return this.sent.filter((frame) => frame.op === op);
  }
}

/** Timers that run when the clock is moved. */
export class Clock {
  #now = 0;
  #next = 1;
  readonly #timers = new Map<number, { at: number; run: () => void }>();

  readonly timers = {
    set: (run: () => void, ms: number): number => {
      this.#timers.set(this.#next, { at: this.#now + ms, run });
      return this.#next++;
    },
    clear: (timer: never): void => void this.#timers.delete(timer as number),
  };

  readonly now = (): number => this.#now;

  /** Time goes on while timers stand still. */
  sleep(ms: number): void {
    this.#now += ms;
  }

  pass(ms: number): void {
    this.#now += ms;
    for (const [id, timer] of [...this.#timers]) {
      if (timer.at <= this.#now && this.#timers.delete(id)) timer.run();
    }
  }
}

/** Lets promises that are settled already go on. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
