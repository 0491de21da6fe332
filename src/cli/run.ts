import { setMaxListeners } from 'node:events';
import { Fault } from '../core/fault.ts';
import type { Limits } from '../core/http.ts';
import type { World } from '../world.ts';
import type { LookupOptions } from './options.ts';

/** Without `--timeout`, one id may take this long, milliseconds. */
const timePerId = 30_000;
/** Without `--timeout`, a whole `--wait` may take this long, milliseconds. */
const timePerWait = 300_000;

/** What can end a run before its input does: the user, the clock, a reader gone away, `--fail-fast`. */
export interface Run {
  /** Aborts what is under way; its reason is an `interrupted` or `terminated` fault. */
  readonly signal: AbortSignal;
  /** Aborts: no further id is begun, and none is looked at again; its reason is a fault. */
  readonly stop: AbortSignal;
  /** Monotonic milliseconds by which the whole run ends; infinite without a limit. */
  readonly deadline: number;
  /** Begins no further id. */
  halt(): void;
  /** Ends at once what is under way: its answers could not be told any more. */
  abandon(): void;
  /** The bounds of a look that begins now. */
  bounds(): Limits;
  end(): void;
}

export function startRun(options: Pick<LookupOptions, 'wait' | 'timeoutMs'>, world: World): Run {
  const { clock } = world;
  const work = new AbortController();
  const intake = new AbortController();
  // One signal serves every look under way; their number is bounded elsewhere.
  setMaxListeners(0, work.signal, intake.signal);
  const abort = (code: 'interrupted' | 'terminated', message: string): void => {
    const why = new Fault(code, { message });
    intake.abort(why);
    work.abort(why);
  };
  const silence = world.onSignal((name) => {
    // A second signal finds no listener and ends the process at once. This one must find it until all were told: what
    // restores the cursor behind ora would else end the process now.
    setImmediate(silence);
    abort(name === 'SIGINT' ? 'interrupted' : 'terminated', `ended by ${name} before the answer came`);
  });
  const gone = (): void => abort('interrupted', 'the reader of the output went away');
  world.stdout.gone.addEventListener('abort', gone, { once: true });
  const limit = options.timeoutMs ?? (options.wait ? timePerWait : Number.POSITIVE_INFINITY);
  const deadline = clock.monotonic() + limit;
  return {
    signal: work.signal,
    stop: intake.signal,
    deadline,
    halt: () => intake.abort(new Fault('interrupted', { message: 'the run was ended before it was this id’s turn' })),
    abandon: () => abort('interrupted', 'the output cannot be written'),
    bounds: () => ({ signal: work.signal, deadline: Math.min(deadline, clock.monotonic() + lookTime(options)) }),
    end: () => {
      silence();
      world.stdout.gone.removeEventListener('abort', gone);
      // Where a run ends by an error, nothing that is still under way may keep the process.
      abort('interrupted', 'the run is over');
    },
  };
}

/** Milliseconds that one look-up may take once its turn has come. */
export function lookTime({ wait, timeoutMs }: Pick<LookupOptions, 'wait' | 'timeoutMs'>): number {
  return wait || timeoutMs !== null ? Number.POSITIVE_INFINITY : timePerId;
}
