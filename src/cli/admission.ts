import type { Limiter, Limits } from '../core/http.ts';
import { Slots } from '../core/slots.ts';

/** Begins work when its turn has come; null where the bounds ended first. */
export type Admit = <T>(bounds: Limits, work: () => Promise<T>) => Promise<T | null>;

/**
 * Admits the look-ups of one account, in the order of asking: each waits for the account's pace, then for one of the
 * run's slots. Only one waits for a slot with its turn in hand, so that turns are not saved up for a burst, and nobody
 * holds a slot while waiting for a turn, so that a slow provider does not keep the slots from a fast one.
 * `unhurried`: the next begins one turn of the event loop later, when what came of this one may have ended the run.
 */
export function createAdmission(pacer: Limiter, slots: Slots, unhurried = false): Admit {
  const door = new Slots(1);
  return async (bounds, work) => {
    await door.take();
    try {
      if (!(await pacer.acquire(bounds))) return null;
      await slots.take();
    } finally {
      door.give();
    }
    try {
      return await work();
    } finally {
      if (unhurried) setImmediate(() => slots.give());
      else slots.give();
    }
  };
}

/** The pacer for work that was admitted: its first attempt has had its turn. */
export class AdmittedPacer implements Limiter {
  readonly #pacer: Limiter;
  #first = true;

  constructor(pacer: Limiter) {
    this.#pacer = pacer;
  }

  async acquire(bounds: Limits): Promise<boolean> {
    const free = this.#first;
    this.#first = false;
    return free || this.#pacer.acquire(bounds);
  }

  pauseFor(ms: number): void {
    this.#pacer.pauseFor(ms);
  }

  get pausedMs(): number {
    return this.#pacer.pausedMs;
  }
}
