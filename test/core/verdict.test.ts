import { describe, expect, test } from 'vitest';
import type { ExitName } from '../../src/core/exit.ts';
import { Fault } from '../../src/core/fault.ts';
import type { Channel } from '../../src/core/record.ts';
import { finalSent, type State, type Status, statuses } from '../../src/core/state.ts';
import { applyExitZero, isVerdict, verdictOf } from '../../src/core/verdict.ts';

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
  const { exit, final } = verdictOf({ status, channel }, { states, channel: wanted });
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
  expect(verdictOf(fault, { states: ['failed'], channel: null })).toEqual({
    exit: 'provider-unavailable',
    final: true,
  });
});

describe('a mismatch says why', () => {
  const hint = (status: Status, channel: Channel | null, wanted: Channel | null, states: State[]) =>
    verdictOf({ status, channel }, { states, channel: wanted }).hint;

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
  const changed = names.filter((name) => applyExitZero(name) !== name);
  expect(changed).toEqual(['failed', 'pending', 'expect-mismatch', 'unknown-status']);
  expect(changed.map(applyExitZero)).toEqual(['ok', 'ok', 'ok', 'ok']);
  expect(names.filter(isVerdict)).toEqual(['failed', 'pending', 'wait-timeout', 'expect-mismatch', 'unknown-status']);
});
