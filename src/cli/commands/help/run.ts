import type { Command } from 'commander';
import { UsageError } from '../../../core/fault.ts';
import type { Providers } from '../../../core/provider.ts';
import { nearest } from '../../../core/text.ts';
import { environmentText } from './environment.ts';
import { exitCodesText } from './exit-codes.ts';

const topics: Readonly<Record<string, (json: boolean, providers: Providers) => string>> = {
  'exit-codes': exitCodesText,
  environment: environmentText,
};

/** The text of `sbstatus help <topic>`; commands are topics too. Throws a usage error for what is neither. */
export function helpOn(program: Command, words: readonly string[], json: boolean, providers: Providers): string {
  const [first = ''] = words;
  const topic = Object.hasOwn(topics, first) ? topics[first] : undefined;
  if (topic !== undefined) return topic(json, providers);
  let command = program;
  for (const word of words) {
    const child = command.commands.find((each) => each.name() === word);
    if (child === undefined) throw unknownTopic(word, command);
    command = child;
  }
  return fullHelp(command);
}

/** The same as `--help` prints, examples included. */
export function fullHelp(command: Command): string {
  const output = command.configureOutput();
  const pieces: string[] = [];
  command.configureOutput({ ...output, writeOut: (text) => pieces.push(text) });
  command.outputHelp();
  command.configureOutput(output);
  return pieces.join('');
}

/** What `sbstatus help` can be asked about, hidden commands left out. */
export function topicsOf(command: Command): string[] {
  const commands = command.createHelp().visibleCommands(command);
  return [...commands.map((each) => each.name()), ...Object.keys(topics)];
}

function unknownTopic(word: string, command: Command): UsageError {
  const names = topicsOf(command);
  const near = nearest(word, names);
  return new UsageError(
    `no help on ${JSON.stringify(word)}`,
    near === null ? `topics are ${names.join(', ')}` : `did you mean ${near}`,
  );
}
