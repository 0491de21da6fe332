import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visible } from '../../src/render/safe-text.ts';
import { pad, truncate, width, wrap } from '../../src/render/width.ts';
import { hostileText } from './hostile.ts';

test.each([
  ['', 0],
  ['abc', 3],
  ['漢字', 4],
  ['👨‍👩‍👧‍👦', 2],
  ['🇩🇪', 2],
  ['🫠', 2],
  ['ไทย', 3],
  ['น้ำ', 2],
  ['e\u0301', 1],
])('%s is %i columns wide', (text, columns) => {
  expect(width(text)).toBe(columns);
});

describe('fitted', () => {
  test.each([
    ['hello', 5, 'hello'],
    ['hello', 4, 'hel…'],
    ['hello', 1, '…'],
    ['hello', 0, ''],
    ['', 3, ''],
    ['漢字漢', 5, '漢字…'],
    ['漢字漢', 4, '漢…'],
    ['👨‍👩‍👧‍👦👨‍👩‍👧‍👦', 3, '👨‍👩‍👧‍👦…'],
    ['👨‍👩‍👧‍👦👨‍👩‍👧‍👦', 2, '…'],
    ['ไทย', 2, 'ไ…'],
  ])('%s in %i columns is %s', (text, columns, shown) => {
    expect(truncate(text, columns)).toBe(shown);
  });

  test('is never wider than asked, and whole where it fits', () => {
    fc.assert(
      fc.property(hostileText, fc.nat(60), (text, columns) => {
        const shown = truncate(visible(text), columns);
        expect(width(shown)).toBeLessThanOrEqual(columns);
        if (width(visible(text)) <= columns && columns > 0) expect(shown).toBe(visible(text));
      }),
    );
  });
});

describe('pad', () => {
  test.each([
    ['ab', 4, 'ab  '],
    ['漢', 4, '漢  '],
    ['abcdef', 4, 'abcdef'],
  ])('%s to %i columns', (text, columns, padded) => {
    expect(pad(text, columns)).toBe(padded);
  });
});

describe('wrap', () => {
  test.each([
    ['', 10, ['']],
    ['one two three', 9, ['one two', 'three']],
    ['one two three', 7, ['one two', 'three']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['to abcdefghij', 4, ['to', 'abcd', 'efgh', 'ij']],
    ['漢字漢字', 5, ['漢字', '漢字']],
    ['double  blank', 20, ['double  blank']],
    ['  indented', 20, ['  indented']],
  ])('%j in %i columns', (text, columns, lines) => {
    expect(wrap(text, columns)).toEqual(lines);
  });

  test('loses nothing but blanks, and no line is too wide', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 2, max: 60 }), (text, columns) => {
        const lines = wrap(visible(text), columns);
        for (const line of lines) expect(width(line)).toBeLessThanOrEqual(columns);
        expect(lines.join('').replace(/\s/gu, '')).toBe(visible(text).replace(/\s/gu, ''));
      }),
    );
  });
});
