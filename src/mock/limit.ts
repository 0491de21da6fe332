/** A sliding window of requests, as the providers describe theirs. */
export class SlidingWindow {
  readonly #count: number;
  readonly #windowMs: number;
  #times: number[] = [];

  /** At most `count` requests within any `windowMs` milliseconds. */
  constructor(count: number, windowMs: number) {
    this.#count = count;
    this.#windowMs = windowMs;
  }

  /** Takes a request at `now` (milliseconds); the milliseconds until one would be taken, 0 when it was. */
  take(now: number): number {
    this.#times = this.#times.filter((at) => at > now - this.#windowMs);
    const oldest = this.#times[0];
    if (oldest === undefined || this.#times.length < this.#count) {
      this.#times.push(now);
      return 0;
    }
    return oldest + this.#windowMs - now;
  }
}
