import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { onAbort } from '../../src/http/attempt.ts';

test('all who wait are called once, with one listener for all of them', () => {
  const user = new AbortController();
  const called: string[] = [];
  for (const name of ['a', 'b', 'c']) onAbort(user.signal, () => called.push(name));
  expect(getEventListeners(user.signal, 'abort')).toHaveLength(1);
  user.abort();
  user.abort();
  expect(called).toEqual(['a', 'b', 'c']);
});

test('who has left is not called, in whatever order they leave, and twice is once', () => {
  const user = new AbortController();
  const called: number[] = [];
  const leave = [0, 1, 2, 3, 4].map((name) => onAbort(user.signal, () => called.push(name)));
  for (const name of [1, 4, 0, 1]) leave[name]?.();
  onAbort(user.signal, () => called.push(5));
  user.abort();
  expect(called.sort()).toEqual([2, 3, 5]);
});

test('not even where another one’s call makes it leave', () => {
  const user = new AbortController();
  const called: string[] = [];
  let leaveB = (): void => undefined;
  onAbort(user.signal, () => {
    called.push('a');
    leaveB();
  });
  leaveB = onAbort(user.signal, () => called.push('b'));
  user.abort();
  expect(called).toEqual(['a']);
});

test('where it has aborted already, at once', () => {
  let calls = 0;
  const leave = onAbort(AbortSignal.abort(), () => {
    calls += 1;
  });
  leave();
  expect(calls).toBe(1);
});
