import { Fault } from './fault.ts';
import type { Clock, Limiter, Limits } from './http.ts';
import { formatDuration } from './time.ts';

/** How many look-ups a second, and how many at once before that begins to count; null: as fast as they come. */
export type Rate = { readonly perSecond: number; readonly burst: number } | null;

/** Spaces the requests to one provider: every attempt of every look-up takes a turn, in the order of asking. */
export class Pace implements Limiter {
  readonly #clock: Clock;
  readonly #rate: Rate;
  readonly #longestHoldMs: number;
  /** Monotonic milliseconds of the next free turn; in the past by at most the burst. */
  #next = Number.NEGATIVE_INFINITY;
  #heldUntil = Number.NEGATIVE_INFINITY;

  /** `longestHoldMs`: a hold that lasts longer is not waited for. */
  constructor(clock: Clock, rate: Rate, longestHoldMs = Number.POSITIVE_INFINITY) {
    this.#clock = clock;
    this.#rate = rate;
    this.#longestHoldMs = longestHoldMs;
  }

  async acquire({ signal, deadline }: Limits): Promise<boolean> {
    let at = this.#take();
    while (!signal.aborted) {
      // A hold takes back the turns that were given out: afterwards they are spaced anew, and no burst follows it.
      if (at < this.#heldUntil) at = this.#take();
      if (this.#heldUntil >= deadline || this.pausedMs > this.#longestHoldMs) return false;
      const now = this.#clock.monotonic();
      if (now >= deadline) return false;
      if (now >= at) return true;
      await this.#clock.sleep(Math.min(at, deadline) - now, signal);
    }
    return false;
  }

  pauseFor(ms: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, this.#clock.monotonic() + ms);
  }

  get pausedMs(): number {
    return Math.max(0, this.#heldUntil - this.#clock.monotonic());
  }

  #take(): number {
    const now = this.#clock.monotonic();
    if (this.#rate === null) return Math.max(now, this.#heldUntil);
    const spacing = 1000 / this.#rate.perSecond;
    const at = Math.max(this.#next, now - spacing * (this.#rate.burst - 1), this.#heldUntil);
    this.#next = at + spacing;
    return at;
  }
}

/** Why an attempt got no turn; `who` is asked. */
export function noTurn(pacer: Limiter, { signal }: Pick<Limits, 'signal'>, who: string): Fault {
  if (signal.reason instanceof Fault) return signal.reason;
  if (pacer.pausedMs === 0) return new Fault('time-up', { message: `the time ran out before it was this id’s turn` });
  return new Fault('rate-limited', {
    message: `${who} asked to be left alone for ${formatDuration(pacer.pausedMs)}, which is longer than this run may wait`,
    retryAfterSeconds: Math.ceil(pacer.pausedMs / 1000),
  });
}
