import { describe, expect, it } from 'vitest';
import { faultOfReply } from '../../../src/core/error-response.ts';
import type { Fault } from '../../../src/core/fault.ts';
import { Settings } from '../../../src/core/settings.ts';
import { sent } from '../../../src/providers/sent/index.ts';
import { answer, faultOf, fixture, id, read, settingsOf } from './support.ts';

const profile = { profileId: '550e8400-e29b-41d4-a716-446655440009' };

function refusal(status: number, body: unknown, settings: Readonly<Record<string, string>> = {}): Fault {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const reply = { status, headers: { 'x-request-id': 'from-header' }, bytes: new TextEncoder().encode(text) };
  return faultOfReply(sent, settingsOf(settings), reply, 0);
}

function envelope(code: string, message = 'so it is'): unknown {
  return { success: false, error: { code, message, details: null, doc_url: null } };
}

describe('the documented error bodies', () => {
  it.each([
    [400, 'error-400', 'rejected', 'Sent answered HTTP 400: VALIDATION_001: Invalid message ID format', 'UUID'],
    [404, 'error-404', 'not-found', 'Sent answered HTTP 404: RESOURCE_003: Message not found', 'message_id'],
    [
      500,
      'error-500',
      'provider-error',
      'Sent answered HTTP 500: INTERNAL_001: An unexpected error occurred while retrieving the message',
      'try again later',
    ],
  ])('HTTP %i', (status, name, code, message, hint) => {
    const fault = refusal(status, fixture(name));
    expect(fault).toMatchObject({ code, message, httpStatus: status, requestId: 'req_7X9zKp2jDw' });
    expect(fault.hint).toContain(hint);
  });

  it.each([
    [401, 'unauthorized', 'check the API key'],
    [403, 'forbidden', 'permissions'],
  ])('HTTP %i without a body', (status, code, hint) => {
    const fault = refusal(status, '');
    expect(fault).toMatchObject({ code, message: `Sent answered HTTP ${status}`, requestId: 'from-header' });
    expect(fault.hint).toContain(hint);
  });
});

