import { expect, test } from 'vitest';
import { createAdmission } from '../../src/cli/admission.ts';
import type { Limiter } from '../../src/core/http.ts';
import { Slots } from '../../src/core/slots.ts';

const bounds = { signal: new AbortController().signal, deadline: Number.POSITIVE_INFINITY };
const turn = () => new Promise(setImmediate);

/** Gives turns when it is told to, or none at all. */
function pacer(): Limiter & { asked: number; next(mayGo: boolean): void } {
  const waiting: ((mayGo: boolean) => void)[] = [];
  const self = {
    asked: 0,
    acquire: () => {
      self.asked += 1;
      return new Promise<boolean>((resolve) => waiting.push(resolve));
    },
    pauseFor: () => undefined,
    pausedMs: 0,
    next: (mayGo: boolean) => waiting.shift()?.(mayGo),
  };
  return self;
}

function job() {
  let finish: (value: string) => void = () => undefined;
  let fail: (reason: Error) => void = () => undefined;
  const job = {
    begun: false,
    work: () => {
      job.begun = true;
      return new Promise<string>((resolve, reject) => {
        finish = resolve;
        fail = reject;
      });
    },
    finish: () => finish('done'),
    fail: () => fail(new Error('broken')),
  };
  return job;
}

test('turns are asked for one by one, and not saved up while there is no slot', async () => {
  const pace = pacer();
  const admit = createAdmission(pace, new Slots(1));
  const [first, second, third] = [job(), job(), job()];
  const done = [first, second, third].map(({ work }) => admit(bounds, work));
  await turn();
  expect(pace.asked).toBe(1);
  pace.next(true);
  await turn();
  expect([first.begun, pace.asked]).toEqual([true, 2]);
  pace.next(true);
  await turn();
  // The second has its turn and no slot: the third does not ask for one.
  expect([second.begun, pace.asked]).toEqual([false, 2]);
  first.finish();
  await turn();
  expect([second.begun, third.begun, pace.asked]).toEqual([true, false, 3]);
  second.finish();
  pace.next(true);
  await turn();
  third.finish();
  expect(await Promise.all(done)).toEqual(['done', 'done', 'done']);
});

test('nobody holds a slot while waiting for a turn: a slow provider does not keep a fast one', async () => {
  const [slow, fast] = [pacer(), pacer()];
  const slots = new Slots(1);
  const [admitSlow, admitFast] = [createAdmission(slow, slots), createAdmission(fast, slots)];
  const [waiting, quick] = [job(), job()];
  const last = admitSlow(bounds, waiting.work);
  const first = admitFast(bounds, quick.work);
  await turn();
  fast.next(true);
  await turn();
  expect([waiting.begun, quick.begun]).toEqual([false, true]);
  quick.finish();
  expect(await first).toBe('done');
  slow.next(true);
  await turn();
  waiting.finish();
  expect(await last).toBe('done');
});

test('who gets no turn, or fails, leaves the way to the others', async () => {
  const pace = pacer();
  const admit = createAdmission(pace, new Slots(1));
  const [never, failing, good] = [job(), job(), job()];
  const outcomes = [never, failing, good].map(({ work }) => admit(bounds, work).catch((error: Error) => error.message));
  await turn();
  pace.next(false);
  await turn();
  pace.next(true);
  await turn();
  failing.fail();
  await turn();
  pace.next(true);
  await turn();
  good.finish();
  expect(await Promise.all(outcomes)).toEqual([null, 'broken', 'done']);
  expect(never.begun).toBe(false);
});
