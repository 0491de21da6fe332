import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import type { Result } from '../../src/core/record.ts';
import { createTableRenderer } from '../../src/render/table.ts';
import { hostilePieces, hostileText } from './hostile.ts';
import { failed, lost, record, rendered, terminal } from './sample.ts';

/** A record with the text in every place that a provider fills. */
function spoiled(text: string): Result[] {
  const reason = { code: text, name: text, message: text, class: 'unknown' as const, resendable: null, hint: text };
  const known = {
    id: text,
    providerState: text,
    from: text,
    to: text,
    details: { [text]: text, plain: [text] },
    warnings: [text],
    timeline: [
      { state: 'sent' as const, providerState: text, at: null, description: text, source: 'observed' as const },
    ],
    raw: { [text]: text },
  };
  return [
    record(known),
    { ...failed, ...known, reason },
    { ...lost, id: text, error: { ...lost.error!, message: text, hint: text, requestId: text } },
  ];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

function check(text: string, columns: number): void {
  expect(text).not.toMatch(obeyed);
  expect(text).not.toMatch(/\p{Cs}/u);
  for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
}

const widths = fc.integer({ min: 20, max: 200 });

test('no card is wider than the terminal, and nothing in it is obeyed', async () => {
  await fc.assert(
    fc.asyncProperty(hostileText, widths, async (text, columns) => {
      const renderer = await createTableRenderer(terminal(columns, { single: true }));
      for (const result of spoiled(text)) check(renderer.result(result, null), columns);
    }),
  );
});

test('no row is wider than the terminal, and nothing in it is obeyed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(hostileText, { minLength: 1, maxLength: 4 }), widths, async (texts, columns) => {
      const results = texts.flatMap(spoiled);
      check(rendered(await createTableRenderer(terminal(columns)), results), columns);
    }),
  );
});

test('rows after the first two hundred keep to it too', async () => {
  for (const columns of [20, 80]) {
    const renderer = await createTableRenderer(terminal(columns));
    for (let index = 0; index < 200; index += 1) renderer.result(record({ index }), null);
    for (const text of hostilePieces) for (const result of spoiled(text)) check(renderer.result(result, null), columns);
  }
});

test('no chosen columns are wider than the terminal', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(hostileText, { maxLength: 5 }), hostileText, widths, async (names, text, columns) => {
      const view = terminal(columns, { fields: ['id', ...names.map((name) => `details.${name}`)] });
      check(rendered(await createTableRenderer(view), spoiled(text)), columns);
      check(rendered(await createTableRenderer({ ...view, single: true }), spoiled(text)), columns);
    }),
  );
});
