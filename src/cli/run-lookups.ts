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
import { type CreateBulkReader, type Finished, Scheduler, type SchedulerDeps } from '../engine/scheduler.ts';
import { createSend, type HttpClient } from '../http/client.ts';
import { textTrace } from '../http/trace.ts';
import { defaultFormat, formatOf } from '../render/index.ts';
import { type Messages, openMessages } from '../terminal/messages.ts';
import { createOutput, isForPeople, type ResultSink, type StdoutSink } from '../terminal/output.ts';
import { createProgress, type Progress } from '../terminal/progress.ts';
import type { ReportDeps } from '../terminal/reports.ts';
import { Glance, printSummary } from '../terminal/summary.ts';
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
  /** Every id is on the command line; not set for messages that come by themselves. */
  readonly direct?: boolean;
  /** What to say where there is no message at all; absent where that is a usage error. */
  readonly nothing?: string;
  /** Somebody types the ids. */
  readonly isTyped?: boolean;
  /** What to say at the end; known when the items are read. */
  readonly remarks?: readonly string[];
  /** Ids that were left out because they came before; counted while the items are read. */
  readonly repeated?: { count: number };
  /** Where the run began before the items were known. */
  readonly cancellation?: Cancellation;
}

/** The options of a run, with the format settled. */
type RunOptions = LookupOptions & { readonly output: string };

