import { expect, test } from 'vitest';
import type { LookupItem } from '../../src/core/item.ts';
import type { Client } from '../../src/engine/request.ts';
import {
  acme,
  answer,
  clientOf,
  fault,
  idsOf,
  type Look,
  lookupItem,
  lookupItems,
  runToEnd,
} from '../support/engine.ts';
import { virtualClock } from '../support/virtual-clock.ts';

/** Turns and places: how many are looked up at once, how often, and who waits for whom. */

const ids = (count: number, name = 'id') => Array.from({ length: count }, (_, i) => `${name}-${i}`);
const timesOf = (looks: readonly Look[], prefix = '') =>
  looks.filter(({ id }) => id.startsWith(prefix)).map(({ at }) => at);

/** Opens a client by the first letter of an id. */
function openBy(clients: Readonly<Record<string, Client>>) {
  return async ({ id }: LookupItem) => clients[id.charAt(0)]!;
}

test('so many at once, the others in the order of asking', async () => {
  const { looks, mostAtOnce } = await runToEnd(lookupItems(ids(5)), { concurrency: 2, lookMs: () => 100 });
  expect(mostAtOnce()).toBe(2);
  expect(looks.map(({ id }) => id)).toEqual(ids(5));
});

test('a place that is free is kept for the next, however late it comes', async () => {
  const { looks, mostAtOnce, recordTimes } = await runToEnd(
    async function* (clock) {
      yield lookupItem('a');
      await clock.sleep(5000, new AbortController().signal);
      yield* lookupItems(['b', 'c']);
    },
    { concurrency: 1, lookMs: () => 100 },
  );
  expect(timesOf(looks)).toEqual([0, 5000, 5100]);
  expect([recordTimes, mostAtOnce()]).toEqual([[100, 5100, 5200], 1]);
});

test('turns are not saved up while there is no place: no burst follows a slow look-up', async () => {
  const clock = virtualClock();
  const client = clientOf(clock, 10);
  const { looks } = await runToEnd(lookupItems(ids(6)), {
    clock,
    concurrency: 2,
    open: async () => client,
    lookMs: ({ id }) => (id === 'id-1' || id === 'id-2' ? 5000 : 0),
  });
  // At 200 ms both places are taken, by look-ups that last until 5.1 s and 5.2 s.
  expect(timesOf(looks).map((at) => Math.round(at))).toEqual([0, 100, 200, 5100, 5200, 5300]);
});

test('turns are not saved up while nobody asks', async () => {
  const clock = virtualClock();
  const client = clientOf(clock, 10);
  const { looks } = await runToEnd(
    async function* () {
      yield lookupItem('a');
      await clock.sleep(60_000, new AbortController().signal);
      yield* lookupItems(['b', 'c', 'd']);
    },
    { clock, open: async () => client },
  );
  expect(timesOf(looks).map((at) => Math.round(at))).toEqual([0, 60_000, 60_100, 60_200]);
});

test.each([true, false])('nobody waits for another account, in order or not (ordered: %s)', async (ordered) => {
  const clock = virtualClock();
  const clients = { s: clientOf(clock, 1), f: clientOf(clock, null) };
  const all = ids(20).flatMap((id) => [`slow-${id}`, `fast-${id}`]);
  const { looks, records } = await runToEnd(lookupItems(all), {
    clock,
    ordered,
    concurrency: 1,
    open: openBy(clients),
    lookMs: () => 10,
  });
  expect(timesOf(looks, 'slow')).toEqual(ids(20).map((_, i) => i * 1000));
  expect(timesOf(looks, 'fast')).toEqual(ids(20).map((_, i) => i * 10));
  if (ordered) expect(idsOf(records)).toEqual(all);
  else
    expect(
      idsOf(records)
        .slice(0, 20)
        .filter((id) => id.startsWith('fast')),
    ).toHaveLength(19);
});

test('an account that is never answered keeps no other', async () => {
  const clock = virtualClock();
  const clients = { s: clientOf(clock), f: clientOf(clock) };
  const { recordTimes, records } = await runToEnd(lookupItems(['stuck', 'f-1', 'f-2']), {
    clock,
    ordered: false,
    concurrency: 1,
    open: openBy(clients),
    lookMs: ({ id }) => (id === 'stuck' ? 1e9 : 10),
  });
  expect(idsOf(records)).toEqual(['f-1', 'f-2', 'stuck']);
  expect(recordTimes).toEqual([10, 20, 30_000]);
});

test('who fails leaves the way to the others', async () => {
  const { records, looks } = await runToEnd(lookupItems(ids(4)), {
    concurrency: 1,
    lookMs: () => 10,
    answer: ({ id }) => {
      if (id === 'id-1') throw new Error('broken');
      return id === 'id-2' ? fault('timeout') : answer();
    },
  });
  expect(records.map(({ record }) => record.exit.name)).toEqual(['ok', 'internal', 'network', 'ok']);
  expect(timesOf(looks)).toEqual([0, 10, 20, 30]);
});

