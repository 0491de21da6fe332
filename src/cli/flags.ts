import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../core/fault.ts';
import type { Expectation } from '../core/item.ts';
import type { DetailNames, Provider } from '../core/provider.ts';
import { type Channel, channels } from '../core/record.ts';
import type { State } from '../core/state.ts';
import { durationMs, perSecondOf } from '../core/time.ts';
import { expectable, type Gates } from '../core/verdict.ts';
import { formats } from '../render/index.ts';

/** What the flags of a look-up come to. Durations in milliseconds, paths as typed. */
export interface FlagValues {
  /** Empty: none. */
  readonly fromFile: readonly string[];
  readonly nul: boolean;
  /** A name, or a number from 1. */
  readonly column: string | null;
  readonly allowEmpty: boolean;
  /** Null: a table on a terminal, tsv elsewhere. */
  readonly output: string | null;
  readonly json: boolean;
  readonly fields: readonly string[] | null;
  readonly field: string | null;
  readonly details: boolean;
  readonly raw: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly debug: boolean;
  readonly utc: boolean;
  readonly color: boolean;
  readonly expect: readonly State[];
  readonly expectChannel: Channel | null;
  readonly exitZero: boolean;
  readonly minSuccess: number | null;
  readonly maxFailed: number | null;
  readonly wait: boolean;
  readonly timeoutMs: number | null;
  readonly intervalMs: number | null;
  readonly notFoundGraceMs: number | null;
  readonly concurrency: number;
  /** Infinite: off. Undefined: the provider's default. */
  readonly perSecond: number | undefined;
  readonly failFast: boolean;
  readonly resume: string | null;
  readonly junit: string | null;
  readonly junitPending: 'failure' | 'skipped';
  readonly markdown: string | null;
  readonly github: boolean;
  readonly requestTimeoutMs: number;
  readonly retries: number;
  readonly curl: boolean;
  readonly redact: boolean;
  readonly reveal: boolean;
  readonly profile: string | null;
  readonly config: string | null;
  readonly mock: boolean;
  readonly tokenCache: boolean;
}

type Key = keyof FlagValues;

/** One flag. `parse`: text → value, throws commander's error. */
interface Flag<Value> {
  readonly flags: string;
  readonly about: string;
  readonly default: Value;
  readonly parse?: (text: string) => Value;
  /** Instead of `parse` where the flag may be given several times: what it adds to the values. */
  readonly parseList?: (text: string) => Value & readonly unknown[];
  readonly choices?: readonly string[];
  /** The default as the help shows it; not shown where absent. */
  readonly defaultText?: string;
  readonly conflicts?: readonly Key[];
}

