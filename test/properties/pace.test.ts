import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import { noTurn, Pace } from '../../src/core/pace.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const never = new AbortController().signal;
setMaxListeners(0, never);
const forEver = { signal: never, deadline: Number.POSITIVE_INFINITY };
const rates = fc.record({ perSecond: fc.constantFrom(0.5, 1, 5, 100 / 60, 50), burst: fc.integer({ min: 1, max: 8 }) });

/** When each of these who ask gets a turn, in virtual milliseconds; null for nobody's. */
async function turnsOf(
  pace: Pace,
  clock: ReturnType<typeof virtualClock>,
  arrivals: readonly number[],
  bounds = forEver,
) {
  const ask = async (arrival: number) => {
    await clock.sleep(arrival, never);
    return (await pace.acquire(bounds)) ? clock.monotonic() : null;
  };
  return clock.run(Promise.all(arrivals.map(ask)));
}

describe('turns', () => {
  test('asked for at once: a burst, then one after the other at the rate', async () => {
    await fc.assert(
      fc.asyncProperty(rates, fc.integer({ min: 1, max: 20 }), async (rate, count) => {
        const clock = virtualClock();
        const turns = await turnsOf(new Pace(clock, rate), clock, new Array(count).fill(0));
        const due = turns.map((_, i) => (Math.max(0, i - rate.burst + 1) * 1000) / rate.perSecond);
        turns.forEach((at, i) => {
          expect(at).toBeCloseTo(due[i]!, 6);
        });
      }),
    );
  });

  test('asked for at any times: in that order, never too many, and at once when the way is free', async () => {
    const arrivals = fc
      .array(fc.nat(20_000), { minLength: 1, maxLength: 30 })
      .map((some) => some.sort((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(rates, arrivals, async (rate, asked) => {
        const clock = virtualClock();
        const turns = (await turnsOf(new Pace(clock, rate), clock, asked)).map(Number);
        const spacing = 1000 / rate.perSecond;
        turns.forEach((at, i) => {
          if (i > 0) expect(at).toBeGreaterThanOrEqual(turns[i - 1]!);
          const before = turns[i - rate.burst];
          if (before !== undefined) expect(at - before).toBeGreaterThanOrEqual(spacing - 1e-6);
          const free = before === undefined || asked[i]! - before >= spacing * rate.burst;
          if (free) expect(at).toBeCloseTo(asked[i]!, 6);
        });
      }),
    );
  });

  test('without a rate are had at once', async () => {
    const clock = virtualClock(500);
    expect(await turnsOf(new Pace(clock, null), clock, [0, 0, 0])).toEqual([500, 500, 500]);
  });

  test('end with the time: nobody waits beyond the deadline, nor gets a turn at it', async () => {
    const clock = virtualClock();
    const pace = new Pace(clock, { perSecond: 1, burst: 1 });
    const turns = await turnsOf(pace, clock, [0, 0, 0, 0], { signal: never, deadline: 2000 });
    expect([turns, clock.monotonic()]).toEqual([[0, 1000, null, null], 2000]);
  });

  test('end with the user', async () => {
    const clock = virtualClock();
    const pace = new Pace(clock, { perSecond: 1, burst: 1 });
    const user = new AbortController();
    const work = turnsOf(pace, clock, [0, 0, 0], { signal: user.signal, deadline: Number.POSITIVE_INFINITY });
    void clock.sleep(1500, never).then(() => user.abort());
    expect(await work).toEqual([0, 1000, null]);
    expect(clock.monotonic()).toBe(1500);
    expect(await clock.run(pace.acquire({ signal: user.signal, deadline: Number.POSITIVE_INFINITY }))).toBe(false);
  });
});

describe('a hold', () => {
  test('keeps everybody away for so long, and no burst follows it', async () => {
    const clock = virtualClock();
    const pace = new Pace(clock, { perSecond: 1, burst: 3 });
    const first = turnsOf(pace, clock, [0, 0, 0, 0, 0]);
    void clock.sleep(500, never).then(() => pace.pauseFor(10_000));
    const turns = await first;
    expect(turns.slice(0, 3)).toEqual([0, 0, 0]);
    expect(turns[3]).toBe(10_500);
    expect(turns[4]).toBe(11_500);
  });

  test('of less does not shorten one of more', async () => {
    const clock = virtualClock();
    const pace = new Pace(clock, null);
    pace.pauseFor(5000);
    pace.pauseFor(10);
    expect(pace.pausedMs).toBe(5000);
    expect(await turnsOf(pace, clock, [0, 6000])).toEqual([5000, 6000]);
    expect(pace.pausedMs).toBe(0);
  });

  test('that outlasts the deadline is not waited for', async () => {
    const clock = virtualClock();
    const pace = new Pace(clock, null);
    pace.pauseFor(5000);
    expect(await turnsOf(pace, clock, [0], { signal: never, deadline: 5000 })).toEqual([null]);
    expect(clock.monotonic()).toBe(0);
  });

  test('that is longer than anybody would wait for is not waited for', async () => {
    const clock = virtualClock();
    const pace = new Pace(clock, null, 4000);
    pace.pauseFor(4001);
    expect(await turnsOf(pace, clock, [0])).toEqual([null]);
    await clock.run(clock.sleep(1, never));
    expect(await turnsOf(pace, clock, [0])).toEqual([4001]);
  });
});

describe('who gets no turn is told', () => {
  const paceHeld = (ms: number) => {
    const pace = new Pace(virtualClock(), null);
    pace.pauseFor(ms);
    return pace;
  };

  test('that the time was up', () => {
    expect(noTurn(paceHeld(0), { signal: never }, 'Acme')).toMatchObject({
      code: 'time-up',
      message: 'the time ran out before it was this id’s turn',
    });
  });

  test('for how long the provider wants to be left alone, in whole seconds', () => {
    const fault = noTurn(paceHeld(90_500), { signal: never }, 'Acme');
    expect(fault).toMatchObject({ code: 'rate-limited', retryAfterSeconds: 91 });
    expect(fault.message).toMatch(/^Acme asked to be left alone for 1 min 31 s/);
  });

  test('who ended the run, if somebody did', () => {
    const why = new Fault('interrupted', { message: 'SIGINT' });
    expect(noTurn(paceHeld(90_000), { signal: AbortSignal.abort(why) }, 'Acme')).toBe(why);
    expect(noTurn(paceHeld(0), { signal: AbortSignal.abort('else') }, 'Acme').code).toBe('time-up');
  });
});
