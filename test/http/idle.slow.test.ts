import { expect, test } from 'vitest';
import { client, get, serve, within } from './ask.ts';

test('an idle connection is closed before the server would close it', async () => {
  const server = await serve('html-200');
  await client()(get(server.origin), within(60_000));
  expect(server.openConnections()).toBe(1);
  await expect.poll(() => server.openConnections(), { timeout: 10_000 }).toBe(0);
});

test('an idle connection through a proxy is closed like any other', async () => {
  const server = await serve('html-200');
  const proxy = await serve('proxy-works');
  const send = client({ env: { HTTP_PROXY: proxy.origin }, requestTimeoutMs: 60_000 });
  await send(get(server.origin), within(60_000));
  expect(server.openConnections()).toBe(1);
  await expect.poll(() => server.openConnections(), { timeout: 10_000 }).toBe(0);
});
