import { describe, expect, it } from 'vitest';
import { reasonClasses } from '../../../src/core/record.ts';
import { sent } from '../../../src/providers/sent/index.ts';
import { answer, read } from './support.ts';

/** By hand from the fact sheet §4 and §3: every code that is known. */
const known = [
  ['AUTH_001', 'account', false],
  ['AUTH_002', 'account', false],
  ['AUTH_004', 'account', false],
  ['AUTH_005', 'account', false],
  ['AUTH_006', 'account', false],
  ['AUTH_007', 'account', false],
  ['VALIDATION_001', 'content', false],
  ['VALIDATION_002', 'invalid-recipient', false],
  ['VALIDATION_003', 'content', false],
  ['VALIDATION_004', 'content', false],
  ['VALIDATION_005', 'content', false],
  ['VALIDATION_006', 'content', false],
  ['VALIDATION_007', 'content', false],
  ['RESOURCE_001', 'invalid-recipient', false],
  ['RESOURCE_002', 'template', false],
  ['RESOURCE_003', 'unknown', false],
  ['RESOURCE_004', 'account', false],
  ['RESOURCE_005', 'account', false],
  ['RESOURCE_006', 'account', false],
  ['RESOURCE_007', 'duplicate', false],
  ['RESOURCE_008', 'unknown', false],
  ['BUSINESS_001', 'account', false],
  ['BUSINESS_002', 'rate', true],
  ['BUSINESS_003', 'account', true],
  ['BUSINESS_004', 'opted-out', false],
  ['BUSINESS_005', 'template', false],
  ['BUSINESS_006', 'unknown', null],
  ['BUSINESS_007', 'sender', false],
  ['BUSINESS_008', 'account', true],
  ['BUSINESS_012', 'template', false],
  ['BUSINESS_014', 'account', false],
  ['LIMIT_001', 'rate', true],
  ['CONFLICT_001', 'duplicate', false],
  ['SERVICE_001', 'provider', true],
  ['INTERNAL_001', 'provider', true],
  ['INTERNAL_002', 'provider', true],
  ['INTERNAL_003', 'provider', true],
  ['INTERNAL_004', 'provider', true],
  ['INTERNAL_005', 'provider', true],
  ['WHATSAPP_TEMPLATE_REQUIRED', 'template', false],
  ['CONVERSATION_TEMPLATE_REQUIRED', 'template', false],
  ['DELIVERY_003', 'unknown', null],
  ['DELIVERY_007', 'unreachable', false],
  ['ERR_CONSENT_BLOCKED', 'opted-out', false],
  ['ERR_ROUTE_DENIED', 'account', false],
  ['ERR_TEMPLATE_PARAMS_INVALID', 'template', false],
] as const;

describe('the catalogue', () => {
  it('holds the known codes, each once, and no others', () => {
    expect(sent.codes.map((entry) => entry.code).sort()).toEqual(known.map(([code]) => code).sort());
  });

  it.each(known)('%s: %s, resendable: %s', (code, kind, resendable) => {
    const { reason } = read(answer({ status: 'FAILED', reason_code: code.toLowerCase(), reason: 'so it is' }));
    expect(reason).toMatchObject({ code: code.toLowerCase(), message: 'so it is', class: kind, resendable });
    expect(reason?.hint).toMatch(/^[a-z].+[^.]$/);
  });

  it('speaks in classes of the vocabulary and in sentences without a full stop', () => {
    for (const entry of sent.codes) {
      expect(reasonClasses).toContain(entry.class);
      expect(entry.meaning).toMatch(/^.{8,}[^.]$/);
      expect(entry.hint).toMatch(/^.{8,}[^.]$/);
    }
  });
});

describe('the reason of a message', () => {
  it('tells what is known where the code comes without a sentence', () => {
    expect(read(answer({ status: 'BLOCKED', reason_code: 'BUSINESS_003' })).reason?.message).toBe(
      'the balance does not cover the message',
    );
  });

  it('guesses nothing from a code that nobody knows', () => {
    const { reason } = read(answer({ status: 'FAILED', reason_code: 'DELIVERY_999', reason: 'a storm' }));
    expect(reason).toMatchObject({ code: 'DELIVERY_999', message: 'a storm', class: 'unknown', resendable: null });
  });

  it.each([
    ['FAILED', 'sms', 'unknown', true, 'newest entry'],
    ['FAILED', 'auto', 'unknown', true, 'no route was tried'],
    ['FILTERED', 'sms', 'unknown', false, 'do not send it again'],
    ['FILTERED', 'AUTO', 'opted-out', false, 'do not send it again'],
    ['BLOCKED', 'auto', 'account', true, 'check balance'],
    ['cancelled', 'sms', 'unknown', null, 'send it anew'],
  ])('is %s’s own over %s where no code is given', (status, channel, kind, resendable, hint) => {
    const { reason } = read(answer({ status, channel }));
    expect(reason).toMatchObject({ code: null, name: null, message: null, class: kind, resendable });
    expect(reason?.hint).toContain(hint);
  });

  it('is the newest event’s text where the message names none, with the code inside that text', () => {
    const events = [
      { status: 'QUEUED', timestamp: '2026-05-11T19:50:50Z', description: 'Queued' },
      { status: 'FILTERED', timestamp: '2026-05-11T19:50:51Z', description: 'ERR_CONSENT_BLOCKED: contact opted out' },
    ];
    expect(read(answer({ status: 'FILTERED', events })).reason).toMatchObject({
      code: 'ERR_CONSENT_BLOCKED',
      message: 'ERR_CONSENT_BLOCKED: contact opted out',
      class: 'opted-out',
      resendable: false,
    });
  });

  it('is an event’s own reason before any text', () => {
    const events = [
      { status: 'FAILED', reason_code: 'DELIVERY_007', reason: 'not registered' },
      { status: 'FAILED', description: 'over and out' },
    ];
    expect(read(answer({ status: 'FAILED', events })).reason).toMatchObject({
      code: 'DELIVERY_007',
      message: 'not registered',
    });
  });

  it('never lets a FILTERED message be sent again', () => {
    expect(read(answer({ status: 'FILTERED', reason_code: 'BUSINESS_003' })).reason?.resendable).toBe(false);
  });

  it('is none where nothing went wrong and none is given', () => {
    const events = [{ status: 'DELIVERED', description: 'Message delivered to recipient' }];
    expect(read(answer({ status: 'DELIVERED', events })).reason).toBeNull();
    expect(read(answer({ status: 'TELEPORTED' })).reason).toBeNull();
  });

  it('does not overrule the state', () => {
    const finding = read(answer({ status: 'DELIVERED', reason_code: 'DELIVERY_007' }));
    expect(finding.status.state).toBe('delivered');
    expect(finding.reason?.code).toBe('DELIVERY_007');
  });
});
