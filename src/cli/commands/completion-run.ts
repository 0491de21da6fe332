import { type Argument, type Command, Option } from 'commander';
import { loadConfiguration } from '../../config/index.ts';
import type { Providers } from '../../core/provider.ts';
import { expectable } from '../../core/verdict.ts';
import { fieldNames } from '../../render/fields.ts';
import type { World } from '../../world.ts';
import { topicsOf } from './help-run.ts';

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
function sourcesOf(program: Command, words: readonly string[], providers: Providers, world: World): CandidateSources {
  const fields = () => candidatesFor(fieldNames(Object.values(providers).map(({ details }) => details)), 'field');
  return {
    options: {
      expect: () => candidatesFor(expectable, 'state'),
      field: fields,
      fields,
      profile: () => profiles(words, providers, world),
      ...filterChoices(providers),
    },
    arguments: {
      provider: () => ids(providers),
      whose: () => [...ids(providers), ...candidatesFor(['exit', 'sbstatus'], 'codes')],
      ref: () => refs(providers),
      topic: () => candidatesFor(topicsOf(program), 'topic'),
      code: () => codes(words, providers),
    },
  };
}

function candidatesFor(values: readonly string[], about: string): Candidate[] {
  return values.map((value) => ({ value, about }));
}

/** The words that the filters of a list take. */
function filterChoices(providers: Providers): CandidateSources['options'] {
  const filters = Object.values(providers).flatMap(({ listing }) => listing?.filters ?? []);
  const sources = filters.flatMap(({ flag, choices }) =>
    choices === undefined
      ? []
      : [[new Option(flag).attributeName(), () => candidatesFor(Object.keys(choices), 'filter')] as const],
  );
  return Object.fromEntries(sources);
}

/** The codes of the provider that is named. */
function codes(words: readonly string[], providers: Providers): Candidate[] {
  const named = words.find((word) => Object.hasOwn(providers, word)) ?? '';
  const { codes: known = [], eventCodes = [] } = providers[named] ?? {};
  const entries = [...known, ...eventCodes].map(({ code, name, meaning }) => [code, name ?? meaning] as const);
  return [...new Map(entries)].map(([value, about]) => ({ value, about }));
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
  return candidatesFor(
    configuration.profiles.filter((name) => /^[\w.@%+-]+$/.test(name)),
    'profile',
  );
}

export interface Candidate {
  readonly value: string;
  /** What it is, for shells that show it. */
  readonly about: string;
}

/** `files`: the shell knows better. */
export type Completion = 'files' | readonly Candidate[];

type CandidateSource = () => readonly Candidate[] | Promise<readonly Candidate[]>;

/** Candidates that the program does not declare as choices. */
export interface CandidateSources {
  readonly options: Readonly<Record<string, CandidateSource>>;
  readonly arguments: Readonly<Record<string, CandidateSource>>;
}

/** What may stand in place of the last word, told from the program's own declarations. */
async function completionOf(
  program: Command,
  words: readonly string[],
  sources: CandidateSources,
): Promise<Completion> {
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
interface CursorContext {
  readonly command: Command;
  /** Waits for its value. */
  readonly option: Option | null;
  readonly operands: number;
  /** After `--`. */
  readonly literal: boolean;
}

function placeAfter(program: Command, words: readonly string[]): CursorContext {
  let place: CursorContext = { command: program, option: null, operands: 0, literal: false };
  for (const word of words) place = stepOver(word, place);
  return place;
}

function stepOver(word: string, place: CursorContext): CursorContext {
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

async function optionValues(
  option: Option,
  before: string,
  typed: string,
  sources: CandidateSources,
): Promise<Completion> {
  if (/<file>/.test(option.flags)) return 'files';
  const source = sources.options[option.attributeName()];
  const all = option.argChoices?.map((value) => ({ value, about: option.description })) ?? (await source?.()) ?? [];
  // Of a list, the last part is completed and the rest stays.
  const kept = /,/.test(option.flags) ? typed.slice(0, typed.lastIndexOf(',') + 1) : '';
  return starting(addPrefix(all, kept), typed).map((each) => ({ ...each, value: before + each.value }));
}

function addPrefix(candidates: readonly Candidate[], before: string): Candidate[] {
  return candidates.map(({ value, about }) => ({ value: before + value, about }));
}

async function operands(
  { command, operands: place }: CursorContext,
  sources: CandidateSources,
): Promise<readonly Candidate[]> {
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
