import { expect, test } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import { createMemoryTokens, type TokenKey, unfetchedTokens } from '../../src/core/token-store.ts';

const key: TokenKey = {
  endpoint: new URL('https://auth.example/v2/token'),
  client: new Secret('id', 'ID'),
  secret: new Secret('secret', 'SECRET'),
  account: null,
};
const token = { accessToken: new Secret('t', 'T'), expiresAt: 1, restUrl: null };
const bounds = { signal: new AbortController().signal, deadline: 1000 };

test('what was written is read until it is removed', async () => {
  const store = createMemoryTokens();
  expect(await store.read(key)).toBeNull();
  await store.write(key, token);
  expect(await store.read({ ...key, client: new Secret('id', 'another label') })).toBe(token);
  await store.remove(key);
  expect(await store.read(key)).toBeNull();
});

test.each([
  ['endpoint', { ...key, endpoint: new URL('https://auth.example/other') }],
  ['client', { ...key, client: new Secret('other', 'ID') }],
  ['client secret', { ...key, secret: new Secret('other', 'SECRET') }],
  ['account', { ...key, account: '1' }],
])('a token is nobody’s of another %s', async (_, other) => {
  const store = createMemoryTokens();
  await store.write(key, token);
  expect(await store.read(other)).toBeNull();
});

test('work for one key is done one after the other, whatever becomes of it', async () => {
  const store = createMemoryTokens();
  const log: string[] = [];
  const work = (name: string) => async () => {
    log.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    log.push(`${name} ends`);
    if (name === 'a') throw new Error('a failed');
    return name;
  };
  const [a, b] = await Promise.allSettled([
    store.exclusively(key, bounds, work('a')),
    store.exclusively(key, bounds, work('b')),
  ]);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  expect([a.status, b]).toEqual(['rejected', { status: 'fulfilled', value: 'b' }]);
});

test('work for different keys is done at once', async () => {
  const store = createMemoryTokens();
  let release = () => {};
  const held = store.exclusively(
    key,
    bounds,
    () =>
      new Promise<void>((resolve) => {
        release = resolve;
      }),
  );
  expect(await store.exclusively({ ...key, account: '1' }, bounds, async () => 'done')).toBe('done');
  release();
  await held;
});

test('a token that nobody fetched serves for showing a request', async () => {
  expect(await unfetchedTokens.read(key)).toMatchObject({
    accessToken: { label: 'ACCESS_TOKEN' },
    expiresAt: Infinity,
    restUrl: null,
  });
  expect(await unfetchedTokens.exclusively(key, bounds, async () => 1)).toBe(1);
  expect(await unfetchedTokens.write(key, token)).toBeUndefined();
  expect(await unfetchedTokens.remove(key)).toBeUndefined();
});
