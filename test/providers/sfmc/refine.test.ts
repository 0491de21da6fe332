import { describe, expect, it } from 'vitest';
import { faultOfReply } from '../../../src/core/error-response.ts';
import { Fault } from '../../../src/core/fault.ts';
import { mapError, mapTokenError, mayRetry } from '../../../src/providers/sfmc/errors.ts';
import { sfmc } from '../../../src/providers/sfmc/index.ts';
import { fixture, replyOf, settingsOf } from './support.ts';

const asClient = settingsOf({ clientId: 'client-id', clientSecret: 'client-secret', accountId: '7000001' });
const refusal = (status: number, body: unknown, settings = asClient) =>
  faultOfReply(sfmc, settings, replyOf(status, body), 0);

describe('refusals of the look-up', () => {
  it.each([
    [400, 'error-400', 'rejected', '109108: The message key is not valid', 'message key'],
    [401, 'error-401', 'unauthorized', '0: Not Authorized', 'SFMC_REST_BASE_URL'],
    [403, 'error-403-scope', 'forbidden', '20002: Insufficient Privileges', 'sms_read'],
    [404, 'error-404', 'not-found', '30003: Not Found', '3 days'],
    [400, 'error-404', 'not-found', '30003: Not Found', '3 days'],
    [429, 'error-429', 'rate-limited', '50100: Too many requests', '--rate'],
    [429, 'error-429-blocked', 'rate-limited', '50200: Temporarily blocked', 'support'],
    [400, 'error-aggregate', 'rejected', '10006: Several errors; first thing; second thing', 'message key'],
  ])('HTTP %i with %s', (status, name, code, says, hint) => {
    const fault = refusal(status, fixture(name));
    expect(fault.code).toBe(code);
    expect(fault.message).toBe(`Salesforce Marketing Cloud answered HTTP ${status}: ${says}`);
    expect(fault.hint).toContain(hint);
  });

  it.each([
    [500, 0, 'Internal Server Error'],
    [502, 40001, '40001: Internal Server Error'],
    [500, 20002, '20002: Internal Server Error'],
  ])('HTTP %i with errorcode %i is the provider’s fault, with no word of credentials', (status, errorcode, says) => {
    const fault = refusal(status, { errorcode, message: 'Internal Server Error' });
    expect(fault.code).toBe('provider-error');
    expect(fault.message).toBe(`Salesforce Marketing Cloud answered HTTP ${status}: ${says}`);
    expect(fault.hint).not.toMatch(/SFMC_|client|token|credential|scope/i);
  });

  it('finds the id of the exchange', () => {
    expect(refusal(400, fixture('error-aggregate')).requestId).toBe('1d6f6c0a-6a0e-4b34-a8d6-43a3ab5f0a11');
  });

  it.each([
    [401, 40000, 'unauthorized', 'SFMC_REST_BASE_URL'],
    [403, 40001, 'unauthorized', 'check the client id'],
    [403, 40002, 'forbidden', 'another tenant'],
    [503, 50300, 'provider-error', 'try again later'],
  ])('HTTP %i with errorcode %i', (status, errorcode, code, hint) => {
    const fault = refusal(status, { message: 'words', errorcode });
    expect(fault.code).toBe(code);
    expect(fault.hint).toContain(hint);
  });

  it.each([
    [400, '', 'rejected'],
    [401, '', 'unauthorized'],
    [403, '', 'forbidden'],
    [404, '', 'not-found'],
    [404, 'no such thing', 'unexpected-status'],
    [404, '<!doctype html><h1>Not Found</h1>', 'unexpected-status'],
    [404, '{"cut', 'not-found'],
    [404, '[]', 'not-found'],
    [500, '<html><body>oops</body></html>', 'provider-error'],
    [500, 'null', 'provider-error'],
    [500, { message: {}, errorcode: [], additionalErrors: 'x', requestId: 5 }, 'provider-error'],
    [429, '', 'rate-limited'],
    [596, '<h1>596 Service Not Found</h1>', 'unexpected-status'],
  ])('HTTP %i with %j is %s', (status, body, code) => {
    expect(refusal(status, body).code).toBe(code);
  });

  it('says where to look for a message only where the provider itself missed it', () => {
    expect(refusal(404, '').hint).toContain('3 days');
    expect(refusal(404, '<!doctype html><title>404</title>').hint).not.toContain('3 days');
    expect(refusal(596, '').hint).toContain('SFMC_SUBDOMAIN');
  });

  it('puts the business unit first when none is set', () => {
    const alone = settingsOf({ clientId: 'client-id', clientSecret: 'client-secret' });
    expect(refusal(404, fixture('error-404'), alone).hint).toMatch(/^no account id is set/);
    expect(refusal(404, fixture('error-404')).hint).toMatch(/^a key is found for 3 days/);
  });

  it('advises on a ready token that has expired', () => {
    const ready = settingsOf({ accessToken: 'some-access-token' });
    expect(refusal(401, fixture('error-401'), ready).hint).toContain('under 20 minutes');
  });

  it('adds nothing to bytes that are no text', () => {
    const reply = { status: 404, headers: {}, bytes: new Uint8Array([0xff, 0xfe, 0x00]) };
    expect(mapError({ reply, body: undefined, settings: asClient }).code).toBeUndefined();
    expect(mayRetry({ ...reply, status: 429 })).toBe(true);
  });
});

