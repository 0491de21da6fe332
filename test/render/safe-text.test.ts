import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visible } from '../../src/render/safe-text.ts';
import { hostileText } from './hostile.ts';

test.each([
  ['\u001b[31mred\u001b[0m', '␛[31mred␛[0m'],
  ['\u001b]8;;https://evil.example\u001b\\click', '␛]8;;https://evil.example␛\\click'],
  ['\u001b]52;c;QQ==\u0007', '␛]52;c;QQ==␇'],
  ['\u009b31m', '\\x9b31m'],
  ['\u009d8;;x\u009c', '\\x9d8;;x\\x9c'],
  ['a\r\nb', 'a␍⏎b'],
  ['a\tb', 'a␉b'],
  ['\u0000\u0008\u007f', '␀␈␡'],
  ['\u202egnp.exe', '\\u202egnp.exe'],
  ['\u2066x\u2069', '\\u2066x\\u2069'],
  ['\u061c\u200e\u200f', '\\u061c\\u200e\\u200f'],
  ['\u2028\u2029\u0085', '\\u2028\\u2029\\x85'],
  ['a\u00adb\u200bc\ufeff', 'a\\xadb\\u200bc\\ufeff'],
  ['\ud83d', '\\ud83d'],
  ['x\udc00y', 'x\\udc00y'],
  ['\u{e0041}', '\\u{e0041}'],
  // Drawn as nothing too, though no character yet.
  ['\u{e0002}\u{e0fff}\u2065\ufff0', '\\u{e0002}\\u{e0fff}\\u2065\\ufff0'],
  ['\u3164', '\\u3164'],
])('%j is shown as %j', (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test.each([
  'plain text, with (punctuation)',
  '👨‍👩‍👧',
  '👍🏽',
  '🇩🇪',
  '1️⃣',
  'ภาษาไทย',
  'हिन्दी',
  'שָׁלוֹם',
  'Ünïcödé',
  '漢字',
])('%s stays as it is', (text) => {
  expect(visible(text)).toBe(text);
});

test('no more than four marks are stacked on a letter', () => {
  expect(visible(`z${'\u0301'.repeat(4)}!`)).toBe(`z${'\u0301'.repeat(4)}!`);
  expect(visible(`z${'\u0301'.repeat(99)}!`)).toBe(`z${'\u0301'.repeat(4)}!`);
});

test('nothing that acts, hides or reorders is left of any text', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const shown = visible(text);
      expect(shown).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(shown).not.toMatch(/[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u);
      expect(visible(shown)).toBe(shown);
    }),
  );
});
