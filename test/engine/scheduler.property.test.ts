import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Item } from '../../src/core/item.ts';
import {
  answer,
  clientOf,
  type EngineRun,
  idsOf,
  lookupItem,
  lookupItems,
  never,
  type RunScene,
  runToEnd,
  startRun,
} from '../support/engine.ts';
import { type VirtualClock, virtualClock } from '../support/virtual-clock.ts';

interface Timing {
  /** Milliseconds after the one before. */
  readonly gap: number;
  /** Milliseconds that its look-up takes. */
  readonly takes: number;
}

const timings = fc.array(fc.record({ gap: fc.nat(20), takes: fc.nat(50) }), { maxLength: 30 });
const places = fc.integer({ min: 1, max: 8 });
const numbersOf = (run: EngineRun) => idsOf(run.records).map(Number);
const begunOf = (run: EngineRun) => run.looks.map(({ id }) => Number(id));

/** Items that come in their time, named by their number. */
function coming(some: readonly Timing[]) {
  return async function* (clock: VirtualClock): AsyncGenerator<Item> {
    for (const [index, { gap }] of some.entries()) {
      if (gap > 0) await clock.sleep(gap, never);
      yield lookupItem(String(index), { index });
    }
  };
}

/** A run over them, with an account that has been answered before. */
function start(some: readonly Timing[], scene: RunScene = {}): EngineRun {
  const clock = virtualClock();
  const client = clientOf(clock);
  client.account.isProven = true;
  const lookMs: RunScene['lookMs'] = ({ id }) => some[Number(id)]!.takes;
  return startRun(coming(some), { clock, open: async () => client, concurrency: 4, lookMs, ...scene });
}

