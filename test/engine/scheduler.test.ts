import { describe, expect, test } from 'vitest';
import type { Item, LookupItem } from '../../src/core/item.ts';
import type { Bulk } from '../../src/core/provider.ts';
import type { BulkReader } from '../../src/engine/bulk.ts';
import type { Job } from '../../src/engine/queues.ts';
import { Scheduler } from '../../src/engine/scheduler.ts';
import {
  answer,
  clientOf,
  type EngineRun,
  exitsOf,
  fault,
  idsOf,
  knownItem,
  type Look,
  lookupItem,
  lookupItems,
  never,
  providerWith,
  runToEnd,
  startRun,
} from '../support/engine.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const ids = (count: number, name = 'id') => Array.from({ length: count }, (_, i) => `${name}-${i}`);
/** 2 MiB: of 16 such records the results are full. */
const heavy = () => answer('delivered', { details: { text: 'x'.repeat(2 * 1024 * 1024) } });

/** What a run ends with: the message of its error, or null. */
function errorOf(run: EngineRun): Promise<string | null> {
  return run.finish().then(
    () => null,
    (error: Error) => error.message,
  );
}

/** Opens a client by the first letter of an id. */
function openBy(clients: Readonly<Record<string, ReturnType<typeof clientOf>>>) {
  return async ({ id }: LookupItem) => clients[id.charAt(0)]!;
}

describe('results', () => {
  const backwards = ({ id }: Look) => 10_000 - 1000 * Number(id.replace('id-', ''));

  test.each([
    [true, [0, 1, 2, 3, 4]],
    [false, [4, 3, 2, 1, 0]],
  ])('come in the order of the items, or as they are known (ordered: %s)', async (ordered, order) => {
    const clock = virtualClock();
    const client = clientOf(clock);
    client.account.isProven = true;
    const { records } = await runToEnd(lookupItems(ids(5)), {
      clock,
      ordered,
      open: async () => client,
      lookMs: backwards,
    });
    expect(idsOf(records)).toEqual(order.map((i) => `id-${i}`));
  });

  test('come while the source is still silent', async () => {
    async function* silent(clock: ReturnType<typeof virtualClock>) {
      yield lookupItem('a');
      await clock.sleep(60_000, never);
      yield lookupItem('b', { index: 1 });
    }
    expect((await runToEnd(silent)).recordTimes).toEqual([0, 60_000]);
  });

  test('of items that need no look-up come in their places too', async () => {
    const items: Item[] = [...lookupItems(['a', 'b']), knownItem('c', 2), lookupItem('d', { index: 3 })];
    const ordered = await runToEnd(items, { lookMs: () => 100 });
    expect(idsOf(ordered.records)).toEqual(['a', 'b', 'c', 'd']);
    const loose = await runToEnd(items, { lookMs: () => 100, ordered: false });
    expect(idsOf(loose.records)).toEqual(['c', 'a', 'b', 'd']);
    expect(ordered.looks.map(({ id }) => id)).toEqual(['a', 'b', 'd']);
  });

  test('of a line that is no id says why', async () => {
    const { fault: why } = fault('bad-id') as Extract<ReturnType<typeof fault>, { kind: 'fault' }>;
    const { provider, operation } = lookupItem('?');
    const invalid: Item = { kind: 'invalid', index: 1, provider, operation, id: '?', fault: why };
    const { records } = await runToEnd([lookupItem('a'), invalid, lookupItem('b', { index: 2 })]);
    expect(exitsOf(records)).toEqual(['a ok', '? usage', 'b ok']);
  });

  test('with a slow first id, the others are looked up all the same and come after it', async () => {
    const { records, looks, recordTimes } = await runToEnd(lookupItems(ids(200)), {
      wait: true,
      concurrency: 4,
      lookMs: () => 10,
      answer: ({ id, at }) => answer(id === 'id-0' && at < 100_000 ? 'queued' : 'delivered'),
    });
    expect(idsOf(records)).toEqual(ids(200));
    const others = looks.filter(({ id }) => id !== 'id-0');
    expect([others.length, others.at(-1)!.at < 2000]).toEqual([199, true]);
    expect(recordTimes.every((at) => at >= 100_000)).toBe(true);
  });
});

