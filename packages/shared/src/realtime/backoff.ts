// Owns how long a client waits before it tries again: full jitter under a ceiling that doubles.

export interface BackoffOptions {
  baseMs?: number;
  ceilingMs?: number;
  random?: () => number;
}

export class Backoff {
  readonly #baseMs: number;
  readonly #ceilingMs: number;
  readonly #random: () => number;
  #failures = 0;

  constructor({ baseMs = 500, ceilingMs = 30_000, random = Math.random }: BackoffOptions = {}) {
    this.#baseMs = baseMs;
    this.#ceilingMs = ceilingMs;
    this.#random = random;
  }

  /** Counts a failure and gives the time to wait after it, in milliseconds. */
  next(): number {
    const ceiling = Math.min(this.#ceilingMs, this.#baseMs * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 30);
    // Never nothing at all: a server that refuses at once would be asked in a tight loop.
    return Math.round(ceiling * (0.2 + 0.8 * this.#random()));
  }

  /** A try has succeeded. */
  reset(): void {
    this.#failures = 0;
  }
}
