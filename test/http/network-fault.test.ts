import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import type { FaultCode } from '../../src/core/fault.ts';
import { networkFailure } from '../../src/http/network-fault.ts';

const origin = 'https://api.example';
const leak = 'sb-api-key-id: hunter22';

function error(code: string | undefined, message = leak): Error {
  return Object.assign(new Error(message), { name: 'RequestError', ...(code === undefined ? {} : { code }) });
}

const rows: readonly (readonly [code: string | undefined, fault: FaultCode, transient: boolean, says: string])[] = [
  ['ENOTFOUND', 'unknown-host', false, 'is not known to DNS'],
  ['EAI_AGAIN', 'unreachable', true, 'cannot be looked up now'],
  ['EAI_FAIL', 'unknown-host', false, 'is not known to DNS'],
  ['ECONNREFUSED', 'refused', false, 'refused the connection'],
  ['ECONNRESET', 'connection-lost', true, 'broke the connection'],
  ['ECONNABORTED', 'connection-lost', true, 'broke the connection'],
  ['EPIPE', 'connection-lost', true, 'broke the connection'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'connection-lost', true, 'broke the connection'],
  ['ETIMEDOUT', 'timeout', true, 'took too long to connect'],
  ['ENETUNREACH', 'unreachable', false, 'cannot be reached'],
  ['EHOSTUNREACH', 'unreachable', false, 'cannot be reached'],
  ['EADDRNOTAVAIL', 'unreachable', false, 'cannot be reached'],
  ['EACCES', 'unreachable', false, 'cannot be reached'],
  ['EMFILE', 'unreachable', true, 'lower --concurrency'],
  ['ENFILE', 'unreachable', true, 'lower --concurrency'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls-untrusted', false, 'does not trust'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls-untrusted', false, 'does not trust'],
  ['CERT_UNTRUSTED', 'tls-untrusted', false, 'does not trust'],
  ['CERT_REVOKED', 'tls-untrusted', false, 'does not trust'],
  ['INVALID_CA', 'tls-untrusted', false, 'does not trust'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls-untrusted', false, 'has a self-signed certificate'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls-untrusted', false, 'has a self-signed certificate'],
  ['CERT_HAS_EXPIRED', 'tls-expired', false, 'has expired'],
  ['CERT_NOT_YET_VALID', 'tls-expired', false, 'not valid yet'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls-host', false, 'for another host'],
  ['EPROTO', 'tls-failed', false, 'does not speak TLS'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls-failed', false, 'does not speak TLS'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tls-failed', false, 'requires a client certificate'],
  ['HPE_INVALID_CONSTANT', 'not-http', false, 'not HTTP'],
  ['HPE_HEADER_OVERFLOW', 'too-large', false, '16 KiB of headers'],
  ['Z_DATA_ERROR', 'not-json', false, 'broken compressed answer'],
  ['Z_BUF_ERROR', 'not-json', false, 'broken compressed answer'],
  ['ERR__ERROR_FORMAT_PADDING_2', 'not-json', false, 'broken compressed answer'],
  ['ERR_BUFFER_TOO_LARGE', 'not-json', false, 'broken compressed answer'],
  ['ZSTD_error_prefix_unknown', 'not-json', false, 'broken compressed answer'],
  ['ERR_SOMETHING_NEW', 'internal', false, 'could not be asked'],
  [undefined, 'internal', false, 'no error code'],
];

test.each(rows)('%s → %s', (code, fault, transient, says) => {
  const failure = networkFailure(error(code), { origin, proxy: null });
  expect(failure.transient).toBe(transient);
  expect(failure.fault.code).toBe(fault);
  expect(failure.fault.message).toMatch(/^https:\/\/api\.example /);
  expect(failure.fault.message).toContain(says);
  expect(inspect(failure)).not.toContain('hunter22');
});

test('an empty message, as for a host with two addresses, changes nothing', () => {
  const { fault } = networkFailure(error('ECONNREFUSED', ''), { origin, proxy: null });
  expect(fault.message).toBe('https://api.example refused the connection (ECONNREFUSED)');
});

test('a code that is no code is not shown', () => {
  const { fault } = networkFailure(error('\u001b[31m hunter22'), { origin, proxy: null });
  expect(fault.message).toBe('https://api.example could not be asked (no error code)');
});

const setting = { url: new URL('http://u:hunter22@proxy.example:3128'), variable: 'https_proxy' };
const proxy = setting.url.origin;

test.each([
  ['ENOTFOUND', `the proxy ${proxy} is not known to DNS (ENOTFOUND)`],
  ['ECONNREFUSED', `the proxy ${proxy} refused the connection (ECONNREFUSED)`],
  ['CERT_HAS_EXPIRED', `${origin} (through the proxy ${proxy}) has a certificate that has expired (CERT_HAS_EXPIRED)`],
])('behind a proxy, %s is about whoever it is about', (code, message) => {
  expect(networkFailure(error(code), { origin, proxy: setting }).fault.message).toBe(message);
});

test.each<[string, FaultCode, boolean]>([
  ['Bad response: 407', 'proxy-auth', false],
  ['Bad response: 403', 'unreachable', false],
  ['Bad response: 502', 'unreachable', true],
  ['Proxy timeout', 'timeout', true],
])('the proxy’s own answer, %s → %s', (message, code, transient) => {
  const failure = networkFailure(error(undefined, message), { origin, proxy: setting });
  expect([failure.fault.code, failure.transient]).toEqual([code, transient]);
  expect(failure.fault.message).toContain(proxy);
});
