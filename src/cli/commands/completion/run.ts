import type { Command } from 'commander';
import { loadConfiguration } from '../../../config/index.ts';
import type { Providers } from '../../../core/provider.ts';
import { expectable } from '../../../core/verdict.ts';
import { fieldNames } from '../../../render/fields.ts';
import type { World } from '../../../world.ts';
import { topicsOf } from '../help/run.ts';
import { type Candidate, completionOf, type Sources } from './complete.ts';

/** What may stand in place of the last word: lines for the shells’ scripts. */
export async function completionText(
  program: Command,
  words: readonly string[],
  providers: Providers,
  world: World,
): Promise<string> {
  const completion = await completionOf(program, words, sourcesOf(program, words, providers, world));
  if (completion === 'files') return ':files\n';
  return completion.map(({ value, about }) => `${value}\t${about}\n`).join('');
}

/** Candidates by the name of the option, or of the argument, that they are for. */
function sourcesOf(program: Command, words: readonly string[], providers: Providers, world: World): Sources {
  const fields = () => named(fieldNames(), 'field');
  return {
    options: {
      expect: () => named(expectable, 'state'),
      field: fields,
      fields,
      profile: () => profiles(words, providers, world),
    },
    arguments: {
      provider: () => ids(providers),
      whose: () => [...ids(providers), ...named(['exit', 'sbstatus'], 'codes')],
      ref: () => refs(providers),
      topic: () => named(topicsOf(program), 'topic'),
    },
  };
}

function named(values: readonly string[], about: string): Candidate[] {
  return values.map((value) => ({ value, about }));
}

function ids(providers: Providers): Candidate[] {
  return Object.values(providers).map(({ id, title }) => ({ value: id, about: title }));
}

function refs(providers: Providers): Candidate[] {
  return Object.values(providers).flatMap(({ id, title, operations }) =>
    Object.keys(operations).map((name) => ({
      value: name === 'get' ? `${id}:` : `${id}/${name}:`,
      about: `${title}, ${name}`,
    })),
  );
}

async function profiles(words: readonly string[], providers: Providers, world: World): Promise<Candidate[]> {
  const flag = words.findLastIndex((word) => word === '-c' || word === '--config');
  const file = flag === -1 ? undefined : words[flag + 1];
  const configFile = file ?? world.env['SBSTATUS_CONFIG'] ?? null;
  const configuration = await loadConfiguration({ world, providers: async () => providers, configFile, profile: null });
  // A project's file could name a profile so that the shell takes it for a command.
  return named(
    configuration.profiles.filter((name) => /^[\w.@%+-]+$/.test(name)),
    'profile',
  );
}