describe('a source', () => {
  test('that has nothing gives nothing', async () => {
    expect((await runToEnd([])).records).toEqual([]);
  });

  test('that breaks is heard of after the results of what it gave', async () => {
    async function* broken() {
      yield* lookupItems(['a', 'b']);
      throw new Error('cannot read on');
    }
    const run = startRun(broken, { lookMs: () => 100 });
    await expect(run.finish()).rejects.toThrow('cannot read on');
    expect(exitsOf(run.records)).toEqual(['a ok', 'b ok']);
  });

  test('that breaks after a while is heard of at once, with what is known by then', async () => {
    async function* broken(clock: ReturnType<typeof virtualClock>) {
      yield* lookupItems(['a', 'b']);
      await clock.sleep(1000, never);
      throw new Error('cannot read on');
    }
    const run = startRun(broken, { lookMs: () => 100 });
    await expect(run.finish()).rejects.toThrow('cannot read on');
    expect([exitsOf(run.records), run.clock.monotonic()]).toEqual([['a ok', 'b ok'], 1000]);
  });

  test('that breaks at once, or cannot even begin', async () => {
    await expect(
      runToEnd(async function* (): AsyncGenerator<Item> {
        yield* [];
        throw new Error('cannot read');
      }),
    ).rejects.toThrow('cannot read');
    const broken: AsyncIterable<Item> = {
      [Symbol.asyncIterator]: () => {
        throw new Error('no such source');
      },
    };
    await expect(runToEnd(broken)).rejects.toThrow('no such source');
  });

  test('is not read further ahead than 10,000 ids', async () => {
    let given = 0;
    async function* endless() {
      for (;;) {
        yield lookupItem(`id-${given}`, { index: given });
        given += 1;
      }
    }
    const { looks } = await runToEnd(endless, { timeoutMs: 1000, ordered: false, lookMs: () => 100, concurrency: 5 });
    expect(looks.length).toBeGreaterThan(40);
    expect(given).toBeLessThanOrEqual(10_000 + looks.length + 10);
  });
});

describe('a bug', () => {
  test('in one look-up is a record with exit 1, and the others get theirs', async () => {
    const { records } = await runToEnd(lookupItems(ids(6)), {
      lookMs: () => 10,
      answer: ({ id }) => {
        if (id === 'id-0' || id === 'id-3') throw new TypeError('x is not a function');
        return answer();
      },
    });
    expect(records.map(({ record }) => record.exit.code)).toEqual([1, 0, 0, 1, 0, 0]);
    expect(records[3]?.record.error).toMatchObject({
      code: 'internal',
      message: 'internal error: x is not a function',
      hint: expect.stringContaining('report it'),
    });
  });

  test('in one look-up of a wait ends that wait alone', async () => {
    const { records } = await runToEnd(lookupItems(ids(3)), {
      wait: true,
      answer: ({ id, before }) => {
        if (id === 'id-1' && before === 1) throw new Error('late');
        return answer(before < 2 ? 'queued' : 'delivered');
      },
    });
    expect(exitsOf(records)).toEqual(['id-0 ok', 'id-1 internal', 'id-2 ok']);
  });

  test('that throws what is no error has a record too', async () => {
    const { records } = await runToEnd([lookupItem('a')], {
      answer: () => {
        // A library may throw anything.
        throw 'a text';
      },
    });
    expect(records[0]?.record.error?.message).toBe('internal error: a text');
  });

  test('in opening a client ends the run with it', async () => {
    const client = clientOf(virtualClock());
    const run = startRun(lookupItems(['a', 'b']), {
      open: async ({ id }) => {
        if (id === 'b') throw new Error('cannot open');
        return client;
      },
    });
    await expect(run.finish()).rejects.toThrow('cannot open');
  });

  test.each([0, 3])('in the making of record %i ends the run with it, and hangs nowhere', async (nth) => {
    const run = startRun(lookupItems(ids(6)), {
      lookMs: () => 10,
      deps: {
        finish: (item) => {
          if (item.id === `id-${nth}`) throw new Error('no record can be made of this');
          const { records } = run;
          return { item, record: records[0]?.record ?? sample, hint: null };
        },
      },
    });
    expect(await errorOf(run)).toBe('no record can be made of this');
  });

  test.each([0, 3])('in telling of the look-up at id %i ends the run with it, and hangs nowhere', async (nth) => {
    const run = startRun(lookupItems(ids(6)), {
      wait: true,
      lookMs: () => 10,
      answer: ({ before }) => answer(before === 0 ? 'queued' : 'delivered'),
      deps: {
        onLookup: ({ id }) => {
          if (id === `id-${nth}`) throw new Error('nothing can be told');
        },
      },
    });
    expect(await errorOf(run)).toBe('nothing can be told');
  });
});

