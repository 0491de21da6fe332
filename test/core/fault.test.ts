import { expect, test } from 'vitest';
import { Fault, type FaultCode, faults } from '../../src/core/fault.ts';

/** By hand from the README's exit codes: what can keep a look-up from an answer, and the exit that it leads to. */
const exits: Readonly<Record<FaultCode, string>> = {
  'bad-id': 'usage',
  'manifest-invalid': 'usage',
  'bad-event': 'usage',
  'not-found': 'not-found',
  rejected: 'rejected',
  'unknown-host': 'network',
  refused: 'network',
  'connection-lost': 'network',
  unreachable: 'network',
  timeout: 'network',
  'rate-limited': 'rate-limited',
  'provider-error': 'provider-unavailable',
  unauthorized: 'auth',
  forbidden: 'auth',
  'credentials-missing': 'config',
  'config-invalid': 'config',
  'profile-unknown': 'config',
  'origin-refused': 'config',
  'proxy-auth': 'config',
  'proxy-invalid': 'config',
  redirect: 'unexpected-response',
  'not-json': 'unexpected-response',
  empty: 'unexpected-response',
  'wrong-shape': 'unexpected-response',
  'wrong-id': 'unexpected-response',
  'too-large': 'unexpected-response',
  'not-http': 'unexpected-response',
  'unexpected-status': 'unexpected-response',
  'tls-untrusted': 'tls',
  'tls-expired': 'tls',
  'tls-host': 'tls',
  'tls-failed': 'tls',
  'time-up': 'wait-timeout',
  interrupted: 'interrupted',
  terminated: 'terminated',
  internal: 'internal',
};

test('every fault has its exit', () => {
  expect(Object.keys(faults).sort()).toEqual(Object.keys(exits).sort());
  for (const [code, exit] of Object.entries(exits)) {
    expect(new Fault(code as FaultCode, { message: 'x' }).exit).toBe(exit);
  }
});

test('every fault says what to do next, in one line without a full stop', () => {
  for (const { hint } of Object.values(faults)) expect(hint).toMatch(/^(?=[a-z]|HTTPS_PROXY )[^\n]{15,}[^.\n]$/);
});

test('a fault says what it was given, and null where it was given nothing', () => {
  const bare = new Fault('timeout', { message: 'no answer' });
  expect(bare).toMatchObject({
    name: 'Fault',
    code: 'timeout',
    message: 'no answer',
    hint: faults.timeout.hint,
    httpStatus: null,
    requestId: null,
    retryAfterSeconds: null,
  });
  const details = { message: 'm', hint: 'h', httpStatus: 429, requestId: 'r', retryAfterSeconds: 0 };
  expect(new Fault('rate-limited', details)).toMatchObject(details);
});
