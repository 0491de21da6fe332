import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault, type FaultCode } from '../../src/core/fault.ts';
import type { LookupItem, LookupResult } from '../../src/core/lookup.ts';
import type { MessageStatus } from '../../src/core/provider.ts';
import { type State, statuses } from '../../src/core/state.ts';
import { exitOfAbort, type Patience, type Watch, watch } from '../../src/core/wait.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const providers = await loadProviders();

/** Design §6, with a provider that answers from a script and hours that take no time. */

const never = new AbortController().signal;
setMaxListeners(0, never);

type Line = State | FaultCode | LookupResult;

function finding(state: State, more: Partial<MessageStatus> = {}): LookupResult {
  const result = {
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
  return { result: result, request: null, mock: false };
}

function fault(code: FaultCode, retryAfterSeconds?: number): LookupResult {
  return { result: new Fault(code, { message: code, retryAfterSeconds }), request: null, mock: false };
}

const isState = (line: Line): line is State => typeof line === 'string' && Object.hasOwn(statuses, line);
const answerOf = (line: Line): LookupResult =>
  typeof line !== 'string' ? line : isState(line) ? finding(line) : fault(line);

interface Course extends Watch {
  /** When each look began, virtual milliseconds. */
  readonly looks: readonly number[];
  readonly operations: readonly string[];
  readonly endedAt: number;
  /** The delays that were announced. */
  readonly announced: readonly number[];
}

interface Scene extends Partial<Patience> {
  readonly provider?: string;
  readonly operation?: string;
  readonly random?: number;
  /** How long a look takes. */
  readonly lookMs?: number;
  readonly onLook?: (look: number) => void;
  /** Called at this moment, virtual milliseconds. */
  readonly at?: { readonly ms: number; readonly does: () => void };
}

/** Asks until the wait ends; the last line of the script is result for ever. */
async function waited(script: readonly Line[], scene: Scene = {}): Promise<Course> {
  const { provider = 'sent', operation = 'get', random = 0, lookMs = 0, onLook, at, ...patience } = scene;
  const clock = virtualClock();
  if (at !== undefined) void clock.sleep(at.ms, never).then(at.does);
  const looks: number[] = [];
  const operations: string[] = [];
  const announced: number[] = [];
  const ask: LookupItem = { index: 0, provider: providers[provider]!, operation, id: 'x' };
  const look = async (asked: LookupItem): Promise<LookupResult> => {
    looks.push(clock.monotonic());
    operations.push(asked.operation);
    onLook?.(looks.length);
    await clock.sleep(lookMs, never);
    return answerOf(script[Math.min(looks.length, script.length) - 1]!);
  };
  const ended = await clock.run(
    watch(
      ask,
      {
        untilFinal: true,
        deadline: 300_000,
        intervalMs: null,
        notFoundGraceMs: 10_000,
        expectation: { states: [], channel: null },
        signal: never,
        stop: never,
        ...patience,
      },
      { clock, random: () => random, look, onLook: (_ask, _answer, nextMs) => announced.push(nextMs) },
    ),
  );
  return { ...ended, looks, operations, announced, endedAt: clock.monotonic() };
}

const gapsOf = (looks: readonly number[]) => looks.slice(1).map((at, i) => at - looks[i]!);

describe('looks', () => {
  test('come 2 s apart at first, then ever less often, up to 30 s', async () => {
    const { looks } = await waited(['queued'], { deadline: 200_000 });
    expect(gapsOf(looks).slice(0, 9)).toEqual([2000, 3000, 4500, 6750, 10_125, 15_187.5, 22_781.25, 30_000, 30_000]);
  });

  test('are spread by chance by less than a fifth, but not below the floor', async () => {
    const { looks } = await waited(['queued'], { deadline: 200_000, random: 0.5 });
    expect(gapsOf(looks).slice(0, 3)).toEqual([2000, 2700, 4050]);
  });

  test('keep an interval that was named, and the provider’s floor whatever was named', async () => {
    expect(gapsOf((await waited(['queued'], { intervalMs: 7000, deadline: 60_000 })).looks).slice(0, 3)).toEqual([
      7000, 7000, 7000,
    ]);
    const floored = await waited(['queued'], { intervalMs: 100, deadline: 60_000, provider: 'sfmc' });
    expect(gapsOf(floored.looks).slice(0, 3)).toEqual([15_000, 15_000, 15_000]);
  });

  test('keep away for as long as the provider asked', async () => {
    const { looks } = await waited([fault('rate-limited', 20), 'delivered']);
    expect(looks).toEqual([0, 20_000]);
  });

  test('end with one a second before the time is up, if the floor allows it', async () => {
    const { looks, exit, endedAt } = await waited(['queued'], { deadline: 10_000 });
    expect(looks).toEqual([0, 2000, 5000, 9000]);
    expect([exit, endedAt]).toEqual(['wait-timeout', 10_000]);
    expect((await waited(['queued'], { deadline: 16_500, provider: 'sfmc' })).looks).toEqual([0, 15_000]);
    expect((await waited(['queued'], { deadline: 16_000, provider: 'sfmc' })).looks).toEqual([0, 15_000]);
    expect((await waited(['queued'], { deadline: 15_500, provider: 'sfmc' })).looks).toEqual([0]);
  });

  test('are announced, and what is only waiting for the end is not', async () => {
    expect((await waited(['queued', 'sent', 'delivered'])).announced).toEqual([2000, 3000]);
    expect((await waited(['queued'], { deadline: 10_000 })).announced).toEqual([2000, 3000, 4000]);
  });
});

describe('a wait ends', () => {
  test.each<[State, string]>([
    ['delivered', 'ok'],
    ['read', 'ok'],
    ['received', 'ok'],
    ['failed', 'failed'],
    ['canceled', 'failed'],
  ])('at once with %s', async (state, exit) => {
    const { looks, exit: ended, endedAt } = await waited(['queued', state, 'queued']);
    expect([looks.length, ended, endedAt]).toEqual([2, exit, 2000]);
  });

  test.each<[FaultCode, string]>([
    ['rejected', 'rejected'],
    ['unauthorized', 'auth'],
    ['forbidden', 'auth'],
    ['config-invalid', 'config'],
    ['wrong-shape', 'unexpected-response'],
    ['tls-expired', 'tls'],
    ['bad-id', 'usage'],
  ])('at once with the fault %s, whatever was seen before', async (code, exit) => {
    expect(await waited(['sent', code, 'delivered'])).toMatchObject({ exit, looks: [0, 2000] });
  });

  test.each<FaultCode>(['timeout', 'time-up', 'connection-lost', 'provider-error', 'rate-limited', 'unknown-host'])(
    'not with %s, which passes',
    async (code) => {
      expect(await waited(['sent', code, 'delivered'])).toMatchObject({ exit: 'ok' });
    },
  );

  test('when the expectation is met', async () => {
    const expectation = { states: ['sent'], channel: null } as const;
    expect(await waited(['queued', 'sent', 'delivered'], { expectation })).toMatchObject({ exit: 'ok', endedAt: 2000 });
  });

  test('not with an unknown word, and tells it when the time is up', async () => {
    expect(await waited(['unknown', 'delivered'])).toMatchObject({ exit: 'ok' });
    expect(await waited(['unknown'], { deadline: 20_000 })).toMatchObject({ exit: 'unknown-status', endedAt: 20_000 });
  });

  test('at once where the provider wants to be left alone for longer than there is time', async () => {
    const alone = await waited(['sent', fault('rate-limited', 600)], { deadline: 60_000 });
    expect(alone).toMatchObject({ exit: 'wait-timeout', endedAt: 2000, answer: { result: { providerState: 'sent' } } });
    expect(alone.hint).toBe('the provider asked to be left alone for 10 min, which is longer than the wait may last');
    const exact = await waited([fault('rate-limited', 60)], { deadline: 60_000 });
    expect([exact.endedAt, exact.hint]).toEqual([0, undefined]);
    expect(await waited([fault('rate-limited', 600)], { deadline: 60_000 })).toMatchObject({
      exit: 'rate-limited',
      endedAt: 0,
    });
  });
});

describe('when the time is up', () => {
  test('a state that was seen counts more than the last fault', async () => {
    const ended = await waited(['sent', 'timeout'], { deadline: 20_000 });
    expect(ended).toMatchObject({ exit: 'wait-timeout', answer: { result: { providerState: 'sent' } } });
    expect(ended.hint).toBeUndefined();
  });

  test('without any state the last fault has its own code', async () => {
    expect(await waited(['timeout', 'provider-error'], { deadline: 20_000 })).toMatchObject({
      exit: 'provider-unavailable',
    });
  });
});

describe('an id that is not there yet', () => {
  test('is forgiven for the grace, counted from the first answer', async () => {
    expect(await waited(['not-found', 'not-found', 'delivered'], { lookMs: 4000 })).toMatchObject({ exit: 'ok' });
    const ended = await waited(['not-found']);
    expect([ended.exit, ended.looks]).toEqual(['not-found', [0, 2000, 5000, 9500, 16_250]]);
  });

  test('is not forgiven without a grace', async () => {
    expect(await waited(['not-found', 'delivered'], { notFoundGraceMs: 0 })).toMatchObject({
      exit: 'not-found',
      looks: [0],
    });
  });

  test('is forgiven without a wait too, which then ends with the first answer', async () => {
    const ended = await waited(['not-found', 'sent', 'delivered'], { untilFinal: false });
    expect([ended.exit, ended.looks.length]).toEqual(['pending', 2]);
  });
});

describe('one look alone', () => {
  test.each<[Line, string]>([
    ['queued', 'pending'],
    ['delivered', 'ok'],
    ['failed', 'failed'],
    ['unknown', 'unknown-status'],
    ['timeout', 'network'],
  ])('at %s is %s', async (line, exit) => {
    const ended = await waited([line, 'delivered'], { untilFinal: false, notFoundGraceMs: 0 });
    expect([ended.exit, ended.looks]).toEqual([exit, [0]]);
  });
});

describe('a failure that may mend itself', () => {
  const provisional = finding('failed', { provisional: true });

  test('is confirmed once, after ten seconds', async () => {
    const ended = await waited([provisional, provisional, 'delivered']);
    expect([ended.exit, ended.looks]).toEqual(['failed', [0, 10_000]]);
  });

  test('may turn out otherwise', async () => {
    expect(await waited([provisional, 'sent', 'delivered'])).toMatchObject({ exit: 'ok' });
  });

  test('is confirmed again when it comes again after something else', async () => {
    const { looks } = await waited([provisional, 'sent', provisional, provisional]);
    expect(looks).toHaveLength(4);
    expect(looks[3]! - looks[2]!).toBe(10_000);
  });

  test('is not confirmed where it was expected, nor without a wait', async () => {
    const expectation = { states: ['failed'], channel: null } as const;
    expect(await waited([provisional], { expectation })).toMatchObject({ exit: 'ok', looks: [0] });
    expect(await waited([provisional], { untilFinal: false })).toMatchObject({ exit: 'failed', looks: [0] });
  });

  test('is confirmed sooner where there is less time, and stays a failure where there is none', async () => {
    expect(await waited([provisional], { deadline: 5000 })).toMatchObject({ exit: 'failed', looks: [0, 4000] });
    expect(await waited([provisional], { deadline: 2500 })).toMatchObject({
      exit: 'failed',
      looks: [0],
      endedAt: 2500,
    });
  });
});

test('Sendblue’s status goes on with get once SENT was seen, and stays there', async () => {
  const { operations } = await waited(['queued', 'sent', 'sent', 'delivered'], {
    provider: 'sendblue',
    operation: 'status',
  });
  expect(operations).toEqual(['status', 'status', 'get', 'get']);
  const troubled = await waited(['timeout', 'sent', 'timeout', 'delivered'], {
    provider: 'sendblue',
    operation: 'status',
  });
  expect(troubled.operations).toEqual(['status', 'status', 'get', 'get']);
});

describe('the user', () => {
  test('ends a sleep at once, and is told what was known', async () => {
    const user = new AbortController();
    const onLook = (look: number) => {
      if (look === 2) queueMicrotask(() => user.abort(new Fault('terminated', { message: 'SIGTERM' })));
    };
    const ended = await waited(['queued', 'sent', 'delivered'], { signal: user.signal, stop: user.signal, onLook });
    expect(ended).toMatchObject({ exit: 'terminated', endedAt: 2000, answer: { result: { providerState: 'sent' } } });
  });

  test('counts more than a fault that came at the same moment', async () => {
    const user = AbortSignal.abort(new Fault('interrupted', { message: 'SIGINT' }));
    for (const code of ['rejected', 'not-found', 'timeout'] as const) {
      expect(await waited([code], { signal: user, stop: user })).toMatchObject({ exit: 'interrupted', looks: [0] });
    }
  });

  test('is interrupted by whatever is no fault', () => {
    expect(exitOfAbort(AbortSignal.abort('why'))).toBe('interrupted');
    expect(exitOfAbort(AbortSignal.abort(new Fault('terminated', { message: 'x' })))).toBe('terminated');
  });
});

describe('a run that begins nothing more', () => {
  /** Stops at the look of this number, while it is under way or in the sleep after it. */
  const stopAt = (number: number, script: readonly Line[], lookMs: number) => {
    const run = new AbortController();
    const onLook = (look: number) => {
      if (look === number) queueMicrotask(() => run.abort());
    };
    return waited(script, { stop: run.signal, onLook, lookMs });
  };

  test('asks no more, and says what is known', async () => {
    expect(await stopAt(2, ['queued', 'sent', 'delivered'], 0)).toMatchObject({
      exit: 'pending',
      answer: { result: { providerState: 'sent' } },
      endedAt: 2000,
    });
    expect(await stopAt(1, ['timeout', 'delivered'], 0)).toMatchObject({ exit: 'network', endedAt: 0 });
  });

  test('in the middle of a sleep asks no more', async () => {
    const run = new AbortController();
    const at = { ms: 3000, does: () => run.abort() };
    expect(await waited(['queued', 'sent', 'delivered'], { stop: run.signal, at })).toMatchObject({
      exit: 'pending',
      looks: [0, 2000],
      endedAt: 3000,
    });
  });

  test('lets a look that is under way be answered; a state counts more than a fault', async () => {
    expect(await stopAt(2, ['sent', 'delivered'], 100)).toMatchObject({ exit: 'ok', endedAt: 2200 });
    expect(await stopAt(2, ['sent', 'timeout', 'delivered'], 100)).toMatchObject({
      exit: 'pending',
      answer: { result: { providerState: 'sent' } },
      endedAt: 2200,
    });
  });
});

test('whatever the provider says, a wait ends in time, keeps its distance, and is never merely pending', async () => {
  const states = fc.constantFrom<Line[]>('queued', 'scheduled', 'sent', 'unknown', 'delivered', 'failed');
  const faults = fc.constantFrom<Line[]>('timeout', 'provider-error', 'not-found', 'unauthorized', 'wrong-shape');
  const limits = fc.nat(100).map((seconds) => fault('rate-limited', seconds));
  const scripts = fc.array(fc.oneof(states, faults, limits), { minLength: 1, maxLength: 12 });
  const scenes = fc.record({
    provider: fc.constantFrom('sendblue', 'sent', 'sfmc'),
    deadline: fc.integer({ min: 1000, max: 120_000 }),
    intervalMs: fc.option(fc.integer({ min: 1, max: 60_000 })),
    notFoundGraceMs: fc.constantFrom(0, 10_000),
    random: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });
  await fc.assert(
    fc.asyncProperty(scripts, scenes, async (script, scene) => {
      const { looks, exit, endedAt } = await waited(script, scene);
      expect(endedAt).toBeLessThanOrEqual(scene.deadline);
      expect(exit).not.toBe('pending');
      const floor = providers[scene.provider]!.pace.floorMs;
      gapsOf(looks).forEach((gap, i) => {
        const { result } = answerOf(script[Math.min(i, script.length - 1)]!);
        const stay = result instanceof Fault ? (result.retryAfterSeconds ?? 0) * 1000 : 0;
        expect(gap).toBeGreaterThanOrEqual(Math.max(floor, stay) - 1e-6);
      });
    }),
    { numRuns: 300 },
  );
});