/** Every flag of a look-up, a row each; its key is that of the value, so that a misspelt one does not compile. */
const table: { readonly [Each in Key]: Flag<FlagValues[Each]> } = {
  fromFile: {
    flags: '-f, --from-file <file>',
    about: 'read ids from a file, one per line; may be repeated',
    parseList: oneOf,
    default: [],
  },
  column: {
    flags: '--column <name|n>',
    about: 'the ids stand in this column of a CSV or TSV',
    default: null,
    conflicts: ['nul'],
  },
  nul: {
    flags: '-0, --null',
    about: 'ids on stdin or in the file are separated by NUL, and taken verbatim',
    default: false,
  },
  allowEmpty: {
    flags: '--allow-empty',
    about: 'exit 0 where the input holds no id, which is else a usage error',
    default: false,
  },
  output: {
    flags: '-o, --output <format>',
    about: 'format of the answer',
    choices: Object.keys(formats),
    default: null,
    defaultText: 'table on a terminal, else tsv',
  },
  json: { flags: '--json', about: 'short for --output json', default: false, conflicts: ['output'] },
  fields: { flags: '--fields <a,b.c>', about: 'only these fields of the record', parseList: list, default: null },
  field: {
    flags: '--field <name>',
    about: 'the bare value of one field, one line per id',
    default: null,
    conflicts: ['fields', 'json', 'output'],
  },
  details: { flags: '--details', about: 'on a terminal all that is known of each message', default: false },
  raw: { flags: '--raw', about: 'add the provider’s own body to the record', default: false },
  quiet: { flags: '-q, --quiet', about: 'nothing on stdout: the exit code is the answer', default: false },
  verbose: { flags: '-v, --verbose', about: 'say on stderr what is being done', default: false },
  debug: { flags: '--debug', about: 'trace the HTTP exchange on stderr, secrets redacted', default: false },
  utc: { flags: '--utc', about: 'times in UTC on a terminal too', default: false },
  color: { flags: '--no-color', about: 'no colour', default: true },
  expect: {
    flags: '--expect <state,...>',
    about: `exit 0 only if it got at least this far (${expectable.join(', ')})`,
    parseList: states,
    default: [],
  },
  expectChannel: {
    flags: '--expect-channel <channel>',
    about: 'exit 0 only if it went this way',
    choices: channels,
    default: null,
  },
  exitZero: {
    flags: '--exit-zero',
    about: 'exit 0 whatever became of the message, as long as the provider answered',
    default: false,
    conflicts: ['minSuccess', 'maxFailed'],
  },
  minSuccess: {
    flags: '--min-success <percent>',
    about: 'exit 0 if at least this share of the messages is ok: 95%',
    parse: share,
    default: null,
  },
  maxFailed: {
    flags: '--max-failed <n>',
    about: 'exit 0 if at most this many messages failed',
    parse: (text) => count(text, 0, 999_999),
    default: null,
  },
  wait: { flags: '-w, --wait', about: 'keep checking until the state is final', default: false },
  timeoutMs: {
    flags: '--timeout <duration>',
    about: 'give up after this long: 30s, 5m (default: 5m with --wait, else 30s per id)',
    parse: duration,
    default: null,
  },
  intervalMs: {
    flags: '--interval <duration>',
    about: 'time between two look-ups of a message (default: 2s growing to 30s)',
    parse: duration,
    default: null,
  },
  notFoundGraceMs: {
    flags: '--not-found-grace <duration>',
    about: 'accept for this long that an id is not found yet (default: 10s with --wait)',
    parse: durationOrZero,
    default: null,
  },
  concurrency: {
    flags: '--concurrency <n>',
    about: 'look-ups at a time, per account',
    parse: (text) => count(text, 1, 1000),
    default: 8,
    defaultText: '8',
  },
  perSecond: {
    flags: '--rate <n/s|n/min|off>',
    about: 'requests per second or minute (default: half of what the provider allows)',
    parse: rate,
    default: undefined,
  },
  failFast: {
    flags: '--fail-fast',
    about: 'stop at the first message that is not ok; look-ups in progress are finished',
    default: false,
  },
  resume: {
    flags: '--resume <file>',
    about: 'keep the records in this NDJSON file, and look up only what it does not settle yet',
    default: null,
    conflicts: ['field', 'fields', 'json', 'curl'],
  },
  junit: { flags: '--junit <file>', about: 'write JUnit XML', default: null },
  junitPending: {
    flags: '--junit-pending <kind>',
    about: 'what a pending message counts as there',
    choices: ['failure', 'skipped'],
    default: 'failure',
    defaultText: '"failure"',
  },
  markdown: { flags: '--markdown <file>', about: 'write a Markdown summary', default: null },
  github: { flags: '--github', about: 'annotations, step summary and outputs of GitHub Actions', default: false },
  requestTimeoutMs: {
    flags: '--request-timeout <duration>',
    about: 'time for one HTTP request',
    parse: duration,
    default: 10_000,
    defaultText: '10s',
  },
  retries: {
    flags: '--retries <n>',
    about: 'further attempts after a temporary fault',
    parse: (text) => count(text, 0, 10),
    default: 2,
    defaultText: '2',
  },
  curl: {
    flags: '--curl',
    about: 'print the request as a curl line with $ENV_NAMES for credentials, and send nothing',
    default: false,
  },
  redact: { flags: '--redact', about: 'mask personal data in every format', default: false, conflicts: ['reveal'] },
  reveal: { flags: '--reveal', about: 'mask nothing, not even in CI', default: false, conflicts: ['redact'] },
  profile: { flags: '-p, --profile <name>', about: 'profile of the config file', default: null },
  config: { flags: '-c, --config <file>', about: 'config file', default: null },
  mock: { flags: '--mock', about: 'ask a mock server started for this run; needs no credentials', default: false },
  tokenCache: { flags: '--no-token-cache', about: 'neither use nor keep a token on disk', default: true },
};

