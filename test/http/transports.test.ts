import { expect, test } from 'vitest';
import type { HttpRequest } from '../../src/core/http.ts';
import { Secret } from '../../src/core/secret.ts';
import { transportOf } from '../../src/http/client.ts';
import { createRedactor } from '../../src/http/redactor.ts';

function createClient() {
  const calls: { method: string; headers: Readonly<Record<string, string>> }[] = [];
  const client: Parameters<typeof transportOf>[1] = {
    options: { env: {}, userAgent: 'sbstatus/test' },
    redactor: createRedactor(),
    transports: new WeakMap(),
    connections: { through: async () => ({}), dropIdle: () => undefined, close: () => undefined },
    createSendRequest: (options) => {
      calls.push(options);
      return () => {
        throw new Error('nothing is sent');
      };
    },
  };
  return { open: (request: HttpRequest) => transportOf(request, client), calls };
}

const url = new URL('https://api.example/a');
const headers = { 'x-api-key': new Secret('key-0123456789', 'KEY') };
const get: HttpRequest = { method: 'GET', url, headers };

test('the same headers to the same origin share a transport, also where they come at the same time', async () => {
  const { open, calls } = createClient();
  const all = await Promise.all([open(get), open(get), open({ ...get, url: new URL('https://api.example/b?c=1') })]);
  expect(new Set(all).size).toBe(1);
  expect(calls).toEqual([
    {
      method: 'GET',
      agents: {},
      headers: { 'user-agent': 'sbstatus/test', accept: 'application/json', 'x-api-key': 'key-0123456789' },
    },
  ]);
});

test.each<[string, HttpRequest]>([
  ['other headers of the same text', { ...get, headers: { ...headers } }],
  ['another origin', { ...get, url: new URL('https://other.example/a') }],
  ['another method', { ...get, method: 'POST' }],
  ['a body', { ...get, method: 'POST', json: { client_secret: new Secret('of-the-body', 'SECRET') } }],
])('%s has a transport of its own', async (_, request) => {
  const { open, calls } = createClient();
  const first = await open(get);
  expect(await open(request)).not.toBe(first);
  expect(calls.map(({ method }) => method)).toEqual(['GET', request.method]);
});

test('every transport strikes the secrets of all requests that the client ever made', async () => {
  const { open } = createClient();
  const json = { client_secret: new Secret('of-the-body', 'SECRET') };
  const [plain, withBody] = [await open(get), await open({ ...get, method: 'POST', json })];
  const echo = 'key-0123456789 of-the-body';
  expect(plain.redactor.text(echo)).toBe('[redacted] [redacted]');
  expect(withBody.redactor.text(echo)).toBe('[redacted] [redacted]');
});
