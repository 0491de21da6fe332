import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/core/secret.ts';
import { Settings } from '../../../src/core/settings.ts';
import { urlOf } from '../../../src/core/url.ts';
import { sendblue } from '../../../src/providers/sendblue/index.ts';
import { realClock } from '../../../src/world.ts';

const tools = { send: () => Promise.reject(new Error('nothing is sent')), clock: realClock };
const bounds = { signal: new AbortController().signal, deadline: 0 };
const key = new Secret('the-key-id', 'SENDBLUE_API_API_KEY');
const secret = new Secret('the-secret', 'SENDBLUE_API_API_SECRET');

function connect(values: [string, URL | Secret][]) {
  return sendblue.connect(new Settings(new Map(values)), tools);
}

test('both keys go into their headers, as secrets', async () => {
  const connection = connect([
    ['apiKeyId', key],
    ['apiSecretKey', secret],
    ['baseUrl', new URL('https://example.com/prefix/')],
  ]);
  const { base, headers } = await connection.authorize(bounds, null);
  expect(connection.canRenew).toBe(false);
  expect(base.href).toBe('https://example.com/prefix/');
  expect(Object.keys(headers)).toEqual(['sb-api-key-id', 'sb-api-secret-key']);
  expect(headers['sb-api-key-id']).toBe(key);
  expect(headers['sb-api-secret-key']).toBe(secret);
});

test('without an address it is the one of the SDKs', async () => {
  const connection = connect([
    ['apiKeyId', key],
    ['apiSecretKey', secret],
  ]);
  expect((await connection.authorize(bounds, null)).base.href).toBe('https://api.sendblue.co/');
  expect(() => connect([['apiKeyId', key]])).toThrow('without apiSecretKey');
});

describe('addresses', () => {
  const base = new URL('https://api.sendblue.co');

  test.each([
    ['status', 'msg_abc123def456', '/api/status?handle=msg_abc123def456'],
    ['status', '+1 &/é', '/api/status?handle=%2B1%20%26%2F%C3%A9'],
    ['get', 'msg_abc123def456', '/api/v2/messages/msg_abc123def456'],
    ['get', 'a/b?c#d', '/api/v2/messages/a%2Fb%3Fc%23d'],
  ])('%s %s', (operation, id, path) => {
    expect(urlOf(base, sendblue.operations[operation]!.target(id)).href).toBe(`https://api.sendblue.co${path}`);
  });
});

test('what the help and the errors are derived from', () => {
  expect(sendblue.credentials).toEqual([{ keys: ['apiKeyId', 'apiSecretKey'] }]);
  const env = Object.fromEntries(Object.entries(sendblue.settings).map(([name, setting]) => [name, setting.env]));
  expect(env).toEqual({
    apiKeyId: ['SENDBLUE_API_API_KEY', 'SENDBLUE_API_KEY'],
    apiSecretKey: ['SENDBLUE_API_API_SECRET', 'SENDBLUE_API_SECRET'],
    baseUrl: ['SENDBLUE_API_BASE_URL'],
  });
  expect(sendblue.settings['baseUrl']?.default).toBe('https://api.sendblue.co');
  expect(sendblue.pace).toEqual({ perSecond: 5, floorMs: 2000 });
  const names = Object.entries(sendblue.operations).map(([name, { idName }]) => [name, idName]);
  expect(names).toEqual([
    ['status', 'handle'],
    ['get', 'message-id'],
  ]);
});
