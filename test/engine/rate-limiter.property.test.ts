import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import { noTurnFault } from '../../src/core/http.ts';
import { RateLimiter } from '../../src/engine/accounts.ts';
import { never } from '../support/engine.ts';
import { type VirtualClock, virtualClock } from '../support/virtual-clock.ts';

const forEver = { signal: never, deadline: Number.POSITIVE_INFINITY };
const rates = fc.constantFrom(0.5, 1, 5, 100 / 60, 50);
const arrivals = fc.array(fc.nat(20_000), { minLength: 1, maxLength: 30 }).map((some) => some.sort((a, b) => a - b));

/** When each of these who ask gets a turn, in virtual milliseconds; null for nobody's. */
async function turnsOf(limiter: RateLimiter, clock: VirtualClock, asked: readonly number[], bounds = forEver) {
  const ask = async (arrival: number) => {
    await clock.sleep(arrival, never);
    return (await limiter.acquire(bounds)) ? clock.monotonic() : null;
  };
  return clock.run(Promise.all(asked.map(ask)));
}

describe('turns', () => {
  test('asked for at once: one after the other at the rate, with no burst', async () => {
    await fc.assert(
      fc.asyncProperty(rates, fc.integer({ min: 1, max: 20 }), async (perSecond, count) => {
        const clock = virtualClock();
        const turns = await turnsOf(new RateLimiter(clock, perSecond), clock, new Array(count).fill(0));
        turns.forEach((at, i) => {
          expect(at).toBeCloseTo((i * 1000) / perSecond, 6);
        });
      }),
    );
  });

  test('asked for at any times: in that order, never too close, and at once when the way is free', async () => {
    await fc.assert(
      fc.asyncProperty(rates, arrivals, async (perSecond, asked) => {
        const clock = virtualClock();
        const turns = (await turnsOf(new RateLimiter(clock, perSecond), clock, asked)).map(Number);
        const spacing = 1000 / perSecond;
        turns.forEach((at, i) => {
          const before = turns[i - 1] ?? Number.NEGATIVE_INFINITY;
          expect(at - before).toBeGreaterThanOrEqual(spacing - 1e-6);
          expect(at).toBeCloseTo(Math.max(asked[i]!, before + spacing), 6);
        });
      }),
    );
  });

  test('are not saved up: whoever comes late finds one free, not several', async () => {
    const clock = virtualClock();
    const limiter = new RateLimiter(clock, 5);
    expect(await turnsOf(limiter, clock, [0, 60_000, 60_000, 60_000])).toEqual([0, 60_000, 60_200, 60_400]);
  });

  test('that a machine asleep let go by are not caught up with', async () => {
    const clock = virtualClock();
    const wakesAt = 9000;
    // From 300 ms on nothing runs: every alarm rings late, and all of them at once.
    const sleep: VirtualClock['sleep'] = (ms, signal) => {
      const at = clock.monotonic() + ms;
      return clock.sleep(at > 300 && at < wakesAt ? wakesAt - clock.monotonic() : ms, signal);
    };
    const turns = await turnsOf(new RateLimiter({ ...clock, sleep }, 5), clock, new Array(8).fill(0));
    expect(turns.slice(0, 3)).toEqual([0, 200, wakesAt]);
    const gaps = turns.slice(3).map((at, i) => Number(at) - Number(turns[i + 2]));
    expect(gaps.filter((gap) => gap < 150)).toEqual([]);
    expect(turns.at(-1)).toBeLessThan(wakesAt + 2000);
  });

  test('without a rate are had at once', async () => {
    const clock = virtualClock(500);
    expect(await turnsOf(new RateLimiter(clock, null), clock, [0, 0, 0])).toEqual([500, 500, 500]);
  });

  test('end with the time: nobody waits beyond the deadline, nor gets a turn at it', async () => {
    const clock = virtualClock();
    const limiter = new RateLimiter(clock, 1);
    const turns = await turnsOf(limiter, clock, [0, 0, 0, 0], { signal: never, deadline: 2000 });
    expect([turns, clock.monotonic()]).toEqual([[0, 1000, null, null], 2000]);
  });

  test('end with the user', async () => {
    const clock = virtualClock();
    const limiter = new RateLimiter(clock, 1);
    const user = new AbortController();
    const bounds = { signal: user.signal, deadline: Number.POSITIVE_INFINITY };
    const work = turnsOf(limiter, clock, [0, 0, 0], bounds);
    void clock.sleep(1500, never).then(() => user.abort());
    expect(await work).toEqual([0, 1000, null]);
    expect(clock.monotonic()).toBe(1500);
    expect(await clock.run(limiter.acquire(bounds))).toBe(false);
  });

  test('that nobody gets are not used up', async () => {
    const clock = virtualClock();
    const limiter = new RateLimiter(clock, 1, 4000);
    limiter.pauseFor(5000);
    expect(await turnsOf(limiter, clock, new Array(60).fill(0))).toEqual(new Array(60).fill(null));
    expect(await turnsOf(limiter, clock, [5000, 5000])).toEqual([5000, 6000]);
  });
});

