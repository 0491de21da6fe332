import { expect, test } from 'vitest';
import { durationMs, formatDuration, perSecondOf } from '../../src/core/time.ts';

test.each([
  ['500ms', 500],
  ['10s', 10_000],
  ['1.5m', 90_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['0s', 0],
  ['10', null],
  ['', null],
  ['s', null],
  ['-1s', null],
  ['1 s', null],
  ['1e3s', null],
  ['0x10s', null],
  ['1s1s', null],
  ['Infinitys', null],
  ['1S', null],
])('the duration %j is %j ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});

test.each([
  ['5/s', 5],
  ['0.5/s', 0.5],
  ['60/min', 1],
  ['off', null],
  ['0/s', undefined],
  ['5', undefined],
  ['5/h', undefined],
  ['-5/s', undefined],
  ['OFF', null],
  ['none', undefined],
])('the rate %j is %j a second', (text, perSecond) => {
  expect(perSecondOf(text)).toBe(perSecond);
});

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [45_000, '45 s'],
  [60_000, '1 min'],
  [200_000, '3 min 20 s'],
  [3_600_000, '1 h'],
  [5_400_000, '1 h 30 min'],
  [86_400_000, '1 d'],
  [90_000_000, '1 d 1 h'],
])('%d ms is said as %s', (ms, words) => {
  expect(formatDuration(ms)).toBe(words);
});
