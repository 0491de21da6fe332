import { describe, expect, test } from 'vitest';
import type { ExitName } from '../../src/core/exit.ts';
import { Fault } from '../../src/core/fault.ts';
import { faultResult } from '../../src/core/item.ts';
import type { Channel } from '../../src/core/record.ts';
import { finalSent, type State, type Status, statuses } from '../../src/core/state.ts';
import {
  applyExitZero,
  exitAtTimeout,
  exitOfAbort,
  exitOfRun,
  isVerdict,
  type RunEnd,
  verdictOf,
  verdictOfStatus,
} from '../../src/core/verdict.ts';
import { answer } from '../support/engine.ts';

/** Design §4 as a table, by hand: what is expected → the exit in each state. `!` is final, `~` may still change. */
const columns = [
  'scheduled',
  'queued',
  'sent',
  'sent!',
  'delivered',
  'read',
  'received',
  'failed',
  'canceled',
] as const;
type Column = (typeof columns)[number];

const ok = 'ok!';
const wait = 'pending~';
const bad = 'failed!';
const other = 'expect-mismatch!';
const table: readonly (readonly [expect: string, ...exits: string[]])[] = [
  //            scheduled queued sent  sent!  delivered  read   received failed canceled
  ['', wait, wait, wait, ok, ok, ok, ok, bad, bad],
  ['scheduled', ok, ok, ok, ok, ok, ok, other, bad, bad],
  ['queued', ok, ok, ok, ok, ok, ok, other, bad, bad],
  ['sent', wait, wait, ok, ok, ok, ok, other, bad, bad],
  ['delivered', wait, wait, wait, other, ok, ok, other, bad, bad],
  ['read', wait, wait, wait, other, wait, ok, other, bad, bad],
  ['received', wait, wait, wait, other, other, other, ok, bad, bad],
  ['failed', wait, wait, wait, other, other, other, other, ok, bad],
  ['canceled', wait, wait, wait, other, other, other, other, bad, ok],
  ['failed,canceled', wait, wait, wait, other, other, other, other, ok, ok],
  ['delivered,failed', wait, wait, wait, other, ok, ok, other, ok, bad],
  ['received,read', wait, wait, wait, other, wait, ok, ok, bad, bad],
];
const cells = table.flatMap(([expectation, ...exits]) => columns.map((column, i) => [expectation, column, exits[i]]));

function standingOf(column: Column): Status {
  return column === 'sent!' ? finalSent : statuses[column];
}

function judged(status: Status, states: readonly State[], wanted: Channel | null, channel: Channel | null) {
  const { exit, final } = verdictOfStatus({ status, channel }, { states, channel: wanted });
  return `${exit}${final ? '!' : '~'}`;
}

test.each(cells)('--expect "%s", and the message is %s: %s', (expectation, column, exit) => {
  const states = (expectation === '' ? [] : expectation?.split(',')) as State[];
  expect(judged(standingOf(column as Column), states, null, 'imessage')).toBe(exit);
});

test.each<[Channel | null, string]>([
  ['sms', other],
  ['mms', other],
  ['imessage', wait],
  ['whatsapp', wait],
  ['rcs', wait],
  [null, wait],
])('delivered over %s, where read is expected: %s', (channel, exit) => {
  expect(judged(statuses.delivered, ['read'], null, channel)).toBe(exit);
});

test.each<[State, Channel | null, State[], string]>([
  ['delivered', 'imessage', [], ok],
  ['delivered', 'sms', [], other],
  ['delivered', null, [], other],
  ['queued', 'imessage', [], wait],
  ['queued', null, [], wait],
  ['failed', 'imessage', [], bad],
  ['failed', 'sms', [], bad],
  ['sent', 'imessage', ['sent'], ok],
  // It may still be downgraded, or turn out to go the right way.
  ['sent', 'sms', ['sent'], wait],
  ['delivered', 'sms', ['sent'], other],
])('%s over %s, where imessage and %j are expected: %s', (state, channel, states, exit) => {
  expect(judged(statuses[state], states, 'imessage', channel)).toBe(exit);
});

test('an unknown word is never final, whatever is expected', () => {
  for (const states of [[], ['queued'], ['failed']] as State[][]) {
    expect(judged(statuses.unknown, states, null, null)).toBe('unknown-status~');
  }
});

test('a fault is its own verdict', () => {
  const fault = new Fault('provider-error', { message: 'down' });
  expect(verdictOf(faultResult(fault), { states: ['failed'], channel: null })).toEqual({
    exit: 'provider-unavailable',
    final: true,
  });
});