const sample = (await runToEnd([lookupItem('sample')])).records[0]!.record;

describe('a reader', () => {
  test('that leaves ends the run: nothing more is begun, and the source is closed', async () => {
    let isClosed = false;
    async function* watched() {
      try {
        yield* lookupItems(ids(100));
        await new Promise(() => undefined);
      } finally {
        isClosed = true;
      }
    }
    const run = startRun(watched, {
      concurrency: 2,
      lookMs: () => 100,
      onRecord: ({ record }) => record.id !== 'id-3',
    });
    await run.finish();
    const begun = run.looks.length;
    await run.clock.run(run.clock.sleep(60_000, never));
    expect(idsOf(run.records)).toEqual(ids(4));
    expect(begun).toBeLessThanOrEqual(8);
    expect(run.looks.length).toBeLessThanOrEqual(begun + 2);
    expect(isClosed || run.cancellation.stopSignal.aborted).toBe(true);
  });

  test('that leaves in the middle of a wait leaves no alarm behind that would keep the process', async () => {
    const run = startRun(lookupItems(ids(3)), {
      wait: true,
      ordered: false,
      answer: ({ id }) => answer(id === 'id-0' ? 'delivered' : 'queued'),
      onRecord: () => false,
    });
    await run.finish();
    run.cancellation.end();
    await new Promise(setImmediate);
    const endedAt = run.clock.monotonic();
    await expect(run.clock.run(new Promise(() => undefined))).rejects.toThrow('nobody sleeps');
    expect(run.clock.monotonic()).toBe(endedAt);
  });

  test('that fails ends the run with its error', async () => {
    const run = startRun(lookupItems(ids(3)), {
      onRecord: () => {
        throw new Error('the disk is full');
      },
    });
    await expect(run.finish()).rejects.toThrow('the disk is full');
  });
});

describe('what is held', () => {
  test('bounds how far others run ahead of a slow id: then only the next in order is begun', async () => {
    const run = startRun(lookupItems(ids(60)), {
      concurrency: 4,
      lookMs: ({ id }) => (id === 'id-0' ? 20_000 : 100),
      answer: heavy,
    });
    let begun = 0;
    run.clock.alarm(19_000, () => {
      begun = run.looks.length;
    });
    await run.finish();
    expect(idsOf(run.records)).toEqual(ids(60));
    // 16 records fill it, and those under way by then may come on top.
    expect(begun).toBeGreaterThanOrEqual(16);
    expect(begun).toBeLessThanOrEqual(21);
  });

  test.each([true, false])('bounds what lies ready for a slow reader (ordered: %s)', async (ordered) => {
    let begun = 0;
    const run = startRun(lookupItems(ids(60)), {
      ordered,
      // All have been read by then.
      lookMs: () => 10,
      answer: heavy,
      onRecord: async ({ record }) => {
        if (record.id !== 'id-0') return;
        await run.clock.sleep(60_000, never);
        begun = run.looks.length;
      },
    });
    await run.finish();
    expect(run.records).toHaveLength(60);
    expect(begun).toBeLessThanOrEqual(16 + 1 + 8);
  });

  test('bounds what is read for a slow reader, where nothing is to be looked up', async () => {
    let given = 0;
    let read = 0;
    async function* rows() {
      for (; given < 200; given += 1) yield knownItem(`id-${given}`, given, 1024 * 1024);
    }
    const run = startRun(rows, {
      onRecord: async ({ record }) => {
        if (record.id !== 'id-0') return;
        await run.clock.sleep(60_000, never);
        read = given;
      },
    });
    await run.finish();
    expect(run.records).toHaveLength(200);
    expect(read).toBeLessThanOrEqual(40);
  });

  test.each([
    ['the reader is slow', true, 'id-0', [false, false]],
    ['a place is to come first', true, 'id-1', [false, true]],
    ['the reader of no order is slow', false, 'id-1', [false, false]],
  ])('ends the reading of a list only for the order of the output: %s', async (_, ordered, first, expected) => {
    const states: boolean[] = [];
    const bulk = { operation: 'get' } as unknown as Bulk;
    const run = startRun(lookupItems(ids(40), { provider: providerWith({}, { bulk }) }), {
      ordered,
      onRecord: async ({ record }) => void (record.id === first && (await run.clock.sleep(60_000, never))),
      deps: {
        createBulkReader: (_client, _bulk, deps) => {
          const jobs: Job[] = [];
          const answerWhere = async (isMeant: (job: Job) => boolean) => {
            await run.clock.sleep(1000, never);
            states.push(deps.isFull());
            for (const job of jobs.filter(isMeant)) deps.answer(job, heavy());
          };
          const answerAll = async () => {
            await answerWhere(({ item }) => item.id >= first);
            await answerWhere(({ item }) => item.id < first);
          };
          return { isFull: false, add: (job: Job) => jobs.push(job), run: answerAll } as unknown as BulkReader;
        },
      },
    });
    await run.finish();
    expect([states, run.records.length]).toEqual([expected, 40]);
  });

  test('does not keep looks again from being made', async () => {
    const { records } = await runToEnd(lookupItems(ids(40)), {
      wait: true,
      concurrency: 2,
      lookMs: () => 10,
      answer: ({ id, at }) => (id === 'id-0' && at < 60_000 ? answer('queued') : heavy()),
    });
    expect(idsOf(records)).toEqual(ids(40));
  });

  test('hangs nowhere where the next in order is another account’s', async () => {
    const clock = virtualClock();
    const clients = { s: clientOf(clock), m: clientOf(clock), f: clientOf(clock) };
    // `f` runs far ahead of `slow-0`; then `m` must be told that it is its turn.
    const order = ['slow-0', 'm-0', 'f-0', 'm-1', ...ids(40, 'f').slice(1)];
    const { records } = await runToEnd(lookupItems(order), {
      clock,
      concurrency: 1,
      open: openBy(clients),
      lookMs: ({ id }) => (id === 'slow-0' ? 10_000 : id.startsWith('m') ? 1000 : 10),
      // What `slow-0` lets go is light: as much is held afterwards as before.
      answer: ({ id }) => (id.startsWith('f') && id !== 'f-0' ? heavy() : answer()),
    });
    expect(idsOf(records)).toEqual(order);
  });

  test('hangs nowhere where the first id’s client is opened after the others’', async () => {
    const clock = virtualClock();
    const client = clientOf(clock);
    const { records } = await runToEnd(lookupItems(ids(40)), {
      clock,
      concurrency: 1,
      lookMs: () => 10,
      answer: heavy,
      open: async ({ id }) => {
        if (id === 'id-0') await clock.sleep(100, never);
        return client;
      },
    });
    expect(idsOf(records)).toEqual(ids(40));
  });
});

