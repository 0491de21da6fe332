import type { ExitName } from '../core/exit.ts';
import { Fault } from '../core/fault.ts';
import type { InvalidItem, KnownItem, LookupItem } from '../core/lookup.ts';
import type { Provider } from '../core/provider.ts';
import { faultResult } from '../core/question.ts';
import type { Result } from '../core/record.ts';
import { resultOf } from '../core/result.ts';
import { formatDuration } from '../core/time.ts';
import { applyExitZero, type Expectation, verdictOf } from '../core/verdict.ts';
import { type Watch, watch } from '../core/wait.ts';
import type { Messages } from '../terminal/messages.ts';
import type { Progress } from '../terminal/progress.ts';
import type { World } from '../world.ts';
import type { LookupOptions } from './options.ts';
import type { Run } from './run.ts';
import type { Session } from './session.ts';

/** How long `--wait` forgives an id that is not there yet, milliseconds. */
const graceOfWait = 10_000;

export type Item = LookupItem | KnownItem | InvalidItem;

export interface Surroundings {
  readonly session: Session;
  readonly options: LookupOptions;
  readonly run: Run;
  /** There is one id, and it gets a record whatever happens. */
  readonly single: boolean;
  readonly progress: Progress;
  readonly voice: Messages;
  readonly world: World;
}

/** Asks for one item after the other, and makes records of the answers; null for one that the run ended before. */
export function createAsking(around: Surroundings): (item: Item) => Promise<Result | null> {
  const { options, world } = around;
  const raised = raisedNotes(options, around.voice);
  return async (item) => {
    const { answer, exit, hint } = await watchOf(item, around, raised);
    const { run, single } = around;
    if (!single && answer.request === null && answer.result === run.stop.reason) return null;
    return resultOf(item, answer, {
      exit: weighed(exit, options),
      hint,
      checkedAt: world.clock.now(),
      raw: options.raw,
    });
  };
}

/** What counts of an exit. */
export function weighed(exit: ExitName, { exitZero }: Pick<LookupOptions, 'exitZero'>): ExitName {
  return exitZero ? applyExitZero(exit) : exit;
}

/** What is expected of an item: what it says for itself counts more than the command line. */
export function expectationOf(item: Item, { expectation }: Pick<LookupOptions, 'expectation'>): Expectation {
  return ('expectation' in item ? item.expectation : undefined) ?? expectation;
}

type Raised = (provider: Provider) => void;

function watchOf(item: Item, around: Surroundings, raised: Raised): Watch | Promise<Watch> {
  if ('fault' in item) return { answer: faultResult(item.fault), exit: item.fault.exit };
  if ('answer' in item) return { answer: item.answer, ...verdictOf(item.answer.result, around.options.expectation) };
  raised(item.provider);
  return asked(item, around);
}

function asked(ask: LookupItem, { session, options, run, progress, world }: Surroundings): Watch | Promise<Watch> {
  const { clock, random } = world;
  if (clock.monotonic() >= run.deadline) return outOfTime();
  const patience = {
    signal: run.signal,
    stop: run.stop,
    deadline: run.deadline,
    untilFinal: options.wait,
    intervalMs: options.intervalMs,
    notFoundGraceMs: options.notFoundGraceMs ?? (options.wait ? graceOfWait : 0),
    expectation: expectationOf(ask, options),
  };
  return watch(ask, patience, { clock, random, look: (what) => session.look(what, run), onLook: progress.look });
}

function outOfTime(): Watch {
  const fault = new Fault('time-up', { message: 'the time ran out before it was this id’s turn' });
  return { answer: faultResult(fault), exit: fault.exit };
}

/** Says once a provider that looks are further apart than `--interval` asks for. */
function raisedNotes({ intervalMs, wait, quiet }: LookupOptions, voice: Messages): Raised {
  const told = new Set<string>();
  return ({ id, title, pace }) => {
    if (intervalMs === null || !wait || quiet || intervalMs >= pace.floorMs || told.has(id)) return;
    told.add(id);
    void voice.note(`--interval is raised to ${formatDuration(pace.floorMs)}, the least for ${title}`);
  };
}
