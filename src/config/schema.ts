import * as v from 'valibot';
import type { Providers, Setting } from '../core/provider.ts';
import type { Place } from './places.ts';
import { type Problem, problemWith, writtenSecretProblem } from './value.ts';

type Schema = v.GenericSchema<unknown, unknown>;

/** The shape of a config file, built from what the providers declare. A project file may not run a command. */
export function configSchema(providers: Providers, kind: Place['kind']) {
  const blocks = Object.fromEntries(Object.values(providers).map(({ id, settings }) => [id, block(settings, kind)]));
  const shape = mapping('settings', {
    $schema: v.optional(v.string(({ input }) => textExpected(input))),
    defaultProfile: v.optional(
      text((value) => (value === '' ? 'is empty' : null), 'The profile used without --profile.'),
    ),
    profiles: v.optional(profiles(mapping('providers', blocks))),
    ...blocks,
  });
  return v.pipe(
    shape,
    v.check(
      (file) => file['profiles'] === undefined || Object.keys(blocks).every((id) => file[id] === undefined),
      bothForms,
    ),
  );
}

const bothForms = 'there are profiles and provider blocks at the top level: move the blocks into a profile';

/** For editors and `sbstatus schema config`. What only a function can check is not in it. */
export async function configJsonSchema(providers: Providers): Promise<object> {
  const { toJsonSchema } = await import('@valibot/to-json-schema');
  const schema = toJsonSchema(configSchema(providers, 'user'), { errorMode: 'ignore', typeMode: 'output' });
  return { ...schema, title: 'sbstatus configuration' };
}

function block(settings: Readonly<Record<string, Setting>>, kind: Place['kind']): Schema {
  const entries = Object.entries(settings).map(([key, setting]) => [key, v.optional(settingSchema(setting, kind))]);
  return v.optional(mapping('settings', Object.fromEntries(entries)));
}

function settingSchema(setting: Setting, kind: Place['kind']): Schema {
  return setting.kind === 'secret' ? secret(setting, kind) : text(problemWith(setting), setting.what);
}

function secret(setting: Setting, kind: Place['kind']): Schema {
  const literal = text(writtenSecretProblem, `The value itself, or \${NAME} for an environment variable.`);
  const file = v.strictObject({ file: text((path) => (path === '' ? 'is empty' : null), 'Relative to this file.') });
  const command = v.strictObject({ command: v.pipe(v.array(v.string()), v.minLength(1, 'is empty')) });
  const forms =
    kind === 'project' ? v.union([literal, file], formExpected) : v.union([literal, file, command], formExpected);
  return v.pipe(forms, v.description(setting.what));
}

function text(problem: Problem, description: string) {
  return v.pipe(
    v.string(({ input }) => textExpected(input)),
    v.check(
      (value) => problem(value) === null,
      ({ input }) => problem(input) ?? '',
    ),
    v.description(description),
  );
}

function profiles(blocks: Schema): Schema {
  return v.pipe(mappingOf('profiles'), v.record(v.string(), blocks));
}

/** Keys that are not declared end as issues of type `never`; `problems.ts` words them. */
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
    return 'a command must be a list of words, and is honoured only in your own file, never in a project’s';
  }
  return `must be a string, "\${NAME}", { file: … } or { command: [ … ] }`;
}