describe('a forecast', () => {
  const forecasts = async (count: number, perSecond: number | null, wait = true) => {
    const clock = virtualClock();
    const client = clientOf(clock, perSecond);
    const told: number[] = [];
    await runToEnd(lookupItems(ids(count)), {
      clock,
      wait,
      timeoutMs: 20_000,
      open: async () => client,
      deps: { onTooMany: (account, possible) => void told.push(account === client.account ? possible : -1) },
    });
    return told;
  };

  test('is told once, before a wait that cannot look each id up once', async () => {
    expect(await forecasts(100, 2)).toEqual([40]);
  });

  test('counts more ids than are read ahead elsewhere', async () => {
    const told = await forecasts(20_100, 1000);
    expect(told).toHaveLength(1);
    // Some time goes by while they are read.
    expect(told[0]).toBeGreaterThan(19_000);
  });

  test('is not told where there is time for all, where nothing is paced, and without a wait', async () => {
    expect(await forecasts(40, 2)).toEqual([]);
    expect(await forecasts(1000, null)).toEqual([]);
    expect(await forecasts(100, 2, false)).toEqual([]);
  });
});

test('each look-up but the last of its message is told, with the time to the next', async () => {
  const told: string[] = [];
  await runToEnd(lookupItems(['a', 'b']), {
    wait: true,
    answer: ({ id, before }) => answer(id === 'a' || before === 2 ? 'delivered' : 'queued'),
    deps: { onLookup: ({ id }, result, nextMs) => void told.push(`${id} ${result.kind} ${nextMs}`) },
  });
  expect(told).toEqual(['b answer 2000', 'b answer 3000']);
});

test('an item that nobody settles and that is none to look up is a bug', async () => {
  const { provider, operation, id } = lookupItem('a');
  const run = startRun([{ kind: 'known', index: 0, provider, operation, id, result: answer() }], {
    deps: { settle: async () => null },
  });
  expect(run.scheduler).toBeInstanceOf(Scheduler);
  await expect(run.finish()).rejects.toThrow('an item of kind known was not settled');
});
