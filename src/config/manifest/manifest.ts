import * as v from 'valibot';
import { Fault } from '../../core/fault.ts';
import { idProblemOf } from '../../core/item.ts';
import type { Provider, Providers } from '../../core/provider.ts';
import type { Channel } from '../../core/record.ts';
import type { State } from '../../core/state.ts';
import { type Document, readDocument, SyntaxProblem } from './document.ts';
import {
  type ManifestProblem,
  manifestSchema,
  pathText,
  problemsIn,
  type WrittenManifest,
  type WrittenMessage,
  wordProblem,
} from './schema.ts';

export { manifestJsonSchema } from './schema.ts';

/** One message of a manifest, its defaults filled in. Null: as the command line says. */
export interface ManifestMessage {
  readonly name: string | null;
  readonly provider: Provider;
  readonly operation: string;
  readonly id: string;
  readonly expect: readonly State[] | null;
  readonly channel: Channel | null;
  readonly profile: string | null;
}

export interface ManifestOptions {
  /** What the file is called in messages. */
  readonly name: string;
  readonly providers: Providers;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** As many problems of one file as a message names. */
const most = 8;

/**
 * The messages of a manifest, YAML or JSON. Throws a `manifest-invalid` fault that names every problem at once, by
 * line and path, and quotes no value.
 */
export function messagesOf(text: string, options: ManifestOptions): readonly ManifestMessage[] {
  const document = parseManifest(text, options.name);
  const checked = v.safeParse(manifestSchema(options.providers), document.data);
  if (!checked.success) throw invalid(problemsIn(checked.issues), document, options.name);
  const manifest = checked.output;
  const problems: ManifestProblem[] = [];
  const messages = manifest.messages.flatMap((written, place) => {
    const found = messageOf(written, manifest, options);
    if (!('what' in found)) return [found];
    problems.push({ path: ['messages', place, found.key], what: found.what });
    return [];
  });
  if (problems.length > 0) throw invalid(problems, document, options.name);
  return messages;
}

interface KeyProblem {
  readonly key: string;
  readonly what: string;
}

function messageOf(
  written: WrittenMessage,
  { defaults }: WrittenManifest,
  { env, providers }: ManifestOptions,
): ManifestMessage | KeyProblem {
  const result = { ...defaults, ...written };
  const provider = result.provider === undefined ? undefined : providers[result.provider];
  if (provider === undefined) return { key: 'provider', what: 'is missing, here and in the defaults' };
  const { operation = 'get' } = result;
  const operations = Object.keys(provider.operations);
  if (!operations.includes(operation)) {
    return { key: 'operation', what: `${wordProblem(operation, operations)} for ${provider.id}` };
  }
  const expanded = expand(written.id, env, providers);
  if ('problem' in expanded) return { key: 'id', what: expanded.problem };
  const what = idProblemOf({ provider, operation, id: expanded.id });
  if (what !== null) return { key: 'id', what: `cannot be asked for: ${what}` };
  return {
    name: written.name ?? null,
    provider,
    operation,
    id: expanded.id,
    expect: typeof result.expect === 'string' ? [result.expect] : (result.expect ?? null),
    channel: result.channel ?? null,
    profile: result.profile ?? null,
  };
}

function parseManifest(text: string, name: string): Document {
  try {
    return readDocument(text);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    const where = error.line === null ? name : `${name}, line ${error.line}`;
    throw new Fault('manifest-invalid', { message: `${where}: ${error.message}` });
  }
}

function invalid(problems: readonly ManifestProblem[], document: Document, name: string): Fault {
  const texts = problems
    .map((problem) => ({ ...problem, line: document.lineOf(problem.path) }))
    .sort((a, b) => a.line - b.line)
    .map(({ line, path, what }) => [`line ${line}:`, pathText(path), what].filter((part) => part !== '').join(' '));
  const rest = texts.length > most ? [`and ${texts.length - most} more`] : [];
  return new Fault('manifest-invalid', { message: `${name}, ${[...texts.slice(0, most), ...rest].join('; ')}` });
}

type Env = Readonly<Record<string, string | undefined>>;

/** An id with its variables put in, or what is wrong with them; no value is ever quoted, nor looked at again. */
export type Expanded = { readonly id: string } | { readonly problem: string };

/** `${NAME}` is the variable's value, anywhere in the id; `$${` is `${` itself. */
export function expand(written: string, env: Env, providers: Providers): Expanded {
  let problem: string | null = null;
  const id = written.replace(/\$\$\{|\$\{([^}]*)\}?/g, (part, name: string | undefined) => {
    if (name === undefined) return '${';
    problem ??= problemOf(part, name, env, providers);
    return env[name] ?? '';
  });
  return problem === null ? { id } : { problem };
}

function problemOf(part: string, name: string, env: Env, providers: Providers): string | null {
  if (!part.endsWith('}') || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: says how to write one
    return 'holds a variable that is not written ${NAME}; $${ stands for ${ itself';
  }
  // An id goes into a URL, and is shown; a manifest from somebody else's branch must not get a credential there.
  if (isCredential(name, providers)) return `refers to ${name}, which is a credential and never part of an id`;
  return (env[name] ?? '') === '' ? `refers to ${name}, which is not set` : null;
}

function isCredential(name: string, providers: Providers): boolean {
  return Object.values(providers).some(({ settings }) =>
    Object.values(settings).some(({ kind, env }) => kind === 'secret' && env.includes(name)),
  );
}
