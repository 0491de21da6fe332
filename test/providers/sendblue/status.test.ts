import { describe, expect, test } from 'vitest';
import { readMessage } from '../../../src/providers/sendblue/api.ts';
import { words as rows } from '../../../src/providers/sendblue/status.ts';
import { messageOf } from '../../../src/providers/sendblue/wire.ts';

function read(fields: Record<string, unknown>) {
  return readMessage(messageOf(fields), null);
}

function statusFor(fields: Record<string, unknown>) {
  const { state, outcome, terminal } = read(fields).status;
  return [state, outcome, terminal];
}

const queued = ['queued', 'pending', false];
const sent = ['sent', 'pending', false];
const sentForGood = ['sent', 'success', true];
const failed = ['failed', 'failure', true];
const unknown = ['unknown', 'unknown', false];

const words: [string, unknown[]][] = [
  ['REGISTERED', queued],
  ['PENDING', queued],
  ['QUEUED', queued],
  ['ACCEPTED', queued],
  ['SENT', sent],
  ['DELIVERED', ['delivered', 'success', true]],
  ['READ', ['read', 'success', true]],
  ['RECEIVED', ['received', 'success', true]],
  ['SUCCESS', sentForGood],
  ['DOWNGRADED', sentForGood],
  ['ERROR', failed],
  ['DECLINED', failed],
  ['FAILED', failed],
  ['TELEPORTED', unknown],
  ['OK', unknown],
  ['constructor', unknown],
  ['__proto__', unknown],
  ['delıvered', unknown],
  ['SENT!', unknown],
];

describe('words', () => {
  test.each(words)('%s, however it is written', (word, expected) => {
    const mixed = word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
    for (const status of [word, word.toLowerCase(), mixed]) {
      expect(statusFor({ status }), status).toEqual(expected);
      expect(read({ status }).providerState).toBe(status);
    }
  });
});

describe('SENT', () => {
  test.each([
    [{ service: 'iMessage', was_downgraded: false }, sent],
    [{ service: 'RCS' }, sent],
    [{ service: 'SMS' }, sentForGood],
    [{ service: 'sms' }, sentForGood],
    [{ service: 'SMS', was_downgraded: null }, sentForGood],
    [{ service: 'iMessage', was_downgraded: true }, sentForGood],
    [{ was_downgraded: true }, sentForGood],
    [{ service: 'RCS', was_downgraded: true }, sentForGood],
    [{ service: 'pigeon' }, sent],
    [{ was_downgraded: 'true' }, sent],
  ])('%o', (facts, expected) => {
    expect(statusFor({ status: 'SENT', ...facts })).toEqual(expected);
  });
});

describe('channel and downgrade', () => {
  test.each([
    [{ service: 'iMessage', was_downgraded: false }, 'imessage', false],
    [{ service: 'imessage' }, 'imessage', null],
    [{ service: 'SMS', was_downgraded: null }, 'sms', null],
    [{ service: 'RCS' }, 'rcs', null],
    [{ service: 'iMessage', was_downgraded: true }, 'sms', true],
    [{ was_downgraded: true }, 'sms', true],
    [{ service: 'RCS', was_downgraded: true }, 'rcs', true],
    [{ service: 'pigeon' }, null, null],
    [{}, null, null],
    [{ status: 'DOWNGRADED' }, 'sms', true],
  ])('%o', (facts, channel, downgraded) => {
    expect(read({ status: 'DELIVERED', ...facts })).toMatchObject({ channel, downgraded });
  });
});

describe('error codes', () => {
  test.each([0, '0', ' 0 ', '', ' ', null, undefined])('%o is none', (error_code) => {
    expect(statusFor({ status: 'SENT', error_code })).toEqual(sent);
    expect(read({ status: 'SENT', error_code }).reason).toBeNull();
  });

  test.each(['REGISTERED', 'QUEUED', 'SENT', 'SUCCESS', 'DOWNGRADED', 'ERROR', 'DECLINED'])('%s with one', (status) => {
    for (const error_code of [22, 4000, '4001', 5000, 10001, 'SMS_LIMIT_REACHED', 77777, -1]) {
      expect(statusFor({ status, error_code, service: 'SMS' }), String(error_code)).toEqual(failed);
    }
    for (const error_code of [10002, '10002']) {
      expect(statusFor({ status, error_code, service: 'SMS' }), String(error_code)).toEqual(unknown);
    }
  });

  test.each([
    ['DELIVERED', 'delivered'],
    ['READ', 'read'],
    ['RECEIVED', 'received'],
  ])('%s stands whatever the code, with a warning', (status, state) => {
    for (const error_code of [10001, 10002, '4000']) {
      const finding = read({ status, error_code, error_message: 'odd' });
      expect(finding.status).toEqual({ state, outcome: 'success', terminal: true });
      expect(finding.warnings).toEqual([`the message arrived, yet it carries error code ${error_code}: odd`]);
      expect(finding.reason).toBeNull();
      expect(finding.details['errorCode']).toBe(String(error_code));
    }
  });

  test('an unknown word stays unknown', () => {
    expect(statusFor({ status: 'TELEPORTED', error_code: 4000 })).toEqual(unknown);
    expect(statusFor({ status: 'TELEPORTED', error_code: 10002 })).toEqual(unknown);
  });
});

test('every row is among these, and says why a message failed', () => {
  const told = words.map(([word]) => word);
  for (const { word, status, advice } of rows) {
    expect(told).toContain(word);
    const isFailure = status.state === 'failed';
    expect([word, advice?.class, advice?.resendable]).toEqual(
      isFailure ? [word, 'unknown', null] : [word, undefined, undefined],
    );
  }
});
