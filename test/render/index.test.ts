import { expect, test } from 'vitest';
import { defaultFormat, formatOf, formats } from '../../src/render/index.ts';
import { pipe, record, rendered } from './sample.ts';

test('the formats', () => {
  expect(Object.keys(formats)).toEqual(['table', 'tsv', 'json', 'ndjson', 'csv']);
  for (const isTerminal of [true, false]) expect(formats).toHaveProperty(defaultFormat(isTerminal));
});

test.each(Object.keys(formats))('%s loads, and tells the state and the id', async (format) => {
  const create = await formatOf(format).load();
  const text = rendered(await create({ ...pipe, single: true }), [record()]);
  expect(text).toContain('8ba7b830-9dad-11d1-80b4-00c04fd430c8');
  expect(text).toContain('delivered');
});

test('what a format is is told by its entry', () => {
  const named = (is: (name: string) => boolean) => Object.keys(formats).filter(is);
  expect(named((name) => formatOf(name).isForPeople)).toEqual(['table', 'tsv']);
  expect(named((name) => formatOf(name).isStream)).toEqual(['ndjson']);
  expect(named((name) => formatOf(name).errors === 'json')).toEqual(['json', 'ndjson']);
});

test.each(['xml', '', 'constructor', '__proto__'])('%j is no format', (name) => {
  expect(() => formatOf(name)).toThrow(`no format ${name}`);
});
