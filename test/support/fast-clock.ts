import type { Clock } from '../../src/core/http.ts';
import { realClock, sleepBy } from '../../src/world.ts';

/** How often what is ready on a socket is seen to before time goes on. */
const turns = 8;

export interface FastClock extends Clock {
  /** Time stands still from then on. */
  stop(): void;
}

/**
 * A clock that runs `speed` times as fast as the real one, and never faster than the work gets done: a millisecond of the
 * machine passes at most between one round of the event loop's work and the next, and every alarm rings at its own time.
 * So a busy machine makes nothing late: what takes it longer takes no more of this time.
 */
export function fastClock(speed: number, start = Date.now()): FastClock {
  const alarms = new Set<{ readonly at: number; readonly ring: () => void }>();
  let elapsed = 0;
  let before = realClock.monotonic();
  let busy = false;

  const tick = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const until = elapsed + Math.min(1, realClock.monotonic() - before) * speed;
    const [next] = [...alarms].sort((a, b) => a.at - b.at);
    before = realClock.monotonic();
    elapsed = next !== undefined && next.at <= until ? Math.max(elapsed, next.at) : until;
    busy = false;
    if (next === undefined || next.at > elapsed) return;
    alarms.delete(next);
    next.ring();
  };
  const timer = setInterval(tick, 1);

  const alarm: Clock['alarm'] = (ms, ring) => {
    const entry = { at: elapsed + Math.max(0, ms), ring };
    alarms.add(entry);
    return () => void alarms.delete(entry);
  };
  return {
    now: () => Math.round(start + elapsed),
    monotonic: () => elapsed,
    sleep: sleepBy(alarm),
    alarm,
    stop: () => clearInterval(timer),
  };
}
