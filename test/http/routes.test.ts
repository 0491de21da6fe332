import { expect, test } from 'vitest';
import type { HttpRequest } from '../../src/core/http.ts';
import { Secret } from '../../src/core/secret.ts';
import { createTransports } from '../../src/http/transports.ts';

function routes() {
  const calls: { method: string; headers: Readonly<Record<string, string>> }[] = [];
  const routeOf = createTransports({
    env: {},
    userAgent: 'sbstatus/test',
    connections: { through: async () => ({}), dropIdle: () => undefined, close: () => undefined },
    createSendRequest: (options) => {
      calls.push(options);
      return () => {
        throw new Error('nothing is sent');
      };
    },
  });
  return { routeOf, calls };
}

const url = new URL('https://api.example/a');
const headers = { 'x-api-key': new Secret('key-0123456789', 'KEY') };
const get: HttpRequest = { method: 'GET', url, headers };

test('the same headers to the same origin share a route, also where they come at the same time', async () => {
  const { routeOf, calls } = routes();
  const all = await Promise.all([
    routeOf(get),
    routeOf(get),
    routeOf({ ...get, url: new URL('https://api.example/b?c=1') }),
  ]);
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
])('%s has a route of its own', async (_, request) => {
  const { routeOf, calls } = routes();
  const first = await routeOf(get);
  expect(await routeOf(request)).not.toBe(first);
  expect(calls.map(({ method }) => method)).toEqual(['GET', request.method]);
});

test('every route strikes the secrets of all requests that the client ever made', async () => {
  const { routeOf } = routes();
  const json = { client_secret: new Secret('of-the-body', 'SECRET') };
  const [plain, withBody] = [await routeOf(get), await routeOf({ ...get, method: 'POST', json })];
  const echo = 'key-0123456789 of-the-body';
  expect(plain.redactor.text(echo)).toBe('[redacted] [redacted]');
  expect(withBody.redactor.text(echo)).toBe('[redacted] [redacted]');
});
