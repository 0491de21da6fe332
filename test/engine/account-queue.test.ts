import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstState } from '../../src/engine/poll-policy.ts';
import { AccountQueue, type Job } from '../../src/engine/queues.ts';
import { clientOf, lookupItem } from '../support/engine.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const client = clientOf(virtualClock());
const policy = {
  untilFinal: true,
  deadline: Number.POSITIVE_INFINITY,
  intervalMs: null,
  notFoundGraceMs: 0,
  expectation: { states: [], channel: null },
  random: () => 0,
};

/** A job that was never looked up, or one that is due again. */
function job(place: number, dueAt: number | null = null): Job {
  const item = lookupItem(`id-${place}`, { index: place });
  const state = { ...firstState(item), lookups: dueAt === null ? 0 : 1 };
  return { item, place, policy, status: 'waiting', dueAt: dueAt ?? 0, state, slot: 0 };
}

function queueOf(...jobs: readonly Job[]): AccountQueue {
  const queue = new AccountQueue(client.account);
  for (const each of jobs) queue.add(each, client);
  return queue;
}

/** The places that come out until nothing is left for now. */
function takenFrom(queue: AccountQueue, nowMs: number, onlyFirst: number | null = null): number[] {
  const places: number[] = [];
  for (let next = queue.take(nowMs, onlyFirst); next !== null; next = queue.take(nowMs, onlyFirst)) {
    expect(next.client).toBe(client);
    places.push(next.job.place);
  }
  return places;
}

test('new jobs come out in their order, whatever the time', () => {
  const queue = queueOf(job(0), job(1), job(2));
  expect([queue.unasked, queue.nextDueAt]).toEqual([3, null]);
  expect(takenFrom(queue, -1)).toEqual([0, 1, 2]);
  expect([queue.unasked, queue.take(1e9, null)]).toEqual([0, null]);
});

test('jobs that are due again come out by their time, and of one time by their place', () => {
  const queue = queueOf(job(4, 300), job(3, 100), job(2, 200), job(1, 200));
  expect([queue.unasked, queue.nextDueAt]).toEqual([0, 100]);
  expect(takenFrom(queue, 99)).toEqual([]);
  expect(takenFrom(queue, 200)).toEqual([3, 1, 2]);
  expect(queue.nextDueAt).toBe(300);
  expect(takenFrom(queue, 300)).toEqual([4]);
  expect(queue.nextDueAt).toBeNull();
});

test('where both wait they take turns, so that neither keeps the other out', () => {
  const queue = queueOf(job(0), job(1), job(2), job(3), job(10, 5), job(11, 5));
  expect(takenFrom(queue, 5)).toEqual([10, 0, 11, 1, 2, 3]);
});

test('the turns of those that are due begin anew when some are due again', () => {
  const queue = queueOf(job(0), job(1), job(2), job(10, 5));
  expect([queue.take(0, null), queue.take(0, null)].map((each) => each?.job.place)).toEqual([0, 1]);
  expect(takenFrom(queue, 5)).toEqual([10, 2]);
});

type Step = 'first' | 'again' | 'take';

/** What was taken at each step that takes, and whether jobs of both kinds waited. */
function takes(steps: readonly Step[]) {
  const queue = queueOf();
  return steps.flatMap((step, place) => {
    if (step !== 'take') queue.add(job(place, step === 'again' ? 0 : null), client);
    if (step !== 'take') return [];
    const waiting = [queue.unasked > 0, queue.nextDueAt !== null];
    const taken = queue.take(0, null);
    return [{ waiting, kind: taken === null ? null : taken.job.state.lookups === 0 ? 'first' : 'again' }];
  });
}

test('whatever comes and goes, nobody who may be looked up is passed over twice in a row', () => {
  const steps = fc.array(fc.constantFrom<Step[]>('first', 'again', 'take', 'take'), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (all) => {
      const taken = takes(all);
      for (const [i, { waiting, kind }] of taken.entries()) {
        expect(kind === null).toBe(!waiting.includes(true));
        const before = taken[i - 1];
        const bothWaited = !waiting.includes(false) && before?.waiting.includes(false) === false;
        if (bothWaited) expect(kind).not.toBe(before?.kind);
      }
    }),
  );
});

test('onlyFirst lets one new job go, and those that are due all the same', () => {
  const queue = queueOf(job(3), job(4), job(10, 5), job(11, 5));
  expect(takenFrom(queue, 0, 2)).toEqual([]);
  expect(takenFrom(queue, 5, 2)).toEqual([10, 11]);
  expect(takenFrom(queue, 5, 3)).toEqual([3]);
  expect(queue.unasked).toBe(1);
  expect(takenFrom(queue, 5)).toEqual([4]);
});

test('whoever waits for a change hears of each job', async () => {
  const queue = queueOf();
  let heard = 0;
  for (const next of [job(0), job(1, 5)]) {
    const waiting = queue.changed.wait().then(() => {
      heard += 1;
    });
    queue.add(next, client);
    await waiting;
  }
  expect(heard).toBe(2);
});

test('100,000 jobs, new and due, come out in order and soon', () => {
  const queue = queueOf();
  const count = 100_000;
  const began = performance.now();
  // Each time is taken by several, and they are not added in order.
  for (let i = 0; i < count; i += 1) queue.add(job(i), client);
  for (let i = 0; i < count; i += 1) queue.add(job(count + i, (i * 7919) % 1000), client);
  expect(queue.unasked).toBe(count);
  const first: number[] = [];
  const again: Job[] = [];
  for (let next = queue.take(1000, null); next !== null; next = queue.take(1000, null)) {
    if (next.job.state.lookups === 0) first.push(next.job.place);
    else again.push(next.job);
  }
  // Only what takes time by the square of its number takes so long, however busy the machine is.
  expect(performance.now() - began).toBeLessThan(100_000);
  expect(first).toEqual(Array.from({ length: count }, (_, i) => i));
  const isSorted = again.every((each, i) => {
    const before = again[i - 1];
    return (
      before === undefined || before.dueAt < each.dueAt || (before.dueAt === each.dueAt && before.place < each.place)
    );
  });
  expect([again.length, isSorted, queue.unasked, queue.nextDueAt]).toEqual([count, true, 0, null]);
});