describe('other error bodies', () => {
  it.each([
    [401, 'AUTH_001', 'unauthorized', 'see that the API key arrives'],
    [401, 'AUTH_002', 'unauthorized', 'check the API key'],
    [403, 'AUTH_004', 'forbidden', 'role'],
    [403, 'AUTH_005', 'forbidden', 'activation'],
    [403, 'AUTH_006', 'forbidden', 'KYC'],
    [403, 'AUTH_007', 'forbidden', 'channel'],
    [403, 'BUSINESS_014', 'forbidden', 'support'],
    [422, 'VALIDATION_001', 'rejected', 'UUID'],
    [400, 'VALIDATION_003', 'rejected', 'message_id'],
    [400, 'RESOURCE_003', 'not-found', 'message_id'],
    [404, 'VALIDATION_003', 'rejected', 'message_id'],
    [409, 'CONFLICT_001', 'rejected', 'first request'],
    [429, 'BUSINESS_002', 'rate-limited', '200 requests a minute'],
    [429, 'AUTH_002', 'rate-limited', 'lock a key out'],
    [502, 'INTERNAL_003', 'provider-error', 'later'],
    [503, 'SERVICE_001', 'provider-error', 'later'],
    [504, 'INTERNAL_004', 'provider-error', 'later'],
    [500, 'RESOURCE_003', 'provider-error', 'Sent’s side'],
    [500, 'AUTH_002', 'provider-error', 'Sent’s side'],
    [400, 'VALIDATION_008', 'rejected', 'line breaks'],
    [400, 'VALIDATION_999', 'rejected', 'UUID'],
    [404, 'DELIVERY_007', 'not-found', 'message_id'],
  ])('HTTP %i with %s is %s', (status, code, fault, hint) => {
    const refused = refusal(status, envelope(code));
    expect(refused.code).toBe(fault);
    expect(refused.message).toBe(`Sent answered HTTP ${status}: ${code}: so it is`);
    expect(refused.hint).toContain(hint);
  });

  it.each([
    [id, 'VALIDATION_999', 'give its support the code, the id and the request id'],
    [id, null, 'check the id; the provider calls the request invalid'],
    ['message-7', 'VALIDATION_999', 'the id must be a UUID'],
    ['message-7', null, 'the id must be a UUID'],
    [id, 'VALIDATION_003', 'the id must be a UUID'],
  ])(
    'says of %s, refused with %s, that it must be a UUID only where it is none or Sent says so',
    (asked, code, hint) => {
      const bytes = new TextEncoder().encode(JSON.stringify(code === null ? {} : envelope(code)));
      const target = { path: ['v3', 'messages', asked] };
      expect(faultOfReply(sent, settingsOf(), { status: 400, headers: {}, bytes }, 0, target).hint).toContain(hint);
    },
  );

  it('names both causes of a 404 when a profile is set', () => {
    for (const body of [fixture('error-404'), '', '"Not Found"']) {
      const { code, hint } = refusal(404, body, profile);
      expect(code).toBe('not-found');
      expect(hint).toContain('no such message');
      expect(hint).toContain('SENT_PROFILE_ID belongs to another organisation');
    }
    expect(refusal(404, '', { profileId: ' ' }).hint).not.toContain('SENT_PROFILE_ID');
  });

  it('names the profile as a cause of a 403 when one is set', () => {
    expect(refusal(403, '', profile).hint).toContain('leave out --profile-id');
  });

  it('leaves a web page to the core', () => {
    const fault = refusal(404, '<!doctype html><title>Not here</title>', profile);
    expect(fault.code).toBe('unexpected-status');
    expect(fault.hint).not.toContain('profile');
  });

  it('tells which field is wrong, and how', () => {
    const details = { id: ['must be a UUID', 5], other: 'odd', none: null };
    const fault = refusal(400, { success: false, error: { code: 'VALIDATION_001', message: 'Invalid', details } });
    expect(fault.message).toContain('VALIDATION_001: Invalid (id: must be a UUID; other: odd; none: )');
  });

  it('reads the legacy problem body', () => {
    expect(refusal(401, { status: 401, title: 'Unauthorized', detail: 'x' }).message).toContain('Unauthorized');
  });

  it.each([
    '',
    ' ',
    'gateway down',
    '<html>',
    '{"error"',
    '[]',
    '[1]',
    'null',
    '5',
    '"no"',
    '{"error":5}',
    '{"error":{}}',
  ])('never throws at %j', (body) => {
    for (const status of [400, 401, 403, 404, 409, 418, 422, 429, 500, 503]) {
      expect(refusal(status, body).httpStatus).toBe(status);
    }
  });

  it('never throws at bytes that are no text', () => {
    const reply = { status: 404, headers: {}, bytes: Uint8Array.of(0xff, 0xfe, 0) };
    expect(faultOfReply(sent, new Settings(new Map()), reply, 0).code).toBe('unexpected-status');
  });
});

