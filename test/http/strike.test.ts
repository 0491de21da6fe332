import { expect, test } from 'vitest';
import { createRedactor } from '../../src/http/redactor.ts';

const key = 'k/9+a"b\\c~!*d';

test.each([
  ['clear', key, '[redacted]'],
  ['inside other text', `key=${key};`, 'key=[redacted];'],
  ['twice', `${key} ${key}`, '[redacted] [redacted]'],
  ['JSON', String.raw`k/9+a\"b\\c~!*d`, '[redacted]'],
  ['JSON with escaped slashes', String.raw`k\/9+a\"b\\c~!*d`, '[redacted]'],
  ['JSON in JSON', String.raw`k/9+a\\\"b\\\\c~!*d`, '[redacted]'],
  ['percent', 'k%2F9%2Ba%22b%5Cc~!*d', '[redacted]'],
  ['percent in lower case', 'k%2f9%2ba%22b%5cc~!*d', '[redacted]'],
  ['an HTML form', 'k%2F9%2Ba%22b%5Cc%7E%21*d', '[redacted]'],
  ['base64', 'ay85K2EiYlxjfiEqZA==', '[redacted]'],
  ['no secret at all', 'k/9+a', 'k/9+a'],
])('strikes out %s', (_form, text, struck) => {
  expect(createRedactor([key]).text(text)).toBe(struck);
});

test.each([0, 1, 2, 3, 4, 5])('strikes out base64 that begins %i bytes before the secret', (before) => {
  const whole = Buffer.from(`${'u'.repeat(before)}${key}${'x'.repeat(7)}`);
  const { text } = createRedactor([key]);
  for (const encoding of ['base64', 'base64url'] as const) {
    const struck = text(whole.toString(encoding));
    expect(struck).toContain('[redacted]');
    expect(Buffer.from(struck.replace('[redacted]', ''), 'base64').toString('latin1')).not.toContain(key.slice(0, 4));
  }
});

test('strikes out a token without its scheme', () => {
  const { text } = createRedactor(['Bearer abcdef123456']);
  expect(text('Bearer abcdef123456')).toBe('Bearer [redacted]');
  expect(text('token abcdef123456 expired; a Bearer token is needed')).toBe(
    'token [redacted] expired; a Bearer token is needed',
  );
});

test('leaves values shorter than five characters alone', () => {
  expect(createRedactor(['abcd', '']).text('abcd')).toBe('abcd');
  expect(createRedactor(['abcde']).text('abcde')).toBe('[redacted]');
});

test('strikes the longer of two secrets first', () => {
  expect(createRedactor(['secret', 'secret-long']).text('secret-long secret')).toBe('[redacted] [redacted]');
});

test('strikes headers and bytes of a reply, whatever their encoding', () => {
  const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`é${key}é`)]);
  const reply = createRedactor([key]).reply({ status: 400, headers: { 'x-echo': `got ${key}` }, bytes });
  expect(reply.headers).toEqual({ 'x-echo': 'got [redacted]' });
  expect(Buffer.from(reply.bytes)).toEqual(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('é[redacted]é')]));
});

test('does not copy bytes that hold no secret', () => {
  const bytes = new Uint8Array([1, 2, 3]);
  expect(createRedactor([key]).reply({ status: 200, headers: {}, bytes }).bytes).toBe(bytes);
});
