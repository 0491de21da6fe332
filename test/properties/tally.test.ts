import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exitOf } from '../../src/core/exit.ts';
import { Fault } from '../../src/core/fault.ts';
import { faultResult } from '../../src/core/item.ts';
import type { MessageStatus } from '../../src/core/provider.ts';
import { type Observed, resultOf, Tally } from '../../src/core/result.ts';
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
    duplicates: 0,
    timing: { toSentMs: null, toDeliveredMs: null },
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
    name: null,
    ...known,
    timeline: [{ ...finding.timeline[0], source: 'provider' }],
    timing: { toSentMs: null, toSentSource: null, toDeliveredMs: null, toDeliveredSource: null },
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
  expect(Object.keys(nulls)).toHaveLength(16);
});

/** A message of a provider that keeps no history, created at 12:00:00. */
const at = (seconds: number) => new Date(Date.parse('2026-03-11T12:00:00Z') + seconds * 1000).toISOString();
const silent: MessageStatus = {
  ...finding,
  status: statuses.sent,
  createdAt: at(0),
  sentAt: null,
  updatedAt: null,
  timeline: [],
};
const timed = (message: MessageStatus, observed: readonly Observed[] = []) => {
  const answer = { kind: 'answer', value: message, request, mock: false } as const;
  return resultOf(asked, answer, { exit: 'ok', checkedAt: 0, raw: false, observed });
};
const seen = (state: 'sent' | 'delivered', seconds: number, lateMs: number | null) => ({
  state,
  providerState: state.toUpperCase(),
  at: at(seconds),
  lateMs,
});

test('the provider’s times say how long a message took', () => {
  const told = { ...silent, status: statuses.delivered, sentAt: at(2), updatedAt: at(5) };
  expect(timed(told).timing).toEqual({
    toSentMs: 2000,
    toSentSource: 'provider',
    toDeliveredMs: 5000,
    toDeliveredSource: 'provider',
  });
  const steps = [
    { state: 'sent' as const, providerState: 'SENT', at: at(1), description: null },
    { state: 'delivered' as const, providerState: 'DELIVERED', at: at(4), description: null },
  ];
  // It was read since: what changed last is not the delivery.
  const read = { ...silent, status: statuses.read, updatedAt: at(60), timeline: steps };
  expect(timed(read, [seen('delivered', 30, 1)]).timing).toMatchObject({ toSentMs: 1000, toDeliveredMs: 4000 });
  expect(timed(read, [seen('delivered', 30, 1)]).timeline.map(({ source }) => source)).toEqual([
    'provider',
    'provider',
  ]);
  expect(timed({ ...read, timeline: [] }).timing).toMatchObject({ toDeliveredMs: null, toDeliveredSource: null });
});

test('where it keeps no history, what was seen counts, and says how late it may be', () => {
  const record = timed({ ...silent, status: statuses.read }, [seen('sent', 3, null), seen('delivered', 8, 2000)]);
  expect(record.timeline).toEqual([
    { state: 'sent', providerState: 'SENT', at: at(3), description: 'seen at the first look', source: 'observed' },
    {
      state: 'delivered',
      providerState: 'DELIVERED',
      at: at(8),
      description: 'seen by sbstatus, at most 2 s late',
      source: 'observed',
    },
  ]);
  // How long it had been so at the first look nobody knows.
  expect(record.timing).toEqual({
    toSentMs: null,
    toSentSource: null,
    toDeliveredMs: 8000,
    toDeliveredSource: 'observed',
  });
});

test('without a beginning, or with clocks that disagree, nothing is said', () => {
  expect(timed({ ...silent, createdAt: null }, [seen('delivered', 8, 1)]).timing).toBeNull();
  expect(timed({ ...silent, sentAt: at(-1) }).timing).toMatchObject({ toSentMs: null, toSentSource: null });
});

test('a batch has the median and the 95th percentile of what is known', () => {
  const tally = new Tally();
  for (let i = 1; i <= 20; i += 1) {
    const timing = {
      toSentMs: null,
      toSentSource: null,
      toDeliveredMs: i * 1000,
      toDeliveredSource: 'provider' as const,
    };
    tally.add({ ...good, timing });
  }
  tally.add(good);
  expect(tally.summary.timing).toEqual({ toSentMs: null, toDeliveredMs: { count: 20, median: 10_000, p95: 19_000 } });
});
