import type { Clock } from '../../src/core/http.ts';

/** A clock that stands still while anybody works, and jumps to the next alarm when all sleep: hours pass in no time. */
export interface VirtualClock extends Clock {
  /** Lets time pass until the work is done. Rejects as it does, and when it sleeps no more and is not done either. */
  run<T>(work: Promise<T>): Promise<T>;
}

export function virtualClock(start = 0): VirtualClock {
  let now = start;
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();

  const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const sleeper = { at: now + Math.max(0, ms), wake: () => end() };
      const end = (): void => {
        sleepers.delete(sleeper);
        signal.removeEventListener('abort', end);
        resolve();
      };
      if (signal.aborted) return resolve();
      signal.addEventListener('abort', end);
      sleepers.add(sleeper);
    });

  const alarm = (ms: number, ring: () => void): (() => void) => {
    const sleeper = {
      at: now + Math.max(0, ms),
      wake: () => {
        sleepers.delete(sleeper);
        ring();
      },
    };
    sleepers.add(sleeper);
    return () => void sleepers.delete(sleeper);
  };

  const run = async <T>(work: Promise<T>): Promise<T> => {
    let over = false;
    const done = work.finally(() => {
      over = true;
    });
    done.catch(() => undefined);
    while (!over) {
      // Who gives up a turn of the event loop, so that others are heard, does not sleep.
      const turns = sleepers.size === 0 ? 20 : 3;
      for (let turn = 0; turn < turns && !over; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      const [next] = [...sleepers].sort((a, b) => a.at - b.at);
      if (over) break;
      if (next === undefined) throw new Error('nobody sleeps, and the work is not done');
      now = Math.max(now, next.at);
      next.wake();
    }
    return done;
  };

  return { now: () => now, monotonic: () => now, sleep, alarm, run };
}