test('who gets no turn, since the provider asks for a long pause, leaves the way to the others', async () => {
  const clock = virtualClock();
  const clients = { p: clientOf(clock, null), f: clientOf(clock, null) };
  clients.p.account.limiter.pauseFor(3_600_000);
  const { records, looks } = await runToEnd(lookupItems(['p-1', 'f-1', 'p-2', 'f-2']), {
    clock,
    timeoutMs: 60_000,
    open: openBy(clients),
  });
  expect(records.map(({ record }) => record.exit.name)).toEqual(['rate-limited', 'ok', 'rate-limited', 'ok']);
  expect([timesOf(looks), clock.monotonic()]).toEqual([[0, 0], 0]);
});

test('a pause is waited for as long as a look-up may take, and the look-up has its whole time after it', async () => {
  const clock = virtualClock();
  const client = clientOf(clock, null);
  client.account.limiter.pauseFor(20_000);
  const { records, looks, recordTimes } = await runToEnd(lookupItems(['a', 'b']), {
    clock,
    open: async () => client,
    lookMs: () => 25_000,
  });
  expect(timesOf(looks)).toEqual([20_000, 22_000]);
  expect([records.map(({ record }) => record.exit.name), recordTimes]).toEqual([
    ['ok', 'ok'],
    [45_000, 47_000],
  ]);
});

test.each([2, 1])(
  'waiting for a turn is no part of the time that a look-up may take: %i a minute',
  async (perMinute) => {
    const clock = virtualClock();
    const client = clientOf(clock, perMinute / 60);
    const { records, looks } = await runToEnd(lookupItems(ids(4)), {
      clock,
      open: async () => client,
      lookMs: () => 20_000,
    });
    expect(records.map(({ record }) => record.exit.name)).toEqual(['ok', 'ok', 'ok', 'ok']);
    const spacing = 60_000 / perMinute;
    expect(timesOf(looks).map((at) => Math.round(at))).toEqual([0, spacing, 2 * spacing, 3 * spacing]);
  },
);

test('the first look-up of an account goes alone, but for two seconds at most', async () => {
  const quick = await runToEnd(lookupItems(ids(4)), { lookMs: () => 500 });
  expect(timesOf(quick.looks)).toEqual([0, 500, 500, 500]);
  const slow = await runToEnd(lookupItems(ids(4)), { lookMs: () => 5000 });
  expect(timesOf(slow.looks).slice(0, 2)).toEqual([0, 2000]);
});

test('a wrong key is asked with once, though there are many places', async () => {
  const clock = virtualClock();
  const client = clientOf(clock);
  const asked: string[] = [];
  const { records } = await runToEnd(lookupItems(ids(50)), {
    clock,
    open: async () => client,
    // As the engine's own look-up does.
    lookUp: async ({ id }, _operation, { account }, limiter, limits) => {
      if (account.refusal !== null) return fault('unauthorized');
      await limiter.acquire(limits);
      asked.push(id);
      await clock.sleep(500, limits.signal);
      const refused = fault('unauthorized');
      if (refused.kind === 'fault') account.refusal = refused.fault;
      return refused;
    },
  });
  expect(asked).toEqual(['id-0']);
  expect(records.map(({ record }) => record.error?.code)).toEqual(new Array(50).fill('unauthorized'));
});

test('a client that cannot be opened is the fault of each of its ids, and of no other', async () => {
  const client = clientOf(virtualClock());
  const missing = fault('credentials-missing');
  const { records, looks } = await runToEnd(lookupItems(['a', 'x-1', 'b', 'x-2']), {
    open: async ({ id }) => (id.startsWith('x') && missing.kind === 'fault' ? missing.fault : client),
  });
  expect(records.map(({ record }) => record.exit.name)).toEqual(['ok', 'config', 'ok', 'config']);
  expect(looks.map(({ id }) => id)).toEqual(['a', 'b']);
});

test('where both wait, new ids and those that are due take turns', async () => {
  const clock = virtualClock();
  const client = clientOf(clock, 1, { ...acme, pace: { perSecond: 1, floorMs: 2000 } });
  const { looks } = await runToEnd(lookupItems(ids(30)), {
    clock,
    wait: true,
    timeoutMs: 30_000,
    ordered: false,
    open: async () => client,
    answer: () => answer('queued'),
    policy: { intervalMs: 2000 },
  });
  const kinds = looks.slice(4, 24).map(({ before }) => (before === 0 ? 'first' : 'again'));
  expect(kinds.filter((kind) => kind === 'first')).toHaveLength(10);
  expect(kinds.every((kind, i) => i === 0 || kind !== kinds[i - 1])).toBe(true);
});
