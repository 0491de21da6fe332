import { resolve } from 'node:path';
import type { ExitName } from '../../core/exit.ts';
import { Fault, faults, UsageError } from '../../core/fault.ts';
import type { KnownItem } from '../../core/item.ts';
import { parseJson } from '../../core/json.ts';
import type { Decode, Provider, Providers } from '../../core/provider.ts';
import { Settings } from '../../core/settings.ts';
import { nearest } from '../../core/text.ts';
import type { World } from '../../world.ts';
import { bytesOf } from '../file-bytes.ts';
import { type LookupOptions, readingOptions } from '../flags.ts';
import { checkStdin } from '../input.ts';
import { type LookupInput, runLookups } from '../run-lookups.ts';
import { eventsIn, type StreamedEvent } from './decode-events.ts';

/** `sbstatus decode <provider>`. `at`: where a line has the event. Throws a usage error for an unknown provider, and where there is no input. */
export async function decode(
  id: string,
  providers: Providers,
  options: LookupOptions,
  at: string | null,
  world: World,
): Promise<ExitName> {
  const provider = providerOf(id, providers);
  const streams = streamsOf(options.fromFile, world);
  const decoder = await provider.decoder();
  const items: LookupInput['items'] = (_, { abortSignal }) =>
    readItems(provider, decoder, { streams, at, signal: abortSignal });
  const input = { items, total: null, single: false, nothing: 'no events in the input' };
  return runLookups(input, readingOptions(options), world);
}

function providerOf(id: string, providers: Providers): Provider {
  const provider = Object.hasOwn(providers, id) ? providers[id] : undefined;
  if (provider !== undefined) return provider;
  const names = Object.keys(providers);
  const near = nearest(id, names);
  throw new UsageError(
    `no provider ${JSON.stringify(id)}`,
    near === null ? `choose one of ${names.join(', ')}` : `did you mean ${near}?`,
  );
}

type OpenStream = (signal: AbortSignal) => AsyncIterable<unknown>;

/** Of the files, and of standard input where none is named. */
function streamsOf(files: readonly string[], { stdin, cwd }: World): OpenStream[] {
  checkStdin(files);
  const named = files.length === 0 ? ['-'] : files;
  if (stdin.terminal && named.includes('-')) {
    throw new UsageError('no events: standard input is a terminal', 'pipe them in, or name a file with --from-file');
  }
  return named.map((file) => (signal) => (file === '-' ? stdin.stream : bytesOf(resolve(cwd, file), 'events', signal)));
}

interface DecodeSource {
  readonly streams: readonly OpenStream[];
  readonly at: string | null;
  readonly signal: AbortSignal;
}

async function* readItems(
  provider: Provider,
  decode: Decode,
  { streams, at, signal }: DecodeSource,
): AsyncGenerator<KnownItem> {
  let index = 0;
  for (const open of streams) {
    for await (const line of eventsIn(open(signal))) {
      for (const event of at === null ? [line] : unwrap(line, at)) {
        yield { kind: 'known', index, provider, operation: 'decode', ...readEvent(event, decode) };
        index += 1;
      }
    }
  }
}

/** Webhooks are read without a configuration: no setting changes what they say. */
const noSettings = new Settings(new Map());

function readEvent({ where, value, problem }: StreamedEvent, decode: Decode): Pick<KnownItem, 'id' | 'result'> {
  const common = { request: null, mock: false, body: value };
  try {
    if (problem !== null) throw new Fault('bad-event', { message: problem });
    const { id, finding } = decode(value, noSettings);
    return { id, result: { kind: 'answer', value: finding, ...common } };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const hint = problem === null ? wrapperHint(value, decode) : null;
    return { id: where, result: { kind: 'fault', fault: withAdvice(error, hint), ...common } };
  }
}

function withAdvice({ code, message, hint }: Fault, better: string | null): Fault {
  return new Fault(code, { message, hint: better ?? (hint === faults['wrong-shape'].hint ? foreign : hint) });
}

/** The events at a path of a line: each of a list, and JSON that is a text. */
function unwrap({ where, value, problem }: StreamedEvent, path: string): readonly StreamedEvent[] {
  if (problem !== null) return [{ where, value, problem }];
  let inner = value;
  for (const name of path.split('.')) inner = parseText(childOf(inner, name));
  if (inner === undefined || inner === null || typeof inner === 'string') {
    return [{ where, value, problem: `no JSON at ${JSON.stringify(path)} of the line` }];
  }
  if (!Array.isArray(inner)) return [{ where, value: inner, problem: null }];
  return inner.map((each: unknown, place) => ({ where: `${where}-event-${place + 1}`, value: each, problem: null }));
}

function childOf(value: unknown, name: string): unknown {
  const isHolder = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  return isHolder ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** What the text is as JSON; the text itself where it is none, and what is no text. */
function parseText(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return parseJson(value);
  } catch {
    return value;
  }
}

/** Fields of a line that are looked at for the event that it wraps. */
const mostFields = 50;

/** For a line of a log that has the event in one of its fields; null for any other. */
function wrapperHint(value: unknown, decode: Decode): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  for (const name of Object.keys(value).slice(0, mostFields)) {
    const inner = parseText(childOf(value, name));
    const event: unknown = Array.isArray(inner) ? inner[0] : inner;
    if (typeof event !== 'object' || event === null) continue;
    try {
      decode(event, noSettings);
      return `the line wraps the event: add --at ${name}`;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  }
  return null;
}

const foreign = 'pass on only events about messages, to the provider that they are from; --raw shows the event';
