import * as v from 'valibot';
import { Fault } from '../../core/fault.ts';
import { idProblemOf } from '../../core/item.ts';
import type { Provider, Providers } from '../../core/provider.ts';
import type { Channel } from '../../core/record.ts';
import type { State } from '../../core/state.ts';
import { type Document, type DocumentProblem, problemText, readDocument, SyntaxProblem } from '../document.ts';
import { secretNames, variableIn } from '../value.ts';
import {
  formProblem,
  manifestSchema,
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
  /** The variables that the user allows in ids (`--env`), beside those that begin with `idPrefix`. */
  readonly allowed: readonly string[];
  /** Variables that config files name for secrets; asked for only where an id holds a variable. */
  secretVariables(): Promise<Iterable<string>>;
  readonly mayBeEmpty: boolean;
}

/** Variables whose names begin like this are for ids; the user who sets one says by its name that it may be shown. */
const idPrefix = 'SBSTATUS_ID_';

/**
 * The messages of a manifest, YAML or JSON. Throws a `manifest-invalid` fault that names every problem at once, by
 * line and path, and quotes no value.
 */
export async function messagesOf(text: string, options: ManifestOptions): Promise<readonly ManifestMessage[]> {
  const document = parseManifest(text, options.name);
  const manifest = checkManifest(document, options);
  const variables = await variablesOf(manifest, options);
  const problems: DocumentProblem[] = [];
  const messages = manifest.messages.flatMap((written, place) => {
    const found = messageOf(written, manifest, { providers: options.providers, variables });
    if (!('what' in found)) return [found];
    problems.push({ path: ['messages', place, found.key], say: () => found.what });
    return [];
  });
  if (problems.length > 0) throw invalid(problems, document, options.name);
  return messages;
}

/** Messages that are checked at a time: a million wrong ones would fill the memory with what is wrong with each. */
const partSize = 1000;

/** As many problems as are kept in order to tell the first ones; of the others the number. */
const mostKept = 100;

function checkManifest(document: Document, { name, providers, mayBeEmpty }: ManifestOptions): WrittenManifest {
  const problem = formProblem(document.data);
  if (problem !== null) throw invalid([problem], document, name);
  const schema = manifestSchema(providers, mayBeEmpty ? 0 : 1);
  const problems: DocumentProblem[] = [];
  const messages: WrittenMessage[] = [];
  let manifest: WrittenManifest = { messages };
  let more = 0;
  for (const { part, first } of partsOf(document.data as Readonly<Record<string, unknown>>)) {
    const checked = v.safeParse(schema, part);
    if (checked.success) {
      manifest = { ...checked.output, messages };
      for (const message of checked.output.messages) messages.push(message);
      continue;
    }
    const found = problemsIn(checked.issues, first);
    const kept = found.slice(0, mostKept - problems.length);
    problems.push(...kept);
    more += found.length - kept.length;
  }
  if (problems.length > 0) throw invalid(problems, document, name, more);
  return manifest;
}

/** The file with some of its messages at a time; `first`: the place of the first of them. */
function* partsOf(file: Readonly<Record<string, unknown>>) {
  const { messages } = file;
  const end = Array.isArray(messages) ? messages.length : 0;
  if (!Array.isArray(messages) || end <= partSize) yield { part: file, first: 0 };
  else {
    for (let first = 0; first < end; first += partSize) {
      yield { part: { ...file, messages: messages.slice(first, first + partSize) }, first };
    }
  }
}

interface KeyProblem {
  readonly key: string;
  readonly what: string;
}

interface MessageContext {
  readonly providers: Providers;
  readonly variables: IdVariables;
}

function messageOf(
  written: WrittenMessage,
  { defaults }: WrittenManifest,
  { providers, variables }: MessageContext,
): ManifestMessage | KeyProblem {
  const result = { ...defaults, ...written };
  const provider = result.provider === undefined ? undefined : providers[result.provider];
  if (provider === undefined) return { key: 'provider', what: 'is missing, here and in the defaults' };
  const { operation = 'get' } = result;
  if (!Object.hasOwn(provider.operations, operation)) {
    return { key: 'operation', what: `${wordProblem(operation, Object.keys(provider.operations))} for ${provider.id}` };
  }
  const expanded = expand(written.id, variables);
  if ('problem' in expanded) return { key: 'id', what: expanded.problem };
  const what = idProblemOf({ provider, operation, id: expanded.id });
  if (what !== null) return { key: 'id', what: `is not a valid id: ${what}` };
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

function invalid(problems: readonly DocumentProblem[], document: Document, name: string, more = 0): Fault {
  return new Fault('manifest-invalid', { message: problemText(name, problems, document.lineOf, more) });
}

/** Which variables may stand in an id. Secrets are in upper case: Windows does not tell the cases apart. */
interface IdVariables {
  readonly env: ManifestOptions['env'];
  readonly allowed: ReadonlySet<string>;
  readonly secrets: ReadonlySet<string>;
}

async function variablesOf({ messages }: WrittenManifest, options: ManifestOptions): Promise<IdVariables> {
  const { env, allowed, providers } = options;
  const named = messages.some(({ id }) => id.includes('${')) ? await options.secretVariables() : [];
  const secrets = [...Object.values(providers).flatMap(secretNames), ...named].map((name) => name.toUpperCase());
  return { env, allowed: new Set(allowed), secrets: new Set(secrets) };
}

/** An id with its variables put in, or what is wrong with them; no value is ever quoted, nor looked at again. */
type ExpandedId = { readonly id: string } | { readonly problem: string };

/** `${NAME}` is the variable's value, anywhere in the id; `$${` is `${` itself. */
function expand(written: string, variables: IdVariables): ExpandedId {
  let problem: string | null = null;
  const id = written.replace(/\$\$\{|\$\{([^}]*)\}?/g, (part, name: string | undefined) => {
    if (name === undefined) return '${';
    problem ??= variableProblem(part, name, variables);
    return variableIn(variables.env, name);
  });
  return problem === null ? { id } : { problem };
}

/** An id goes into a URL, and is shown; a manifest from somebody else's branch must not get a secret there. */
function variableProblem(part: string, name: string, { env, allowed, secrets }: IdVariables): string | null {
  if (!part.endsWith('}') || !/^[A-Za-z_]\w{0,127}$/.test(name)) {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: says how to write one
    return 'holds a variable that is not written ${NAME}; $${ stands for ${ itself';
  }
  if (secrets.has(name.toUpperCase())) return `refers to ${name}, which is a credential and never part of an id`;
  if (!allowed.has(name) && !name.startsWith(idPrefix)) {
    return `refers to ${name}, which is not allowed here: run with --env ${name}, or name it ${idPrefix}…`;
  }
  return variableIn(env, name) === '' ? `refers to ${name}, which is not set` : null;
}
