import { describe, expect, test } from 'vitest';
import { reasonClasses } from '../../../src/core/record.ts';
import { readStatus } from '../../../src/providers/sendblue/api.ts';
import { codes, findCode } from '../../../src/providers/sendblue/codes.ts';

const catalogue: [code: string, kind: string, resendable: boolean | null][] = [
  ['0', 'unknown', null],
  ['22', 'unknown', null],
  ['4000', 'content', false],
  ['4001', 'rate', true],
  ['4002', 'invalid-recipient', false],
  ['5000', 'provider', true],
  ['5003', 'rate', true],
  ['5509', 'rate', true],
  ['10001', 'provider', false],
  ['10002', 'provider', null],
  ['SMS_LIMIT_REACHED', 'rate', true],
];

describe('the catalogue', () => {
  test.each(catalogue)('%s is %s', (code, kind, resendable) => {
    expect(findCode(code)).toMatchObject({ code, class: kind, resendable });
  });

  test('holds nothing else, and every entry says what to do', () => {
    expect(codes.map(({ code }) => code)).toEqual(catalogue.map(([code]) => code));
    for (const entry of codes) {
      expect(reasonClasses).toContain(entry.class);
      expect(entry.hint).toMatch(/^\S.*[^.]$/);
      expect(entry.meaning).toMatch(/^\S.*[^.]$/);
    }
  });

  test('is asked without regard to case, and knows no others', () => {
    expect(findCode('sms_limit_reached')?.code).toBe('SMS_LIMIT_REACHED');
    for (const code of ['4003', '', 'constructor', '__proto__', null]) expect(findCode(code)).toBeNull();
  });
});

function reason(fields: Record<string, unknown>) {
  return readStatus({ status: 'ERROR', ...fields }, { id: 'x' }).reason;
}

describe('a reason', () => {
  test('of a code in the catalogue, with its meaning where Sendblue says nothing', () => {
    expect(reason({ error_code: 5000, error_message: '' })).toEqual({
      code: '5000',
      name: null,
      message: 'something broke inside Sendblue',
      class: 'provider',
      resendable: true,
      hint: 'try again in a few minutes; if it fails again, give Sendblue’s support the message handle',
    });
  });

  test('of a code that nobody knows has Sendblue’s own message', () => {
    expect(reason({ error_code: 4711, error_detail: 'No route mapping found' })).toEqual({
      code: '4711',
      name: null,
      message: 'No route mapping found',
      class: 'unknown',
      resendable: null,
      hint: 'Sendblue does not document this code: check the number and the text, then give its support the message handle and the code',
    });
  });

  test('of a failure without a code', () => {
    expect(reason({ error_reason: 'because' })).toMatchObject({ code: null, message: 'because', class: 'unknown' });
    expect(reason({})).toMatchObject({ code: null, message: null, class: 'unknown', resendable: null });
    expect(reason({})?.hint).toContain('give its support the message handle');
  });

  test('prefers error_message over error_detail over error_reason', () => {
    const all = { error_message: 'message', error_detail: 'detail', error_reason: 'reason' };
    expect(reason(all)?.message).toBe('message');
    expect(reason({ ...all, error_message: null })?.message).toBe('detail');
    expect(reason({ ...all, error_message: null, error_detail: '' })?.message).toBe('reason');
  });

  test('is the opt-out where no code says otherwise', () => {
    expect(reason({ opted_out: true })).toMatchObject({ class: 'opted-out', resendable: false });
    expect(reason({ opted_out: true, error_code: 4711 })).toMatchObject({ code: '4711', class: 'opted-out' });
    expect(reason({ error_code: 'blocked_by_carrier' })).toMatchObject({
      code: 'blocked_by_carrier',
      class: 'unknown',
    });
    expect(reason({ error_code: 'sms_limit_reached' })).toMatchObject({ class: 'rate', resendable: true });
    expect(reason({ opted_out: true, error_code: 4002 })).toMatchObject({ class: 'invalid-recipient' });
  });

  test('of an outcome that Sendblue lost says not to send again', () => {
    const finding = readStatus({ status: 'SENT', error_code: 10002 }, { id: 'x' });
    expect(finding.status.state).toBe('unknown');
    expect(finding.reason).toMatchObject({ code: '10002', resendable: null, hint: expect.stringContaining('twice') });
  });
});
