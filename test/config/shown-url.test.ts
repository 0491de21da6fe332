import { expect, test } from 'vitest';
import { fixedSettings } from '../../src/config/index.ts';
import { shownUrl } from '../../src/config/value.ts';
import { sent } from './providers.ts';
import { scene } from './scene.ts';

test.each([
  ['https://api.example/v1', 'https://api.example/v1'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['http://api.example', 'http://api.example'],
  ['https://user:hush@api.example/v1', 'https://[redacted]@api.example/v1'],
  ['HTTPS://hush@api.example', 'https://[redacted]@api.example'],
  ['https:/user:hush@api.example', 'https://[redacted]@api.example'],
  ['https:\\\\user:hush@api.example', 'https://[redacted]@api.example'],
  // Passwords that hold what ends a user.
  ['https://user:hu/hush@api.example', 'https://[redacted]@api.example'],
  ['https://user:hu?hush@api.example', 'https://[redacted]@api.example'],
  ['https://user:hu#hush@api.example', 'https://[redacted]@api.example'],
  ['https://user:hu@hush@api.example', 'https://[redacted]@api.example'],
  ['https://api.example/?key=hush', 'https://api.example/'],
  ['https://api.example/#hush', 'https://api.example/'],
  ['https://user:hush', '[redacted]'],
  ['user:hush@api.example', '[redacted]'],
  ['ftp://user:hush@api.example', '[redacted]'],
  ['hush-hush', '[redacted]'],
  ['', '[redacted]'],
])('the address %j is shown as %s', (value, shown) => {
  expect(shownUrl(value)).toBe(shown);
  expect(shown).not.toContain('hush');
});

test('a refused address is shown without its password', async () => {
  const env = { SENT_DM_API_KEY: 'k', SENT_BASE_URL: 'https://user:hush@api.example' };
  const { settings, fault } = (await scene().load({ env })).preview(sent, {});
  expect(settings.get('baseUrl')?.value).toBe('https://[redacted]@api.example');
  expect(fault?.message).toBe('sent.baseUrl from the environment (SENT_BASE_URL) must not hold a user or a password');
});

test('fixed settings take no address that would have to be hidden', () => {
  expect(() => fixedSettings(sent, { baseUrl: 'https://user:hush@api.example' })).toThrow(
    /^sent\.baseUrl must not hold a user or a password$/,
  );
});
