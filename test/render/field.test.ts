import { expect, test } from 'vitest';
import { createFieldRenderer } from '../../src/render/field.ts';
import { failed, lost, pipe, record, rendered } from './sample.ts';

test.each([
  ['state', 'delivered\nfailed\n\n'],
  ['reason.code', '\n4001\n\n'],
  ['exit.code', '0\n20\n24\n'],
  ['mock', 'false\nfalse\nfalse\n'],
  ['warnings', '[]\n[]\n[]\n'],
])('--field %s is one line an id', (name, text) => {
  expect(rendered(createFieldRenderer(name, pipe), [record(), failed, lost])).toBe(text);
});

test('a value stays on its line', () => {
  const result = record({ details: { content: 'one\ntwo\u001b[2J' } });
  expect(rendered(createFieldRenderer('details.content', pipe), [result])).toBe('one⏎two␛[2J\n');
});
