import { describe, expect, test } from 'vitest';
import type { DetailNames } from '../../src/core/provider.ts';
import { fieldNames, selectionOf, textOf, unknownFields, valueAt } from '../../src/render/fields.ts';
import { failed, record } from './sample.ts';

const detailed = record({
  details: { plan: 'blue', price: { amount: 0.01, currency: 'USD' }, ['__proto__']: { polluted: true } },
  raw: { status: 'OK' },
});

describe('valueAt', () => {
  test.each([
    ['id', '8ba7b830-9dad-11d1-80b4-00c04fd430c8'],
    ['exit.code', 0],
    ['mock', false],
    ['reason', null],
    ['reason.code', null],
    ['details.plan', 'blue'],
    ['details.plan.length', null],
    ['details.price.currency', 'USD'],
    ['details.nothing.here', null],
    ['raw.status', 'OK'],
    ['toString', null],
    ['constructor.name', null],
    ['', null],
  ])('%s', (path, value) => {
    expect(valueAt(detailed, path)).toBe(value);
  });
});

test.each([
  [null, ''],
  [undefined, ''],
  ['', ''],
  ['text', 'text'],
  [0, '0'],
  [false, 'false'],
  [['a'], '["a"]'],
  [{ a: 1 }, '{"a":1}'],
])('%j as a cell is %j', (value, text) => {
  expect(textOf(value)).toBe(text);
});

describe('selectionOf', () => {
  test.each([
    [['state', 'id'], '{"state":"failed","id":"dad45f2a-0c4f-4a3f-8b0f-3d8b2f3c9a10"}'],
    [['reason.name', 'state', 'reason.code'], '{"reason":{"name":"Blocked","code":"4001"},"state":"failed"}'],
    [['error.code', 'details.plan'], '{"error":null,"details":{"plan":null}}'],
    [['exit', 'exit.code'], '{"exit":{"code":20,"name":"failed","retryable":false}}'],
    [['exit.code', 'exit'], '{"exit":{"code":20,"name":"failed","retryable":false}}'],
    [['id', 'id'], '{"id":"dad45f2a-0c4f-4a3f-8b0f-3d8b2f3c9a10"}'],
  ])('%j', (paths, json) => {
    expect(JSON.stringify(selectionOf(paths)(failed))).toBe(json);
  });

  test('a name such as __proto__ is a field like any other', () => {
    expect(JSON.stringify(selectionOf(['details.__proto__.polluted'])(detailed))).toBe(
      '{"details":{"__proto__":{"polluted":true}}}',
    );
  });

  test('leaves the record alone', () => {
    const before = JSON.stringify(failed);
    selectionOf(['reason', 'reason.code', 'details'])(failed);
    expect(JSON.stringify(failed)).toBe(before);
  });
});

const details: readonly DetailNames[] = [
  { plan: 'value', body: { text: 'value', media: { url: 'value' } } },
  { other: 'value', foreign: 'anything' },
];

describe('unknownFields', () => {
  test.each(['id', 'reason', 'reason.code', 'error.httpStatus', 'exit.name', 'request.url', 'timeline', 'warnings'])(
    '%s is known',
    (path) => {
      expect(unknownFields([path], details)).toEqual([]);
    },
  );

  test.each(['raw', 'raw.data.status', 'details.foreign', 'details.foreign.b.c'])('%s is free', (path) => {
    expect(unknownFields([path], details)).toEqual([]);
  });

  test.each(['details', 'details.plan', 'details.body', 'details.body.media.url', 'details.other'])(
    '%s is known of one of the providers',
    (path) => {
      expect(unknownFields([path], details)).toEqual([]);
    },
  );

  test.each([
    'details.plam',
    'details.plan.x',
    'details.body.',
    'details.body.urll',
    'details.body.media.url.x',
    'details.foreign.',
    'details.toString',
  ])('%s is known of none of them', (path) => {
    expect(unknownFields([path], details)).toEqual([path]);
  });

  test.each(['', 'stat', 'State', 'reason.', '.id', 'reason.cod', 'id.length', 'timeline.0', 'details.', 'toString'])(
    '%j is unknown',
    (path) => {
      expect(unknownFields([path], details)).toEqual([path]);
    },
  );

  test('names the unknown ones only', () => {
    expect(unknownFields(['id', 'sate', 'exit.code', 'reason.cause'], details)).toEqual(['sate', 'reason.cause']);
  });
});

test('fieldNames holds the nested names too', () => {
  const names = fieldNames(details);
  expect(names).toEqual(
    expect.arrayContaining([
      'id',
      'state',
      'reason',
      'reason.code',
      'exit.code',
      'raw',
      'details',
      'details.body.media.url',
    ]),
  );
  expect(unknownFields(names, details)).toEqual([]);
  expect(names).not.toContain('timeline.at');
});