describe('asking again', () => {
  it.each([
    [429, 'error-429-blocked', false],
    [429, 'error-429', true],
    [503, 'error-429-blocked', true],
    [500, 'error-401', true],
  ])('HTTP %i with %s: %s', (status, name, wanted) => {
    expect(mayRetry(replyOf(status, fixture(name)))).toBe(wanted);
  });

  it.each(['', '{', '<html>', 'null', '[]'])('goes on after a 429 with %j', (body) => {
    expect(mayRetry(replyOf(429, body))).toBe(true);
  });
});

describe('names from outside are no properties', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])('errorcode %s', (errorcode) => {
    for (const status of [400, 401, 403, 404, 429, 500]) {
      expect(refusal(status, { errorcode, message: 'odd' }).httpStatus).toBe(status);
      expect(
        faultOfReply({ ...sfmc, mapError: mapTokenError }, asClient, replyOf(status, { error: errorcode }), 0),
      ).toBeInstanceOf(Fault);
      expect(mayRetry(replyOf(status, { errorcode }))).toBe(true);
    }
  });
});

describe('refusals of the token endpoint', () => {
  const refined = (status: number, body: unknown) =>
    faultOfReply({ ...sfmc, mapError: mapTokenError }, asClient, replyOf(status, body), 0);

  it.each([
    [401, { error: 'invalid_client', error_description: 'Client authentication failed.' }],
    [400, { error: 'invalid_client' }],
    [401, { error: 'unauthorized_client' }],
    [403, { error: 'unauthorized_client' }],
    [401, { error: 'Invalid client', error_description: 'invalid client ID' }],
    [401, ''],
  ])('HTTP %i with %j: first of all the secret may have expired', (status, body) => {
    const { hint } = refined(status, body);
    expect(hint).toMatch(/^the client secret may have expired: secrets last 180 days/);
    for (const fact of ['2026-09-30', '5 minutes', 'packages unused for 180 days']) expect(hint).toContain(fact);
  });

  it.each([
    [400, { error: 'invalid_request' }],
    [400, { error: 'invalid_scope' }],
    [403, ''],
  ])('HTTP %i with %j is about something else', (status, body) => {
    expect(refined(status, body).hint).toMatch(/^check client id, client secret and account id/);
  });

  it('a 429 is about token requests, which --rate does not change', () => {
    const fault = refined(429, { error: 'too_many_requests' });
    expect(fault.code).toBe('rate-limited');
    expect(fault.hint).toContain('fetches tokens');
    expect(fault.hint).not.toContain('--rate');
  });

  it('a 5xx is Salesforce’s fault, whatever its body says', () => {
    for (const body of [{ error: 'invalid_client' }, { errorcode: 0, message: 'Internal Server Error' }]) {
      const fault = refined(500, body);
      expect([fault.code, fault.hint]).toEqual(['provider-error', expect.stringContaining('the provider’s side')]);
    }
  });

  it('words the OAuth shape', () => {
    const fault = refined(401, fixture('error-token'));
    expect(fault.message).toContain('invalid_client: Client authentication failed');
    expect(fault.hint).toContain('client secret');
  });

  it.each([
    [400, 'unauthorized'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'unexpected-status'],
    [405, 'unexpected-status'],
    [407, 'proxy-auth'],
    [410, 'unexpected-status'],
    [415, 'unexpected-status'],
    [422, 'unauthorized'],
    [429, 'rate-limited'],
    [302, 'redirect'],
    [500, 'provider-error'],
    [503, 'provider-error'],
    [596, 'unexpected-status'],
  ])('HTTP %i is %s, never a verdict on the message', (status, code) => {
    expect(refined(status, fixture('error-token')).code).toBe(code);
    expect(refined(status, '').code).toBe(code);
    const isOwnWord = [407, 429].includes(status) || status < 400 || status >= 500;
    expect(refined(status, '<!doctype html><h1>oops</h1>').code).toBe(isOwnWord ? code : 'unexpected-status');
  });
});
