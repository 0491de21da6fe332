import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDocument } from '../../src/config/document.ts';

const text = `# comment
top:
  - plain
  - key: value
    empty:
    other: |
      two
      lines
    next: a

  - [flow, { inner: 1 }]
  - &anchor
    far: 1
  - *anchor
"quoted key": {
  a: b,
  c:
    d
}
first: same
same: first
12: twelve
bare: { one, two,
  three: two }
`;

test.each([
  [[], 1],
  [['top'], 2],
  [['top', 0], 3],
  [['top', 1], 4],
  [['top', 1, 'key'], 4],
  [['top', 1, 'empty'], 5],
  [['top', 1, 'other'], 6],
  [['top', 1, 'next'], 9],
  [['top', 2, 1, 'inner'], 11],
  [['top', 3, 'far'], 13],
  [['top', 4], 14],
  [['quoted key', 'a'], 16],
  [['quoted key', 'c'], 17],
  [['first'], 20],
  [['same'], 21],
  [['12'], 22],
  [['bare', 'two'], 23],
  [['bare', 'three'], 24],
])('%j stands in line %i', (path, line) => {
  expect(readDocument(text).lineOf(path)).toBe(line);
});

test('of a path that is not there, the deepest part that is', () => {
  const { lineOf } = readDocument(text);
  expect(lineOf(['top', 1, 'absent'])).toBe(4);
  expect(lineOf(['top', 1, 'key', 'deeper'])).toBe(4);
  expect(lineOf(['top', 9])).toBe(2);
  expect(lineOf(['absent', 'too'])).toBe(1);
});

test('an empty text has no lines to tell of', () => {
  const { data, lineOf } = readDocument('');
  expect(data).toBeUndefined();
  expect(lineOf(['a'])).toBe(1);
});

/** Keys are numbered, so that each can be found in the text again. */
const tree = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('a', 'k1', '', 'null?', 1),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('x', 'y', 'z'), tie('node'), { maxKeys: 3 }),
  ),
})).node;

test('the line of every key of any JSON, however it is laid out', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('x', 'y', 'z'), tree, { minKeys: 1, maxKeys: 3 }), (value) => {
      const { data, paths } = numbered(value);
      const json = JSON.stringify(data, null, 1);
      const lines = json.split('\n');
      const { lineOf } = readDocument(json);
      for (const path of paths) {
        const key = JSON.stringify(path.at(-1));
        expect([path, lineOf(path)]).toEqual([path, lines.findIndex((line) => line.trim().startsWith(`${key}: `)) + 1]);
      }
    }),
  );
});

function numbered(value: unknown): { data: unknown; paths: (string | number)[][] } {
  const paths: (string | number)[][] = [];
  const walk = (part: unknown, path: (string | number)[]): unknown => {
    if (Array.isArray(part)) return part.map((each, i) => walk(each, [...path, i]));
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(
      Object.values(part).map((each) => {
        const here = [...path, `key ${paths.length}`];
        paths.push(here);
        return [here.at(-1), walk(each, here)];
      }),
    );
  };
  return { data: walk(value, []), paths };
}
