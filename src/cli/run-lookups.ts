import { type ExitName, exitOf } from '../core/exit.ts';
import { UsageError } from '../core/fault.ts';
import type { Item } from '../core/item.ts';
import { Tally } from '../core/result.ts';
import { formatDuration } from '../core/time.ts';
import { applyExitZero, exitOfRun } from '../core/verdict.ts';
import { Accounts } from '../engine/accounts.ts';
import { type Cancellation, startCancellation } from '../engine/cancellation.ts';
import { configuredCredentials, mockCredentials } from '../engine/credentials.ts';
import { createMasking, type Masked, type Masking, maskKeyOf } from '../engine/masking.ts';
import { createRecorder, expectationOf, resultWithoutLookup } from '../engine/records.ts';
import type { Account } from '../engine/request.ts';
import type { MaskedItem, Resumption } from '../engine/resume/resume.ts';
import { type Finished, Scheduler, type SchedulerDeps } from '../engine/scheduler.ts';
import { createSend, type HttpClient } from '../http/client.ts';
import { textTrace } from '../http/trace.ts';
import { defaultFormat, formatOf } from '../render/index.ts';
import { type Messages, openMessages } from '../terminal/messages.ts';
import { createOutput, isForPeople, type ResultSink, type StdoutSink } from '../terminal/output.ts';
import { createProgress, type Progress } from '../terminal/progress.ts';
import type { ReportDeps } from '../terminal/reports.ts';
import { printSummary } from '../terminal/summary.ts';
import { version } from '../version.ts';
import type { World } from '../world.ts';
import type { LookupOptions } from './flags.ts';

/** What a command wants looked up. */
export interface LookupInput {
  /** As a function where the items are themselves asked for: over the run's own accounts, within its limits. */
  items(accounts: Accounts, cancellation: Cancellation): AsyncIterable<Item>;
  /** How many, where the command line tells. */
  readonly total: number | null;
  /** The command line names exactly one id: the answer is its record, not a report. */
  readonly single: boolean;
  /** What to say where there is no message at all; absent where that is a usage error. */
  readonly nothing?: string;
  /** What messages are called in reports, by their index. */
  readonly names?: ReadonlyMap<number, string>;
  /** Where the run began before the items were known. */
  readonly cancellation?: Cancellation;
}

/** The straight line: items → look-ups → verdicts → records → text → exit. */
export async function runLookups(input: LookupInput, options: LookupOptions, world: World): Promise<ExitName> {
  const single = input.single && options.resume === null;
  const resumption = writesFiles(options) ? await openFiles(options, world) : null;
  const messages = await openMessages(world, options.color);
  const masking = await createMasking(options, world.env);
  const cancellation = input.cancellation ?? startCancellation(options, world);
  const progress = createProgress(options, input.total, world, messages);
  const connections = openConnections(options, { world, messages, masking, signal: cancellation.stopSignal });
  const tally = new Tally();
  try {
    const hasReports = writesFiles({ ...options, resume: null });
    const names = input.names ?? new Map<number, string>();
    const reports = hasReports
      ? await openReports(options, { names, world, messages, progress, run: cancellation })
      : null;
    const onBroken = () => cancellation.abort('the output cannot be written');
    const output =
      resumption === null
        ? await createOutput(options, single, world, { progress, run: cancellation, onBroken })
        : null;
    const { accounts } = connections;
    const scheduler = new Scheduler(
      { ...options, single, ordered: isOrdered(options) },
      schedulerDeps({ options, world, messages, progress, cancellation, resumption, accounts }),
    );
    const finished = scheduler.run(input.items(accounts, cancellation));
    const masked = maskAll(finished, { masking, accounts, progress });
    const records = resumption === null ? masked : resumption.complete(masked, masking, accounts);
    await writeAll(records, { output, reports, tally }, masking !== null && isForPeople(options));
    const { exit, phrases } = exitOfRun({
      worst: tally.exit,
      worstFault: tally.faultExit,
      summary: tally.summary,
      gates: options.gates,
      mayBeEmpty: input.nothing !== undefined,
      allowEmpty: options.allowEmpty,
      cutShort: scheduler.isCutShort,
      aborted: cancellation.isInterrupted && !single ? cancellation.abortSignal : null,
    });
    for (const sink of [output, reports]) await sink?.end({ summary: tally.summary, exit: exitOf(exit) });
    progress?.end();
    if (resumption !== null && !options.quiet) await printNotes(resumption, messages);
    if (!world.stdout.gone.aborted) {
      const { nothing = 'no ids in the input' } = input;
      const end = { tally, exit, single, gates: phrases, nothing, file: options.resume };
      await printSummary(end, options, world, messages);
    }
    return exit;
  } finally {
    progress?.end();
    cancellation.end();
    world.stdin.close();
    await resumption?.close();
    await connections.close();
  }
}

