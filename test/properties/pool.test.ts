import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PoolOptions, pool } from '../../src/core/pool.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const never = new AbortController().signal;
setMaxListeners(0, never);

interface Item {
  /** Milliseconds after the one before. */
  readonly gap: number;
  /** Milliseconds that its work takes. */
  readonly takes: number;
}

interface Told {
  readonly index: number;
  /** When it was yielded. */
  readonly at: number;
}

/** Runs the pool over items; each of `told` is what came out of it. `taste`: called after each, may end the reading. */
async function pooled(
  items: readonly Item[],
  options: Partial<PoolOptions> = {},
  taste: (told: Told) => boolean | undefined = () => undefined,
) {
  const clock = virtualClock();
  const begun: number[] = [];
  const finished: number[] = [];
  const told: Told[] = [];
  let mostOpen = 0;
  async function* source() {
    for (const [index, { gap }] of items.entries()) {
      if (gap > 0) await clock.sleep(gap, never);
      yield index;
    }
  }
  const work = async (index: number) => {
    begun.push(index);
    mostOpen = Math.max(mostOpen, begun.length - told.length);
    await clock.sleep(items[index]!.takes, never);
    finished.push(index);
    return index;
  };
  const reading = async () => {
    for await (const index of pool(source(), work, { open: 4, ordered: true, stop: never, ...options })) {
      told.push({ index, at: clock.monotonic() });
      if (taste(told.at(-1)!) === false) return;
    }
  };
  await clock.run(reading());
  return { told, order: told.map(({ index }) => index), begun, finished, mostOpen, endedAt: clock.monotonic() };
}

const items = fc.array(fc.record({ gap: fc.nat(20), takes: fc.nat(50) }), { maxLength: 30 });
const open = fc.integer({ min: 1, max: 8 });

describe('whatever comes, and however long it takes', () => {
  test('every item comes out once, in order where that was asked for, and not too many are open', async () => {
    await fc.assert(
      fc.asyncProperty(items, open, async (some, most) => {
        const all = some.map((_, i) => i);
        const ordered = await pooled(some, { open: most });
        expect(ordered.order).toEqual(all);
        expect(ordered.mostOpen).toBeLessThanOrEqual(most);
        const loose = await pooled(some, { open: most, ordered: false });
        expect(loose.order).toEqual(loose.finished);
        expect([...loose.order].sort((a, b) => a - b)).toEqual(all);
        expect(loose.mostOpen).toBeLessThanOrEqual(most);
      }),
    );
  });

  test('nothing waits for what need not be waited for', async () => {
    await fc.assert(
      fc.asyncProperty(items, async (some) => {
        const { told } = await pooled(some, { open: 100, ordered: false });
        const due = new Map<number, number>();
        let came = 0;
        some.forEach(({ gap, takes }, i) => {
          came += gap;
          due.set(i, came + takes);
        });
        for (const { index, at } of told) expect(at).toBe(due.get(index));
      }),
    );
  });
});

test('a result comes out before the source has result more', async () => {
  const { told } = await pooled([
    { gap: 0, takes: 5 },
    { gap: 1000, takes: 5 },
  ]);
  expect(told).toEqual([
    { index: 0, at: 5 },
    { index: 1, at: 1005 },
  ]);
});

test('as many as may be open are at work at once', async () => {
  const some = new Array(6).fill({ gap: 0, takes: 10 });
  expect((await pooled(some, { open: 3 })).mostOpen).toBe(3);
  expect((await pooled(some, { open: 3 })).endedAt).toBe(20);
  expect((await pooled(some, { open: 1 })).endedAt).toBe(60);
});

describe('when it is stopped', () => {
  test('nothing more is begun, what was begun comes out, and a silent source is not waited for', async () => {
    const user = new AbortController();
    const some = [...new Array(3).fill({ gap: 0, takes: 10 }), { gap: 1e9, takes: 0 }];
    const { order, begun, endedAt } = await pooled(some, { open: 9, stop: user.signal }, () => void user.abort());
    expect([order, begun, endedAt]).toEqual([[0, 1, 2], [0, 1, 2], 10]);
  });

  test('the same where the source has more to say at once', async () => {
    const user = new AbortController();
    const some = new Array(20).fill({ gap: 0, takes: 10 });
    const { order, begun } = await pooled(some, { open: 4, stop: user.signal }, () => void user.abort());
    expect(order).toEqual(begun);
    expect(begun.length).toBeLessThanOrEqual(5);
  });

  test('while everybody waits for a silent source, it ends at once', async () => {
    const user = new AbortController();
    const clock = virtualClock();
    async function* silent() {
      await clock.sleep(1e9, never);
      yield 1;
    }
    const reading = async () => {
      for await (const _ of pool(silent(), async () => 1, { open: 4, ordered: true, stop: user.signal }))
        return 'result';
      return clock.monotonic();
    };
    const work = reading();
    void clock.sleep(50, never).then(() => user.abort());
    expect(await clock.run(work)).toBe(50);
  });

  test('before it began, nothing comes of it', async () => {
    const { order, begun } = await pooled([{ gap: 10, takes: 1 }], { stop: AbortSignal.abort() });
    expect([order, begun]).toEqual([[], []]);
  });
});

test('a reader that leaves ends the beginning', async () => {
  const some = new Array(50).fill({ gap: 0, takes: 10 });
  const { begun } = await pooled(some, { open: 2 }, ({ index }) => index < 3);
  expect(begun.length).toBeLessThanOrEqual(6);
});

describe('what is thrown', () => {
  const read = async (source: AsyncIterable<number>, work: (n: number) => Promise<number>, ordered: boolean) => {
    const told: number[] = [];
    const reading = async () => {
      for await (const n of pool(source, work, { open: 2, ordered, stop: never })) told.push(n);
    };
    const error = await reading().catch((reason: Error) => reason.message);
    return [told, error];
  };
  async function* broken() {
    yield 1;
    throw new Error('the source broke');
  }
  async function* three() {
    yield* [1, 2, 3];
  }

  test.each([true, false])('by the source comes after what it result before; in order: %s', async (ordered) => {
    expect(await read(broken(), async (n) => n, ordered)).toEqual([[1], 'the source broke']);
  });

  test.each([true, false])('by the work comes in its place; in order: %s', async (ordered) => {
    const work = async (n: number) => {
      if (n === 2) throw new Error('the work broke');
      return n;
    };
    expect(await read(three(), work, ordered)).toEqual([[1], 'the work broke']);
  });
});