/** The straight line: items → look-ups → verdicts → records → text → exit. */
export async function runLookups(input: LookupInput, given: LookupOptions, world: World): Promise<ExitName> {
  const options: RunOptions = { ...given, output: given.output ?? defaultFormat(world.stdout.terminal) };
  const single = input.single && options.resume === null;
  const { resumption, hasReports } = await openFiles(given, world);
  const messages = await openMessages(world, options.color);
  const masking = await createMasking(options, world.env);
  const cancellation = input.cancellation ?? startCancellation(options, world);
  const progress = createProgress({ ...options, isTyped: input.isTyped === true }, input.total, world, messages);
  const connections = openConnections(options, { world, messages, masking, signal: cancellation.stopSignal });
  const { nothing = 'no ids in the input', remarks = [], repeated = { count: 0 }, direct = false } = input;
  const tally = new Tally();
  const glance = single ? null : new Glance();
  try {
    const reports = hasReports ? await openReports(options, { world, messages, progress, run: cancellation }) : null;
    const onBroken = () => cancellation.abort('the output cannot be written');
    const output =
      resumption === null
        ? await createOutput(options, single, world, { progress, run: cancellation, onBroken, clock: world.clock })
        : null;
    const { accounts } = connections;
    const scheduler = new Scheduler(
      { ...options, single, ordered: isOrdered(options, world) },
      await schedulerDeps({ options, world, messages, progress, cancellation, resumption, accounts, direct }),
    );
    const items = input.items(accounts, cancellation);
    const finished = scheduler.run(progress === null ? items : countItems(items, progress));
    const masked = maskAll(finished, masking, accounts);
    const records = resumption === null ? masked : resumption.complete(masked, masking, accounts);
    await writeAll(records, { output, reports, tally, glance }, masking !== null && isForPeople(options));
    tally.duplicates = repeated.count;
    const { exit, phrases } = exitOfRun({
      worst: tally.exit,
      worstFault: tally.faultExit,
      summary: tally.counts,
      gates: options.gates,
      mayBeEmpty: input.nothing !== undefined,
      allowEmpty: options.allowEmpty,
      remark: remarks[0],
      cutShort: scheduler.isCutShort,
      aborted: cancellation.isInterrupted && !single ? cancellation.abortSignal : null,
    });
    // Most formats need no summary of one message.
    const ending = {
      get summary() {
        return tally.summary;
      },
      exit: exitOf(exit),
    };
    for (const sink of [output, reports]) await sink?.end(ending);
    progress?.end();
    if (resumption !== null) await printNotes(resumption, options, messages);
    if (!world.stdout.gone.aborted) {
      const findView = () => describeView(options, single, { masking, output, reports }, world);
      const end = {
        tally,
        glance,
        exit,
        single,
        findView,
        isPlain: masking === null,
        gates: phrases,
        nothing,
        remarks,
        file: options.resume,
      };
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

/** Whether somebody sees the record of a single message as a card, right above what stderr says, and whether it is masked. */
function describeView(
  options: RunOptions,
  single: boolean,
  { masking, output, reports }: Pick<RecordSinks, 'output' | 'reports'> & { readonly masking: Masking | null },
  { stdout, stderr }: World,
): { readonly hasCard: boolean; readonly isMasked: boolean } {
  const isRead = output !== null && isForPeople(options);
  const isCard = single && isRead && formatOf(options.output).isShownLive === true && options.fields === null;
  return {
    hasCard: isCard && !options.ids && stdout.terminal && stderr.terminal,
    isMasked: masking !== null && !options.redact && (isRead || reports !== null),
  };
}

interface RecordSinks {
  readonly output: StdoutSink | null;
  readonly reports: ResultSink | null;
  readonly tally: Tally;
  readonly glance: Glance | null;
}

/** Tells progress how many there are once all are read. */
async function* countItems(items: AsyncIterable<Item>, progress: Progress): AsyncGenerator<Item> {
  let count = 0;
  for await (const item of items) {
    count += 1;
    yield item;
  }
  progress.total(count);
}

interface RunFiles {
  /** Its journal is open. Null without one. */
  readonly resumption: Resumption | null;
  readonly hasReports: boolean;
}

/** Throws a usage error where two options name one file. */
async function openFiles(options: LookupOptions, world: World): Promise<RunFiles> {
  const { resume, junit, markdown, github } = options;
  const hasReports = junit !== null || markdown !== null || github;
  if (resume === null && !hasReports) return { resumption: null, hasReports };
  const { refuseSharedFiles } = await import('./named-files.ts');
  await refuseSharedFiles(options, world);
  return { resumption: resume === null ? null : await openJournal(resume, options, world), hasReports };
}

async function printNotes(resumption: Resumption, { quiet }: LookupOptions, messages: Messages): Promise<void> {
  if (quiet) return;
  for (const note of resumption.notes()) await messages.note(note);
}

/** Each record as soon as it is known. What was written has been taken when this ends, however it ends. */
async function writeAll(
  records: AsyncIterable<Masked>,
  { output, reports, tally, glance }: RecordSinks,
  forPeople: boolean,
): Promise<void> {
  try {
    for await (const { display, data, hint } of records) {
      tally.add(display, hint);
      glance?.add(display);
      await output?.result(forPeople ? display : data, hint);
      await reports?.result(display, hint);
    }
  } finally {
    await output?.flush();
  }
}

/** Each record as people and as programs may read it. */
async function* maskAll(
  finished: AsyncIterable<Finished>,
  masking: Masking | null,
  accounts: Accounts,
): AsyncGenerator<MaskedItem> {
  for await (const { item, record, hint } of finished) {
    if (masking === null) {
      yield { display: record, data: record, hint, item };
      continue;
    }
    const keyOf = async () => {
      const client = await accounts.clientOf(item);
      return client === null ? null : maskKeyOf(client.account.provider, client.settings);
    };
    yield { ...(await masking.mask(record, keyOf)), hint, item };
  }
}

interface RunContext {
  readonly options: RunOptions;
  readonly world: World;
  readonly messages: Messages;
  readonly progress: Progress | null;
  readonly cancellation: Cancellation;
  readonly resumption: Resumption | null;
  readonly accounts: Accounts;
  readonly direct: boolean;
}

/** How long `--wait` forgives an id that is not there yet, milliseconds. */
const graceOfWait = 10_000;

async function schedulerDeps(context: RunContext): Promise<SchedulerDeps> {
  const { options, world, messages, progress, cancellation, resumption, accounts } = context;
  const { clock, random } = world;
  const record = createRecorder(options, clock, cancellation);
  const recordAndTell: SchedulerDeps['finish'] = (...done) => {
    const finished = record(...done);
    progress?.result(finished.record);
    return finished;
  };
  const finish = progress === null ? record : recordAndTell;
  const { intervalMs, wait, quiet } = options;
  const { exitZero, expectation, details, column, nul, allowEmpty, junitPending } = options;
  const mayBeIdle = exitZero && (expectation.states.length > 0 || expectation.channel !== null);
  const isIdle = mayBeIdle || intervalMs !== null || column !== null || junitPending === 'skipped';
  if (!quiet && (isIdle || details || nul || allowEmpty)) {
    const { idleFlags } = await import('./command-line.ts');
    for (const text of idleFlags(options, options.output, context.direct)) void messages.note(text);
  }
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
      if (known !== null) return finish(item, known, []);
      if (resumption === null) return null;
      const countExit = (exit: ExitName) => applyExitZero(exit, options.exitZero);
      const settled = await resumption.findSettled(item, expectationOf(item, options), countExit, accounts);
      if (settled !== null) progress?.result(settled.record);
      return settled;
    },
    onLookup: (...lookup) => progress?.lookup(...lookup),
    onTooMany: (account, possible) => void (options.quiet || messages.note(forecast(account, possible, options))),
    ...(options.bulk === null ? {} : { createBulkReader: await bulkReaders(options.bulk, options, messages) }),
  };
}

async function bulkReaders(
  { since }: NonNullable<LookupOptions['bulk']>,
  { verbose }: LookupOptions,
  messages: Messages,
): Promise<CreateBulkReader> {
  const { BulkReader } = await import('../engine/bulk.ts');
  const note = (text: string) => void (verbose && messages.note(text));
  return (client, bulk, deps) => new BulkReader(client, bulk, since, { ...deps, note });
}

/** What is said before a wait that cannot look each id up even once. */
function forecast({ provider, limiter }: Account, possible: number, { timeoutMs }: LookupOptions): string {
  const pace = limiter.perSecond ?? 0;
  const perSecond = pace >= 1 ? `${Number(pace.toFixed(1))}/s` : `${Number((pace * 60).toFixed(1))}/min`;
  const time = formatDuration(timeoutMs ?? 300_000);
  return `at most about ${possible} of these ids can be looked up once within ${time} at ${perSecond} (${provider.title}); raise --timeout or --rate`;
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
  const send = openClient(options, world, masking);
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

function openClient(options: LookupOptions, world: World, masking: Masking | null): HttpClient {
  const { clock, random, stderr } = world;
  // Not as a message: those are waited for, and a run may trace a million lines.
  const trace = (text: string) => void stderr.write(masking?.text(text) ?? text).catch(() => undefined);
  return createSend({
    clock,
    random,
    retries: options.retries,
    requestTimeoutMs: options.requestTimeoutMs,
    trace: options.debug ? textTrace(trace) : null,
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
  if (output !== null && !formatOf(output).isStream) {
    throw new UsageError(
      `--resume keeps its records as ndjson, not as ${output}`,
      'leave --output out; make other formats from the file afterwards',
    );
  }
  const { openResumption } = await import('../engine/resume/resume.ts');
  return openResumption(path, world);
}

/** Waiting takes its time: lines that name their place, and rows that somebody looks at, come as they are known. So does what a list tells. */
function isOrdered({ wait, bulk, output, resume }: RunOptions, { stdout }: World): boolean {
  const { isStream, isShownLive } = formatOf(output);
  return !((wait || bulk !== null) && (isStream || resume !== null || (isShownLive && stdout.terminal)));
}