describe('a 200 that says no', () => {
  it.each([
    ['AUTH_002', 'unauthorized'],
    ['AUTH_005', 'forbidden'],
    ['BUSINESS_014', 'forbidden'],
    ['VALIDATION_001', 'rejected'],
    ['RESOURCE_003', 'not-found'],
    ['RESOURCE_007', 'rejected'],
    ['BUSINESS_002', 'rate-limited'],
    ['LIMIT_001', 'rate-limited'],
    ['BUSINESS_006', 'rejected'],
    ['CONFLICT_001', 'rejected'],
    ['SERVICE_001', 'provider-error'],
    ['INTERNAL_004', 'provider-error'],
    ['DELIVERY_007', 'unexpected-status'],
    ['NEW_001', 'unexpected-status'],
  ])('with %s is %s', (code, fault) => {
    const refused = faultOf(() => read({ ...(envelope(code) as object), meta: { request_id: 'req_2' } }));
    expect(refused.code).toBe(fault);
    expect(refused.message).toBe(`the answer says success: false, ${code}: so it is`);
    expect(refused.requestId).toBe('req_2');
    expect(refused.hint).not.toBe('');
  });

  it('is believed though it has data', () => {
    const body = {
      ...answer({ status: 'DELIVERED' }),
      success: false,
      error: { code: 'RESOURCE_003', message: 'gone' },
    };
    expect(faultOf(() => read(body)).code).toBe('not-found');
  });

  it('is believed without success when it has an error', () => {
    const body = { data: { id, status: 'DELIVERED' }, error: { code: 'RESOURCE_003', message: 'gone' } };
    expect(faultOf(() => read(body)).code).toBe('not-found');
  });

  it.each([
    [{ code: 'INTERNAL_001', message: 'oops' }, 'INTERNAL_001: oops'],
    [{ message: 'oops' }, 'oops'],
    ['oops', 'oops'],
    [[{ code: 'INTERNAL_001' }], 'INTERNAL_001'],
  ])('with success: true and data beside %j is no success', (error, says) => {
    const fault = faultOf(() => read(answer({ status: 'DELIVERED' }, { error })));
    expect(fault.code).toBe('wrong-shape');
    expect(fault.message).toBe(`the answer carries an error beside the message: ${says}`);
  });

  it.each([null, {}, '', { code: null }, []])('an error of %j is none', (error) => {
    expect(read(answer({ status: 'DELIVERED' }, { error })).status.state).toBe('delivered');
  });

  it('a status alone is no success', () => {
    for (const data of [{ status: 'DELIVERED' }, { status: 'READ', id: null }, { status: 'RECEIVED', code: 200 }]) {
      expect(faultOf(() => read({ success: true, data })).code).toBe('wrong-shape');
    }
    const named = { success: true, data: { status: 'DELIVERED', phone: '+12025550142' } };
    expect(read(named).warnings).toEqual([expect.stringContaining('names no id')]);
    expect(faultOf(() => read({ data: { status: 'success' } })).code).toBe('wrong-shape');
  });

  it('cuts an endless message', () => {
    const { message } = faultOf(() => read(envelope('RESOURCE_003', 'x'.repeat(100_000))));
    expect(message.length).toBeLessThan(300);
  });
});

describe('an answer of the wrong shape', () => {
  it.each([
    ['null', null, 'not a JSON object'],
    ['a number', 5, 'not a JSON object'],
    ['text', 'DELIVERED', 'not a JSON object'],
    ['a list', [answer({})], 'not a JSON object'],
    ['an empty object', {}, 'no data'],
    ['data null', { success: true, data: null }, 'no data'],
    ['data a list', { success: true, data: [{ id, status: 'DELIVERED' }] }, 'no data'],
    ['data text', { success: true, data: 'DELIVERED' }, 'no data'],
    ['no status', { success: true, data: { id } }, 'no data.status'],
    ['status null', answer({ status: null }), 'no data.status'],
    ['status empty', answer({ status: '' }), 'no data.status'],
    ['status a number', answer({ status: 3 }), 'no data.status'],
    ['status a list', answer({ status: ['DELIVERED'] }), 'no data.status'],
    ['success a word', { ...answer({ status: 'DELIVERED' }), success: 'false' }, 'neither true nor false'],
    ['success false alone', { success: false }, 'names no error'],
    ['an id that is no text', answer({ id: 5, status: 'DELIVERED' }), 'data.id is not text'],
  ])('%s', (_, body, message) => {
    const fault = faultOf(() => read(body));
    expect(fault.code).toBe('wrong-shape');
    expect(fault.message).toContain(message);
  });

  it.each([
    ['8ba7b830-9dad-11d1-80b4-00c04fd430c9', id],
    ['delivered-43', 'delivered-42'],
    ['DELIVERED', 'delivered'],
    [`${id}-1`, id],
  ])('an answer about %s is not one about %s', (given, asked) => {
    expect(faultOf(() => read(answer({ id: given, status: 'DELIVERED' }), asked)).code).toBe('wrong-id');
  });
});
