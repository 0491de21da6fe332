import type { Clock, Limiter, Limits } from '../core/http.ts';

/**
 * Spaces the requests of one account evenly, in the order of asking. Turns are never saved up: whoever comes late finds
 * one free turn, not several. `perSecond` null: no spacing, only pauses.
 */
export class RateLimiter implements Limiter {
  readonly perSecond: number | null;
  readonly #clock: Clock;
  readonly #longestPauseMs: number;
  /** Monotonic milliseconds of the next free turn. */
  #next = Number.NEGATIVE_INFINITY;
  #pausedUntil = Number.NEGATIVE_INFINITY;

  /** `longestPauseMs`: a longer pause is not waited for. */
  constructor(clock: Clock, perSecond: number | null, longestPauseMs = Number.POSITIVE_INFINITY) {
    this.#clock = clock;
    this.perSecond = perSecond;
    this.#longestPauseMs = longestPauseMs;
  }

  async acquire({ signal, deadline }: Limits): Promise<boolean> {
    let at = this.#reserve();
    while (!signal.aborted) {
      // A pause takes back the turns that were given out: afterwards they are spaced anew, and no burst follows it.
      if (at < this.#pausedUntil) at = this.#reserve();
      if (this.#pausedUntil >= deadline || this.pausedMs > this.#longestPauseMs) return false;
      const now = this.#clock.monotonic();
      if (now >= deadline) return false;
      if (now >= at) return true;
      await this.#clock.sleep(Math.min(at, deadline) - now, signal);
    }
    return false;
  }

  pauseFor(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.monotonic() + ms);
  }

  get pausedMs(): number {
    return Math.max(0, this.#pausedUntil - this.#clock.monotonic());
  }

  #reserve(): number {
    const at = Math.max(this.#next, this.#clock.monotonic(), this.#pausedUntil);
    if (this.perSecond !== null) this.#next = at + 1000 / this.perSecond;
    return at;
  }
}