describe('a mismatch says why', () => {
  const hint = (status: Status, channel: Channel | null, wanted: Channel | null, states: State[]) =>
    verdictOfStatus({ status, channel }, { states, channel: wanted }).hint;

  test('where the route never reports more', () => {
    expect(hint(finalSent, 'sms', null, ['delivered'])).toMatch(/never reports more than sent/);
  });
  test('where the provider does not name the channel', () => {
    expect(hint(statuses.delivered, null, 'imessage', [])).toMatch(/does not say over which channel/);
  });
  test('where the message was downgraded', () => {
    expect(hint(statuses.delivered, 'sms', 'imessage', [])).toBe('the message went over sms, not imessage');
  });
});

test('--exit-zero forgives what the message became, and nothing else', () => {
  const names: ExitName[] = [
    ...(['ok', 'internal', 'usage', 'failed', 'pending', 'wait-timeout', 'expect-mismatch', 'not-found'] as const),
    ...(['unknown-status', 'rejected', 'network', 'rate-limited', 'provider-unavailable', 'auth'] as const),
    ...(['config', 'unexpected-response', 'tls', 'interrupted', 'terminated'] as const),
  ];
  const forgive = (name: ExitName) => applyExitZero(name, true);
  const changed = names.filter((name) => forgive(name) !== name);
  expect(changed).toEqual(['failed', 'pending', 'expect-mismatch', 'unknown-status']);
  expect(changed.map(forgive)).toEqual(['ok', 'ok', 'ok', 'ok']);
  expect(names.map((name) => applyExitZero(name, false))).toEqual(names);
  expect(names.filter(isVerdict)).toEqual(['failed', 'pending', 'wait-timeout', 'expect-mismatch', 'unknown-status']);
});

test('the verdict on a result is that on its message', () => {
  for (const state of ['queued', 'delivered', 'failed', 'unknown'] as const) {
    const expectation = { states: ['read'], channel: null } as const;
    const facts = { status: statuses[state], channel: null };
    expect(verdictOf(answer(state), expectation)).toEqual(verdictOfStatus(facts, expectation));
  }
});

test('when the time of a wait is up, what may still change is a wait that ran out, and nothing else is', () => {
  const none = { states: [], channel: null };
  const exits = (['queued', 'sent', 'delivered', 'failed', 'unknown'] as const).map((state) =>
    exitAtTimeout(answer(state), none),
  );
  expect(exits).toEqual(['wait-timeout', 'wait-timeout', 'ok', 'failed', 'unknown-status']);
  expect(exitAtTimeout(answer('delivered'), { states: ['read'], channel: null })).toBe('wait-timeout');
  const fault = new Fault('provider-error', { message: 'down' });
  expect(exitAtTimeout(faultResult(fault), none)).toBe('provider-unavailable');
});

test('who ends a run says how; whatever is no fault is an interruption', () => {
  expect(exitOfAbort(AbortSignal.abort('why'))).toBe('interrupted');
  expect(exitOfAbort(AbortSignal.abort(new Fault('terminated', { message: 'x' })))).toBe('terminated');
});

describe('the exit of a run', () => {
  const end: RunEnd = {
    worst: 'pending',
    worstFault: 'ok',
    summary: { total: 2, byState: {}, byExit: { ok: 1, pending: 1 } },
    gates: { minSuccess: null, maxFailed: null },
    mayBeEmpty: false,
    allowEmpty: false,
    cutShort: false,
    aborted: null,
  };
  const terminated = AbortSignal.abort(new Fault('terminated', { message: 'SIGTERM' }));

  test('is the worst of its records, or what the gates make of them', () => {
    expect(exitOfRun(end)).toEqual({ exit: 'pending', phrases: [] });
    const gated = { ...end, gates: { minSuccess: 0.5, maxFailed: null } };
    expect(exitOfRun(gated)).toMatchObject({ exit: 'ok', phrases: [expect.stringContaining(': passed')] });
  });

  test('is at least a wait that ran out where the input was cut short', () => {
    const cut = (worst: ExitName) => exitOfRun({ ...end, worst, cutShort: true }).exit;
    expect([cut('ok'), cut('pending'), cut('network'), cut('failed')]).toEqual([
      'wait-timeout',
      'wait-timeout',
      'network',
      'failed',
    ]);
    expect(exitOfRun({ ...end, gates: { minSuccess: 0.5, maxFailed: null }, cutShort: true }).exit).toBe(
      'wait-timeout',
    );
  });

  test('is that of whoever ended it, whatever its records and its gates say', () => {
    for (const worst of ['ok', 'failed', 'internal'] as const) {
      expect(exitOfRun({ ...end, worst, cutShort: true, aborted: terminated }).exit).toBe('terminated');
    }
    const gated = { ...end, gates: { minSuccess: 1, maxFailed: null }, aborted: terminated };
    expect(exitOfRun(gated)).toMatchObject({ exit: 'terminated', phrases: [expect.stringContaining('not passed')] });
  });
});
