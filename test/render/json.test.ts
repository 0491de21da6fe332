import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { reportSchema, resultSchema } from '../../src/core/record.ts';
import { createJsonRenderer, createNdjsonRenderer } from '../../src/render/json.ts';
import { jsonText } from '../../src/render/safe-text.ts';
import { hostileText } from './hostile.ts';
import { ending, failed, lost, pipe, record, rendered } from './sample.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
const unsafe = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

describe('json of one id', () => {
  test('is its record', () => {
    const text = rendered(createJsonRenderer({ ...pipe, single: true }), [failed]);
    expect(text).toBe(`${JSON.stringify(failed, null, 2)}\n`);
    expect(v.parse(resultSchema, JSON.parse(text))).toEqual(failed);
  });

  test('has only the fields asked for, nested, in their order', () => {
    const view = { ...pipe, single: true, fields: ['reason.code', 'state'] };
    expect(rendered(createJsonRenderer(view), [failed])).toBe(
      '{\n  "reason": {\n    "code": "4001"\n  },\n  "state": "failed"\n}\n',
    );
  });

  test('is nothing at all when nothing was asked', () => {
    expect(rendered(createJsonRenderer({ ...pipe, single: true }), [])).toBe('');
  });
});

describe('json of several', () => {
  test('is a report', () => {
    const results = [record(), failed, lost];
    const text = rendered(createJsonRenderer(pipe), results);
    expect(text).toBe(`${JSON.stringify({ schema: 'sbstatus.report/1', results, ...ending }, null, 2)}\n`);
    expect(v.parse(reportSchema, JSON.parse(text)).results).toEqual(results);
  });

  test('is a report of one where the command line allowed for more', () => {
    const text = rendered(createJsonRenderer(pipe), [failed]);
    expect(v.parse(reportSchema, JSON.parse(text)).results).toEqual([failed]);
  });

  test('is a report without results when there were none', () => {
    const text = rendered(createJsonRenderer(pipe), []);
    expect(text).toBe(`${JSON.stringify({ schema: 'sbstatus.report/1', results: [], ...ending }, null, 2)}\n`);
  });

  test('gives each result away as it comes', () => {
    const renderer = createJsonRenderer(pipe);
    expect(renderer.result(record(), null)).toContain('8ba7b830-9dad-11d1-80b4-00c04fd430c8');
    expect(renderer.result(failed, null)).toContain('dad45f2a-0c4f-4a3f-8b0f-3d8b2f3c9a10');
  });

  test('selects fields within each result', () => {
    const text = rendered(createJsonRenderer({ ...pipe, fields: ['id'] }), [lost]);
    expect(JSON.parse(text)).toEqual({
      schema: 'sbstatus.report/1',
      results: [{ id: 'nobody-knows-this' }],
      ...ending,
    });
  });
});

describe('ndjson', () => {
  test('is one record a line, for one id too', () => {
    for (const single of [true, false]) {
      const text = rendered(createNdjsonRenderer({ ...pipe, single }), [record(), lost]);
      expect(text).toBe(`${JSON.stringify(record())}\n${JSON.stringify(lost)}\n`);
    }
  });

  test('selects fields', () => {
    const renderer = createNdjsonRenderer({ ...pipe, fields: ['exit.code', 'id'] });
    expect(renderer.result(lost, null)).toBe('{"exit":{"code":24},"id":"nobody-knows-this"}\n');
  });

  test('never breaks a line, whatever a provider says', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (id, said) => {
        const result = record({ id, providerState: said, details: { [said]: id } });
        const line = createNdjsonRenderer(pipe).result(result, null);
        expect(line.slice(0, -1)).not.toMatch(/[\r\n]/);
        expect(JSON.parse(line)).toEqual(wellFormed(result));
      }),
    );
  });
});

/** Half characters within a value are none in JSON. */
function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key.toWellFormed(), wellFormed(each)]));
}

describe('jsonText', () => {
  test.each([
    ['\u009b31m', '"\\u009b31m"'],
    ['\u007f', '"\\u007f"'],
    ['\u202e', '"\\u202e"'],
    ['\u2028\u2029', '"\\u2028\\u2029"'],
    ['\u001b[0m', '"\\u001b[0m"'],
    ['\ud83d', '"\ufffd"'],
    ['\udc00x\ud83d😀', '"\ufffdx\ufffd😀"'],
    ['\\ud83d', String.raw`"\\ud83d"`],
    ['##vso[task.setvariable]', String.raw`"\u0023#vso[task.setvariable]"`],
    ['###[error]', String.raw`"#\u0023#[error]"`],
    ['::stop-commands::x', String.raw`"\u003a:stop-commands::x"`],
    ['a::b ## c', '"a::b ## c"'],
    ['é漢😀', '"é漢😀"'],
  ])('%j', (value, json) => {
    expect(jsonText(value)).toBe(json);
  });

  test('is the same JSON, with nothing in it that a terminal obeys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), hostileText, (value, text) => {
        const whole = { value, text, [text]: [text] };
        for (const indent of [0, 2]) {
          const json = jsonText(whole, indent);
          expect(json).not.toMatch(unsafe);
          expect(JSON.parse(json)).toEqual(wellFormed(JSON.parse(JSON.stringify(whole))));
        }
      }),
    );
  });
});
