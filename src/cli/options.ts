import { type Command, InvalidArgumentError, Option } from 'commander';
import { durationMs, perSecondOf } from '../core/duration.ts';
import type { Gates } from '../core/gates.ts';
import type { Provider } from '../core/provider.ts';
import { type Channel, channels } from '../core/record.ts';
import type { State } from '../core/state.ts';
import { type Expectation, expectable } from '../core/verdict.ts';

/** What a look-up command was asked to do: the seam between parsing and running. Times in milliseconds. */
export interface LookupOptions {
  readonly output: string;
  readonly fields: readonly string[] | null;
  readonly field: string | null;
  /** Print nothing but the ids of messages. */
  readonly ids: boolean;
  readonly raw: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly debug: boolean;
  readonly utc: boolean;
  readonly color: boolean;
  readonly expectation: Expectation;
  readonly exitZero: boolean;
  readonly wait: boolean;
  readonly timeoutMs: number | null;
  readonly intervalMs: number | null;
  readonly notFoundGraceMs: number | null;
  readonly fromFile: string | null;
  readonly nul: boolean;
  readonly concurrency: number;
  /** Infinite: off. Undefined: the provider's default. */
  readonly perSecond: number | undefined;
  readonly failFast: boolean;
  readonly gates: Gates;
  /** The NDJSON file that goes on from an earlier run, as typed. */
  readonly resume: string | null;
  readonly requestTimeoutMs: number;
  readonly retries: number;
  readonly redact: boolean;
  readonly reveal: boolean;
  readonly profile: string | null;
  readonly config: string | null;
  readonly mock: boolean;
  readonly curl: boolean;
  readonly reports: ReportOptions;
  /** Keep fetched tokens on disk, for later runs. */
  readonly tokenCache: boolean;
  /** Names of the operation's extras that are wanted. */
  readonly extras: readonly string[];
  /** Values of the providers' own flags, by setting. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Reports beside stdout; paths as typed. */
export interface ReportOptions {
  readonly junit: string | null;
  readonly junitPending: 'failure' | 'skipped';
  readonly markdown: string | null;
  readonly github: boolean;
}

export const formats = ['table', 'json', 'ndjson', 'csv'] as const;

/** Gives a command every flag that a look-up understands. */
export function addLookupOptions(command: Command, providers: readonly Provider[]): Command {
  return whenLookedAt(command, () => {
    for (const add of [input, output, verdict, waiting, batch, reports, network, privacy]) add(command);
    source(command, providers);
  });
}

/** Most commands are not the one that runs, and making their flags takes longer than making themselves. */
export function whenLookedAt(command: Command, add: () => void): Command {
  const { options } = command;
  const look = () => {
    Object.defineProperty(command, 'options', { value: options });
    add();
    return options;
  };
  return Object.defineProperty(command, 'options', { get: look, configurable: true });
}

/** The flags of a command whose messages come by themselves, such as a list: what to make of them. */
export function addReadingOptions(command: Command): Command {
  for (const add of [output, verdict, privacy]) add(command);
  return command;
}

/** The flags of a command that asks a provider. */
export function addAskingOptions(command: Command, providers: readonly Provider[]): Command {
  network(command);
  command
    .addOption(rateOption())
    .option('--timeout <duration>', 'give up after this long: 30s, 5m (default: 30s a request)', duration);
  source(command, providers);
  return command;
}

function input(command: Command): void {
  command
    .optionsGroup('Input:')
    .option('-f, --from-file <file>', 'read ids from a file, one a line')
    .option('-0, --null', 'ids on stdin or in the file are separated by NUL, and taken verbatim');
}

function output(command: Command): void {
  command
    .optionsGroup('Output:')
    .addOption(new Option('-o, --output <format>', 'format of the answer').choices(formats).default('table'))
    .addOption(new Option('--json', 'short for --output json').conflicts('output'))
    .option('--fields <a,b.c>', 'only these fields of the record', list)
    .addOption(
      new Option('--field <name>', 'the bare value of one field, one line an id').conflicts([
        'fields',
        'json',
        'output',
      ]),
    )
    .option('--raw', 'add the provider’s own body to the record')
    .option('-q, --quiet', 'print nothing: the exit code is the answer')
    .option('-v, --verbose', 'tell on stderr what is being done')
    .option('--debug', 'trace the HTTP exchange on stderr, secrets redacted')
    .option('--utc', 'times in UTC on a terminal too')
    .option('--no-color', 'no colour');
}

function verdict(command: Command): void {
  command
    .optionsGroup('Verdict:')
    .option('--expect <state,...>', `exit 0 only if it got at least this far (${expectable.join(', ')})`, states)
    .addOption(new Option('--expect-channel <channel>', 'exit 0 only if it went this way').choices(channels))
    .addOption(
      new Option('--exit-zero', 'exit 0 whatever became of the message, if only the provider answered').conflicts([
        'minSuccess',
        'maxFailed',
      ]),
    )
    .option('--min-success <percent>', 'exit 0 if so many of the messages are ok: 95%', share)
    .option('--max-failed <n>', 'exit 0 if no more messages than that failed', count(0, 999_999));
}

function waiting(command: Command): void {
  command
    .optionsGroup('Waiting:')
    .option('-w, --wait', 'ask again until the state is final')
    .option(
      '--timeout <duration>',
      'give up after this long: 30s, 5m (default: 5m with --wait, else 30s an id)',
      duration,
    )
    .option('--interval <duration>', 'time between two looks (default: 2s growing to 30s)', duration)
    .option(
      '--not-found-grace <duration>',
      'forgive an unknown id for so long (default: 10s with --wait)',
      durationOrZero,
    );
}

function batch(command: Command): void {
  command
    .optionsGroup('Many ids:')
    .option('--concurrency <n>', 'look-ups at once', count(1, 1000), 8)
    .addOption(rateOption())
    .option('--fail-fast', 'start no further look-up after the first that is not ok')
    .addOption(
      new Option(
        '--resume <file>',
        'append records to this NDJSON file, and ask only for what it does not settle',
      ).conflicts(['field', 'fields', 'json', 'curl']),
    );
}

function rateOption(): Option {
  return new Option(
    '--rate <n/s|n/min|off>',
    'requests per second or minute (default: half of what the provider allows)',
  ).argParser(rate);
}

function reports(command: Command): void {
  command
    .optionsGroup('Reports:')
    .option('--junit <file>', 'write JUnit XML')
    .addOption(
      new Option('--junit-pending <kind>', 'what a message that is not final is there')
        .choices(['failure', 'skipped'])
        .default('failure'),
    )
    .option('--markdown <file>', 'write a summary for people')
    .option('--github', 'annotations, step summary and outputs of GitHub Actions');
}

function network(command: Command): void {
  command
    .optionsGroup('Network:')
    .addOption(
      new Option('--request-timeout <duration>', 'time for one HTTP request')
        .argParser(duration)
        .default(10_000, '10s'),
    )
    .option('--retries <n>', 'further attempts after a passing fault', count(0, 10), 2)
    .option('--curl', 'print the request as a curl line with $ENV_NAMES for credentials, and ask nothing');
}

function privacy(command: Command): void {
  command
    .optionsGroup('Privacy:')
    .addOption(new Option('--redact', 'mask people’s data in every format').conflicts('reveal'))
    .addOption(new Option('--reveal', 'mask nothing, not even in CI').conflicts('redact'));
}

function source(command: Command, providers: readonly Provider[]): void {
  command
    .optionsGroup('Credentials:')
    .option('-p, --profile <name>', 'profile of the config file')
    .option('-c, --config <file>', 'config file')
    .option('--mock', 'ask a mock server started for this run; needs no credentials');
  if (providers.some(({ usesTokens }) => usesTokens)) {
    command.option('--no-token-cache', 'neither use nor keep a token on disk');
  }
  for (const provider of providers) {
    for (const [key, setting] of Object.entries(provider.settings)) {
      if (setting.flag !== undefined) command.option(`${setting.flag} <${key}>`, setting.what);
    }
  }
}

/** The record of what commander parsed. */
export function lookupOptions(command: Command, providers: readonly Provider[]): LookupOptions {
  const given = command.opts();
  const orNull = <T>(name: string): T | null => (given[name] as T | undefined) ?? null;
  const on = (name: string): boolean => given[name] === true;
  return {
    output: on('json') ? 'json' : given['output'],
    fields: orNull('fields'),
    field: orNull('field'),
    ids: on('ids'),
    raw: on('raw'),
    quiet: on('quiet'),
    verbose: on('verbose'),
    debug: on('debug'),
    utc: on('utc'),
    color: on('color'),
    expectation: { states: orNull<State[]>('expect') ?? [], channel: orNull<Channel>('expectChannel') },
    exitZero: on('exitZero'),
    wait: on('wait'),
    timeoutMs: orNull('timeout'),
    intervalMs: orNull('interval'),
    notFoundGraceMs: orNull('notFoundGrace'),
    fromFile: orNull('fromFile'),
    nul: on('null'),
    concurrency: given['concurrency'] ?? 8,
    perSecond: given['rate'],
    failFast: on('failFast'),
    gates: { minSuccess: orNull('minSuccess'), maxFailed: orNull('maxFailed') },
    resume: orNull('resume'),
    requestTimeoutMs: given['requestTimeout'] ?? 0,
    retries: given['retries'] ?? 0,
    redact: on('redact'),
    reveal: on('reveal'),
    profile: orNull('profile'),
    config: orNull('config'),
    mock: on('mock'),
    curl: on('curl'),
    reports: {
      junit: orNull('junit'),
      junitPending: given['junitPending'] ?? 'failure',
      markdown: orNull('markdown'),
      github: on('github'),
    },
    tokenCache: on('tokenCache'),
    extras: [],
    settings: settingFlags(given, providers),
  };
}

function settingFlags(given: Record<string, unknown>, providers: readonly Provider[]): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const provider of providers) {
    for (const [key, { flag }] of Object.entries(provider.settings)) {
      const value = flag === undefined ? undefined : given[new Option(`${flag} <value>`).attributeName()];
      if (typeof value === 'string') settings[key] = value;
    }
  }
  return settings;
}

