import { resolve } from 'node:path';
import type { ManifestMessage } from '../../config/manifest/manifest.ts';
import type { ExitName } from '../../core/exit.ts';
import { Fault, UsageError } from '../../core/fault.ts';
import { type Expectation, type InvalidItem, idProblemOf, type LookupItem, operationOf } from '../../core/item.ts';
import { decodeText } from '../../core/json.ts';
import type { Provider, Providers } from '../../core/provider.ts';
import { nearest } from '../../core/text.ts';
import { type Cancellation, startCancellation } from '../../engine/cancellation.ts';
import { configurationFor } from '../../engine/credentials.ts';
import type { World } from '../../world.ts';
import { doubtFile, doubtId, unwrapId } from '../command-line.ts';
import { fileBytes } from '../file-bytes.ts';
import type { LookupOptions } from '../flags.ts';
import { checkStdin, idsOf } from '../input.ts';
import { runLookups } from '../run-lookups.ts';

export interface CheckOptions extends LookupOptions {
  readonly manifests: readonly string[];
  /** --env: variables that may stand in the manifest's ids. */
  readonly env: readonly string[];
}

/** `sbstatus check`: the manifests' messages, then the refs. Throws a usage error before anything is asked. */
export async function check(
  args: readonly string[],
  providers: Providers,
  options: CheckOptions,
  world: World,
): Promise<ExitName> {
  if (args.length === 0 && options.fromFile.length === 0 && options.manifests.length === 0) {
    throw new UsageError(
      'no message given',
      'name one as provider:id, list them with --manifest or --from-file, or pipe them in with -; try: sbstatus check sendblue:msg_abc123def456 --mock',
    );
  }
  if (options.env.length > 0 && options.manifests.length === 0) {
    throw new UsageError('--env works only with a manifest', 'add --manifest, or leave --env out');
  }
  checkStdin([...options.manifests, ...args, ...options.fromFile]);
  const refs = args.filter((arg) => arg !== '-').map((text) => requireRef(text, providers));
  // A manifest that does not come must not outlast the time either.
  const cancellation = startCancellation(options, world);
  try {
    const messages = await readMessages(options, providers, cancellation, world);
    return await checkAll(args, { messages, refs, providers, cancellation }, options, world);
  } finally {
    cancellation.end();
  }
}

interface CheckContext {
  readonly messages: readonly ManifestMessage[];
  /** Of the command line. */
  readonly refs: readonly Pick<LookupItem, 'provider' | 'operation' | 'id'>[];
  readonly providers: Providers;
  readonly cancellation: Cancellation;
}

async function checkAll(
  args: readonly string[],
  { messages, refs, providers, cancellation }: CheckContext,
  options: CheckOptions,
  world: World,
): Promise<ExitName> {
  const direct = refs.length === args.length && options.fromFile.length === 0;
  if (options.curl) {
    if (!direct) throw new UsageError('--curl shows refs of the command line and the manifest only', 'name the refs');
    return printCurls([...messages.map((message) => itemOf(message, 0, options)), ...refs], options, world);
  }
  const repeated = { count: 0 };
  const remarks: string[] = [];
  return runLookups(
    {
      items: (_, { abortSignal }) =>
        readItems(args, { messages, providers, signal: abortSignal, repeated, remarks }, options, world),
      repeated,
      remarks,
      isTyped: !direct && [...args, ...options.fromFile].includes('-') && world.stdin.terminal,
      direct: direct && options.manifests.length === 0,
      total: direct ? messages.length + new Set(args).size : null,
      single: false,
      cancellation,
    },
    options,
    world,
  );
}

async function readMessages(
  options: CheckOptions,
  providers: Providers,
  cancellation: Cancellation,
  world: World,
): Promise<readonly ManifestMessage[]> {
  const messages: ManifestMessage[] = [];
  for (const manifest of options.manifests) {
    messages.push(...(await readManifest(manifest, providers, options, cancellation, world)));
  }
  return messages;
}

