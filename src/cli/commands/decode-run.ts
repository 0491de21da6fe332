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
  let found: readonly unknown[] = [value];
  for (const name of namesIn(path)) {
    found = name === everyEntry ? found.flatMap(entriesOf) : found.map((each) => parseText(childOf(each, name)));
  }
  const isList = Array.isArray(found[0]) || found.length !== 1;
  return found.flatMap(entriesOf).map((event, place) => {
    const isJson = typeof event === 'object' && event !== null;
    return {
      where: isList ? `${where}-event-${place + 1}` : where,
      value: isJson ? event : value,
      problem: isJson ? null : `no JSON at ${JSON.stringify(path)} of the line`,
    };
  });
}

const everyEntry = '*';

/** Of `request.body`, and of the same as jq and JSONPath write it: `.request.body`, `$.Records[0].body`, `Records[].body`. */
function namesIn(path: string): readonly string[] {
  const names = path
    .replace(/^\$(?=[.[]|$)/, '')
    .replace(
      /\[(?:'([^'\]]*)'|"([^"\]]*)"|(\d*|\*))\]/g,
      (_, single, double, index) => `.${single ?? double ?? (index || everyEntry)}`,
    );
  return names.split('.').filter((name) => name !== '');
}

function entriesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.map(parseText) : [value];
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

/** For a line of a log that has the event in one of its fields, however deep; null for any other. */
function wrapperHint(value: unknown, decode: Decode): string | null {
  const fields = [{ value, path: '' }];
  for (const { value: holder, path } of fields) {
    if (typeof holder !== 'object' || holder === null || Array.isArray(holder)) continue;
    for (const name of Object.keys(holder).slice(0, Math.max(0, mostFields - fields.length))) {
      const inner = parseText(childOf(holder, name));
      const [event] = entriesOf(inner);
      if (isEvent(event, decode)) return `the line wraps the event: add --at ${path}${name}`;
      fields.push({ value: event, path: `${path}${name}${Array.isArray(inner) ? '[]' : ''}.` });
    }
  }
  return null;
}

function isEvent(value: unknown, decode: Decode): boolean {
  if (typeof value !== 'object' || value === null) return false;
  try {
    decode(value, noSettings);
    return true;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return false;
  }
}

const foreign = 'pass on only events about messages, to the provider that they are from; --raw shows the event';