function list(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('Give names separated by commas.');
  return names;
}

function states(text: string): State[] {
  return list(text).map((name) => {
    const state = expectable.find((each) => each === name.toLowerCase());
    if (state === undefined) throw new InvalidArgumentError(`States are ${expectable.join(', ')}.`);
    return state;
  });
}

function durationOrZero(text: string): number {
  const ms = durationMs(text);
  if (ms === null) throw new InvalidArgumentError('Give a number with a unit: 500ms, 10s, 5m.');
  return ms;
}

function duration(text: string): number {
  const ms = durationOrZero(text);
  if (ms === 0) throw new InvalidArgumentError('Give more than nothing: 500ms, 10s, 5m.');
  return ms;
}

/** Infinite for `off`: commander takes null for a missing value. */
/** `95%` is 0.95. */
function share(text: string): number {
  const percent = /^\d{1,3}(\.\d{1,3})?%$/.test(text) ? Number(text.slice(0, -1)) : Number.NaN;
  if (!(percent <= 100)) throw new InvalidArgumentError('Give a percentage: 95%.');
  return percent / 100;
}

function rate(text: string): number {
  const perSecond = perSecondOf(text);
  if (perSecond === undefined) throw new InvalidArgumentError('Give 5/s, 100/min or off.');
  return perSecond ?? Number.POSITIVE_INFINITY;
}

function count(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) throw new InvalidArgumentError(`Give a number from ${least} to ${most}.`);
    return value;
  };
}
