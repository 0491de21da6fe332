import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { extend, PhraseIndex, shortestPhrase, type TextSpan } from '../../src/core/text.ts';

function indexOf(phrases: readonly string[]): PhraseIndex<string> {
  const index = new PhraseIndex<string>();
  for (const phrase of phrases) index.add(phrase, `<${phrase}>`);
  return index;
}

const found = (phrases: readonly string[], text: string) =>
  indexOf(phrases)
    .spans(text)
    .map(({ start, end }) => text.slice(start, end));

describe('spans', () => {
  test.each<[string, string[], string, string[]]>([
    ['nothing in an empty index', [], 'abcdef', []],
    ['a phrase at the beginning, within and at the end', ['abcde'], 'abcde-abcde-abcde', ['abcde', 'abcde', 'abcde']],
    ['nothing shorter than five characters', ['abcd'], 'abcd abcd', []],
    ['no phrase of which the end is missing', ['abcdef'], 'abcde', []],
    ['the longest of those that begin alike', ['abcde', 'abcdefgh'], 'abcdefgh abcdefg', ['abcdefgh', 'abcde']],
    ['phrases that overlap as one', ['abcdef', 'defghi'], 'xabcdefghix', ['abcdefghi']],
    ['phrases that touch as one', ['abcde', 'fghij'], 'abcdefghij', ['abcdefghij']],
    ['one within another as the larger', ['abcdefghij', 'cdefg'], 'abcdefghij', ['abcdefghij']],
  ])('%s', (_what, phrases, text, expected) => {
    expect(found(phrases, text)).toEqual(expected);
  });

  test('of a long phrase its first 64 characters, and of the rest as much as is there', () => {
    const phrase = [...Array(100).keys()].map((i) => String.fromCharCode(0x100 + i)).join('');
    expect(found([phrase], `x${phrase}x`)).toEqual([phrase]);
    expect(found([phrase], `x${phrase.slice(0, 80)}x`)).toEqual([phrase.slice(0, 80)]);
    expect(found([phrase], phrase.slice(0, 64))).toEqual([phrase.slice(0, 64)]);
    expect(found([phrase], `${phrase.slice(0, 63)}x`)).toEqual([]);
  });
});

/** Few letters, so that phrases are found, and found within each other. */
const words = (maxLength: number) => fc.string({ unit: fc.constantFrom('a', 'b'), maxLength });

test('whatever the phrases and the text, what is found is what a search for each finds', () => {
  fc.assert(
    fc.property(fc.array(words(9), { maxLength: 6 }), words(60), (phrases, text) => {
      const spans: TextSpan[] = [];
      let [replaced, done] = ['', 0];
      for (let start = 0; start < text.length; start += 1) {
        const here = phrases.filter((phrase) => phrase.length >= shortestPhrase && text.startsWith(phrase, start));
        const [longest] = here.sort((a, b) => b.length - a.length);
        if (longest !== undefined) extend(spans, { start, end: start + longest.length });
        if (start < done) continue;
        replaced += longest === undefined ? text[start] : `<${longest}>`;
        done = start + (longest?.length ?? 1);
      }
      const index = indexOf(phrases);
      expect(index.spans(text)).toEqual(spans);
      expect(index.replace(text, (value) => value)).toBe(replaced);
    }),
  );
});

test.each<[string, TextSpan[], TextSpan]>([
  ['behind the last', [{ start: 0, end: 2 }], { start: 3, end: 4 }],
  ['touching it', [], { start: 0, end: 3 }],
])('extend: a span %s stands for itself only where there is a gap', (_what, before, span) => {
  const spans = [...before];
  extend(spans, span);
  expect(spans).toEqual([...before, span]);
  extend(spans, { start: span.end, end: span.end + 2 });
  expect(spans).toEqual([...before, { start: span.start, end: span.end + 2 }]);
  extend(spans, { start: span.end, end: span.end + 1 });
  expect(spans).toEqual([...before, { start: span.start, end: span.end + 2 }]);
});
