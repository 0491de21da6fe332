import type { ManifestMessage } from '../../../config/manifest.ts';
import type { ExitName } from '../../../core/exit.ts';
import { Fault } from '../../../core/fault.ts';
import type { Ask, Misfit } from '../../../core/lookup.ts';
import type { Providers } from '../../../core/provider.ts';
import type { Expectation } from '../../../core/verdict.ts';
import type { World } from '../../../world.ts';
import { idsOf } from '../../input.ts';
import { runLookups } from '../../lookups.ts';
import type { LookupOptions } from '../../options.ts';
import { type Run, startRun } from '../../run.ts';
import { UsageError } from '../../usage.ts';
import { refOf } from './ref.ts';

export interface CheckOptions extends LookupOptions {
  readonly manifest: string | null;
}

/** `sbstatus check`: the manifest's messages, then the refs. Throws a usage error before anything is asked. */
export async function check(
  args: readonly string[],
  providers: Providers,
  options: CheckOptions,
  world: World,
): Promise<ExitName> {
  if (args.length === 0 && options.fromFile === null && options.manifest === null) {
    throw new UsageError(
      'no message given',
      'name one as provider:id, list them with --manifest or --from-file, or pipe them in with -; try: sbstatus check sendblue:msg_abc123def456 --mock',
    );
  }
  const refs = args.filter((arg) => arg !== '-').map((text) => checkedRef(text, providers));
  const run = startRun(options, world);
  try {
    const messages = await manifestMessages(options, providers, run, world);
    return await checkAll(args, { messages, refs, providers, run }, options, world);
  } finally {
    run.end();
  }
}

interface Wanted {
  readonly messages: readonly ManifestMessage[];
  /** Of the command line. */
  readonly refs: readonly Pick<Ask, 'provider' | 'operation' | 'id'>[];
  readonly providers: Providers;
  readonly run: Run;
}

async function checkAll(
  args: readonly string[],
  { messages, refs, providers, run }: Wanted,
  options: CheckOptions,
  world: World,
): Promise<ExitName> {
  const direct = refs.length === args.length && options.fromFile === null;
  if (options.curl) {
    if (!direct) throw new UsageError('--curl shows refs of the command line and the manifest only', 'name the refs');
    return printCurls([...messages.map((message) => askOf(message, 0, options)), ...refs], options, world);
  }
  return runLookups(
    {
      items: items(args, { messages, providers, signal: run.signal }, options, world),
      total: direct ? messages.length + new Set(args).size : null,
      single: false,
      names: new Map(messages.flatMap(({ name }, index) => (name === null ? [] : [[index, name] as const]))),
      run,
    },
    options,
    world,
  );
}

async function manifestMessages(
  { manifest }: CheckOptions,
  providers: Providers,
  run: Run,
  world: World,
): Promise<readonly ManifestMessage[]> {
  if (manifest === null) return [];
  const { readManifest } = await import('./manifest.ts');
  return readManifest(manifest, providers, run, world);
}

function checkedRef(text: string, providers: Providers): Pick<Ask, 'provider' | 'operation' | 'id'> {
  const ref = refOf(text, true, providers);
  if (!('problem' in ref)) return ref;
  throw new UsageError(`${JSON.stringify(text)} cannot be asked for: ${ref.problem}`, 'a ref is provider:id');
}

interface Source {
  readonly messages: readonly ManifestMessage[];
  readonly providers: Providers;
  readonly signal: AbortSignal;
}

/** Every message of the manifest, each with its own expectation; of the refs each once, at its first place. */
async function* items(
  args: readonly string[],
  { messages, providers, signal }: Source,
  options: CheckOptions,
  world: World,
): AsyncGenerator<Ask | Misfit> {
  let index = 0;
  for (const message of messages) {
    yield askOf(message, index, options);
    index += 1;
  }
  const seen = new Set<string>();
  for await (const { id: text, problem, argument } of idsOf(args, { ...options, keepBlanks: true }, world, signal)) {
    const ref = refOf(text, argument || options.nul, providers);
    const why = problem ?? ('problem' in ref ? ref.problem : null);
    const key = JSON.stringify([ref.provider.id, ref.operation, ref.id]);
    if (why !== null)
      yield { index, ...ref, fault: new Fault('bad-id', { message: why, hint: 'a ref is provider:id' }) };
    else if (!('problem' in ref) && !seen.has(key)) yield { index, ...ref };
    seen.add(key);
    index += 1;
  }
}

function askOf({ provider, operation, id, profile, ...wanted }: ManifestMessage, index: number, options: CheckOptions) {
  const expectation = expectationOf(wanted, options.expectation);
  return { index, provider, operation, id, expectation, ...(profile === null ? {} : { profile }) };
}

/** What a manifest says of a message is closer to it than a flag for all. */
function expectationOf(
  { expect, channel }: Pick<ManifestMessage, 'expect' | 'channel'>,
  flags: Expectation,
): Expectation {
  return { states: expect ?? flags.states, channel: channel ?? flags.channel };
}

async function printCurls(
  asks: readonly Pick<Ask, 'provider' | 'operation' | 'id' | 'profile'>[],
  options: CheckOptions,
  world: World,
): Promise<ExitName> {
  const { printCurl } = await import('../lookup/curl.ts');
  for (const { provider, operation, id, profile } of asks) {
    await printCurl(provider, operation, [id], { ...options, profile: profile ?? options.profile }, world);
  }
  return 'ok';
}
