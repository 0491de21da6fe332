import { expect, test } from 'vitest';
import { Slots } from '../../src/core/slots.ts';

const turn = () => new Promise(setImmediate);

test('so many at once, the others in the order of asking', async () => {
  const slots = new Slots(2);
  const taken: number[] = [];
  for (let i = 0; i < 5; i += 1) void slots.take().then(() => taken.push(i));
  await turn();
  expect(taken).toEqual([0, 1]);
  slots.give();
  await turn();
  expect(taken).toEqual([0, 1, 2]);
  slots.give();
  slots.give();
  await turn();
  expect(taken).toEqual([0, 1, 2, 3, 4]);
});

test('a place that nobody waits for is kept for the next', async () => {
  const slots = new Slots(1);
  await slots.take();
  slots.give();
  await slots.take();
  let came = false;
  void slots.take().then(() => {
    came = true;
  });
  await turn();
  expect(came).toBe(false);
  slots.give();
  await turn();
  expect(came).toBe(true);
});
