import { expect, test } from 'vitest';
import { formats, renderers } from '../../src/render/index.ts';
import { pipe, record, rendered } from './sample.ts';

test('the formats', () => {
  expect(formats).toEqual(['table', 'json', 'ndjson', 'csv']);
});

test.each(formats)('%s loads, and tells the state and the id', async (format) => {
  const create = await renderers[format]();
  const text = rendered(await create({ ...pipe, single: true }), [record()]);
  expect(text).toContain('8ba7b830-9dad-11d1-80b4-00c04fd430c8');
  expect(text).toContain('delivered');
});