function requireRef(text: string, providers: Providers): Pick<LookupItem, 'provider' | 'operation' | 'id'> {
  const ref = refOf(text, true, providers);
  if (!('problem' in ref)) return ref;
  const file = text.includes(':') ? null : doubtFile(text, { yaml: '--manifest' });
  if (file !== null) throw new UsageError(`${JSON.stringify(text)} is not a valid ref: ${file.problem}`, file.hint);
  throw new UsageError(`${JSON.stringify(text)} is not a valid ref: ${ref.problem}`, refHint);
}

const refHint = 'write provider:id, such as sendblue:msg_abc123def456';

interface CheckSource {
  readonly messages: readonly ManifestMessage[];
  readonly providers: Providers;
  readonly signal: AbortSignal;
  readonly repeated: { count: number };
  readonly remarks: string[];
}

/** Every message of the manifest, each with its own expectation; of the refs each once, at its first place. */
async function* readItems(
  args: readonly string[],
  { messages, providers, signal, repeated, remarks }: CheckSource,
  options: CheckOptions,
  world: World,
): AsyncGenerator<LookupItem | InvalidItem> {
  let index = 0;
  for (const message of messages) {
    yield itemOf(message, index, options);
    index += 1;
  }
  const seen = new Set<string>();
  for await (const { id: text, problem, argument } of idsOf(
    args,
    { ...options, keepBlanks: true, remarks },
    world,
    signal,
  )) {
    const ref = refOf(text, argument || options.nul, providers);
    const why = problem ?? ('problem' in ref ? ref.problem : null);
    const key = JSON.stringify([ref.provider.id, ref.operation, ref.id]);
    if (why !== null)
      yield {
        kind: 'invalid',
        index,
        ...ref,
        fault: new Fault('bad-id', { message: why, hint: refHint }),
      };
    else if (seen.has(key)) repeated.count += 1;
    else if (!('problem' in ref)) yield { kind: 'lookup', index, ...ref };
    seen.add(key);
    index += 1;
  }
}

function itemOf(
  { provider, operation, id, name, profile, ...wanted }: ManifestMessage,
  index: number,
  options: CheckOptions,
): LookupItem {
  const expectation = expectationOf(wanted, options.expectation);
  return {
    kind: 'lookup',
    index,
    provider,
    operation,
    id,
    name,
    expectation,
    ...(profile === null ? {} : { profile }),
  };
}

/** What a manifest says of a message is closer to it than a flag for all. */
function expectationOf(
  { expect, channel }: Pick<ManifestMessage, 'expect' | 'channel'>,
  flags: Expectation,
): Expectation {
  return { states: expect ?? flags.states, channel: channel ?? flags.channel };
}

async function printCurls(
  asks: readonly Pick<LookupItem, 'provider' | 'operation' | 'id' | 'profile'>[],
  options: CheckOptions,
  world: World,
): Promise<ExitName> {
  const { printCurl } = await import('./curl.ts');
  for (const { provider, operation, id, profile } of asks) {
    await printCurl(provider, operation, [id], { ...options, profile: profile ?? options.profile }, world);
  }
  return 'ok';
}

/** What a ref names. `problem`: what is wrong with it; the parts are then as far as they could be told. */
export type Ref =
  | Pick<LookupItem, 'provider' | 'operation' | 'id'>
  | {
      readonly provider: { readonly id: string };
      readonly operation: string;
      readonly id: string;
      readonly problem: string;
    };

/** `provider:id` or `provider/operation:id`, split at the first colon. `verbatim`: blanks at the edges belong to it. */
function refOf(text: string, verbatim: boolean, providers: Providers): Ref {
  const [, head = '', rest] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  const [name = '', operation = 'get'] = (verbatim ? head : head.trimStart()).split(/\/(.*)/s);
  const parts = { provider: { id: name.slice(0, 64) }, operation: operation.slice(0, 64), id: rest ?? text };
  const [ours, asked] = [name.toLowerCase(), operation.toLowerCase()];
  const provider = Object.hasOwn(providers, ours) ? providers[ours] : undefined;
  if (rest === undefined) return { ...parts, problem: 'it has no colon' };
  if (provider === undefined) return { ...parts, problem: noProvider(name, Object.keys(providers)) };
  if (!Object.hasOwn(provider.operations, asked)) return { ...parts, problem: noOperation(operation, provider) };
  return checkRef({ provider, operation: asked, id: rest }, verbatim);
}

