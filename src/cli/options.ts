import type { Command } from 'commander';
import type { Expectation } from '../core/item.ts';
import type { Provider } from '../core/provider.ts';
import type { Gates } from '../core/verdict.ts';
import { type FlagValues, flagValues, settingValues } from './flags.ts';

/** What a look-up command was asked to do: the seam between parsing and running. */
export interface LookupOptions extends FlagValues {
  readonly expectation: Expectation;
  readonly gates: Gates;
  /** Print nothing but the ids of messages. */
  readonly ids: boolean;
  /** Names of the operation's expansions that are wanted. */
  readonly expansions: readonly string[];
  /** Values of the providers' own flags, by setting. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The record of what commander parsed. */
export function lookupOptions(command: Command, providers: readonly Provider[]): LookupOptions {
  const flags = flagValues(command);
  const { expect, expectChannel, minSuccess, maxFailed } = flags;
  return {
    ...flags,
    output: flags.json ? 'json' : flags.output,
    expectation: { states: expect, channel: expectChannel },
    gates: { minSuccess, maxFailed },
    ids: command.opts()['ids'] === true,
    expansions: [],
    settings: settingValues(command, providers),
  };
}

/** Where messages are only read off, as in a list, their states count only for somebody who says what is wanted. */
export function readingOptions(options: LookupOptions): LookupOptions {
  const { expectation, gates } = options;
  const wanted = [...expectation.states, expectation.channel, gates.minSuccess, gates.maxFailed];
  return wanted.some((want) => want !== null) ? options : { ...options, exitZero: true };
}