function writesFiles({ resume, junit, markdown, github }: LookupOptions): boolean {
  return resume !== null || junit !== null || markdown !== null || github;
}

/** Throws a usage error where two options name one file. The journal is open at the end, where there is one. */
async function openFiles(options: LookupOptions, world: World): Promise<Resumption | null> {
  const { refuseSharedFiles } = await import('./named-files.ts');
  refuseSharedFiles(options, world);
  return options.resume === null ? null : openJournal(options.resume, options, world);
}

async function printNotes(resumption: Resumption, messages: Messages): Promise<void> {
  for (const note of resumption.notes()) await messages.note(note);
}

/** Each record as soon as it is known. What was written has been taken when this ends, however it ends. */
async function writeAll(
  records: AsyncIterable<Masked>,
  {
    output,
    reports,
    tally,
  }: { readonly output: StdoutSink | null; readonly reports: ResultSink | null; readonly tally: Tally },
  forPeople: boolean,
): Promise<void> {
  try {
    for await (const { display, data, hint } of records) {
      tally.add(display, hint);
      await output?.result(forPeople ? display : data, hint);
      await reports?.result(display, hint);
    }
  } finally {
    await output?.flush();
  }
}

interface MaskContext {
  readonly masking: Masking | null;
  readonly accounts: Accounts;
  readonly progress: Progress | null;
}

/** Each record as people and as programs may read it, once progress has seen it. */
async function* maskAll(
  finished: AsyncIterable<Finished>,
  { masking, accounts, progress }: MaskContext,
): AsyncGenerator<MaskedItem> {
  for await (const { item, record, hint } of finished) {
    const keyOf = async () => {
      const client = await accounts.clientOf(item);
      return client === null ? null : maskKeyOf(client.account.provider, client.settings);
    };
    const pair = masking === null ? { display: record, data: record } : await masking.mask(record, keyOf);
    progress?.result(pair.display);
    yield { ...pair, hint, item };
  }
}

interface RunContext {
  readonly options: LookupOptions;
  readonly world: World;
  readonly messages: Messages;
  readonly progress: Progress | null;
  readonly cancellation: Cancellation;
  readonly resumption: Resumption | null;
  readonly accounts: Accounts;
}

/** How long `--wait` forgives an id that is not there yet, milliseconds. */
const graceOfWait = 10_000;

function schedulerDeps(context: RunContext): SchedulerDeps {
  const { options, world, messages, progress, cancellation, resumption, accounts } = context;
  const { clock, random } = world;
  const finish = createRecorder(options, clock, cancellation);
  const { intervalMs, wait, quiet } = options;
  const noteInterval = intervalMs === null || !wait || quiet ? null : createIntervalNote(intervalMs, messages);
  return {
    clock,
    cancellation,
    finish,
    accounts,
    policyOf: (item) => {
      noteInterval?.(item.provider);
      return {
        untilFinal: wait,
        deadline: cancellation.deadline,
        intervalMs,
        notFoundGraceMs: options.notFoundGraceMs ?? (wait ? graceOfWait : 0),
        expectation: expectationOf(item, options),
        random,
      };
    },
    settle: async (item) => {
      const known = resultWithoutLookup(item, options);
      if (known !== null) return finish(item, known);
      if (resumption === null) return null;
      const countExit = (exit: ExitName) => applyExitZero(exit, options.exitZero);
      return resumption.findSettled(item, expectationOf(item, options), countExit, accounts);
    },
    onLookup: (...lookup) => progress?.lookup(...lookup),
    onTooMany: (account, possible) => void (options.quiet || messages.note(forecast(account, possible, options))),
  };
}

