import { describe, expect, it } from 'vitest';
import { reasonClasses } from '../../../src/core/record.ts';
import { sent } from '../../../src/providers/sent/index.ts';
import { answer, faultOf, id, read, settingsOf } from './support.ts';

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
  ['VALIDATION_008', 'template', false],
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
  ['BUSINESS_007', 'unreachable', false],
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
  ['131026', 'unreachable', false],
  ['131047', 'template', false],
  ['131048', 'rate', true],
  ['131056', 'rate', true],
  ['132000', 'template', false],
  ['132001', 'template', false],
  ['133006', 'sender', false],
  ['133016', 'rate', true],
] as const;

describe('the catalogue', () => {
  it('holds the known codes, each once, and no others', () => {
    expect(sent.codes.map((entry) => entry.code).sort()).toEqual(known.map(([code]) => code).sort());
  });

  it.each(known)('%s: %s, resendable: %s', (code, kind, resendable) => {
    const { reason } = read(answer({ status: 'BLOCKED', reason_code: code.toLowerCase(), reason: 'so it is' }));
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
    expect(reason).toMatchObject({ code: 'DELIVERY_999', message: 'a storm', class: 'unknown', resendable: false });
  });

  it.each([
    ['FAILED', 'sms', 'unknown', false, `sbstatus sent get --activities ${id} tells more`],
    ['FAILED', 'sms', 'unknown', false, 'before sending again change the channel'],
    ['FAILED', 'auto', 'unknown', false, 'no route was tried'],
    ['FILTERED', 'sms', 'unknown', false, 'must send START'],
    ['FILTERED', 'AUTO', 'opted-out', false, 'before the contact sends START'],
    ['SCHEDULED', 'sms', 'account', false, 'do not send again: quiet hours'],
    ['BLOCKED', 'auto', 'account', true, 'check balance'],
    ['cancelled', 'sms', 'unknown', null, 'send it again if it is still wanted'],
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

  it('points to the activities where the newest text says nothing', () => {
    const events = [{ status: 'FAILED', description: 'Message updated to FAILED' }];
    const { reason } = read(answer({ status: 'FAILED', events }));
    expect(reason).toMatchObject({ code: null, message: 'Message updated to FAILED', class: 'unknown' });
    expect(reason?.hint).toContain(`sbstatus sent get --activities ${id}`);
  });

  it('puts no id into a hint that a shell would take apart', () => {
    const { reason } = read(answer({ id: 'failed; rm -rf /', status: 'FAILED' }), 'failed; rm -rf /');
    expect(reason?.hint).toContain('sbstatus sent get --activities ID tells more');
  });

  it.each([
    ['a number for the code', { reason_code: 131026 }],
    ['an error of the message', { error: { code: 131026, message: 'Message undeliverable' } }],
    ['a list of errors', { error: [null, { code: '131026', title: 'Message undeliverable' }, { code: 1 }] }],
    ['an error that is a text', { error: 'Message undeliverable (131026)' }],
    ['an error’s text', { error: { message: 'Message undeliverable (131026)' } }],
    ['the reason’s text', { reason: 'Meta error 131026: Message undeliverable' }],
    ['an event’s text', { events: [{ status: 'FAILED', description: '(#131026) Message undeliverable' }] }],
    [
      'an event’s text before one that says nothing',
      {
        events: [
          { status: 'FAILED', description: '(#131026) Message undeliverable' },
          { status: 'FAILED', description: 'Message updated to FAILED' },
        ],
      },
    ],
  ])('finds Meta’s code in %s', (_, more) => {
    expect(read(answer({ status: 'FAILED', ...more })).reason).toMatchObject({
      code: '131026',
      name: 'Message undeliverable',
      class: 'unreachable',
    });
  });

  it('takes the advice of Meta’s code in the text beside a code that nobody knows', () => {
    const { reason } = read(answer({ status: 'FAILED', reason_code: 'WHATSAPP_ERROR', reason: '(#131026) no' }));
    expect(reason).toMatchObject({ code: 'WHATSAPP_ERROR', name: null, message: '(#131026) no', class: 'unreachable' });
    expect(reason?.hint).toContain('over another channel');
  });

  it('knows a code that is written as Meta prints it', () => {
    const { reason } = read(answer({ status: 'FAILED', reason_code: '(#131026)' }));
    expect(reason).toMatchObject({ code: '(#131026)', name: 'Message undeliverable', class: 'unreachable' });
  });

  it('takes no other number for a code', () => {
    const events = [{ status: 'FAILED', description: 'code 123456 for ABCDE_123 went to 1310261' }];
    expect(read(answer({ status: 'FAILED', events })).reason?.code).toBeNull();
  });

  it('says what to look at and what to give support for a code that nobody knows', () => {
    const { reason } = read(answer({ status: 'FAILED', reason_code: 'DELIVERY_999' }));
    expect(reason?.hint).toContain(`sbstatus sent get --activities ${id}`);
    expect(reason?.hint).toContain('give Sent’s support the message id and the request id');
  });

  it.each([
    ['FAILED', 'DELIVERY_999', false, '--activities'],
    ['FAILED', '131099', false, 'Meta’s list of WhatsApp error codes'],
    ['FAILED', 'DELIVERY_003', false, '--activities'],
    ['FAILED', 'BUSINESS_003', true, 'top up the balance'],
    ['FAILED', '131048', false, 'quality rating at Meta; send it again only with another channel, template or number'],
    ['FAILED', '131056', false, 'this recipient; send it again only with another channel, template or number'],
    ['FAILED', 'INTERNAL_001', false, 'Sent’s side; send it again only with another channel, template or number'],
    ['BLOCKED', 'INTERNAL_001', true, 'the fault is on Sent’s side'],
    ['FILTERED', 'DELIVERY_999', false, 'must send START'],
    ['BLOCKED', 'DELIVERY_999', null, 'check balance'],
    ['CANCELLED', 'DELIVERY_999', null, 'send it again if it is still wanted'],
  ])('of %s with %s: resendable %s, and what the word is mostly about', (status, code, resendable, hint) => {
    const { reason } = read(answer({ status, reason_code: code }));
    expect(reason).toMatchObject({ resendable, hint: expect.stringContaining(hint) });
  });

  it.each(known)('is no advice to send again while the message is under way: %s', (code) => {
    for (const status of ['QUEUED', 'SENT', 'SCHEDULED']) {
      const { reason } = read(answer({ status, reason_code: code }));
      expect(reason).toMatchObject({ code, resendable: false, hint: expect.stringContaining('do not send') });
    }
    expect(read(answer({ status: 'DELIVERED', reason_code: code })).reason).toMatchObject({
      resendable: false,
      hint: null,
    });
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])('%s is a code and a word', (name) => {
    const failed = read(answer({ status: 'FAILED', reason_code: name, channel: name, direction: name }));
    expect(failed.reason).toMatchObject({ code: name, name: null, class: 'unknown' });
    expect(failed.channel).toBeNull();
    const events = [{ status: name, reason_code: name, description: name }];
    expect(read(answer({ status: name, reason_code: name, events })).status.state).toBe('unknown');
    const refusal = (status: number) => ({
      reply: { status, headers: {}, bytes: new Uint8Array() },
      body: { success: false, error: { code: name, message: name, details: { [name]: [name] } } },
      settings: settingsOf(),
    });
    for (const status of [400, 401, 404, 429, 500]) {
      expect(sent.mapError?.(refusal(status)).says).toBe(`${name}: ${name} (${name}: ${name})`);
    }
    expect(faultOf(() => read({ success: false, error: { code: name } })).code).toBe('unexpected-status');
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
