import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { sleepBy, type World } from '../../src/world.ts';

type Clock = World['clock'];

/**
 * A clock for programs and servers that talk over real sockets in this process. Time stands still while a request or
 * an answer is on its way, and jumps to the next alarm when everybody waits: hours take no time, and a busy machine
 * changes no figure.
 */
export interface SteppedClock extends Clock {
  /** Milliseconds since the clock was made. */
  elapsed(): number;
  /** A server's wait: time goes on although the client has no answer yet. Ends early when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Lets time pass until the work is done. */
  drive<T>(work: Promise<T>): Promise<T>;
}

/** Turns of the event loop without any traffic that count as "everybody waits". */
const quietTurns = 4;
/**
 * Until the first request time goes no further than this: what the program loads before it takes real time, and must
 * not eat up a deadline. A program that makes no request gets time after so many real milliseconds.
 */
const firstMs = 1_500;
const longestStartMs = 5_000;

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export function steppedClock(): SteppedClock {
  const epoch = Date.now();
  const sleepers = new Set<Sleeper>();
  let now = 0;
  let waiting = 0;

  const alarm = (ms: number, ring: () => void): (() => void) => {
    const sleeper: Sleeper = { at: now + Math.max(0, ms), wake: ring };
    sleepers.add(sleeper);
    return () => void sleepers.delete(sleeper);
  };

  const sleep = sleepBy(alarm);

  const wait = async (ms: number, signal: AbortSignal): Promise<void> => {
    waiting += 1;
    try {
      if (Number.isFinite(ms)) await sleep(ms, signal);
      else await aborted(signal);
    } finally {
      waiting -= 1;
    }
  };

  /** Jumps to the next alarm up to `latest`, and rings all that are due; false where there is none. */
  const jump = (latest: number): boolean => {
    let next = Number.POSITIVE_INFINITY;
    for (const { at } of sleepers) next = Math.min(next, at);
    if (next > latest || sleepers.size === 0) return false;
    now = Math.max(now, next);
    for (const sleeper of [...sleepers].filter(({ at }) => at <= now)) {
      if (sleepers.delete(sleeper)) sleeper.wake();
    }
    return true;
  };

  const drive = async <T>(work: Promise<T>): Promise<T> => {
    const traffic = watchTraffic();
    const began = performance.now();
    const latest = (): number =>
      traffic.seen() || performance.now() - began > longestStartMs ? Number.POSITIVE_INFINITY : firstMs;
    const isQuiet = (): boolean => traffic.open() <= waiting && !hasSystemWork();
    let over = false;
    const end = (): void => {
      over = true;
    };
    work.then(end, end);
    let quiet = 0;
    while (!over) {
      await turn(quiet);
      quiet = isQuiet() ? quiet + 1 : 0;
      // Where there is nothing to jump to, something real is awaited: the loop goes on more slowly.
      if (quiet >= quietTurns && !over && jump(latest())) quiet = 0;
    }
    traffic.end();
    return work;
  };

  return {
    now: () => Math.round(epoch + now),
    monotonic: () => now,
    elapsed: () => now,
    sleep,
    alarm,
    wait,
    drive,
  };
}

/** One turn of the event loop; longer where the last ones were all quiet. */
function turn(quiet: number): Promise<void> {
  return new Promise((resolve) => {
    if (quiet > quietTurns) setTimeout(resolve, 1);
    else setImmediate(resolve);
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });
}

/** Connections that are being made, names that are looked up, files that are read. */
function hasSystemWork(): boolean {
  return process.getActiveResourcesInfo().some((name) => /Connect|FSReq|GetAddrInfo/.test(name));
}

/** Counts this process's HTTP requests from the moment they are sent to the end of their answer. */
function watchTraffic() {
  let open = 0;
  let seen = false;
  const started = (message: unknown): void => {
    const { request } = message as { readonly request: ClientRequest };
    open += 1;
    seen = true;
    request.once('close', () => {
      open -= 1;
    });
  };
  subscribe('http.client.request.start', started);
  return {
    open: () => open,
    seen: () => seen,
    end: () => void unsubscribe('http.client.request.start', started),
  };
}