function checkRef(ask: Pick<LookupItem, 'provider' | 'operation' | 'id'>, verbatim: boolean): Ref {
  if (operationOf(ask).anyCharacter === true) return withProblem(ask, idProblemOf(ask));
  const meant = { ...ask, id: unwrapId(verbatim ? ask.id : ask.id.trim()) };
  const doubt = doubtId(meant.id, ask.provider);
  return withProblem(meant, doubt === null ? idProblemOf(meant) : `${doubt.problem}: ${doubt.hint}`);
}

function withProblem(ask: Pick<LookupItem, 'provider' | 'operation' | 'id'>, problem: string | null): Ref {
  return problem === null ? ask : { ...ask, problem };
}

function noProvider(name: string, ids: readonly string[]): string {
  return `no provider is called ${JSON.stringify(name)}, ${suggestion(name, ids)}`;
}

function noOperation(name: string, provider: Provider): string {
  const names = Object.keys(provider.operations);
  return `${provider.id} has no operation ${JSON.stringify(name)}, ${suggestion(name, names)}`;
}

function suggestion(word: string, words: readonly string[]): string {
  const near = nearest(word, words);
  return near === null ? `only ${words.join(', ')}` : `did you mean ${near}?`;
}

/** Bytes; a manifest is written by people or for one run, and held in memory. */
const largest = 4 * 1024 * 1024;

/**
 * The messages of a manifest file; `-` is stdin. Throws a usage error or a `manifest-invalid` fault, and where the run is
 * stopped before the file ends, the fault of that.
 */
async function readManifest(
  file: string,
  providers: Providers,
  options: CheckOptions,
  { stopSignal }: Pick<Cancellation, 'stopSignal'>,
  world: World,
): Promise<readonly ManifestMessage[]> {
  const allowed = options.env.map(variableName);
  const name = file === '-' ? 'the manifest on standard input' : file;
  const stream = file === '-' ? world.stdin.stream : fileBytes(resolve(world.cwd, file), stopSignal);
  const text = await Promise.race([textOf(stream, name), rejectWhenStopped(stopSignal, name)]);
  const { messagesOf } = await import('../../config/manifest/manifest.ts');
  const secretVariables = async () => {
    const { files, secretVariables: names } = await configurationFor(options, world);
    // A file that cannot be read could name any variable.
    for (const { fault } of files) if (fault !== null) throw fault;
    return names;
  };
  return messagesOf(text, {
    name,
    providers,
    env: world.env,
    allowed,
    secretVariables,
    mayBeEmpty: options.allowEmpty,
  });
}

function rejectWhenStopped(signal: AbortSignal, name: string): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => {
      const { code } = signal.reason as Fault;
      const hint = 'raise --timeout, or end the input';
      const late = new Fault('time-up', { message: `the time was up before ${name} ended`, hint });
      reject(code === 'time-up' ? late : signal.reason);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** Never quoted: whoever writes `--env TOKEN=…` has put a secret there. */
function variableName(text: string): string {
  const name = text.trim();
  if (/^[A-Za-z_]\w*$/.test(name)) return name;
  throw new UsageError('--env takes the names of variables only', 'write --env ORDER, or --env ORDER,BUILD');
}

async function textOf(stream: AsyncIterable<unknown>, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk as Uint8Array | string);
      size += bytes.length;
      if (size > largest)
        throw new UsageError(`${name} is larger than 4 MiB`, 'list plain refs in a file: --from-file');
      chunks.push(bytes);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError(`cannot read ${name} (${code})`, 'check the path of --manifest');
  }
  return utf8(Buffer.concat(chunks), name);
}

function utf8(bytes: Buffer, name: string): string {
  try {
    return decodeText(bytes);
  } catch {
    throw new UsageError(`${name} is not UTF-8 text`, 'save it as UTF-8');
  }
}
