import { describe, expect, test } from 'vitest';
import { faultOfReply } from '../../../src/core/error-response.ts';
import type { Fault } from '../../../src/core/fault.ts';
import { Settings } from '../../../src/core/settings.ts';
import { sendblue } from '../../../src/providers/sendblue/index.ts';

const page = '<!doctype html><html><head><title>Error: Page not found</title></head></html>';

function refused(status: number, body: unknown, base = 'https://api.sendblue.co'): Fault {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const reply = { status, headers: {}, bytes: new TextEncoder().encode(text) };
  return faultOfReply(sendblue, new Settings(new Map([['baseUrl', new URL(base)]])), reply, 0);
}

describe('error bodies', () => {
  test.each<[number, unknown, string, string]>([
    [401, { status: 'ERROR', message: 'Invalid Credentials' }, 'unauthorized', ': Invalid Credentials'],
    [404, 'Message not found', 'not-found', ': Message not found'],
    [404, '', 'not-found', ''],
    [404, page, 'unexpected-status', ': a web page, not the API’s answer'],
    [403, {}, 'forbidden', ''],
    [
      400,
      { error_code: 4000, error_message: 'missing required parameter' },
      'rejected',
      ': 4000: missing required parameter',
    ],
    [400, { error_code: '4000', message: 'bad number' }, 'rejected', ': 4000: bad number'],
    [400, { error_code: 4001, error_message: 'slow' }, 'rate-limited', ': 4001: slow'],
    [
      400,
      { error_code: 5509 },
      'rate-limited',
      ': 5509: more requests came in the current window than Sendblue allows',
    ],
    [500, { error_code: 5003, error_message: 'busy' }, 'rate-limited', ': 5003: busy'],
    [400, { error_code: 5000, error_message: 'oops' }, 'provider-error', ': 5000: oops'],
    [401, { error_code: 4001, error_message: 'no' }, 'unauthorized', ': 4001: no'],
    [400, { error_code: 0, error_message: 'zero' }, 'rejected', ': zero'],
    [400, { error: 'plain text' }, 'rejected', ': plain text'],
    [
      422,
      { error: { code: 'invalid_handle', message: 'no handle', details: {} } },
      'rejected',
      ': invalid_handle: no handle',
    ],
    [422, { error: { message: 'no handle' } }, 'rejected', ': no handle'],
    [400, { error_detail: 'in detail' }, 'rejected', ': in detail'],
    [400, { error_reason: 'for a reason' }, 'rejected', ': for a reason'],
    [429, 'Too Many Requests', 'rate-limited', ': Too Many Requests'],
    [500, page, 'provider-error', ''],
    [503, '', 'provider-error', ''],
    [400, 'null', 'rejected', ''],
    [400, '[1, 2', 'rejected', ': [1, 2'],
    [400, [], 'rejected', ''],
    [400, { error: [1], message: { a: 1 }, error_code: {} }, 'rejected', ''],
  ])('%i %j is %s', (status, body, code, said) => {
    const fault = refused(status, body);
    expect(fault.code).toBe(code);
    expect(fault.message).toBe(`Sendblue answered HTTP ${status}${said}`);
    expect(fault.httpStatus).toBe(status);
  });

  test('bytes that are not UTF-8 are no obstacle', () => {
    const reply = { status: 404, headers: {}, bytes: Uint8Array.of(0xff, 0xfe, 0x3c) };
    expect(faultOfReply(sendblue, new Settings(new Map()), reply, 0).code).toBe('unexpected-status');
  });
});

describe('hints', () => {
  test.each<[number, unknown, RegExp]>([
    [401, { message: 'Invalid Credentials' }, /the API key and the API secret/],
    [404, 'Message not found', /message_handle, not a uuid.*SENDBLUE_API_BASE_URL=https:\/\/api\.sendblue\.com$/],
    [404, page, /^this address has no Sendblue API: check SENDBLUE_API_BASE_URL and any proxy.*api\.sendblue\.com$/],
    [403, '', /lines or plans/],
    [400, '', /message_handle/],
    [422, '', /message_handle/],
    [400, { error_code: 4002 }, /^check the number: this one is refused every time$/],
    [429, '', /--rate/],
    [500, '', /provider’s side/],
    [500, { error_code: 4000 }, /provider’s side/],
    [500, { error_code: 5000 }, /few minutes/],
  ])('%i %j', (status, body, hint) => {
    expect(refused(status, body).hint).toMatch(hint);
  });

  test.each(['https://api.sendblue.co', 'https://api.sendblue.com'])('a redirect to %s: set that one', (host) => {
    const reply = { status: 301, headers: { location: `${host}/api/status?handle=x` }, bytes: new Uint8Array() };
    const fault = faultOfReply(sendblue, new Settings(new Map()), reply, 0);
    expect([fault.code, fault.hint]).toEqual([
      'redirect',
      `this host only redirects: set SENDBLUE_API_BASE_URL=${host}`,
    ]);
    const foreign = { ...reply, headers: { location: 'https://evil.example/' } };
    expect(faultOfReply(sendblue, new Settings(new Map()), foreign, 0).hint).not.toContain('SENDBLUE_API_BASE_URL');
  });

  test('the other host is the one that is not in use', () => {
    expect(refused(404, '', 'https://api.sendblue.com').hint).toMatch(/=https:\/\/api\.sendblue\.co$/);
  });
});