describe('a pause', () => {
  test('keeps everybody away for so long, takes back the turns given out, and no burst follows it', async () => {
    const clock = virtualClock();
    const limiter = new RateLimiter(clock, 1);
    const work = turnsOf(limiter, clock, [0, 0, 0, 0, 0]);
    void clock.sleep(1500, never).then(() => limiter.pauseFor(10_000));
    expect(await work).toEqual([0, 1000, 11_500, 12_500, 13_500]);
  });

  test('at any time: afterwards turns are as far apart as ever, and none falls into it', async () => {
    const pauses = fc.array(fc.record({ at: fc.nat(20_000), ms: fc.nat(10_000) }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(rates, arrivals, pauses, async (perSecond, asked, some) => {
        const clock = virtualClock();
        const limiter = new RateLimiter(clock, perSecond);
        for (const { at, ms } of some) void clock.sleep(at, never).then(() => limiter.pauseFor(ms));
        const turns = (await turnsOf(limiter, clock, asked)).map(Number);
        const sorted = [...turns].sort((a, b) => a - b);
        sorted.forEach((at, i) => {
          if (i > 0) expect(at - sorted[i - 1]!).toBeGreaterThanOrEqual(1000 / perSecond - 1e-6);
          for (const { at: from, ms } of some) expect(at > from + 1e-6 && at < from + ms - 1e-6).toBe(false);
        });
      }),
    );
  });

  test('of less does not shorten one of more', async () => {
    const clock = virtualClock();
    const limiter = new RateLimiter(clock, null);
    limiter.pauseFor(5000);
    limiter.pauseFor(10);
    expect(limiter.pausedMs).toBe(5000);
    expect(await turnsOf(limiter, clock, [0, 6000])).toEqual([5000, 6000]);
    expect(limiter.pausedMs).toBe(0);
  });

  test('that outlasts the deadline is not waited for', async () => {
    const clock = virtualClock();
    const limiter = new RateLimiter(clock, null);
    limiter.pauseFor(5000);
    expect(await turnsOf(limiter, clock, [0], { signal: never, deadline: 5000 })).toEqual([null]);
    expect(clock.monotonic()).toBe(0);
  });

  test('that comes while somebody waits, and outlasts the deadline, ends the waiting', async () => {
    const clock = virtualClock();
    const limiter = new RateLimiter(clock, 1);
    const work = turnsOf(limiter, clock, [0, 0], { signal: never, deadline: 5000 });
    void clock.sleep(500, never).then(() => limiter.pauseFor(60_000));
    expect(await work).toEqual([0, null]);
    expect(clock.monotonic()).toBe(1000);
  });

  test('that is longer than anybody would wait for is not waited for', async () => {
    const clock = virtualClock();
    const limiter = new RateLimiter(clock, null, 4000);
    limiter.pauseFor(4001);
    expect(await turnsOf(limiter, clock, [0])).toEqual([null]);
    await clock.run(clock.sleep(1, never));
    expect(await turnsOf(limiter, clock, [0])).toEqual([4001]);
  });
});

describe('who gets no turn is told', () => {
  const pausedFor = (ms: number) => {
    const limiter = new RateLimiter(virtualClock(), null);
    limiter.pauseFor(ms);
    return limiter;
  };

  test('that the time was up', () => {
    expect(noTurnFault(pausedFor(0), { signal: never }, 'Acme')).toMatchObject({
      code: 'time-up',
      message: 'the time was up before it was this id’s turn',
    });
  });

  test('for how long the provider wants to be left alone, in whole seconds', () => {
    const fault = noTurnFault(pausedFor(90_500), { signal: never }, 'Acme');
    expect(fault).toMatchObject({ code: 'rate-limited', retryAfterSeconds: 91 });
    expect(fault.message).toBe('Acme asks to retry after 1 min 31 s, later than this run may wait');
  });

  test('who ended the run, if somebody did', () => {
    const why = new Fault('interrupted', { message: 'SIGINT' });
    expect(noTurnFault(pausedFor(90_000), { signal: AbortSignal.abort(why) }, 'Acme')).toBe(why);
    expect(noTurnFault(pausedFor(0), { signal: AbortSignal.abort('else') }, 'Acme').code).toBe('time-up');
  });
});
