import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault, type FaultCode } from '../../src/core/fault.ts';
import { type LookupItem, type LookupResult, operationOf } from '../../src/core/item.ts';
import { type State, statuses } from '../../src/core/state.ts';
import {
  firstState,
  nextStep,
  type PollPolicy,
  type PollResult,
  type PollStep,
  resultAtDeadline,
  resultWhenStopped,
} from '../../src/engine/poll-policy.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { answer, clientOf, fault, lookupItem, messageStatus, never, startRun } from '../support/engine.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const providers = await loadProviders();

/** docs/waiting.md, with a provider that answers from a script and hours that take no time. */

type Line = State | FaultCode | LookupResult;

const isState = (line: Line): line is State => typeof line === 'string' && Object.hasOwn(statuses, line);
const resultOf = (line: Line): LookupResult =>
  typeof line !== 'string' ? line : isState(line) ? answer(line) : fault(line);

/** How a wait went. */
interface Course {
  readonly exit: string;
  /** The provider's word in the record; null where there is none. */
  readonly said: string | null;
  readonly hint: string | null;
  /** When each look-up began, virtual milliseconds. */
  readonly looks: readonly number[];
  readonly operations: readonly string[];
  readonly endedAt: number;
  /** The delays that were announced. */
  readonly announced: readonly number[];
}

interface Scene extends Partial<Omit<PollPolicy, 'random'>> {
  readonly provider?: string;
  readonly operation?: string;
  readonly random?: number;
  /** How long a look-up takes. */
  readonly lookMs?: number;
}

type Wait = (script: readonly Line[], scene?: Scene) => Promise<Course>;

function itemOf({ provider = 'sent', operation = 'get' }: Scene): LookupItem {
  return lookupItem('x', { provider: providers[provider]!, operation });
}

function policyOf({ random = 0, ...scene }: Scene): PollPolicy {
  return {
    untilFinal: true,
    deadline: 300_000,
    intervalMs: null,
    notFoundGraceMs: 10_000,
    expectation: { states: [], channel: null },
    ...scene,
    random: () => random,
  };
}

/** The line for a look-up; the last one is said for ever. */
const lineAt = (script: readonly Line[], before: number) => resultOf(script[Math.min(before, script.length - 1)]!);

function saidIn({ result }: PollResult): string | null {
  return result.kind === 'answer' ? result.value.providerState : null;
}

/** Looks up and waits as the policy says, by nothing but the policy. */
const waitAlone: Wait = async (script, scene = {}) => {
  const clock = virtualClock();
  const item = itemOf(scene);
  const policy = policyOf(scene);
  const looks: number[] = [];
  const operations: string[] = [];
  const announced: number[] = [];
  const wait = async (): Promise<PollResult> => {
    let state = firstState(item);
    for (;;) {
      looks.push(clock.monotonic());
      operations.push(state.operation);
      await clock.sleep(scene.lookMs ?? 0, never);
      const step: PollStep = nextStep(item, state, lineAt(script, looks.length - 1), policy, clock.monotonic());
      if (step.kind === 'done') return step;
      state = step.state;
      if (clock.monotonic() + step.delayMs < policy.deadline) announced.push(step.delayMs);
      await clock.sleep(step.delayMs, never);
      if (clock.monotonic() >= policy.deadline) return resultAtDeadline(state, false, policy);
    }
  };
  const result = await clock.run(wait());
  const { exit, hint = null } = result;
  return { exit, hint, said: saidIn(result), looks, operations, announced, endedAt: clock.monotonic() };
};

