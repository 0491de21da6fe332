import { Notifier } from './notifier.ts';

/** Characters of records that may be held until an earlier one is known or the reader is ready; it bounds the memory. */
const mostHeld = 32 * 1024 * 1024;

interface Held<T> {
  readonly value: T;
  readonly weight: number;
}

/**
 * Results on their way to the output: in the order of their places, or as they come. Nobody waits here: a slow reader
 * and a slow account are felt through `isFull` alone.
 */
export class ResultQueue<T> {
  readonly #ordered: boolean;
  readonly #weigh: (value: T) => number;
  readonly #ready: Held<T>[] = [];
  /** Out of order, by place; null for a place that has no record. */
  readonly #early = new Map<number, Held<T> | null>();
  readonly #changed = new Notifier();
  readonly #onRoom: () => void;
  #nextPlace = 0;
  #held = 0;
  #isClosed = false;

  /** `weigh`: characters, about. `onRoom` is called when the queue is full no more. */
  constructor(ordered: boolean, weigh: (value: T) => number, onRoom: () => void) {
    this.#ordered = ordered;
    this.#weigh = weigh;
    this.#onRoom = onRoom;
  }

  /** The place whose result is to come out next, where the order counts. */
  get nextPlace(): number {
    return this.#nextPlace;
  }

  get isFull(): boolean {
    return this.#held > mostHeld;
  }

  /** `value` null: this place has no record. */
  put(place: number, value: T | null): void {
    const held = value === null ? null : { value, weight: this.#weigh(value) };
    this.#held += held?.weight ?? 0;
    if (this.#ordered) this.#putInOrder(place, held);
    else if (held !== null) this.#ready.push(held);
    this.#changed.notify();
  }

  /** No further result will come; what is held behind a place without one comes out all the same. */
  close(): void {
    const rest = [...this.#early].sort(([a], [b]) => a - b);
    this.#early.clear();
    for (const [, held] of rest) if (held !== null) this.#ready.push(held);
    this.#isClosed = true;
    this.#changed.notify();
  }

  async *values(): AsyncGenerator<T> {
    for (;;) {
      for (const held of this.#ready.splice(0)) {
        yield held.value;
        const wasFull = this.isFull;
        this.#held -= held.weight;
        if (wasFull && !this.isFull) this.#onRoom();
      }
      if (this.#ready.length > 0) continue;
      if (this.#isClosed) return;
      await this.#changed.wait();
    }
  }

  #putInOrder(place: number, held: Held<T> | null): void {
    this.#early.set(place, held);
    for (let next = this.#early.get(this.#nextPlace); next !== undefined; next = this.#early.get(this.#nextPlace)) {
      this.#early.delete(this.#nextPlace);
      this.#nextPlace += 1;
      if (next !== null) this.#ready.push(next);
    }
  }
}
