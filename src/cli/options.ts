import { type Command, Option } from 'commander';
import type { Gates } from '../core/gates.ts';
import type { Provider } from '../core/provider.ts';
import type { Channel } from '../core/record.ts';
import type { State } from '../core/state.ts';
import type { Expectation } from '../core/verdict.ts';

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
  /** Names of the operation's expansions that are wanted. */
  readonly expansions: readonly string[];
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
    expansions: [],
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

/** Where messages are only read off, as in a list, their states count only for somebody who says what is wanted. */
export function asReading(options: LookupOptions): LookupOptions {
  const { expectation, gates } = options;
  const wanted = [...expectation.states, expectation.channel, gates.minSuccess, gates.maxFailed];
  return wanted.some((want) => want !== null) ? options : { ...options, exitZero: true };
}
