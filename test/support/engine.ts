import { setMaxListeners } from 'node:events';
import { Fault, type FaultCode } from '../../src/core/fault.ts';
import { type Clock, type Limits, noTurnFault } from '../../src/core/http.ts';
import { faultResult, type Item, type LookupItem, type LookupResult } from '../../src/core/item.ts';
import type { Authorization, MessageStatus, Operation, Provider } from '../../src/core/provider.ts';
import { Settings } from '../../src/core/settings.ts';
import { type State, statuses } from '../../src/core/state.ts';
import { RateLimiter } from '../../src/engine/accounts.ts';
import { type Cancellation, startCancellation, type TimeOptions } from '../../src/engine/cancellation.ts';
import type { PollPolicy } from '../../src/engine/poll-policy.ts';
import { createRecorder, resultWithoutLookup } from '../../src/engine/records.ts';
import type { Client } from '../../src/engine/request.ts';
import { type Finished, Scheduler, type SchedulerDeps, type SchedulerOptions } from '../../src/engine/scheduler.ts';
import type { SignalName, World } from '../../src/world.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

/** What the tests of the engine share: a made-up provider, results without a network, and whole runs in no time. */

export const never = new AbortController().signal;
setMaxListeners(0, never);

export function messageStatus(state: State = 'delivered', more: Partial<MessageStatus> = {}): MessageStatus {
  return {
    status: statuses[state],
    providerState: state,
    channel: null,
    downgraded: null,
    direction: null,
    from: null,
    to: null,
    createdAt: null,
    sentAt: null,
    updatedAt: null,
    reason: null,
    timeline: [],
    details: {},
    warnings: [],
    ...more,
  };
}

export function answer(state: State = 'delivered', more: Partial<MessageStatus> = {}): LookupResult {
  return { kind: 'answer', value: messageStatus(state, more), request: null, mock: false };
}

export function fault(code: FaultCode, retryAfterSeconds?: number): LookupResult {
  return faultResult(new Fault(code, { message: code, retryAfterSeconds }));
}

export function authorization(token: string): Authorization {
  return { base: new URL('https://api.acme.example/v1/'), headers: { authorization: token } };
}

export function providerWith(get: Partial<Operation> = {}, more: Partial<Provider> = {}): Provider {
  const operation: Operation = {
    summary: 'look up',
    idName: 'id',
    example: 'a',
    target: (id) => ({ path: ['messages', id] }),
    read: () => messageStatus(),
    ...get,
  };
  return {
    id: 'acme',
    title: 'Acme',
    settings: {},
    credentials: [],
    operations: { get: operation },
    pace: { perSecond: 1, floorMs: 0 },
    details: {},
    privateDetails: { values: [], sentences: [] },
    check: { what: 'nothing', target: { path: [] }, proof: 'success' },
    codes: [],
    connect: () => ({ canRenew: false, authorize: async () => authorization('1') }),
    mock: () => Promise.reject(new Error('not here')),
    decoder: () => Promise.reject(new Error('not here')),
    ...more,
  };
}

export const acme = providerWith();

export function lookupItem(id: string, more: Partial<LookupItem> = {}): LookupItem {
  return { kind: 'lookup', index: 0, provider: acme, operation: 'get', id, ...more };
}

/** Items with these ids, indexed. */
export function lookupItems(ids: readonly string[], more: Partial<LookupItem> = {}): LookupItem[] {
  return ids.map((id, index) => lookupItem(id, { index, ...more }));
}

/** A client of an account of its own. `perSecond` null: as fast as they come. */
export function clientOf(clock: Clock, perSecond: number | null = null, provider = acme): Client {
  const account = {
    provider,
    limiter: new RateLimiter(clock, perSecond),
    refusal: null,
    confirmation: null,
    isProven: false,
  };
  const connection = { canRenew: false, authorize: async () => authorization('1') };
  return { account, settings: new Settings(new Map()), connection };
}

