import { expect, test } from 'vitest';
import { faultOfReply } from '../../src/core/error-response.ts';
import type { Reply } from '../../src/core/http.ts';
import { Settings } from '../../src/core/settings.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const none = new Settings(new Map());

function reply(status: number, body = '', headers: Record<string, string> = {}): Reply {
  return { status, headers, bytes: new TextEncoder().encode(body) };
}

/** HTTP status → fault and exit, by hand from the README's exit codes. */
test.each([
  [400, 'rejected', 'rejected'],
  [401, 'unauthorized', 'auth'],
  [402, 'unexpected-status', 'unexpected-response'],
  [403, 'forbidden', 'auth'],
  [404, 'not-found', 'not-found'],
  [405, 'unexpected-status', 'unexpected-response'],
  [407, 'proxy-auth', 'config'],
  [408, 'timeout', 'network'],
  [409, 'rejected', 'rejected'],
  [410, 'not-found', 'not-found'],
  [413, 'rejected', 'rejected'],
  [414, 'rejected', 'rejected'],
  [415, 'rejected', 'rejected'],
  [418, 'unexpected-status', 'unexpected-response'],
  [422, 'rejected', 'rejected'],
  [429, 'rate-limited', 'rate-limited'],
  [431, 'rejected', 'rejected'],
  [500, 'provider-error', 'provider-unavailable'],
  [501, 'provider-error', 'provider-unavailable'],
  [503, 'provider-error', 'provider-unavailable'],
  [599, 'provider-error', 'provider-unavailable'],
  [596, 'unexpected-status', 'unexpected-response'],
  [600, 'unexpected-status', 'unexpected-response'],
  [301, 'redirect', 'unexpected-response'],
  [399, 'redirect', 'unexpected-response'],
])('HTTP %i is %s, exit %s', (status, code, exit) => {
  const fault = faultOfReply({ title: 'Acme' }, none, reply(status), now);
  expect([fault.code, fault.exit, fault.httpStatus]).toEqual([code, exit, status]);
  expect(fault.message).toContain(`Acme answered HTTP ${status}`);
});

test.each([
  ['{"error":"no such thing"}', 'no such thing'],
  ['{"error":{"message":"deep"}}', 'deep'],
  ['{"message":"m","error_message":"e"}', 'm'],
  ['{"error":"invalid_client","error_description":"described"}', 'described'],
  ['{"error_message":"e"}', 'e'],
  ['{"error_detail":"d"}', 'd'],
  ['{"title":"t"}', 't'],
  ['"just text"', 'just text'],
  ['"Message  not\\nfound"', 'Message not found'],
  [`{"message":"${'x'.repeat(300)}"}`, `${'x'.repeat(200)}…`],
])('the body %s says %s', (body, says) => {
  expect(faultOfReply({ title: 'Acme' }, none, reply(404, body), now).message).toBe(`Acme answered HTTP 404: ${says}`);
});

test.each(['', '<!doctype html><title>x</title>', '{}', '[]', 'null', '{"message":5}'])(
  'the body %j says nothing',
  (body) => {
    expect(faultOfReply({ title: 'Acme' }, none, reply(500, body), now).message).toBe('Acme answered HTTP 500');
  },
);

test('a 404 that is a web page says nothing of the message', () => {
  expect(faultOfReply({ title: 'Acme' }, none, reply(404, '<html>'), now).code).toBe('unexpected-status');
});

test.each([
  ['404 page not found', true],
  ['default backend - 404', true],
  ['error code: 1001', true],
  ['Message not found', false],
  ['{"error": {"code": "cut off', false],
  ['"a sentence as JSON"', false],
  [' \n', false],
])('of a message %j says nothing, unless it is the provider’s own: %s', (body, isForeign) => {
  for (const [status, code] of [
    [400, 'rejected'],
    [404, 'not-found'],
    [410, 'not-found'],
    [422, 'rejected'],
  ] as const) {
    const acme = { title: 'Acme', plainErrors: /message/i };
    const fault = faultOfReply(acme, none, reply(status, body), now);
    expect(fault.code).toBe(isForeign ? 'unexpected-status' : code);
    if (!isForeign) continue;
    expect(fault.message).toBe(`Acme answered HTTP ${status}: not the API’s answer: ${body}`);
    expect(fault.hint).toContain('check the base URL and any proxy');
  }
  expect(faultOfReply({ title: 'Acme' }, none, reply(403, body), now).code).toBe('forbidden');
});

test('a redirect names where to, by origin only', () => {
  const location = 'https://user:pass@evil.example/path?key=1';
  expect(faultOfReply({ title: 'Acme' }, none, reply(302, '', { location }), now).message).toBe(
    'Acme answered HTTP 302, a redirect to https://evil.example, which is not followed',
  );
  expect(faultOfReply({ title: 'Acme' }, none, reply(302, '', { location: '/x' }), now).message).toBe(
    'Acme answered HTTP 302, a redirect, which is not followed',
  );
});

test('a 408, for which more time is no help, names no option that gives it', () => {
  expect(faultOfReply({ title: 'Acme' }, none, reply(408), now).hint).toBe(
    'try again; --retries raises the number of attempts',
  );
});

test('Retry-After and the request id are kept', () => {
  const fault = faultOfReply(
    { title: 'Acme' },
    none,
    reply(429, '', { 'retry-after': '7', 'x-request-id': 'r1' }),
    now,
  );
  expect([fault.retryAfterSeconds, fault.requestId]).toEqual([7, 'r1']);
  expect(fault.message).toBe('Acme answered HTTP 429; retry after 7 s');
});

test('the provider refines code, words, hint and request id', () => {
  const refine = () => ({ code: 'not-found' as const, says: 'X1: gone', hint: 'look elsewhere', requestId: 'r2' });
  const fault = faultOfReply(
    { title: 'Acme', mapError: refine },
    none,
    reply(400, '{"message":"m"}', { 'x-request-id': 'r1' }),
    now,
  );
  expect([fault.code, fault.message, fault.hint, fault.requestId]).toEqual([
    'not-found',
    'Acme answered HTTP 400: X1: gone',
    'look elsewhere',
    'r2',
  ]);
});

test('a body that is not UTF-8 is no obstacle', () => {
  const fault = faultOfReply(
    { title: 'Acme' },
    none,
    { status: 401, headers: {}, bytes: Uint8Array.from([0xff]) },
    now,
  );
  expect(fault.message).toBe('Acme answered HTTP 401');
});
