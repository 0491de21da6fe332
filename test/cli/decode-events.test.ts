import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventsIn } from '../../src/cli/commands/decode-events.ts';

/** What a text holds: the events' `n`, or where something is broken. */
async function read(...chunks: (string | Uint8Array)[]): Promise<unknown[]> {
  async function* stream() {
    for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  }
  const found: unknown[] = [];
  for await (const { where, value, problem } of eventsIn(stream())) {
    found.push(problem === null ? ((value as { n?: unknown } | null)?.n ?? value) : where);
  }
  return found;
}

const pretty = (value: unknown) => JSON.stringify(value, null, 2);

describe('every layout', () => {
  test.each([
    ['one a line', '{"n":1}\n{"n":2}\n', [1, 2]],
    ['no newline at the end', '{"n":1}\n{"n":2}', [1, 2]],
    ['CRLF, blank lines and blanks around', '\r\n{"n":1}\r\n\r\n   \n  {"n":2} \r\n', [1, 2]],
    ['an array in a line', '[{"n":1},{"n":2}]\n[{"n":3}]\n[]\n', [1, 2, 3]],
    ['a document', pretty({ n: 1, more: { a: [1, { b: '}' }] } }), [1]],
    ['documents one after the other', `${pretty({ n: 1 })}\n${pretty({ n: 2 })}\n`, [1, 2]],
    ['an array over lines', pretty([{ n: 1 }, { n: 2 }]), [1, 2]],
    ['an array with an event a line', '[\n{"n":1},\n{"n":2}\n]\n{"n":3}', [1, 2, 3]],
    ['documents without indentation', '{\n"n":\n1\n}\n{\n"n": 2\n}', [1, 2]],
    ['a byte order mark', '\ufeff{"n":1}\n', [1]],
    ['brackets and quotes in strings', '{"n":"}]{[\\"\\\\"}\n{"n":2}', ['}]{["\\', 2]],
    ['nothing', '', []],
    ['JSON that is no object', '7\n"text"\nnull\n', [7, 'text', null]],
  ])('%s', async (_, text, found) => {
    expect(await read(text)).toEqual(found);
  });
});

describe('a broken line costs no event but its own', () => {
  test.each([
    ['no JSON', '{"n":1}\nhello\n{"n":2}', [1, 'line-2', 2]],
    ['cut off in a string', '{"n":1}\n{"n":"tw\n{"n":3}', [1, 'line-2', 3]],
    ['cut off after a value', '{"n":1}\n{"n":2,"m":[1,2\n{"n":3}', [1, 'line-2', 3]],
    ['cut off after a colon', '{"n":1}\n{"n":\n{"n":3}', [1, 'line-2', 3]],
    ['two in a row', '{"n":\n{"m":\n{"n":3}', ['line-1', 'line-2', 3]],
    ['the last one', '{"n":1}\n{"n":2,', [1, 'line-2']],
    ['a bracket too many', '{"n":1}}\n{"n":2}', ['line-1', 2]],
    ['a bracket that does not match', '{"n":[1}\n{"n":2}', ['line-1', 2]],
    ['something after an event', '{"n":1} {"n":2}\n{"n":3}', ['line-1', 3]],
    ['a line of an array', '[{"n":1},\n{"n":2}\n{"n":3}', ['line-1', 2, 3]],
    ['before a document', `{"n":\n${pretty({ n: 2 })}\n{"n":3}`, ['line-1', 2, 3]],
    ['a document with a fault in it', '{\n "n": oops\n}\n{"n":2}', ['line-1', 'line-2', 'line-3', 2]],
    ['too deep', `${'['.repeat(100)}${']'.repeat(100)}\n{"n":2}`, ['line-1', 2]],
  ])('%s', async (_, text, found) => {
    expect(await read(text)).toEqual(found);
  });

  test('not UTF-8', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"n":1}\n{"n":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}\n{"n":3}'),
    ]);
    expect(await read(bytes)).toEqual([1, 'line-2', 3]);
  });

  test('longer than any webhook', async () => {
    const huge = Buffer.alloc(1024 * 1024, 'x');
    const chunks = ['{"n":1}\n{"n":"', ...Array.from({ length: 17 }, () => huge), '"}\n{"n":3}\n'];
    expect(await read(...chunks)).toEqual([1, 'line-2', 3]);
  });

  test('a document that never ends is given up, and what is in it is read', async () => {
    const line = `{"n":"${'x'.repeat(1000)}"},\n`;
    const found = await read('[\n', ...Array.from({ length: 17 }, () => line.repeat(1024)), '{"n":3}\n');
    expect([found[0], found.at(-1)]).toEqual(['line-1', 3]);
  });
});

const json = fc.object({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);

test('however the bytes are cut into pieces, and the events into lines, they come out as they went in', async () => {
  const layouts = fc.constantFrom(
    (value: unknown) => JSON.stringify(value),
    (value: unknown) => pretty(value),
    (value: unknown) => pretty([value]),
    (value: unknown) => JSON.stringify(value, null, '\t').replaceAll('\n', '\r\n'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(json, layouts)), fc.integer({ min: 1, max: 50 }), async (events, size) => {
      const bytes = Buffer.from(events.map(([value, layout]) => `${layout(value)}\n`).join(''));
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      async function* stream() {
        yield* pieces;
      }
      const found: unknown[] = [];
      for await (const { value } of eventsIn(stream())) found.push(value);
      expect(found).toEqual(events.map(([value]) => value));
    }),
  );
});

test('an event is out before the next one is in', async () => {
  const order: string[] = [];
  async function* stream() {
    for (const n of [1, 2, 3]) {
      order.push(`in ${n}`);
      yield Buffer.from(`{"n":${n}}\n`);
    }
  }
  for await (const { value } of eventsIn(stream())) order.push(`out ${(value as { n: number }).n}`);
  expect(order).toEqual(['in 1', 'out 1', 'in 2', 'out 2', 'in 3', 'out 3']);
});
