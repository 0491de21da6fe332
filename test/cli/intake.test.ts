import { expect, test } from 'vitest';
import { createIntake } from '../../src/cli/intake.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const never = new AbortController().signal;

/** What comes out of an intake of items that come so many milliseconds after each other. */
async function taken(gaps: readonly number[], deadline: number) {
  const clock = virtualClock();
  async function* source() {
    for (const gap of gaps) {
      if (gap > 0) await clock.sleep(gap, never);
      yield clock.monotonic();
    }
  }
  const { items, isCutShort } = createIntake(source(), { deadline }, clock);
  const all = async () => {
    const came: number[] = [];
    for await (const item of items) came.push(item);
    return came;
  };
  return { came: await clock.run(all()), cut: isCutShort(), endedAt: clock.monotonic() };
}

test('takes all that comes in time', async () => {
  expect(await taken([0, 100, 100], 1000)).toEqual({ came: [0, 100, 200], cut: false, endedAt: 200 });
});

test('waits for ever where there is no limit', async () => {
  expect(await taken([0, 1e9], Number.POSITIVE_INFINITY)).toMatchObject({ came: [0, 1e9], cut: false });
});

test('ends with the time, and says so', async () => {
  expect(await taken([0, 100, 10_000], 1000)).toEqual({ came: [0, 100], cut: true, endedAt: 1000 });
});

test('takes what lies ready although the time is up: each gets a record', async () => {
  expect(await taken([1000, 0, 0, 10], 900)).toMatchObject({ came: [], cut: true });
  expect(await taken([900, 0, 0, 200, 0], 1000)).toMatchObject({ came: [900, 900, 900, 1100, 1100], cut: false });
});
