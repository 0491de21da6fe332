import { type ExitName, exitOf } from '../core/exit.ts';
import { Fault } from '../core/fault.ts';
import { type Ask, type Known, type Misfit, unanswered } from '../core/lookup.ts';
import { pool } from '../core/pool.ts';
import { resultOf, Tally } from '../core/result.ts';
import { forgiven, isVerdict, verdictOf } from '../core/verdict.ts';
import { exitOfAbort, type Watch, watch } from '../core/wait.ts';
import type { World } from '../world.ts';
import { closingOf } from './closing.ts';
import type { LookupOptions } from './options.ts';
import { createOutput, type Output, silent } from './output.ts';
import { createPrivacy, isForPeople, type Privacy, type Told } from './privacy.ts';
import { createProgress, type Progress } from './progress.ts';
import type { ReportSurroundings } from './reports.ts';
import { type Run, startRun } from './run.ts';
import { openSession, type Session } from './session.ts';
import { createVoice, type Voice } from './voice.ts';

/** How long `--wait` forgives an id that is not there yet, milliseconds. */
const graceOfWait = 10_000;
/** Messages watched at once; the requests among them are bounded by `--concurrency` and `--rate`. */
const watchedAtOnce = 1000;

export type Item = Ask | Known | Misfit;

export interface Asks {
  /** As a function where they are themselves asked for: over the run's own session, within its bounds. */
  readonly items: AsyncIterable<Item> | ((session: Session, run: Run) => AsyncIterable<Item>);
  /** How many, where the command line tells. */
  readonly total: number | null;
  /** The command line names exactly one id: the answer is its record, not a report. */
  readonly single: boolean;
  /** What messages are called in reports, by their index. */
  readonly names?: ReadonlyMap<number, string>;
}

/** The straight line: asks → answers → verdicts → records → text → exit. */
export async function runLookups(asks: Asks, options: LookupOptions, world: World): Promise<ExitName> {
  const voice = await createVoice(world, options.color);
  const run = startRun(options, world);
  const privacy = createPrivacy(options, world.env);
  const session = await openSession(options, world, voice, privacy);
  const progress = createProgress(options, asks.total, world, voice);
  const tally = new Tally();
  try {
    const reports = await reportsOf(options, { names: asks.names ?? new Map(), world, voice, progress });
    const output = await createOutput(options, asks.single, world, progress);
    const outputs = [output, reports];
    const items = typeof asks.items === 'function' ? asks.items(session, run) : asks.items;
    const results = pool(items, (ask) => toldFor(ask, { session, options, run, progress, privacy, world }), {
      open: options.wait ? watchedAtOnce : options.concurrency * 4,
      ordered: !(options.wait && options.output === 'ndjson'),
      stop: run.stop,
    });
    for await (const { people, data } of results) {
      tally.add(people);
      progress.result(people);
      await output.result(isForPeople(options) ? people : data);
      await reports.result(people);
      if (options.failFast && data.exit.name !== 'ok') run.halt();
    }
    const exit = run.signal.aborted && !asks.single ? exitOfAbort(run.signal) : tally.exit;
    for (const each of outputs) await each.end({ summary: tally.summary, exit: exitOf(exit) });
    progress.end();
    if (!world.stdout.gone.aborted) await explain(tally, exit, asks.single, options, voice);
    return exit;
  } finally {
    progress.end();
    run.end();
    await session.close();
  }
}

async function reportsOf({ reports }: LookupOptions, around: ReportSurroundings): Promise<Output> {
  if (reports.junit === null && reports.markdown === null && !reports.github) return silent;
  const { createReports } = await import('./reports.ts');
  return createReports(reports, around);
}

/** With `-q` a verdict speaks for itself; what kept us from one does not. */
async function explain(
  tally: Tally,
  exit: ExitName,
  single: boolean,
  { quiet }: LookupOptions,
  voice: Voice,
): Promise<void> {
  const closing = closingOf(tally, exit, single);
  if (closing === null || (quiet && isVerdict(exit))) return;
  await voice.problem(closing.message, closing.hint);
}

interface Surroundings {
  readonly session: Session;
  readonly options: LookupOptions;
  readonly run: Run;
  readonly progress: Progress;
  readonly privacy: Privacy;
  readonly world: World;
}

async function toldFor(item: Item, around: Surroundings): Promise<Told> {
  const { options, world, session, privacy } = around;
  const { answer, exit, hint } = await watchOf(item, around);
  const result = resultOf(item, answer, {
    exit: options.exitZero ? forgiven(exit) : exit,
    hint,
    checkedAt: world.clock.now(),
    raw: options.raw,
  });
  return privacy.told(result, await session.maskKey(item));
}

async function watchOf(item: Item, around: Surroundings): Promise<Watch> {
  if ('fault' in item) return { answer: unanswered(item.fault), exit: item.fault.exit };
  if ('answer' in item) return { answer: item.answer, ...verdictOf(item.answer.said, around.options.expectation) };
  return asked(item, around);
}

async function asked(ask: Ask, { session, options, run, progress, world }: Surroundings): Promise<Watch> {
  const { clock, random } = world;
  const bounds = run.bounds();
  if (clock.monotonic() >= bounds.deadline) return outOfTime();
  const patience = {
    ...bounds,
    untilFinal: options.wait,
    intervalMs: options.intervalMs,
    notFoundGraceMs: options.notFoundGraceMs ?? (options.wait ? graceOfWait : 0),
    expectation: ask.expectation ?? options.expectation,
  };
  const look = (what: Ask) => session.look(what, bounds);
  return watch(ask, patience, { clock, random, look, onLook: progress.look });
}

function outOfTime(): Watch {
  const fault = new Fault('time-up', { message: 'the time ran out before it was this id’s turn' });
  return { answer: unanswered(fault), exit: fault.exit };
}
