import type { Command } from 'commander';
import { loadConfiguration } from '../../../config/index.ts';
import { expectable } from '../../../core/verdict.ts';
import { providers } from '../../../providers/index.ts';
import { fieldNames } from '../../../render/fields.ts';
import type { World } from '../../../world.ts';
import { topicsOf } from '../help/run.ts';
import { type Candidate, completionOf, type Sources } from './complete.ts';

/** What may stand in place of the last word: lines for the shells’ scripts. */
export async function completionText(program: Command, words: readonly string[], world: World): Promise<string> {
  const completion = await completionOf(program, words, sourcesOf(program, words, world));
  if (completion === 'files') return ':files\n';
  return completion.map(({ value, about }) => `${value}\t${about}\n`).join('');
}

/** Candidates by the name of the option, or of the argument, that they are for. */
function sourcesOf(program: Command, words: readonly string[], world: World): Sources {
  const fields = () => named(fieldNames(), 'field');
  return {
    options: {
      expect: () => named(expectable, 'state'),
      field: fields,
      fields,
      profile: () => profiles(words, world),
    },
    arguments: {
      provider: ids,
      whose: () => [...ids(), ...named(['exit', 'sbstatus'], 'codes')],
      ref: refs,
      topic: () => named(topicsOf(program), 'topic'),
    },
  };
}

function named(values: readonly string[], about: string): Candidate[] {
  return values.map((value) => ({ value, about }));
}

function ids(): Candidate[] {
  return Object.values(providers).map(({ id, title }) => ({ value: id, about: title }));
}

function refs(): Candidate[] {
  return Object.values(providers).flatMap(({ id, title, operations }) =>
    Object.keys(operations).map((name) => ({
      value: name === 'get' ? `${id}:` : `${id}/${name}:`,
      about: `${title}, ${name}`,
    })),
  );
}

async function profiles(words: readonly string[], world: World): Promise<Candidate[]> {
  const flag = words.findLastIndex((word) => word === '-c' || word === '--config');
  const file = flag === -1 ? undefined : words[flag + 1];
  const configFile = file ?? world.env['SBSTATUS_CONFIG'] ?? null;
  const configuration = await loadConfiguration({ world, providers, configFile, profile: null });
  // A project's file could name a profile so that the shell takes it for a command.
  return named(
    configuration.profiles.filter((name) => /^[\w.@%+-]+$/.test(name)),
    'profile',
  );
}
