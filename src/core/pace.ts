import type { Bounds, Clock, Pacer } from './http.ts';

/** How many look-ups a second; null: as fast as they come. */
export type Rate = { readonly perSecond: number; readonly burst: number } | null;

/** Spaces the requests to one provider: every attempt of every look-up takes a turn. */
export class Pace implements Pacer {
  readonly #clock: Clock;
  readonly #rate: Rate;
  /** Monotonic milliseconds of the next free turn; in the past by at most the burst. */
  #next = Number.NEGATIVE_INFINITY;
  #heldUntil = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, rate: Rate) {
    this.#clock = clock;
    this.#rate = rate;
  }

  async turn({ signal, deadline }: Bounds): Promise<void> {
    const at = this.#take();
    while (!signal.aborted) {
      const wait = Math.min(Math.max(at, this.#heldUntil), deadline) - this.#clock.monotonic();
      if (wait <= 0) return;
      await this.#clock.sleep(wait, signal);
    }
  }

  hold(ms: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, this.#clock.monotonic() + ms);
  }

  #take(): number {
    if (this.#rate === null) return Number.NEGATIVE_INFINITY;
    const spacing = 1000 / this.#rate.perSecond;
    const now = this.#clock.monotonic();
    const at = Math.max(this.#next, now - spacing * (this.#rate.burst - 1));
    this.#next = at + spacing;
    return at;
  }
}
