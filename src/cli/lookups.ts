import { type ExitName, exitOf, worstOf } from '../core/exit.ts';
import { isLost, judge } from '../core/gates.ts';
import { pool } from '../core/pool.ts';
import type { Result } from '../core/record.ts';
import { Tally } from '../core/result.ts';
import { exitOfAbort } from '../core/wait.ts';
import type { World } from '../world.ts';
import { createAsking, type Item } from './asking.ts';
import { explain } from './closing.ts';
import { createIntake } from './intake.ts';
import type { LookupOptions } from './options.ts';
import { type Answers, createOutput, type Output, silent } from './output.ts';
import { createPrivacy, isForPeople, type Told } from './privacy.ts';
import { createProgress, type Progress } from './progress.ts';
import type { ReportSurroundings } from './reports.ts';
import { type Run, startRun } from './run.ts';
import { openSession, type Session } from './session.ts';
import { createVoice } from './voice.ts';

export type { Item };

/** Messages watched at once; the requests among them are bounded by `--concurrency` and `--rate`. */
const watchedAtOnce = 1000;

/** Records that may wait for an earlier id: one that is asked again must not stop the others, nor they fill the memory. */
const heldBack = 24;

export interface Asks {
  /** As a function where they are themselves asked for: over the run's own session, within its bounds. */
  readonly items: AsyncIterable<Item> | ((session: Session, run: Run) => AsyncIterable<Item>);
  /** How many, where the command line tells. */
  readonly total: number | null;
  /** The command line names exactly one id: the answer is its record, not a report. */
  readonly single: boolean;
  /** What messages are called in reports, by their index. */
  readonly names?: ReadonlyMap<number, string>;
  /** Where it began before the asks were known; ended here. */
  readonly run?: Run;
}

/** The straight line: asks → answers → verdicts → records → text → exit. */
export async function runLookups(asks: Asks, options: LookupOptions, world: World): Promise<ExitName> {
  const single = asks.single && options.resume === null;
  if (!single) await world.limitNursery();
  const resumption = await openResumption(options, world);
  const voice = await createVoice(world, options.color);
  const run = asks.run ?? startRun(options, world);
  const privacy = await createPrivacy(options, world.env);
  const session = await openSession(options, world, voice, privacy);
  const progress = createProgress(options, asks.total, world, voice);
  const tally = new Tally();
  try {
    const reports = await openReports(options, { names: asks.names ?? new Map(), world, voice, progress, run });
    const output = resumption === null ? await createOutput(options, single, world, { progress, run }) : silent;
    const ask = createAsking({ session, options, run, single, progress, voice, world });
    const endIfLost = createFailFast(options, run);
    const answer = async (item: Item): Promise<Told | null> => {
      const settled = resumption === null ? null : await resumption.settled(item);
      const result = settled ?? (await ask(item));
      if (result === null) return null;
      endIfLost(result);
      return privacy.told(result, () => session.maskKey(item));
    };
    const intake = createIntake(
      typeof asks.items === 'function' ? asks.items(session, run) : asks.items,
      run,
      world.clock,
    );
    const told = observed(pool(intake.items, answer, poolOptions(options, run)), progress);
    const all = resumption === null ? told : resumption.complete(told, privacy);
    await tell(all, { output, reports, tally }, isForPeople(options));
    const verdict = judge(options.gates, tally.summary, tally.exit, tally.faultExit);
    const ended = intake.isCutShort() ? worstOf([verdict.exit, 'wait-timeout']) : verdict.exit;
    const exit = run.signal.aborted && !single ? exitOfAbort(run.signal) : ended;
    for (const each of [output, reports]) await each.end({ summary: tally.summary, exit: exitOf(exit) });
    progress.end();
    if (!world.stdout.gone.aborted) await explain({ tally, exit, single, gates: verdict.said }, options, world, voice);
    return exit;
  } finally {
    progress.end();
    run.end();
    await resumption?.close();
    await session.close();
  }
}

/** Tells each result as it comes. What was told has been taken when this ends, however it ends. */
async function tell(
  results: AsyncIterable<Told>,
  { output, reports, tally }: { readonly output: Answers; readonly reports: Output; readonly tally: Tally },
  forPeople: boolean,
): Promise<void> {
  try {
    for await (const { people, data } of results) {
      tally.add(people);
      await output.result(forPeople ? people : data);
      await reports.result(people);
    }
  } finally {
    await output.flush();
  }
}

async function openReports({ reports }: LookupOptions, around: ReportSurroundings): Promise<Output> {
  if (reports.junit === null && reports.markdown === null && !reports.github) return silent;
  const { createReports } = await import('./reports.ts');
  return createReports(reports, around);
}

/** Only `--resume` needs files of its own. */
async function openResumption(options: LookupOptions, world: World) {
  if (options.resume === null) return null;
  const { openResumption: open } = await import('./resume/resumption.ts');
  return open(options.resume, options, world);
}

/** Waiting takes its time: lines that name their place come as they are known. */
function poolOptions({ wait, output, resume, concurrency }: LookupOptions, { stop }: Run) {
  const open = wait ? Math.max(watchedAtOnce, concurrency) : concurrency + heldBack;
  return { open, ordered: !(wait && (output === 'ndjson' || resume !== null)), stop };
}

/** Each result, once progress has been told. */
async function* observed(results: AsyncIterable<Told | null>, progress: Progress): AsyncGenerator<Told> {
  for await (const told of results) {
    if (told === null) continue;
    progress.result(told.people);
    yield told;
  }
}

/** `--fail-fast`, told of each result as soon as it is known: with the first that is one too many no further id is begun. */
function createFailFast({ failFast, gates }: LookupOptions, run: Run): (result: Result) => void {
  const tally = new Tally();
  return (result) => {
    if (!failFast) return;
    tally.add(result);
    const isLostCause = gates.maxFailed === null ? result.exit.name !== 'ok' : isLost(gates, tally.summary);
    if (isLostCause) run.halt();
  };
}
