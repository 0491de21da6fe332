import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ExitName, exitOf, exits, worstOf } from '../../src/core/exit.ts';

/** The public interface, written by hand from the README's exit codes: none of these may ever change. */
const codes: readonly (readonly [number, ExitName, boolean])[] = [
  [0, 'ok', false],
  [1, 'internal', false],
  [2, 'usage', false],
  [20, 'failed', false],
  [21, 'pending', true],
  [22, 'wait-timeout', true],
  [23, 'expect-mismatch', false],
  [24, 'not-found', false],
  [25, 'unknown-status', true],
  [26, 'rejected', false],
  [30, 'network', true],
  [31, 'rate-limited', true],
  [32, 'provider-unavailable', true],
  [40, 'auth', false],
  [41, 'config', false],
  [42, 'unexpected-response', false],
  [43, 'tls', false],
  [130, 'interrupted', true],
  [143, 'terminated', true],
];

test('every exit has its code', () => {
  expect(Object.keys(exits)).toHaveLength(codes.length);
  for (const [code, name, retryable] of codes) expect(exitOf(name)).toEqual({ code, name, retryable });
});

/** Design §4: 1 > 2 > 20 > 23 > 24 > 26 > 25 > 42 > 40 > 41 > 43 > 31 > 32 > 30 > 22 > 21 > 0. */
const worstFirst = [1, 2, 20, 23, 24, 26, 25, 42, 40, 41, 43, 31, 32, 30, 22, 21, 0];
const byCode = new Map(codes.map(([code, name]) => [code, name]));
const nameOf = (code: number): ExitName => byCode.get(code) ?? 'internal';

test('of two exits the worse one counts', () => {
  worstFirst.forEach((worse, i) => {
    for (const better of worstFirst.slice(i)) expect(worstOf([nameOf(better), nameOf(worse)])).toBe(nameOf(worse));
  });
  expect(worstOf([])).toBe('ok');
});

test('an interruption outranks every verdict', () => {
  expect(worstOf(['internal', 'interrupted', 'ok'])).toBe('interrupted');
  expect(worstOf(['failed', 'terminated'])).toBe('terminated');
});

test('the order of the ids never matters', () => {
  const some = fc.array(fc.constantFrom(...worstFirst.map(nameOf)), { minLength: 1 });
  fc.assert(
    fc.property(some, (names) => {
      const worst = worstOf(names);
      expect(worstOf([...names].reverse())).toBe(worst);
      expect(worstOf([...names].sort())).toBe(worst);
      expect(names).toContain(worst);
    }),
  );
});
