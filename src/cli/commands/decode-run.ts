import { resolve } from 'node:path';
import type { ExitName } from '../../core/exit.ts';
import { Fault, faults, UsageError } from '../../core/fault.ts';
import type { KnownItem } from '../../core/item.ts';
import type { Decode, Provider, Providers } from '../../core/provider.ts';
import { Settings } from '../../core/settings.ts';
import { nearest } from '../../core/text.ts';
import type { World } from '../../world.ts';
import { bytesOf } from '../file-bytes.ts';
import { type LookupOptions, readingOptions } from '../flags.ts';
import { checkStdin } from '../input.ts';
import { type LookupInput, runLookups } from '../run-lookups.ts';
import { eventsIn, type StreamedEvent } from './decode-events.ts';

/** `sbstatus decode <provider>`. Throws a usage error for an unknown provider, and where there is no input. */
export async function decode(
  id: string,
  providers: Providers,
  options: LookupOptions,
  world: World,
): Promise<ExitName> {
  const provider = providerOf(id, providers);
  const streams = streamsOf(options.fromFile, world);
  const decoder = await provider.decoder();
  const items: LookupInput['items'] = (_, { abortSignal }) => readItems(provider, decoder, streams, abortSignal);
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

async function* readItems(
  provider: Provider,
  decode: Decode,
  streams: readonly OpenStream[],
  signal: AbortSignal,
): AsyncGenerator<KnownItem> {
  let index = 0;
  for (const open of streams) {
    for await (const event of eventsIn(open(signal))) {
      yield { kind: 'known', index, provider, operation: 'decode', ...readEvent(event, decode) };
      index += 1;
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
    return { id: where, result: { kind: 'fault', fault: withAdvice(error), ...common } };
  }
}

function withAdvice({ code, message, hint }: Fault): Fault {
  return new Fault(code, { message, hint: hint === faults['wrong-shape'].hint ? foreign : hint });
}

const foreign = 'pass on only events about messages, to the provider that they are from; --raw shows the event';
