import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ResultQueue } from '../../src/engine/queues.ts';

const turn = () => new Promise(setImmediate);
/** A third of what may be held, so that four are too many. */
const heavy = 11 * 1024 * 1024;

/** A queue of texts, each as heavy as `weight`, and what has come out of it so far. */
function opened({ ordered = true, weight = 1 }: { readonly ordered?: boolean; readonly weight?: number } = {}) {
  let rooms = 0;
  const queue = new ResultQueue<string>(
    ordered,
    () => weight,
    () => {
      rooms += 1;
    },
  );
  const values = queue.values();
  const read: string[] = [];
  const reading = async (): Promise<void> => {
    for await (const value of values) read.push(value);
  };
  return { queue, values, read, reading, rooms: () => rooms };
}

describe('in order', () => {
  test('each result waits for those of earlier places, and none for later ones', async () => {
    const { queue, read, reading } = opened();
    const done = reading();
    queue.put(1, 'b');
    await turn();
    expect([read, queue.nextPlace]).toEqual([[], 0]);
    queue.put(0, 'a');
    await turn();
    expect([read, queue.nextPlace]).toEqual([['a', 'b'], 2]);
    queue.put(2, 'c');
    await turn();
    expect(read).toEqual(['a', 'b', 'c']);
    queue.close();
    await done;
  });

  test('a place without a record keeps nobody', async () => {
    const { queue, read, reading } = opened();
    queue.put(2, 'c');
    queue.put(1, null);
    queue.put(0, null);
    expect(queue.nextPlace).toBe(3);
    queue.put(3, null);
    queue.put(4, 'e');
    queue.close();
    await reading();
    expect(read).toEqual(['c', 'e']);
  });

  test('what is held behind a place that never came comes out at the end, in order', async () => {
    const { queue, read, reading } = opened();
    for (const [place, value] of [
      [5, 'f'],
      [0, 'a'],
      [3, 'd'],
      [4, null],
    ] as const)
      queue.put(place, value);
    queue.close();
    await reading();
    expect(read).toEqual(['a', 'd', 'f']);
  });

  test('whatever the order of the places, results come by them', async () => {
    const orders = fc
      .array(fc.boolean(), { maxLength: 30 })
      .chain((has) => fc.tuple(fc.constant(has), fc.shuffledSubarray([...has.keys()], { minLength: has.length })));
    await fc.assert(
      fc.asyncProperty(orders, async ([has, order]) => {
        const { queue, read, reading } = opened();
        const done = reading();
        for (const place of order) {
          queue.put(place, has[place] ? String(place) : null);
          await Promise.resolve();
        }
        queue.close();
        await done;
        expect(read).toEqual([...has.keys()].filter((place) => has[place]).map(String));
      }),
    );
  });
});

describe('as they come', () => {
  test('no result waits for another', async () => {
    const { queue, read, reading } = opened({ ordered: false });
    const done = reading();
    for (const [place, value] of [
      [2, 'c'],
      [1, null],
      [0, 'a'],
    ] as const)
      queue.put(place, value);
    queue.close();
    await done;
    expect(read).toEqual(['c', 'a']);
  });
});

test('the reader gets what came while it was busy, and the end only after it', async () => {
  const { queue, values } = opened({ ordered: false });
  queue.put(0, 'a');
  expect(await values.next()).toEqual({ done: false, value: 'a' });
  queue.put(1, 'b');
  queue.put(2, 'c');
  queue.close();
  expect([(await values.next()).value, (await values.next()).value]).toEqual(['b', 'c']);
  expect(await values.next()).toEqual({ done: true, value: undefined });
});

test('an empty queue ends when it is closed, whether somebody waits or not', async () => {
  for (const waits of [true, false]) {
    const { queue, read, reading } = opened();
    const done = waits ? reading() : null;
    await turn();
    queue.close();
    await (done ?? reading());
    expect(read).toEqual([]);
  }
});

describe('what is held', () => {
  test('is full beyond 32 MiB, tells once when there is room again, and counts no place without a record', async () => {
    const { queue, values, rooms } = opened({ weight: heavy });
    for (const place of [1, 2, 3]) queue.put(place, 'x');
    queue.put(5, null);
    expect(queue.isFull).toBe(true);
    queue.put(0, null);
    // Only a result that was taken is held no more: the reader asks for the next one.
    await values.next();
    expect([queue.isFull, rooms()]).toEqual([true, 0]);
    await values.next();
    expect([queue.isFull, rooms()]).toEqual([false, 1]);
    await values.next();
    expect([queue.isFull, rooms()]).toEqual([false, 1]);
    queue.close();
    await values.next();
    for (const place of [6, 7]) queue.put(place, 'x');
    expect(queue.isFull).toBe(false);
  });

  test('is full where the reader is slow, too, but for the one that it has in hand', async () => {
    const { queue, values, rooms } = opened({ ordered: false, weight: heavy });
    for (const place of [0, 1, 2]) queue.put(place, 'x');
    expect(queue.isFull).toBe(false);
    queue.put(3, 'x');
    expect(queue.isFull).toBe(true);
    for (let taken = 0; taken < 3; taken += 1) await values.next();
    expect([queue.isFull, rooms()]).toEqual([false, 1]);
  });

  test('lies with the reader, who is behind then, or behind a place that is to come', async () => {
    const { queue, values, rooms } = opened({ weight: heavy });
    for (const place of [0, 2, 3, 4]) queue.put(place, 'x');
    await values.next();
    expect([queue.isFull, queue.isBehind, rooms()]).toEqual([true, true, 0]);
    const next = values.next();
    await turn();
    expect([queue.isFull, queue.isBehind, rooms()]).toEqual([true, false, 1]);
    queue.put(1, 'x');
    await next;
    expect([queue.isFull, queue.isBehind]).toEqual([true, true]);
  });

  test('of little weight is never full', () => {
    const { queue } = opened();
    for (let place = 1; place < 10_000; place += 1) queue.put(place, 'x');
    expect(queue.isFull).toBe(false);
  });
});
