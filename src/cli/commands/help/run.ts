import type { Command } from 'commander';
import { nearest } from '../../../core/nearest.ts';
import { UsageError } from '../../usage.ts';
import { exitCodesText } from './exit-codes.ts';

const topics: Readonly<Record<string, (json: boolean) => string>> = { 'exit-codes': exitCodesText };

/** The text of `sbstatus help <topic>`; commands are topics too. Throws a usage error for what is neither. */
export function helpOn(program: Command, words: readonly string[], json: boolean): string {
  const topic = topics[words[0] ?? ''];
  if (topic !== undefined) return topic(json);
  let command = program;
  for (const word of words) {
    const child = command.commands.find((each) => each.name() === word);
    if (child === undefined) throw unknownTopic(word, command);
    command = child;
  }
  return command.helpInformation();
}

function unknownTopic(word: string, command: Command): UsageError {
  const names = [...command.commands.map((each) => each.name()), ...Object.keys(topics)];
  const near = nearest(word, names);
  return new UsageError(
    `no help on ${JSON.stringify(word)}`,
    near === null ? `topics are ${names.join(', ')}` : `did you mean ${near}`,
  );
}
