// Owns what the server's clock says: how far it is from this device's, as its answers tell. Deadlines are the server's.

/**
 * An answer's `Date` is cut to a second, and was made between the request and the answer. Each answer so bounds the
 * offset; all of them together bound it more closely. When they contradict each other, the device's clock was set anew.
 */
export class ServerClock {
  readonly #now: () => number;
  #least = -Infinity;
  #most = Infinity;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Takes in the `Date` of an answer to what was asked at `askedAt`. */
  heard(date: string | null, askedAt: number): void {
    const said = date === null ? Number.NaN : Date.parse(date);
    if (Number.isNaN(said)) return;
    const least = said - this.#now();
    const most = said + 1_000 - askedAt;
    const agrees = Math.max(least, this.#least) <= Math.min(most, this.#most);
    this.#least = agrees ? Math.max(least, this.#least) : least;
    this.#most = agrees ? Math.min(most, this.#most) : most;
  }

  /** Milliseconds by which the server is ahead; 0 as long as it has not said. */
  get offset(): number {
    return Number.isFinite(this.#least) ? Math.round((this.#least + this.#most) / 2) : 0;
  }

  now(): number {
    return this.#now() + this.offset;
  }
}
