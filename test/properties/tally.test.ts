import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exitOf } from '../../src/core/exit.ts';
import { Fault } from '../../src/core/fault.ts';
import { faultResult } from '../../src/core/item.ts';
import type { MessageStatus } from '../../src/core/provider.ts';
import { resultOf, Tally } from '../../src/core/result.ts';
import { statuses } from '../../src/core/state.ts';
import { failed, record } from '../render/sample.ts';

const pending = record({ state: 'sent', outcome: 'pending', exit: exitOf('pending') });
const lost = record({ state: null, outcome: null, error: errorOf(), exit: exitOf('network') });
const good = record();

function errorOf() {
  const result = { message: 'm', hint: 'h', httpStatus: null, requestId: null, retryAfterSeconds: null };
  return { code: 'timeout' as const, retryable: true, ...result };
}

test('a tally counts the same in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(failed, pending, lost, good)), (records) => {
      const [there, back] = [new Tally(), new Tally()];
      for (const each of records) there.add(each);
      for (const each of [...records].reverse()) back.add(each);
      expect(back.exit).toBe(there.exit);
      expect(back.faultExit).toBe(there.faultExit);
      expect(back.summary).toEqual(there.summary);
      expect(there.summary.total).toBe(records.length);
    }),
  );
});

test('a tally counts by state and by exit, keeps the first of each, and tells faults from verdicts', () => {
  const tally = new Tally();
  expect([tally.exit, tally.faultExit, tally.first('ok'), tally.summary.total]).toEqual(['ok', 'ok', null, 0]);
  const second = { ...pending, id: 'second' };
  tally.add(good);
  tally.add(pending, 'why');
  tally.add(second, 'why else');
  for (const each of [lost, failed]) tally.add(each);
  expect(tally.summary).toEqual({
    total: 5,
    byState: { delivered: 1, sent: 2, failed: 1 },
    byExit: { ok: 1, pending: 2, network: 1, failed: 1 },
  });
  expect([tally.exit, tally.faultExit]).toEqual(['failed', 'network']);
  expect(tally.first('pending')).toEqual({ record: pending, hint: 'why' });
  expect(tally.first('pending')?.record).toBe(pending);
  expect(tally.first('failed')).toEqual({ record: failed, hint: null });
  expect(tally.first('auth')).toBeNull();
});

const finding: MessageStatus = {
  status: statuses.failed,
  providerState: 'FAILED',
  provisional: true,
  channel: 'sms',
  downgraded: true,
  direction: 'outbound',
  from: 'a',
  to: 'b',
  createdAt: 'c',
  sentAt: 's',
  updatedAt: 'u',
  reason: null,
  timeline: [{ state: 'sent', providerState: 'SENT', at: null, description: null }],
  details: { plan: 'x' },
  warnings: ['w'],
  requestId: 'own',
};
const asked = { index: 3, provider: { id: 'acme' }, operation: 'get', id: 'x' };
const request = { url: 'u', httpStatus: 200, requestId: 'own', attempts: 1, durationMs: 1 };

test('a record holds what was found, and nothing of how it was found', () => {
  const answer = { kind: 'answer', value: finding, request, mock: true, body: { a: 1 } } as const;
  const { provisional: _, requestId: __, status: ___, ...known } = finding;
  const result = resultOf(asked, answer, { exit: 'failed', checkedAt: 0, raw: false });
  expect(result).toEqual({
    schema: 'sbstatus.result/1',
    index: 3,
    provider: 'acme',
    operation: 'get',
    id: 'x',
    ...known,
    state: 'failed',
    outcome: 'failure',
    terminal: true,
    error: null,
    exit: { code: 20, name: 'failed', retryable: false },
    request,
    checkedAt: '1970-01-01T00:00:00.000Z',
    mock: true,
    redacted: false,
  });
});

test('a hint of the verdict is a warning more, and the body is there where it is wanted', () => {
  const answer = { kind: 'answer', value: finding, request, mock: false, body: { a: 1 } } as const;
  const result = resultOf(asked, answer, { exit: 'failed', hint: 'h', checkedAt: 0, raw: true });
  expect([result.warnings, result.raw]).toEqual([['w', 'h'], { a: 1 }]);
  const bodiless = resultOf(asked, { ...answer, body: undefined }, { exit: 'failed', checkedAt: 0, raw: true });
  expect(bodiless.raw).toBeNull();
});

test('the record of a fault says nothing of the message', () => {
  const fault = new Fault('rate-limited', {
    message: 'm',
    hint: 'h',
    httpStatus: 429,
    retryAfterSeconds: 7,
    requestId: 'r',
  });
  const result = resultOf(asked, faultResult(fault), { exit: 'rate-limited', checkedAt: 0, raw: false });
  const { schema, index, provider, operation, id, error, exit, checkedAt, mock, redacted, ...rest } = result;
  expect(error).toEqual({
    code: 'rate-limited',
    message: 'm',
    hint: 'h',
    retryable: true,
    retryAfterSeconds: 7,
    httpStatus: 429,
    requestId: 'r',
  });
  const { timeline, details, warnings, ...nulls } = rest;
  expect([timeline, details, warnings]).toEqual([[], {}, []]);
  expect(new Set(Object.values(nulls))).toEqual(new Set([null]));
  expect(Object.keys(nulls)).toHaveLength(14);
});
