import { constants, open } from 'node:fs';
import { promisify } from 'node:util';
import { Fault, UnwritableError } from '../core/fault.ts';
import type { Clock } from '../core/http.ts';

/** Until when a run may go on. */
export interface RunLimits {
  /** Aborts when the run is ended from outside. */
  readonly abortSignal: AbortSignal;
  /** Monotonic milliseconds. */
  readonly deadline: number;
}

const shortestPauseMs = 20;
const longestPauseMs = 1000;
/** What a reader is given where the run is over before the report is written. */
const graceMs = 500;

/**
 * Writes to a pipe that has a name once somebody reads it, as long as the run may last. To open it for writing waits for
 * the reader in libuv's thread pool, where nothing ends it; so does a write that finds the pipe full. Throws the file
 * system's error, an `UnwritableError` when the time is up, and the fault of the run's end.
 */
export async function writeToPipe(path: string, text: string, run: RunLimits, clock: Clock): Promise<void> {
  const fd = await readerOf(path, run, clock);
  if (fd === null) throw unread(path, run.abortSignal);
  const { Socket } = await import('node:net');
  const socket = new Socket({ fd, readable: false, writable: true });
  const end = () => socket.destroy(unread(path, run.abortSignal));
  const left = run.abortSignal.aborted ? 0 : run.deadline - clock.monotonic();
  const silence = clock.alarm(Math.max(graceMs, left), end);
  run.abortSignal.addEventListener('abort', end, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.end(text, resolve);
    });
  } finally {
    silence();
    run.abortSignal.removeEventListener('abort', end);
    socket.destroy();
  }
}

/** The pipe, opened; null where nobody has opened it to read before the run ended. It is tried at least once. */
async function readerOf(path: string, { abortSignal: signal, deadline }: RunLimits, clock: Clock) {
  for (let ms = shortestPauseMs; ; ms = Math.min(2 * ms, longestPauseMs)) {
    try {
      return await promisify(open)(path, constants.O_WRONLY | (constants.O_NONBLOCK ?? 0));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
    }
    const left = deadline - clock.monotonic();
    if (signal.aborted || left <= 0) return null;
    await clock.sleep(Math.min(ms, left), signal);
  }
}

function unread(path: string, signal: AbortSignal): Error {
  if (signal.reason instanceof Fault) {
    return new Fault(signal.reason.code, { message: `ended before ${path} was written: nobody reads it` });
  }
  return new UnwritableError(path, 'nobody reads it');
}
