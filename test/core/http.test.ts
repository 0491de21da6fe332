import { describe, expect, test } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import { abortFault, type Limiter, noTurnFault } from '../../src/core/http.ts';

const why = new Fault('time-up', { message: 'the time was up' });

function limiterOf(pausedMs: number): Limiter {
  return { pausedMs, acquire: async () => false, pauseFor: () => undefined };
}

describe('abortFault', () => {
  test('is the reason where that is a fault', () => {
    expect(abortFault(AbortSignal.abort(why))).toBe(why);
  });

  test.each([undefined, 'because', new Error('because')])('is an interruption where it is %s', (reason) => {
    const { code, message } = abortFault(AbortSignal.abort(reason));
    expect([code, message]).toEqual(['interrupted', 'interrupted before the answer came']);
  });
});

describe('noTurnFault', () => {
  test('is the reason of the signal where that is a fault', () => {
    expect(noTurnFault(limiterOf(5000), { signal: AbortSignal.abort(why) }, 'it')).toBe(why);
  });

  test('is the end of the time where nothing is paused', () => {
    const { signal } = new AbortController();
    const { code, message } = noTurnFault(limiterOf(0), { signal }, 'it');
    expect([code, message]).toEqual(['time-up', 'the time was up before it was this id’s turn']);
  });

  test('is the pause that was asked for, with its seconds', () => {
    const { signal } = new AbortController();
    const { code, message, retryAfterSeconds } = noTurnFault(limiterOf(89_500), { signal }, 'https://a.test');
    expect([code, message, retryAfterSeconds]).toEqual([
      'rate-limited',
      'https://a.test asks to retry after 1 min 30 s, later than this run may wait',
      90,
    ]);
  });
});
