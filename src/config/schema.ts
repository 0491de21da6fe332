import type { BaseIssue } from 'valibot';
import * as v from 'valibot';
import { Fault } from '../core/fault.ts';
import type { Provider, Providers, Setting } from '../core/provider.ts';
import { nearest } from '../core/text.ts';
import { type DocumentProblem, linesIn, problemText } from './document.ts';
import type { ConfigLocation } from './places.ts';
import { plainProblem, type RawValue, rawOf, secretNames, type WrittenValue, writtenSecretProblem } from './value.ts';

type Schema = v.GenericSchema<unknown, unknown>;

/** The shape of a config file, built from what the providers declare. A project file may not run a command. */
function configSchema(providers: Providers, kind: ConfigLocation['kind']) {
  const blocks = Object.fromEntries(
    Object.values(providers).map((provider) => [provider.id, blockSchema(provider, kind)]),
  );
  const shape = mapping('settings', {
    $schema: v.optional(v.string(({ input }) => textExpected(input))),
    defaultProfile: v.optional(
      textSchema((value) => (value === '' ? 'is empty' : null), 'The profile used without --profile.'),
    ),
    profiles: v.optional(profilesSchema(mapping('providers', blocks))),
    ...blocks,
  });
  return v.pipe(
    shape,
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed || dataset.value['profiles'] === undefined) return;
      const input = dataset.value;
      for (const key of Object.keys(blocks).filter((id) => input[id] !== undefined)) {
        const path = [{ type: 'object', origin: 'value', input, key, value: input[key] }] as const;
        addIssue({ message: 'stands beside profiles: move it into a profile', path: [...path] });
      }
    }),
  );
}

/** For editors and `sbstatus schema config`. What only a function can check is not in it. */
export async function configJsonSchema(providers: Providers): Promise<object> {
  const { toJsonSchema } = await import('@valibot/to-json-schema');
  const schema = toJsonSchema(configSchema(providers, 'user'), { errorMode: 'ignore', typeMode: 'output' });
  return { ...schema, title: 'sbstatus configuration' };
}

function blockSchema(provider: Provider, kind: ConfigLocation['kind']): Schema {
  const entries = Object.entries(provider.settings).map(([key, setting]) => {
    const schema =
      setting.kind === 'secret'
        ? secretSchema(setting, provider, kind)
        : textSchema((value) => plainProblem(value, setting), setting.what);
    return [key, v.optional(schema)];
  });
  return v.optional(mapping('settings', Object.fromEntries(entries)));
}

function secretSchema(setting: Setting, provider: Provider, kind: ConfigLocation['kind']): Schema {
  const own = secretNames(provider);
  const problem = (value: string) =>
    writtenSecretProblem(value) ?? (kind === 'project' ? variableProblem(value, own) : null);
  const literal = textSchema(problem, `The value itself, or \${NAME} for an environment variable.`);
  const file = v.strictObject({
    file: textSchema((path) => (path === '' ? 'is empty' : null), 'Relative to this file.'),
  });
  const command = v.strictObject({ command: v.pipe(v.array(v.string()), v.minLength(1, 'is empty')) });
  const forms =
    kind === 'project' ? v.union([literal, file], formExpected) : v.union([literal, file, command], formExpected);
  return v.pipe(forms, v.description(setting.what));
}

/** A repository could name any variable of the user's, and have it sent to the provider as a key. */
function variableProblem(value: string, own: readonly string[]): string | null {
  const raw = rawOf(value);
  if (raw.kind !== 'variable' || own.includes(raw.name)) return null;
  return `may only name ${own.join(' or ')}; others are for your own file, outside of git checkouts`;
}

function textSchema(problem: (value: string) => string | null, description: string) {
  return v.pipe(
    v.string(({ input }) => textExpected(input)),
    v.check(
      (value) => problem(value) === null,
      ({ input }) => problem(input) ?? '',
    ),
    v.description(description),
  );
}

function profilesSchema(blocks: Schema): Schema {
  return v.pipe(mappingOf('profiles'), v.record(v.string(), blocks));
}

/** Keys that are not declared end as issues of type `never`; `problemsIn` words them. */
function mapping(what: string, entries: Record<string, Schema>) {
  return v.pipe(mappingOf(what), v.objectWithRest(entries, v.never()));
}

/** valibot takes a list or a date for an object, and passes over the names that prototypes use. */
function mappingOf(what: string) {
  return v.custom<Record<string, unknown>>(
    (input) => isMapping(input) && strangeName(input) === undefined,
    ({ input }) => (isMapping(input) ? `${strangeName(input)} is not a possible key` : `must be a mapping of ${what}`),
  );
}

function isMapping(input: unknown): input is object {
  if (typeof input !== 'object' || input === null) return false;
  const prototype: unknown = Object.getPrototypeOf(input);
  return prototype === Object.prototype || prototype === null;
}

