import { expect, test } from 'vitest';
import { pool } from '../../src/core/pool.ts';

const never = new AbortController().signal;
const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function* upTo(count: number): AsyncGenerator<number> {
  for (let i = 0; i < count; i += 1) yield i;
}

async function collected<T>(results: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const result of results) all.push(result);
  return all;
}

/** The later ones are done first. */
const backwards = async (i: number): Promise<number> => {
  await later((5 - i) * 5);
  return i;
};

test('results come in the order of the items, or as they finish', async () => {
  const both = [true, false].map((ordered) => collected(pool(upTo(5), backwards, { open: 5, ordered, stop: never })));
  expect(await Promise.all(both)).toEqual([
    [0, 1, 2, 3, 4],
    [4, 3, 2, 1, 0],
  ]);
});

test.each([true, false])('never more are open than may be, and all get done (ordered: %s)', async (ordered) => {
  let open = 0;
  let most = 0;
  const work = async (i: number): Promise<number> => {
    open += 1;
    most = Math.max(most, open);
    await later(1);
    return i;
  };
  const seen: number[] = [];
  for await (const i of pool(upTo(40), work, { open: 7, ordered, stop: never })) {
    open -= 1;
    seen.push(i);
  }
  expect(seen.sort((a, b) => a - b)).toEqual([...Array(40).keys()]);
  expect(most).toBe(7);
});

test('the first result comes while the source is still silent', async () => {
  let release = (): void => undefined;
  async function* silent(): AsyncGenerator<number> {
    yield 1;
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    yield 2;
  }
  const results = pool(silent(), async (i) => i, { open: 8, ordered: true, stop: never });
  expect(await results.next()).toEqual({ done: false, value: 1 });
  release();
  expect(await collected(results)).toEqual([2]);
});

test('a stop finishes what was begun, begins nothing, and waits for no source', async () => {
  const stop = new AbortController();
  const begun: number[] = [];
  async function* endless(): AsyncGenerator<number> {
    yield* upTo(3);
    await new Promise(() => undefined);
  }
  const results = pool(
    endless(),
    async (i) => {
      begun.push(i);
      await later(5);
      return i;
    },
    { open: 8, ordered: true, stop: stop.signal },
  );
  const first = await results.next();
  stop.abort();
  expect([first.value, ...(await collected(results))]).toEqual([0, 1, 2]);
  expect(begun).toEqual([0, 1, 2]);
});

test('what the work rejects with comes where its result would', async () => {
  const work = async (i: number) => {
    if (i === 2) throw new Error('third');
    return i;
  };
  const results = pool(upTo(5), work, { open: 2, ordered: true, stop: never });
  expect([(await results.next()).value, (await results.next()).value]).toEqual([0, 1]);
  await expect(results.next()).rejects.toThrow('third');
});

test('a source that breaks is heard of after the results of what it gave', async () => {
  async function* broken(): AsyncGenerator<number> {
    yield 0;
    throw new Error('cannot read on');
  }
  const results = pool(broken(), async (i) => i, { open: 4, ordered: true, stop: never });
  expect((await results.next()).value).toBe(0);
  await expect(results.next()).rejects.toThrow('cannot read on');
});

test('who wants no more ends the source too', async () => {
  let closed = false;
  async function* watched(): AsyncGenerator<number> {
    try {
      yield* upTo(100);
    } finally {
      closed = true;
    }
  }
  for await (const i of pool(watched(), async (i) => i, { open: 2, ordered: true, stop: never })) if (i === 3) break;
  await later(5);
  expect(closed).toBe(true);
});
