import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ByteLine, readLines } from '../../src/core/lines.ts';

async function* each(chunks: readonly string[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk, 'latin1');
}

async function linesOf(chunks: readonly string[], longest = 100, lineEnd?: number) {
  const lines: (Omit<ByteLine, 'bytes'> & { readonly text: string })[] = [];
  for await (const { bytes, ...line } of readLines(each(chunks), longest, lineEnd))
    lines.push({ ...line, text: bytes.toString('latin1') });
  return lines;
}

const whole = { whole: true, tooLong: false };
const rest = { whole: false, tooLong: false };

test('lines, empty ones too, with the bytes before them, and the rest behind the last end', async () => {
  expect(await linesOf(['a\n', '\nbc', 'd\ne'])).toEqual([
    { offset: 0, text: 'a', ...whole },
    { offset: 2, text: '', ...whole },
    { offset: 3, text: 'bcd', ...whole },
    { offset: 7, text: 'e', ...rest },
  ]);
});

test('ended by another byte', async () => {
  expect((await linesOf(['a\nb\0', 'c'], 100, 0)).map(({ text }) => text)).toEqual(['a\nb', 'c']);
});

test('one that is too long comes once, as soon as that is seen, and the next one after its end', async () => {
  const seen: string[] = [];
  async function* endless(): AsyncGenerator<Buffer> {
    for (const chunk of ['123', '456', '789', '0\nab', '\n']) {
      seen.push(chunk);
      yield Buffer.from(chunk);
    }
  }
  const lines = readLines(endless(), 4);
  const first = (await lines.next()).value as ByteLine;
  expect([first.tooLong, first.whole, first.bytes.toString(), seen]).toEqual([true, false, '123456', ['123', '456']]);
  const second = (await lines.next()).value as ByteLine;
  expect([second.offset, second.bytes.toString()]).toEqual([11, 'ab']);
  expect((await lines.next()).done).toBe(true);
});

/** What must come of the whole text; of a line that is too long no text. */
function split(whole: string, longest: number) {
  let offset = 0;
  const parts = whole.split('\n');
  const lines = parts.map((part, place) => {
    const tooLong = part.length > longest;
    const line = { offset, text: tooLong ? '' : part, whole: place < parts.length - 1 && !tooLong, tooLong };
    offset += part.length + 1;
    return line;
  });
  return parts.at(-1) === '' ? lines.slice(0, -1) : lines;
}

test('however the bytes are cut, the lines are those of the whole', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 8 }), fc.nat({ max: 6 }), async (chunks, longest) => {
      const whole = chunks.join('');
      const lines = await linesOf(chunks, longest);
      expect(lines.map((line) => (line.tooLong ? { ...line, text: '' } : line))).toEqual(split(whole, longest));
      // Of one that is too long as much is kept as there was when that was seen.
      for (const line of lines.filter(({ tooLong }) => tooLong)) {
        expect(line.text.length).toBeGreaterThan(longest);
        expect(whole.startsWith(line.text, line.offset)).toBe(true);
      }
    }),
  );
});
