import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tempHome } from '../support/home.ts';
import { mockEnv } from '../support/mock.ts';
import { run } from '../support/run.ts';

test('logging out removes what a look-up kept, and the next look-up fetches anew', async () => {
  const { env, requests } = await mockEnv();
  const { home, path } = tempHome();
  const get = () => run(['sfmc', 'get', 'sent', '-q'], { env, home });
  const tokens = () => requests.filter((line) => line.startsWith('POST')).length;
  await get();
  await get();
  expect([tokens(), readdirSync(path('.cache/sbstatus')).length]).toEqual([1, 1]);
  expect(await run(['sfmc', 'logout'], { home })).toEqual({ code: 0, stdout: 'removed 1 token\n', stderr: '' });
  expect(readdirSync(path('.cache/sbstatus'))).toEqual([]);
  expect((await run(['sfmc', 'logout'], { home })).stdout).toBe('there was no token to remove\n');
  expect((await get()).code).toBe(0);
  expect(tokens()).toBe(2);
});

test('a batch fetches one token, however many ids it has', async () => {
  const { env, requests } = await mockEnv();
  const { home } = tempHome();
  const ids = Array.from({ length: 30 }, (_, i) => `sent-${i}`);
  expect((await run(['sfmc', 'get', ...ids, '-q', '--rate', 'off'], { env, home })).code).toBe(0);
  expect(requests.filter((line) => line.startsWith('POST'))).toHaveLength(1);
  expect(requests).toHaveLength(31);
});

test('a cache that cannot be used is told with -v and keeps nobody from an answer', async () => {
  const { env } = await mockEnv();
  const { home, write } = tempHome();
  write('.cache', 'a file where a folder should be');
  const quiet = await run(['sfmc', 'get', 'sent'], { env, home });
  expect([quiet.code, quiet.stderr]).toEqual([0, expect.not.stringContaining('cache')]);
  const verbose = await run(['sfmc', 'get', 'sent', '-v'], { env, home });
  expect([verbose.code, verbose.stderr]).toEqual([0, expect.stringContaining('the token cache')]);
});

test('only who fetches tokens can log out or do without the cache', async () => {
  expect((await run(['sent', 'logout'])).code).toBe(2);
  expect((await run(['sent', 'get', 'x', '--mock', '--no-token-cache'])).code).toBe(2);
  expect((await run(['sfmc', 'get', 'sent', '--mock', '--no-token-cache'])).code).toBe(0);
});

test('--mock leaves nothing on the disk', async () => {
  const { home, has } = tempHome();
  expect((await run(['sfmc', 'get', 'sent', '--mock'], { home })).code).toBe(0);
  expect(has('.cache')).toBe(false);
});
