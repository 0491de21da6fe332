import type { Argument, Command, Option } from 'commander';

export interface Candidate {
  readonly value: string;
  /** What it is, for shells that show it. */
  readonly about: string;
}

/** `files`: the shell knows better. */
export type Completion = 'files' | readonly Candidate[];

type Source = () => readonly Candidate[] | Promise<readonly Candidate[]>;

/** Candidates that the program does not declare as choices. */
export interface Sources {
  readonly options: Readonly<Record<string, Source>>;
  readonly arguments: Readonly<Record<string, Source>>;
}

/** What may stand in place of the last word, told from the program's own declarations. */
export async function completionOf(program: Command, words: readonly string[], sources: Sources): Promise<Completion> {
  const current = words.at(-1) ?? '';
  const place = placeAfter(program, words.slice(0, -1));
  if (place.option !== null) return optionValues(place.option, '', current, sources);
  const [flag, value] = splitFlag(current);
  const option = place.literal || value === null ? undefined : optionOf(place.command, flag);
  if (option !== undefined) return optionValues(option, `${flag}=`, value ?? '', sources);
  if (!place.literal && current.startsWith('-')) return starting(flagsOf(place.command), current);
  return starting(await operands(place, sources), current);
}

/** Where the line stands before the word that is to be completed. */
interface Place {
  readonly command: Command;
  /** Waits for its value. */
  readonly option: Option | null;
  readonly operands: number;
  /** After `--`. */
  readonly literal: boolean;
}

function placeAfter(program: Command, words: readonly string[]): Place {
  let place: Place = { command: program, option: null, operands: 0, literal: false };
  for (const word of words) place = stepOver(word, place);
  return place;
}

function stepOver(word: string, place: Place): Place {
  if (place.option !== null) return { ...place, option: null };
  if (place.literal) return { ...place, operands: place.operands + 1 };
  if (word === '--') return { ...place, literal: true };
  if (word.startsWith('-') && word !== '-') {
    const option = optionOf(place.command, word);
    return { ...place, option: option?.required === true ? option : null };
  }
  const child = place.operands === 0 ? place.command.commands.find((each) => each.name() === word) : undefined;
  return child === undefined ? { ...place, operands: place.operands + 1 } : { ...place, command: child };
}

function optionOf(command: Command, flag: string): Option | undefined {
  return command.options.find(({ long, short }) => flag === long || flag === short);
}

function splitFlag(word: string): [string, string | null] {
  const match = /^(--[^=]+)=(.*)$/s.exec(word);
  return match === null ? [word, null] : [match[1] ?? '', match[2] ?? ''];
}

function flagsOf(command: Command): Candidate[] {
  const flags = command.options
    .filter((option) => !option.hidden)
    .map(({ long, short, description }) => ({ value: long ?? short ?? '', about: description }));
  return [...flags, { value: '--help', about: 'display help for command' }];
}

async function optionValues(option: Option, before: string, typed: string, sources: Sources): Promise<Completion> {
  if (/<file>/.test(option.flags)) return 'files';
  const source = sources.options[option.attributeName()];
  const all = option.argChoices?.map((value) => ({ value, about: option.description })) ?? (await source?.()) ?? [];
  // Of a list, the last part is completed and the rest stays.
  const kept = /,/.test(option.flags) ? typed.slice(0, typed.lastIndexOf(',') + 1) : '';
  return starting(prefixed(all, kept), typed).map((each) => ({ ...each, value: before + each.value }));
}

function prefixed(candidates: readonly Candidate[], before: string): Candidate[] {
  return candidates.map(({ value, about }) => ({ value: before + value, about }));
}

async function operands({ command, operands: place }: Place, sources: Sources): Promise<readonly Candidate[]> {
  if (command.commands.length > 0) return place === 0 ? childrenOf(command) : [];
  const argument = argumentAt(command.registeredArguments, place);
  if (argument === undefined) return [];
  const choices = argument.argChoices?.map((value) => ({ value, about: argument.description }));
  return choices ?? (await sources.arguments[argument.name()]?.()) ?? [];
}

function argumentAt(all: readonly Argument[], place: number): Argument | undefined {
  const last = all.at(-1);
  return all[place] ?? (last?.variadic ? last : undefined);
}

function childrenOf(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((each) => ({ value: each.name(), about: each.summary() || each.description() }));
}

function starting(candidates: readonly Candidate[], typed: string): readonly Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(typed));
}