/** The help has them in this order. What most people need comes first, and is not named again below. */
const groups = {
  'Common:': ['wait', 'timeoutMs', 'expect', 'output', 'json', 'quiet', 'details', 'fromFile', 'profile', 'mock'],
  'Input:': ['column', 'nul', 'allowEmpty'],
  'Output:': ['fields', 'field', 'raw', 'verbose', 'debug', 'utc', 'color'],
  'Verdict:': ['expectChannel', 'exitZero', 'minSuccess', 'maxFailed'],
  'Waiting:': ['intervalMs', 'notFoundGraceMs'],
  'Many ids:': ['concurrency', 'perSecond', 'failFast', 'resume'],
  'Reports:': ['junit', 'junitPending', 'markdown', 'github'],
  'Network:': ['requestTimeoutMs', 'retries', 'curl'],
  'Privacy:': ['redact', 'reveal'],
  'Credentials:': ['config'],
} as const satisfies Record<string, readonly Key[]>;

type FlagGroup = keyof typeof groups;

/** Whether a flag of a look-up takes a value; null for what is none of them. */
export function flagTakesValue(flag: string): boolean | null {
  const found = Object.values(table).find((each) => each.flags.split(/[ ,]+/).includes(flag));
  return found === undefined ? null : found.flags.includes('<');
}

/** Gives a command every flag that a look-up understands. `own`: those that only this command has. */
export function addLookupFlags(command: Command, providers: readonly Provider[], own: readonly Option[]): Command {
  const [common, ...others] = Object.keys(groups) as [FlagGroup, ...FlagGroup[]];
  addGroup(command, common);
  command.optionsGroup('Options:');
  for (const option of own) command.addOption(option);
  for (const group of others) addGroup(command, group);
  addProviderFlags(command, providers);
  return command;
}

/** The flags of a command whose messages come by themselves, such as a list: what to make of them. */
export function addReadingFlags(command: Command): Command {
  addGroup(command, 'Common:', ['expect', 'output', 'json', 'quiet', 'details']);
  for (const group of ['Output:', 'Verdict:', 'Privacy:'] as const) addGroup(command, group);
  return command;
}

/** The flags of a command that asks a provider. */
export function addAskingFlags(command: Command, providers: readonly Provider[]): Command {
  addGroup(command, 'Common:', ['profile', 'mock']);
  command.addOption(optionOf('timeoutMs', 'give up after this long: 30s, 5m (default: 30s per request)'));
  addGroup(command, 'Network:');
  command.addOption(optionOf('perSecond'));
  addGroup(command, 'Credentials:');
  addProviderFlags(command, providers);
  return command;
}

function addGroup(command: Command, group: FlagGroup, keys: readonly Key[] = groups[group]): void {
  command.optionsGroup(group);
  for (const key of keys) command.addOption(optionOf(key));
}

function addProviderFlags(command: Command, providers: readonly Provider[]): void {
  for (const { usesTokens } of providers) {
    if (usesTokens !== true) continue;
    command.addOption(optionOf('tokenCache'));
    break;
  }
  for (const { settings } of providers) {
    for (const [key, { flag, what }] of Object.entries(settings)) {
      if (flag !== undefined) command.option(`${flag} <${key}>`, what);
    }
  }
}

function optionOf(key: Key, about?: string): Option {
  const flag: Flag<unknown> = table[key];
  const { parse, parseList } = flag;
  const option =
    parseList === undefined
      ? new Option(flag.flags, about ?? flag.about)
      : new ListOption(flag.flags, about ?? flag.about, parseList);
  if (parse !== undefined) option.argParser(parse);
  if (flag.choices !== undefined) {
    const { parseArg: check } = option.choices(flag.choices);
    option.argParser((text, before) => check?.(text.toLowerCase(), before));
  }
  if (flag.defaultText !== undefined) option.default(flag.default, flag.defaultText);
  for (const other of flag.conflicts ?? []) option.conflicts(nameOf(other));
  return option;
}

/** What commander calls the value of a flag. */
function nameOf(key: Key): string {
  return new Option(table[key].flags).attributeName();
}

/** An option that may be given several times: its values add up. Every other one with a value may be given once. */
export class ListOption extends Option {
  constructor(flags: string, about: string, parseList: (text: string) => unknown) {
    super(flags, about);
    this.argParser((text, before: readonly unknown[] = []) => [...before, ...(parseList(text) as readonly unknown[])]);
  }
}