/** What is said before a wait that cannot look each id up even once. */
function forecast({ provider, limiter }: Account, possible: number, { timeoutMs }: LookupOptions): string {
  const pace = limiter.perSecond ?? 0;
  const perSecond = pace >= 1 ? `${Number(pace.toFixed(1))}/s` : `${Number((pace * 60).toFixed(1))}/min`;
  const time = formatDuration(timeoutMs ?? 300_000);
  return `only about ${possible} of these ids can be looked up once within ${time} at ${perSecond} (${provider.title}); raise --timeout or --rate`;
}

/** Says once a provider that look-ups are further apart than `--interval` asks for. */
function createIntervalNote(intervalMs: number, messages: Messages) {
  const noted = new Set<string>();
  return ({ id, title, pace }: Account['provider']): void => {
    if (intervalMs >= pace.floorMs || noted.has(id)) return;
    noted.add(id);
    void messages.note(`--interval is raised to ${formatDuration(pace.floorMs)}, the minimum for ${title}`);
  };
}

interface RunConnections {
  readonly accounts: Accounts;
  close(): Promise<void>;
}

interface ConnectionDeps {
  readonly world: World;
  readonly messages: Messages;
  readonly masking: Masking | null;
  /** The end of the run. */
  readonly signal: AbortSignal;
}

/** The client, the credentials and the accounts that all look-ups of a run share. */
function openConnections(options: LookupOptions, deps: ConnectionDeps): RunConnections {
  const { world, messages, masking, signal } = deps;
  const send = openClient(options, world, messages, masking);
  const credentials = options.mock
    ? mockCredentials(options, world)
    : configuredCredentials(options, world, messages, signal);
  const accounts = new Accounts(options, {
    credentials,
    clock: world.clock,
    send,
    tokensFor: async ({ id, usesTokens }) => {
      if (!usesTokens || options.mock || !options.tokenCache) return undefined;
      const { createDiskTokens } = await import('../disk/tokens.ts');
      return createDiskTokens(id, world, (what) => options.verbose && void messages.note(what));
    },
  });
  const close = async () => {
    send.close();
    await credentials.close();
  };
  return { accounts, close };
}

function openClient(options: LookupOptions, world: World, messages: Messages, masking: Masking | null): HttpClient {
  const { clock, random } = world;
  return createSend({
    clock,
    random,
    retries: options.retries,
    requestTimeoutMs: options.requestTimeoutMs,
    trace: options.debug ? textTrace((text) => void messages.write(masking?.text(text) ?? text)) : null,
    env: options.mock ? {} : world.env,
    userAgent: `sbstatus/${version}`,
  });
}

async function openReports(options: LookupOptions, deps: ReportDeps): Promise<ResultSink> {
  const { createReports } = await import('../terminal/reports.ts');
  return createReports(options, deps);
}

/** Throws a usage error for another format than the file's. */
async function openJournal(path: string, { output }: LookupOptions, world: World): Promise<Resumption> {
  if (output !== defaultFormat && !formatOf(output).isStream) {
    throw new UsageError(
      `--resume keeps its records as ndjson, not as ${output}`,
      'leave --output out; make other formats from the file afterwards',
    );
  }
  const { openResumption } = await import('../engine/resume/resume.ts');
  return openResumption(path, world);
}

/** Waiting takes its time: lines that name their place come as they are known. */
function isOrdered({ wait, output, resume }: LookupOptions): boolean {
  return !(wait && (formatOf(output).isStream || resume !== null));
}