describe('whatever comes, and however long it takes', () => {
  test('every item comes out once, in order where that was asked for, and not too many are under way', async () => {
    await fc.assert(
      fc.asyncProperty(timings, places, async (some, concurrency) => {
        const all = some.map((_, i) => i);
        const ordered = await start(some, { concurrency }).finish();
        expect(numbersOf(ordered)).toEqual(all);
        const finished: number[] = [];
        const loose = await start(some, {
          concurrency,
          ordered: false,
          answer: ({ id }) => {
            finished.push(Number(id));
            return answer();
          },
        }).finish();
        expect(numbersOf(loose)).toEqual(finished);
        expect([...finished].sort((a, b) => a - b)).toEqual(all);
        for (const run of [ordered, loose]) {
          expect(run.mostAtOnce()).toBeLessThanOrEqual(concurrency);
          expect(begunOf(run)).toEqual(all);
        }
      }),
    );
  });

  test('nothing waits for what need not be waited for', async () => {
    await fc.assert(
      fc.asyncProperty(timings, async (some) => {
        const run = await start(some, { concurrency: 100, ordered: false }).finish();
        let came = 0;
        const due = some.map(({ gap, takes }) => {
          came += gap;
          return came + takes;
        });
        expect(run.recordTimes).toEqual(numbersOf(run).map((i) => due[i]));
      }),
    );
  });

  test('many accounts with paces and places of their own do not hinder each other', async () => {
    const accounts = fc.array(
      fc.record({ count: fc.nat(8), perSecond: fc.constantFrom(1, 3, null), takes: fc.nat(2000) }),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(accounts, fc.boolean(), async (some, ordered) => {
        const clock = virtualClock();
        const clients = some.map(({ perSecond }) => clientOf(clock, perSecond));
        const ids = some.flatMap(({ count }, n) => Array.from({ length: count }, (_, i) => `${n}-${i}`));
        const scene: RunScene = {
          ordered,
          concurrency: 2,
          open: async ({ id }) => clients[Number(id.charAt(0))]!,
          lookMs: ({ id }) => some[Number(id.charAt(0))]!.takes,
        };
        const all = await runToEnd(lookupItems(ids), { clock, ...scene });
        expect(new Set(idsOf(all.records))).toEqual(new Set(ids));
        if (ordered) expect(idsOf(all.records)).toEqual(ids);
        for (const [n, { perSecond, count }] of some.entries()) {
          const own = virtualClock();
          const client = clientOf(own, perSecond);
          const ofOne = ids.filter((id) => id.startsWith(`${n}-`));
          const alone = await runToEnd(lookupItems(ofOne), { ...scene, clock: own, open: async () => client });
          const together = all.looks.filter(({ id }) => id.startsWith(`${n}-`));
          expect(together.map(({ at }) => at)).toEqual(alone.looks.map(({ at }) => at));
          expect(together).toHaveLength(count);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('a run that is stopped, interrupted or out of time ends, and no record comes twice', async () => {
    const ends = fc.constantFrom('stop', 'signal', 'time');
    await fc.assert(
      fc.asyncProperty(timings, ends, fc.nat(300), fc.boolean(), async (some, end, at, wait) => {
        const run = start(some, {
          wait,
          timeoutMs: end === 'time' ? Math.max(1, at) : null,
          answer: ({ before }) => answer(before === 0 ? 'queued' : 'delivered'),
        });
        if (end === 'stop') run.clock.alarm(at, run.cancellation.stop);
        if (end === 'signal') run.clock.alarm(at, () => run.outside.signal('SIGINT'));
        await run.finish();
        const numbers = numbersOf(run);
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
        // Whatever was begun has a record.
        for (const number of begunOf(run)) expect(numbers).toContain(number);
      }),
    );
  });
});

test('a result comes out before the source has given more', async () => {
  const run = await start([
    { gap: 0, takes: 5 },
    { gap: 1000, takes: 5 },
  ]).finish();
  expect([numbersOf(run), run.recordTimes]).toEqual([
    [0, 1],
    [5, 1005],
  ]);
});

test('as many as may be looked up at once are', async () => {
  const some = new Array(6).fill({ gap: 0, takes: 10 });
  const three = await start(some, { concurrency: 3 }).finish();
  expect([three.mostAtOnce(), three.recordTimes.at(-1)]).toEqual([3, 20]);
  expect((await start(some, { concurrency: 1 }).finish()).recordTimes.at(-1)).toBe(60);
});

describe('when it is stopped', () => {
  test('nothing more is begun, what was begun comes out, and a silent source is not waited for', async () => {
    const some = [...new Array(3).fill({ gap: 0, takes: 10 }), { gap: 1e9, takes: 0 }];
    const run = start(some, { concurrency: 9, onRecord: (_finished, { cancellation }) => cancellation.stop() });
    await run.finish();
    expect([numbersOf(run), begunOf(run), run.clock.monotonic()]).toEqual([[0, 1, 2], [0, 1, 2], 10]);
  });

  test('the same where the source has more to say at once', async () => {
    const some = new Array(20).fill({ gap: 0, takes: 10 });
    const run = start(some, { onRecord: (_finished, { cancellation }) => cancellation.stop() });
    await run.finish();
    expect(numbersOf(run)).toEqual(begunOf(run));
    expect(begunOf(run).length).toBeLessThanOrEqual(8);
  });

  test('while everybody waits for a silent source, it ends at once', async () => {
    const run = start([{ gap: 1e9, takes: 0 }]);
    run.clock.alarm(50, run.cancellation.stop);
    await run.finish();
    expect([run.records, run.clock.monotonic()]).toEqual([[], 50]);
  });

  test('before it began, nothing comes of it', async () => {
    const run = start([{ gap: 10, takes: 1 }]);
    run.cancellation.stop();
    await run.finish();
    expect([run.records, run.looks]).toEqual([[], []]);
  });
});

test('a reader that leaves ends the beginning', async () => {
  const some = new Array(50).fill({ gap: 0, takes: 10 });
  const run = start(some, { concurrency: 2, onRecord: ({ record }) => record.index < 3 });
  await run.finish();
  await run.clock.run(run.clock.sleep(10_000, never));
  expect(begunOf(run).length).toBeLessThanOrEqual(8);
});

describe('what is thrown', () => {
  const read = async (source: () => AsyncIterable<Item>, scene: RunScene) => {
    const run = startRun(source, { concurrency: 2, ...scene });
    const error = await run.finish().then(
      () => null,
      (reason: Error) => reason.message,
    );
    return [idsOf(run.records), error];
  };
  async function* broken() {
    yield lookupItem('a');
    throw new Error('the source broke');
  }
  async function* three() {
    yield* lookupItems(['a', 'b', 'c']);
  }

  test.each([true, false])('by the source comes after what it gave before; in order: %s', async (ordered) => {
    expect(await read(broken, { ordered })).toEqual([['a'], 'the source broke']);
  });

  test.each([true, false])('by a look-up is a record in its place, and ends nothing; in order: %s', async (ordered) => {
    const work: RunScene['answer'] = ({ id }) => {
      if (id === 'b') throw new Error('the work broke');
      return answer();
    };
    expect(await read(three, { ordered, answer: work })).toEqual([['a', 'b', 'c'], null]);
  });
});