/** Refuses a second value, which would silently take the place of the first. To be called once every option is there. */
export function refuseRepeats(command: Command): void {
  for (const option of command.options) {
    const hasValue = option.required || option.optional;
    if (!hasValue || option instanceof ListOption) continue;
    let isGiven = false;
    command.on(`option:${option.name()}`, () => {
      if (isGiven) throw new UsageError(`${option.long} is given twice`, 'give it once: only one value can count');
      isGiven = true;
    });
  }
}

// What flags take: text → value. Each throws commander's error for what it cannot read, in commander's style.

/** One value, which is taken as it is. */
export function oneOf(text: string): string[] {
  return [text];
}

export function list(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('Give names separated by commas.');
  return names;
}

export function states(text: string): State[] {
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

export function duration(text: string): number {
  const ms = durationOrZero(text);
  if (ms === 0) throw new InvalidArgumentError('Must be greater than 0: 500ms, 10s, 5m.');
  return ms;
}

/** `95%` is 0.95. */
export function share(text: string): number {
  const percent = /^\d{1,3}(\.\d{1,3})?%$/.test(text) ? Number(text.slice(0, -1)) : Number.NaN;
  if (!(percent <= 100)) throw new InvalidArgumentError('Give a percentage: 95%.');
  return percent / 100;
}

/** Infinite for `off`: commander takes null for a missing value. */
export function rate(text: string): number {
  const perSecond = perSecondOf(text);
  if (perSecond === undefined) throw new InvalidArgumentError('Give 5/s, 100/min or off.');
  return perSecond ?? Number.POSITIVE_INFINITY;
}

export function count(text: string, least: number, most: number): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw new InvalidArgumentError(`Give a number from ${least} to ${most}.`);
  return value;
}

/** What a look-up command was asked to do: the seam between parsing and running. */
export interface LookupOptions extends FlagValues {
  readonly expectation: Expectation;
  readonly gates: Gates;
  /** Print nothing but the ids of messages. */
  readonly ids: boolean;
  /** Names of the operation's expansions that are wanted. */
  readonly expansions: readonly string[];
  /** Set where the account's list is to be read in place of single look-ups. `since`: RFC 3339, or null. */
  readonly bulk: { readonly since: string | null } | null;
  /** Values of the providers' own flags, by setting. */
  readonly settings: Readonly<Record<string, string>>;
  /** What `details` of each provider's records may hold. */
  readonly detailNames: readonly DetailNames[];
}

/** The record of what commander parsed. */
export function lookupOptions(command: Command, providers: readonly Provider[]): LookupOptions {
  const given: Readonly<Record<string, unknown>> = command.opts();
  // Some commands have no more than some of the flags.
  const byFlags = new Map<string, unknown>();
  for (const option of command.options) byFlags.set(option.flags, given[option.attributeName()]);
  const values: Partial<Record<Key, unknown>> = {};
  for (const key of Object.keys(table) as Key[]) values[key] = byFlags.get(table[key].flags) ?? table[key].default;
  const flags = values as FlagValues;
  const { expect, expectChannel, minSuccess, maxFailed } = flags;
  const detailNames: DetailNames[] = [];
  for (const { details } of providers) detailNames.push(details);
  return {
    ...flags,
    output: flags.json ? 'json' : flags.output,
    expectation: { states: expect, channel: expectChannel },
    gates: { minSuccess, maxFailed },
    ids: false,
    expansions: [],
    bulk: null,
    settings: settingValues(given, providers),
    detailNames,
  };
}

/** Values of the providers' own flags, by setting. */
function settingValues(
  given: Readonly<Record<string, unknown>>,
  providers: readonly Provider[],
): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const { settings } of providers) {
    for (const [key, { flag }] of Object.entries(settings)) {
      const value = flag === undefined ? undefined : given[new Option(flag).attributeName()];
      if (typeof value === 'string') values[key] = value;
    }
  }
  return values;
}

/** Where messages are only read off, as in a list, their states count only for somebody who says what is wanted. */
export function readingOptions(options: LookupOptions): LookupOptions {
  const { expectation, gates } = options;
  const wanted = [...expectation.states, expectation.channel, gates.minSuccess, gates.maxFailed];
  return wanted.some((want) => want !== null) ? options : { ...options, exitZero: true };
}
