import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { type Result, reportSchema, resultSchema } from '../../src/core/record.ts';
import { record } from '../render/sample.ts';

/** A record in which nothing is null, by hand from docs/schema. */
const full: Result = {
  ...record(),
  name: 'n',
  timing: { toSentMs: 1, toSentSource: 'provider', toDeliveredMs: 2, toDeliveredSource: 'observed' },
  channel: 'sms',
  downgraded: false,
  reason: { code: '1', name: 'n', message: 'm', class: 'content', resendable: true, hint: 'h' },
  timeline: [
    { state: 'sent', providerState: 'SENT', at: '2026-03-11T19:51:00.000Z', description: 'd', source: 'observed' },
  ],
  error: {
    code: 'timeout',
    message: 'm',
    hint: 'h',
    retryable: true,
    retryAfterSeconds: 1.5,
    httpStatus: 200,
    requestId: 'r',
  },
};
const spread = { count: 1, median: 1, p95: 1 };
const report = {
  schema: 'sbstatus.report/1',
  results: [full],
  summary: {
    total: 1,
    byState: { sent: 1 },
    byExit: { ok: 1 },
    duplicates: 0,
    timing: { toSentMs: spread, toDeliveredMs: spread },
  },
  exit: full.exit,
};

/** The dotted paths of every field of a value; into a list by its first entry. */
function pathsOf(value: unknown, above: readonly string[] = []): string[] {
  if (Array.isArray(value)) return pathsOf(value[0], [...above, '0']);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = [...above, key];
    return [path.join('.'), ...pathsOf(inner, path)];
  });
}

/** The same without one field, or with another value in it. */
function changed(value: unknown, path: string, to?: unknown): unknown {
  const copy = structuredClone(value);
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const holder = keys.reduce((inner, key) => (inner as Record<string, unknown>)[key], copy) as Record<string, unknown>;
  if (to === undefined) delete holder[last];
  else holder[last] = to;
  return copy;
}

/** Named by what they count, not by the schema. */
const open = /^(summary\.by(State|Exit)|results\.0\.details)\./;

describe('a report', () => {
  test('is what the schema says', () => {
    expect(v.parse(reportSchema, report)).toEqual(report);
    expect(v.parse(resultSchema, { ...full, raw: { any: 'thing' } })).toHaveProperty('raw');
  });

  test.each(pathsOf(report).filter((path) => !open.test(path)))(
    'is none without %s, nor with a strange value there',
    (path) => {
      expect(v.is(reportSchema, changed(report, path))).toBe(false);
      expect(v.is(reportSchema, changed(report, path, Number.NaN))).toBe(false);
    },
  );

  test.each([
    ['schema', 'sbstatus.report/2'],
    ['results.0.schema', 'sbstatus.result/2'],
    ['results.0.index', -1],
    ['results.0.index', 0.5],
    ['results.0.state', 'teleported'],
    ['results.0.outcome', 'maybe'],
    ['results.0.channel', 'pigeon'],
    ['results.0.direction', 'sideways'],
    ['results.0.createdAt', 'yesterday'],
    ['results.0.exit.name', 'fine'],
    ['results.0.error.code', 'oops'],
    ['results.0.reason.class', 'bad luck'],
    ['results.0.timeline.0.at', 'soon'],
  ])('is none with %s %j', (path, value) => {
    expect(v.is(reportSchema, changed(report, path, value))).toBe(false);
  });

  test.each(['state', 'channel', 'from', 'createdAt', 'reason', 'error', 'request', 'reason.code', 'error.httpStatus'])(
    'may have null for %s, which then is not known',
    (path) => {
      expect(v.is(resultSchema, changed(full, path, null))).toBe(true);
    },
  );
});