/** The same by the scheduler. */
const waitScheduled: Wait = async (script, scene = {}) => {
  const clock = virtualClock();
  const item = itemOf(scene);
  const { deadline, untilFinal: wait, ...policy } = policyOf(scene);
  const announced: number[] = [];
  const client = clientOf(clock, null, item.provider);
  const run = startRun([item], {
    clock,
    wait,
    timeoutMs: deadline,
    single: true,
    policy,
    open: async () => client,
    answer: ({ before }) => lineAt(script, before),
    lookMs: () => scene.lookMs ?? 0,
    deps: { onLookup: (_item, _result, nextMs) => void announced.push(nextMs) },
  });
  const { records, looks, recordTimes } = await run.finish();
  expect(records).toHaveLength(1);
  const { record, hint } = records[0]!;
  return {
    exit: record.exit.name,
    said: record.providerState,
    hint,
    looks: looks.map(({ at }) => at),
    operations: looks.map(({ operation }) => operation),
    announced,
    endedAt: recordTimes[0]!,
  };
};

const gapsOf = (looks: readonly number[]) => looks.slice(1).map((at, i) => at - looks[i]!);

describe.each([
  ['by the policy alone', waitAlone],
  ['by the scheduler', waitScheduled],
])('%s', (_, waited) => {
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
      expect(await waited(['queued', 'sent', 'delivered'], { expectation })).toMatchObject({
        exit: 'ok',
        endedAt: 2000,
      });
    });

    test('not with an unknown word, and tells it when the time is up', async () => {
      expect(await waited(['unknown', 'delivered'])).toMatchObject({ exit: 'ok' });
      expect(await waited(['unknown'], { deadline: 20_000 })).toMatchObject({
        exit: 'unknown-status',
        endedAt: 20_000,
      });
    });

    test('at once where the provider wants to be left alone for longer than there is time', async () => {
      const alone = await waited(['sent', fault('rate-limited', 600)], { deadline: 60_000 });
      expect(alone).toMatchObject({ exit: 'wait-timeout', endedAt: 2000, said: 'sent' });
      expect(alone.hint).toBe('the provider asks to retry after 10 min, later than the wait may last');
      const exact = await waited([fault('rate-limited', 60)], { deadline: 60_000 });
      expect([exact.endedAt, exact.hint]).toEqual([0, null]);
      expect(await waited([fault('rate-limited', 600)], { deadline: 60_000 })).toMatchObject({
        exit: 'rate-limited',
        endedAt: 0,
      });
    });
  });

  describe('when the time is up', () => {
    test('a state that was seen counts more than the last fault', async () => {
      const ended = await waited(['sent', 'timeout'], { deadline: 20_000 });
      expect(ended).toMatchObject({ exit: 'wait-timeout', said: 'sent' });
      expect(ended.hint).toBeNull();
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
    const provisional = answer('failed', { provisional: true });

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
          const result = lineAt(script, i);
          const stay = result.kind === 'fault' ? (result.fault.retryAfterSeconds ?? 0) * 1000 : 0;
          expect(gap).toBeGreaterThanOrEqual(Math.max(floor, stay) - 1e-6);
        });
      }),
      { numRuns: 300 },
    );
  });
});

test('the scheduler looks up when the policy says so, and comes to the same', async () => {
  const lines = fc.constantFrom<Line[]>('queued', 'sent', 'unknown', 'delivered', 'timeout', 'not-found', 'rejected');
  const scripts = fc.array(lines, { minLength: 1, maxLength: 8 });
  const scenes = fc.record({
    provider: fc.constantFrom('sendblue', 'sent', 'sfmc'),
    deadline: fc.integer({ min: 1000, max: 120_000 }),
    lookMs: fc.constantFrom(0, 300),
  });
  await fc.assert(
    fc.asyncProperty(scripts, scenes, async (script, scene) => {
      const { announced: _, endedAt: __, ...alone } = await waitAlone(script, scene);
      expect(await waitScheduled(script, scene)).toMatchObject(alone);
    }),
    { numRuns: 200 },
  );
});