function strangeName(input: object): string | undefined {
  return ['__proto__', 'constructor', 'prototype'].find((name) => Object.hasOwn(input, name));
}

function textExpected(input: unknown): string {
  if (input === null) return 'is empty: give it a value or remove the key';
  const mangled = !isMapping(input) && !Array.isArray(input);
  return mangled ? 'must be a string: quote it' : 'must be a string';
}

function formExpected({ input }: { readonly input: unknown }): string {
  if (input === null || !isMapping(input)) return textExpected(input);
  if (Object.hasOwn(input, 'command')) {
    return 'a command must be a list of words, and is honoured only in your own file, never in a project’s or another git checkout’s';
  }
  return `must be a string, "\${NAME}", { file: … } or { command: [ … ] }`;
}

/** Provider → setting → value. Maps, because the names come from a file. */
export type Blocks = ReadonlyMap<string, ReadonlyMap<string, RawValue>>;

export interface Contents {
  readonly defaultProfile: string | null;
  readonly profiles: ReadonlyMap<string, Blocks>;
  /** The blocks at the top level of a file without profiles. */
  readonly blocks: Blocks;
}

export const emptyContents: Contents = { defaultProfile: null, profiles: new Map(), blocks: new Map() };

/** What a parser found in a file. */
export interface ConfigData {
  readonly data: unknown;
  /** The path of the data in the file. */
  readonly prefix: readonly string[];
  /** The file, for the lines of what is wrong; null where there is none. */
  readonly text: string | null;
}

type WrittenBlocks = Readonly<Record<string, Readonly<Record<string, WrittenValue>>>>;

/** Data as the contents of a config file. Throws a `config-invalid` fault that names the first problems. */
export function contentsOf({ data, prefix, text }: ConfigData, place: ConfigLocation, providers: Providers): Contents {
  const checked = v.safeParse(configSchema(providers, place.kind), data);
  if (!checked.success) {
    const lineOf = text === null ? () => null : linesIn(text);
    const problems = problemsIn(checked.issues, providers);
    throw new Fault('config-invalid', {
      message: problemText(place.path, problems, (path) => lineOf([...prefix, ...path])),
    });
  }
  const { $schema: _, defaultProfile, profiles, ...blocks } = checked.output;
  return {
    defaultProfile: (defaultProfile as string | undefined) ?? null,
    profiles: mapValues((profiles ?? {}) as Readonly<Record<string, WrittenBlocks>>, blocksOf),
    blocks: blocksOf(blocks as WrittenBlocks),
  };
}

/** Whether a secret itself stands in the file, as opposed to a word about where it is. */
export function holdsSecret(contents: Contents, providers: Providers): boolean {
  return [contents.blocks, ...contents.profiles.values()].some((blocks) =>
    [...blocks].some(([id, block]) =>
      [...block].some(([key, raw]) => raw.kind === 'literal' && providers[id]?.settings[key]?.kind === 'secret'),
    ),
  );
}

function blocksOf(blocks: WrittenBlocks): Blocks {
  return mapValues(blocks, (block) => mapValues(block, rawOf));
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, to: (value: From) => To): ReadonlyMap<string, To> {
  return new Map(Object.entries(record).map(([key, value]) => [key, to(value)]));
}

/** A schema's issues as problems, which quote no value. */
function problemsIn(issues: readonly BaseIssue<unknown>[], providers: Providers): DocumentProblem[] {
  return issues.map((issue) => {
    const path = (issue.path ?? []).map((step) => step.key);
    return { path, say: () => wordIssue(issue, path, providers) };
  });
}

function wordIssue({ type, message }: BaseIssue<unknown>, path: readonly unknown[], providers: Providers): string {
  if (type === 'never') return `is not a known key${suggestion(path, providers)}`;
  return path.length === 0 && message.startsWith('must ') ? `the file ${message}` : message;
}

function suggestion(path: readonly unknown[], providers: Providers): string {
  const known = knownAt(path.slice(0, -1), providers);
  const near = nearest(String(path.at(-1)), known);
  return near === null ? ` (known: ${known.join(', ')})` : `, did you mean ${near}?`;
}

function knownAt(path: readonly unknown[], providers: Providers): readonly string[] {
  const [first, , third] = path.map(String);
  const ids = Object.keys(providers);
  if (first === undefined) return ['defaultProfile', 'profiles', ...ids];
  if (first !== 'profiles') return settingsOf(first, providers);
  return third === undefined ? ids : settingsOf(third, providers);
}

function settingsOf(id: string, providers: Providers): readonly string[] {
  return Object.hasOwn(providers, id) ? Object.keys(providers[id]?.settings ?? {}) : [];
}
