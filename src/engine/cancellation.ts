import { setMaxListeners } from 'node:events';
import { Fault } from '../core/fault.ts';
import type { World } from '../world.ts';

/** Without `--timeout`, one look-up may take this long once its turn has come, milliseconds. */
const timePerLookup = 30_000;
/** Without `--timeout`, a whole `--wait` may take this long, milliseconds. */
const timePerWait = 300_000;

export interface TimeOptions {
  readonly wait: boolean;
  /** Milliseconds; null: the default. */
  readonly timeoutMs: number | null;
}

/** What can end a run before its input does: the user, the clock, a reader gone away, `--fail-fast`. */
export interface Cancellation {
  /** Ends what is under way; its reason is a fault. */
  readonly abortSignal: AbortSignal;
  /** No further look-up begins, and none is repeated; its reason is a fault. Aborts whenever `abortSignal` does. */
  readonly stopSignal: AbortSignal;
  /** Monotonic milliseconds by which the whole run ends; infinite without a limit. */
  readonly deadline: number;
  /** The deadline has passed. */
  readonly isTimeUp: boolean;
  /** The user or the reader of the output ended the run. */
  readonly isInterrupted: boolean;
  /** Begins nothing more; what is under way is finished. */
  stop(): void;
  /** Ends what is under way, since its answers could not be shown any more. */
  abort(message: string): void;
  /** Ends what is under way because the time is up. */
  abortLate(): void;
  /** The limits of a look-up that begins now. `pausedMs`: how long its account is paused still. */
  lookupLimits(pausedMs: number): { readonly signal: AbortSignal; deadline: number };
  end(): void;
}

export function startCancellation(options: TimeOptions, world: World): Cancellation {
  const { clock } = world;
  const aborting = new AbortController();
  const stopping = new AbortController();
  // One signal serves every look-up under way; their number is bounded elsewhere.
  setMaxListeners(0, aborting.signal, stopping.signal);
  let isTimeUp = false;
  let isInterrupted = false;
  const abort = (code: 'interrupted' | 'terminated', message: string): void => {
    if (!aborting.signal.aborted) isInterrupted = true;
    const reason = new Fault(code, { message });
    stopping.abort(reason);
    aborting.abort(reason);
  };
  const stopListening = world.onSignal((name) => {
    // A second signal finds no listener and ends the process at once. This one must find it until all were called.
    setImmediate(stopListening);
    world.stderr.hurry?.();
    abort(name === 'SIGINT' ? 'interrupted' : 'terminated', `ended by ${name} before the answer came`);
  });
  const onReaderGone = (): void => abort('interrupted', 'the reader of the output went away');
  world.stdout.gone.addEventListener('abort', onReaderGone, { once: true });
  const limit = options.timeoutMs ?? (options.wait ? timePerWait : Number.POSITIVE_INFINITY);
  const deadline = clock.monotonic() + limit;
  const timeUp = new Fault('time-up', { message: 'the time was up before the answer came' });
  const cancelAlarm = Number.isFinite(limit)
    ? clock.alarm(limit, () => {
        isTimeUp = true;
        stopping.abort(timeUp);
      })
    : null;
  return {
    abortSignal: aborting.signal,
    stopSignal: stopping.signal,
    deadline,
    get isTimeUp() {
      return isTimeUp;
    },
    get isInterrupted() {
      return isInterrupted;
    },
    stop: () => stopping.abort(new Fault('interrupted', { message: 'the run was ended before it was this id’s turn' })),
    abort: (message) => abort('interrupted', message),
    abortLate: () => aborting.abort(timeUp),
    lookupLimits: (pausedMs) => ({
      signal: aborting.signal,
      deadline: Math.min(deadline, clock.monotonic() + pausedMs + lookupTime(options)),
    }),
    end: () => {
      stopListening();
      cancelAlarm?.();
      world.stdout.gone.removeEventListener('abort', onReaderGone);
      // Where a run ends by an error, nothing that is still under way may keep the process.
      aborting.abort(new Fault('interrupted', { message: 'the run is over' }));
      stopping.abort(aborting.signal.reason);
    },
  };
}

/** Milliseconds that one look-up may take once its turn has come. */
export function lookupTime({ wait, timeoutMs }: TimeOptions): number {
  return wait || timeoutMs !== null ? Number.POSITIVE_INFINITY : timePerLookup;
}
