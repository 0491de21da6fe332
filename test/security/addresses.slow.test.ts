import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { baseProblem, urlOf } from '../../src/core/url.ts';
import { tempHome } from '../support/home.ts';
import { run } from '../support/run.ts';

// Every base that an address can be put below: the environment, a file, a token's reply and the token cache. The thief
// and the token endpoint are real servers; loopback counts as the issuer's own, so only the path can lead astray.

async function listen(answer: (origin: string, path: string) => object) {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer(originOf(), request.url ?? '')));
  });
  const originOf = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { heard, origin: originOf(), host: originOf().slice('http://'.length) };
}

const message = { eventCategoryType: 'TransactionalSendEvents.SMSSent', info: { messageKey: 'x' } };
const secrets = { SFMC_CLIENT_ID: 'the-victims-client-id', SFMC_CLIENT_SECRET: 'the-victims-client-secret' };

const isToken = (path: string) => path.endsWith('/v2/token');

const astray: readonly (readonly [how: string, path: (host: string) => string])[] = [
  ['two slashes', (host) => `//${host}/`],
  ['three slashes', (host) => `///${host}/`],
  ['a slash and a backslash', (host) => `/\\${host}/`],
  ['two backslashes', (host) => `\\\\${host}/`],
  ['dots between the slashes', (host) => `/..//${host}/`],
  ['dots in percent form', (host) => `/%2e%2E//${host}/`],
  ['one dot', (host) => `/.//${host}/`],
  ['a tab between the slashes', (host) => `/\t/${host}/`],
  ['a line break between the slashes', (host) => `/\n/${host}/`],
  ['a user behind two slashes', (host) => `//user:word@${host}/`],
  ['a query behind two slashes', (host) => `//${host}/?a=`],
];

test.each(astray)('a token’s reply that leads to another host by %s: no bearer is sent', async (_, path) => {
  const thief = await listen(() => message);
  const issuer = await listen((origin) => ({
    access_token: 'the-bearer',
    rest_instance_url: origin + path(thief.host),
  }));
  const { home, path: inHome } = tempHome();
  const env = { ...secrets, SFMC_AUTH_BASE_URL: issuer.origin, XDG_CACHE_HOME: inHome('cache') };
  const { code, stdout, stderr } = await run(['sfmc', 'get', 'x'], { env, home });
  expect(thief.heard).toEqual([]);
  expect([code, issuer.heard]).toEqual([41, ['POST /v2/token']]);
  expect(stdout + stderr).not.toContain('the-bearer');
  expect(readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'))).toEqual([]);
});

test.each(astray)('an address in the token cache that leads to another host by %s is not asked', async (_, path) => {
  const thief = await listen(() => message);
  const issuer = await listen((origin, asked) =>
    isToken(asked) ? { access_token: 'the-bearer', rest_instance_url: `${origin}/` } : message,
  );
  const { home, path: inHome } = tempHome();
  const env = { ...secrets, SFMC_AUTH_BASE_URL: issuer.origin, XDG_CACHE_HOME: inHome('cache') };
  expect((await run(['sfmc', 'get', 'x'], { env, home })).code).toBe(0);
  const folder = inHome('cache/sbstatus');
  const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.json'))!);
  const restUrl = issuer.origin + path(thief.host);
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), restUrl }));
  expect((await run(['sfmc', 'get', 'x'], { env, home })).code).toBe(0);
  expect(thief.heard).toEqual([]);
  expect(issuer.heard.filter(isToken)).toHaveLength(2);
});

test.each(astray)('a base URL of the environment or a file that leads to another host by %s', async (_, path) => {
  const thief = await listen(() => message);
  const own = await listen(() => message);
  const base = own.origin + path(thief.host);
  const { home, cwd, write } = tempHome();
  const env = { SENT_DM_API_KEY: 'the-victims-key', SENT_BASE_URL: base };
  expect((await run(['sent', 'get', 'x'], { env, home, cwd })).code).toBe(41);
  write('.sbstatusrc', { sent: { apiKey: 'the-victims-key', baseUrl: base } });
  expect((await run(['sent', 'get', 'x'], { home, cwd })).code).toBe(41);
  const token = { SFMC_ACCESS_TOKEN: 'the-victims-token', SFMC_REST_BASE_URL: base };
  expect((await run(['sfmc', 'get', 'x'], { env: token, home: '/dev/null/none' })).code).toBe(41);
  const auth = { ...secrets, SFMC_AUTH_BASE_URL: base };
  expect((await run(['sfmc', 'get', 'x', '--no-token-cache'], { env: auth, home: '/dev/null/none' })).code).toBe(41);
  expect([thief.heard, own.heard]).toEqual([[], []]);
});

test('a token of one client secret is not another’s, so that a wrong secret does not pass while a token is kept', async () => {
  const issuer = await listen((origin, asked) =>
    isToken(asked) ? { access_token: 'the-bearer', rest_instance_url: `${origin}/` } : message,
  );
  const { home, path: inHome } = tempHome();
  const env = { ...secrets, SFMC_AUTH_BASE_URL: issuer.origin, XDG_CACHE_HOME: inHome('cache') };
  for (const SFMC_CLIENT_SECRET of ['one-secret', 'one-secret', 'another-secret']) {
    await run(['sfmc', 'get', 'x'], { env: { ...env, SFMC_CLIENT_SECRET }, home });
  }
  expect(issuer.heard.filter(isToken)).toHaveLength(2);
  const names = readdirSync(inHome('cache/sbstatus')).filter((name) => name.endsWith('.json'));
  expect(names).toHaveLength(2);
  for (const name of names) expect(readFileSync(inHome(`cache/sbstatus/${name}`), 'utf8')).not.toContain('secret');
});

test.each([
  'https://api.example',
  'https://api.example/',
  'https://api.example/v9/x//y/',
  'http://[::1]:8080/a',
  'https://bücher.example/ä',
])('%s is a base', (text) => {
  expect(baseProblem(text)).toBeNull();
});

test.each([
  '',
  'api.example',
  'ftp://api.example',
  'https:/api.example',
  'https:///api.example',
  'https://',
  'https://api.example//',
  'https://a b.example',
  'https://api.example/a/../b',
  'https://api.example/.%2E',
  'https://u@api.example',
  'https://api.example?x',
  'https://api.example/#x',
  'https://api.example\\x',
  'https://api.example/\u0000',
])('%j is none', (text) => {
  expect(baseProblem(text)).not.toBeNull();
});

test('an address in letters of Latin-1 is one however often it is looked at (Node 20: URL.canParse, once compiled)', () => {
  const problems = Array.from({ length: 20_000 }, () => baseProblem('https://bücher.example/ä'));
  expect(new Set(problems)).toEqual(new Set([null]));
});

test('an address is below its base, in origin and in path', () => {
  const base = new URL('https://api.example/v9/');
  expect(urlOf(base, { path: ['', 'a', '/evil.example', '\\x'] }).href).toBe(
    'https://api.example/v9//a/%2Fevil.example/%5Cx',
  );
  expect(() => urlOf(base, { path: ['..', 'v9', 'x'] })).toThrow('another address');
  expect(() => urlOf(new URL('https://api.example//evil.example'), { path: ['a'] })).toThrow('two slashes');
});