/** As much of the world as a cancellation needs, with the ways to end a run from outside. */
export function outside(clock: Clock) {
  const listeners = new Set<(name: SignalName) => void>();
  const reader = new AbortController();
  const world = {
    clock,
    onSignal: (listener: (name: SignalName) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stdout: { gone: reader.signal },
    stderr: {},
  } as unknown as World;
  return {
    world,
    listeners,
    signal: (name: SignalName) => {
      for (const listener of [...listeners]) listener(name);
    },
    closeReader: () => reader.abort(),
  };
}

/** One look-up that had its turn. */
export interface Look {
  readonly id: string;
  readonly at: number;
  readonly operation: string;
  /** How often the message was looked up before. */
  readonly before: number;
}

export interface RunScene extends Partial<SchedulerOptions> {
  readonly clock?: VirtualClock;
  readonly timeoutMs?: number | null;
  readonly failFast?: boolean;
  readonly policy?: Partial<PollPolicy>;
  /** What a look-up comes to, and how long it takes. */
  answer?(look: Look): LookupResult | Promise<LookupResult>;
  lookMs?(look: Look): number;
  /** By default one client for all. */
  open?: SchedulerDeps['accounts']['open'];
  lookUp?: SchedulerDeps['accounts']['lookUp'];
  /** What goes on beside the run. */
  readonly deps?: Partial<SchedulerDeps>;
  /** Called with each record; false ends the reading. */
  readonly onRecord?: (finished: Finished, run: EngineRun) => unknown;
}

export interface EngineRun {
  readonly clock: VirtualClock;
  readonly scheduler: Scheduler;
  readonly cancellation: Cancellation;
  readonly outside: ReturnType<typeof outside>;
  readonly looks: readonly Look[];
  /** Ids of the items as the source gave them. */
  readonly records: Finished[];
  /** When each record came. */
  readonly recordTimes: number[];
  /** Look-ups under way at once, at most. */
  readonly mostAtOnce: () => number;
  /** Lets time pass until all records have come. */
  readonly finish: () => Promise<EngineRun>;
}

type Items = readonly Item[] | AsyncIterable<Item> | ((clock: VirtualClock) => AsyncIterable<Item>);

/** A run of the engine's own parts, with look-ups out of a script. */
export function startRun(items: Items, scene: RunScene = {}): EngineRun {
  const { clock = virtualClock(), wait = false, timeoutMs = null, failFast = false } = scene;
  const around = outside(clock);
  const time: TimeOptions = { wait, timeoutMs };
  const cancellation = startCancellation(time, around.world);
  const client = clientOf(clock);
  const looks: Look[] = [];
  const counts = new Map<string, number>();
  let underWay = 0;
  let mostAtOnce = 0;
  const lookUp: SchedulerDeps['accounts']['lookUp'] = async ({ id, provider }, operation, _client, limiter, limits) => {
    if (!(await limiter.acquire(limits))) return faultResult(noTurnFault(limiter, limits, provider.title));
    const look = { id, operation, at: clock.monotonic(), before: counts.get(id) ?? 0 };
    counts.set(id, look.before + 1);
    looks.push(look);
    underWay += 1;
    mostAtOnce = Math.max(mostAtOnce, underWay);
    try {
      return await answerWithin(clock, limits, scene.lookMs?.(look) ?? 0, () => scene.answer?.(look) ?? answer());
    } finally {
      underWay -= 1;
    }
  };
  const expectation = scene.policy?.expectation ?? { states: [], channel: null };
  const gates = { minSuccess: null, maxFailed: null };
  const finish = createRecorder({ expectation, exitZero: false, raw: false, failFast, gates }, clock, cancellation);
  const scheduler = new Scheduler(
    { concurrency: 8, ordered: true, single: false, ...scene, wait },
    {
      clock,
      cancellation,
      finish,
      accounts: {
        lookUp: scene.lookUp ?? lookUp,
        open: scene.open ?? (async () => client),
        fetch: async () => faultResult(new Fault('internal', { message: 'no list is read here' })),
      },
      policyOf: () => ({
        untilFinal: wait,
        deadline: cancellation.deadline,
        intervalMs: null,
        notFoundGraceMs: wait ? 10_000 : 0,
        random: () => 0,
        ...scene.policy,
        expectation,
      }),
      settle: async (item) => {
        const known = resultWithoutLookup(item, { expectation });
        return known === null ? null : finish(item, known, []);
      },
      onLookup: () => undefined,
      onTooMany: () => undefined,
      ...scene.deps,
    },
  );
  const records: Finished[] = [];
  const recordTimes: number[] = [];
  const run: EngineRun = {
    clock,
    scheduler,
    cancellation,
    outside: around,
    looks,
    records,
    recordTimes,
    mostAtOnce: () => mostAtOnce,
    finish: async () => {
      await clock.run(readAll());
      return run;
    },
  };
  async function readAll(): Promise<void> {
    for await (const finished of scheduler.run(sourceOf(items, clock))) {
      records.push(finished);
      recordTimes.push(clock.monotonic());
      if ((await scene.onRecord?.(finished, run)) === false) return;
    }
  }
  return run;
}

/** The same, to its end. */
export function runToEnd(items: Items, scene: RunScene = {}): Promise<EngineRun> {
  return startRun(items, scene).finish();
}

export function idsOf(records: readonly Finished[]): string[] {
  return records.map(({ record }) => record.id);
}

/** `id exit` of each record. */
export function exitsOf(records: readonly Finished[]): string[] {
  return records.map(({ record }) => `${record.id} ${record.exit.name}`);
}

/** A record that needs no look-up, of about so many characters. */
export function knownItem(id: string, index: number, characters = 0): Item {
  const result = answer('delivered', { details: { text: 'x'.repeat(characters) } });
  return { kind: 'known', index, provider: acme, operation: 'get', id, result };
}

/** As an attempt over the network ends: by its answer, by the time that it may take, or by whoever aborts it. */
async function answerWithin(
  clock: Clock,
  limits: Limits,
  ms: number,
  result: () => LookupResult | Promise<LookupResult>,
): Promise<LookupResult> {
  const began = clock.monotonic();
  if (ms > 0) await clock.sleep(Math.min(ms, limits.deadline - began), limits.signal);
  if (limits.signal.aborted) return faultResult(limits.signal.reason);
  if (began + ms > limits.deadline) return fault('timeout');
  return result();
}

function sourceOf(items: Items, clock: VirtualClock): AsyncIterable<Item> {
  if (typeof items === 'function') return items(clock);
  return Symbol.asyncIterator in items ? items : each(items);
}

async function* each(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}
