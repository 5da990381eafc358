// Owns which rooms a socket follows and up to where each has been heard: every message once and in order, or a repair.

/** Where a room's reader stands. */
export interface Place {
  /** The highest seq that is held; undefined: from now on. */
  seq: number | undefined;
  /** The epoch of the room's history in which that was so. */
  epoch: string | undefined;
}

export interface Wish {
  r: string;
  o?: number;
  e?: string;
}

export class Follows {
  readonly #places = new Map<string, Place>();

  /** Follows a room from a place; a room that is followed already keeps the place that is further. */
  add(room: string, seq?: number, epoch?: string): boolean {
    const held = this.#places.get(room);
    if (held) return false;
    this.#places.set(room, { seq, epoch });
    return true;
  }

  remove(room: string): boolean {
    return this.#places.delete(room);
  }

  has(room: string): boolean {
    return this.#places.has(room);
  }

  clear(): void {
    this.#places.clear();
  }

  place(room: string): Place | undefined {
    return this.#places.get(room);
  }

  /** What must be asked to follow these rooms (all, by default) without a gap. */
  wishes(rooms: Iterable<string> = this.#places.keys()): Wish[] {
    const wishes: Wish[] = [];
    for (const room of rooms) {
      const place = this.#places.get(room);
      if (!place) continue;
      wishes.push({
        r: room,
        ...(place.seq === undefined ? {} : { o: place.seq }),
        ...(place.epoch === undefined ? {} : { e: place.epoch }),
      });
    }
    return wishes;
  }

  /** Judges a message by its seq: `next` is delivered, `known` dropped, `gap` means that the room must be asked again. */
  take(room: string, seq: number): 'next' | 'known' | 'gap' | 'foreign' {
    const place = this.#places.get(room);
    if (!place) return 'foreign';
    if (place.seq !== undefined && seq <= place.seq) return 'known';
    if (place.seq !== undefined && seq > place.seq + 1) return 'gap';
    place.seq = seq;
    return 'next';
  }

  /** The server says where the subscription stands. */
  settle(room: string, seq: number, epoch: string): void {
    const place = this.#places.get(room);
    if (place)
      this.#places.set(room, {
        seq: Math.max(seq, place.epoch === epoch ? (place.seq ?? 0) : 0),
        epoch,
      });
  }

  /** What was heard so far counts no more; the room goes on from now. */
  reset(room: string): void {
    if (this.#places.has(room)) this.#places.set(room, { seq: undefined, epoch: undefined });
  }

  /** Somebody has read the room by HTTP up to here, so nothing before it is missed. */
  advance(room: string, seq: number): void {
    const place = this.#places.get(room);
    if (place && (place.seq === undefined || seq > place.seq)) place.seq = seq;
  }
}