describe('what is left to say', () => {
  const item = lookupItem('x', { provider: providers['sent']! });
  const policy = policyOf({});
  const stateAfter = (...lines: readonly Line[]) => {
    let state = firstState(item);
    for (const line of lines) {
      const step = nextStep(item, state, resultOf(line), policy, 0);
      if (step.kind === 'done') throw new Error(`done with ${String(line)}`);
      state = step.state;
    }
    return state;
  };
  const atDeadline = (isInFlight: boolean, ...lines: readonly Line[]) => {
    const result = resultAtDeadline(stateAfter(...lines), isInFlight, policy);
    const { result: last } = result;
    return [result.exit, last.kind === 'answer' ? last.value.providerState : last.fault.message];
  };

  test('when the time is up: a state, else the last fault, else where it was', () => {
    expect(atDeadline(false, 'sent', 'timeout')).toEqual(['wait-timeout', 'sent']);
    expect(atDeadline(true, 'timeout', 'provider-error')).toEqual(['provider-unavailable', 'provider-error']);
    expect(atDeadline(true, 'unknown')).toEqual(['unknown-status', 'unknown']);
    expect(atDeadline(true)).toEqual(['wait-timeout', 'the time was up before the answer came']);
    expect(atDeadline(false)).toEqual(['wait-timeout', 'the time was up before it was this id’s turn']);
  });

  test('when the run is stopped: the verdict on what is known, and nothing of what is not', () => {
    const stopped = (...lines: readonly Line[]) => resultWhenStopped(stateAfter(...lines), policy, never)?.exit ?? null;
    expect([stopped(), stopped('queued'), stopped('queued', 'timeout'), stopped('timeout')]).toEqual([
      null,
      'pending',
      'pending',
      'network',
    ]);
  });

  test('when it is ended from outside: whatever is known, under the exit of the one who ended it', () => {
    const ended = (reason: unknown, ...lines: readonly Line[]) =>
      resultWhenStopped(stateAfter(...lines), policy, AbortSignal.abort(reason))?.exit ?? null;
    const terminated = new Fault('terminated', { message: 'SIGTERM' });
    expect([ended(terminated), ended(terminated, 'queued'), ended(terminated, 'timeout')]).toEqual([
      null,
      'terminated',
      'terminated',
    ]);
    expect(ended('why', 'queued')).toBe('interrupted');
  });
});

describe('a state', () => {
  const item = lookupItem('x', { provider: providers['sendblue']!, operation: 'status' });
  const policy = policyOf({});

  test('is not changed by the step from it', () => {
    const before = Object.freeze(firstState(item));
    expect(before).toEqual({
      lookups: 0,
      known: null,
      last: null,
      confirming: false,
      firstResultAt: null,
      lastResultAt: null,
      seen: [],
      operation: 'status',
    });
    const result = answer('sent');
    const step = nextStep(item, before, result, policy, 500);
    expect(step).toMatchObject({
      kind: 'again',
      state: { lookups: 1, known: result, last: result, firstResultAt: 500, operation: 'get' },
    });
    expect(operationOf(item).nextOperation?.(messageStatus('sent'))).toBe('get');
  });

  test('keeps what was known when a fault follows, and when the first result came', () => {
    const first = nextStep(item, firstState(item), answer('queued'), policy, 500);
    if (first.kind === 'done') throw new Error('done');
    const second = nextStep(item, first.state, fault('timeout'), policy, 5000);
    expect(second).toMatchObject({
      kind: 'again',
      state: {
        lookups: 2,
        known: { value: { providerState: 'queued' } },
        last: { kind: 'fault' },
        firstResultAt: 500,
      },
    });
  });

  test('that is answered after the deadline is the last word', () => {
    const late = nextStep(item, firstState(item), answer('queued'), policy, policy.deadline);
    expect(late).toMatchObject({ kind: 'done', exit: 'wait-timeout', result: { kind: 'answer' } });
  });

  test('of a look-up that was broken off by the deadline is that of before', () => {
    const first = nextStep(item, firstState(item), answer('queued'), policy, 0);
    if (first.kind === 'done') throw new Error('done');
    const broken = nextStep(item, first.state, fault('timeout'), policy, policy.deadline);
    expect(broken).toMatchObject({ kind: 'done', exit: 'wait-timeout', result: { kind: 'answer' } });
    const never = nextStep(item, firstState(item), fault('timeout'), policy, policy.deadline);
    expect(never).toMatchObject({ kind: 'done', exit: 'wait-timeout', result: { fault: { code: 'time-up' } } });
  });
});
