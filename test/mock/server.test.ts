import { expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../src/core/http.ts';
import { startMock } from '../../src/mock/server.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { realClock } from '../../src/world.ts';

const providers = await loadProviders();

const sendblue = { 'sb-api-key-id': 'mock-key-id', 'sb-api-secret-key': 'mock-secret-key' };
const sent = { 'x-api-key': 'mock-sent-api-key' };
const sfmc = { authorization: 'Bearer mock-access-token' };
/** A route with `ID` in it, and the credentials that it wants. */
const routes = [
  ['/sendblue/api/status?handle=ID', sendblue],
  ['/sendblue/api/v2/messages/ID', sendblue],
  ['/sent/v3/messages/ID', sent],
  ['/sfmc/messaging/v1/sms/messages/ID', sfmc],
] as const;

async function serve(options: { readonly limit?: { count: number; windowMs: number }; readonly clock?: Clock } = {}) {
  const server = await startMock({ providers, host: '127.0.0.1', port: 0, clock: realClock, ...options });
  onTestFinished(() => server.close());
  return async (path: string, headers: Readonly<Record<string, string>> = {}) => {
    const reply = await fetch(`${server.origin}${path}`, { headers });
    const text = await reply.text();
    const body: unknown = text.startsWith('{') ? JSON.parse(text) : text;
    return { status: reply.status, headers: Object.fromEntries(reply.headers), body };
  };
}

const noon = Date.parse('2026-03-11T12:00:00.400Z');

test.each(routes)('%s: every word on when to ask again is the same', async (route, headers) => {
  let now = noon;
  const get = await serve({ limit: { count: 2, windowMs: 60_000 }, clock: { ...realClock, now: () => now } });
  const path = route.replace('ID', 'delivered');
  await get(path, headers);
  now += 10_000;
  await get(path, headers);
  now += 20_500;
  for (const [reply, seconds, count] of [
    [await get(path, headers), 30, 2],
    [
      await (await serve({ clock: { ...realClock, now: () => now } }))(route.replace('ID', 'http-429-long'), headers),
      3600,
      200,
    ],
  ] as const) {
    expect([reply.status, reply.headers['retry-after']]).toEqual([429, String(seconds)]);
    if (headers === sent) {
      expect(reply.headers).toMatchObject({
        'x-ratelimit-limit': String(count),
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(Math.ceil((seconds === 30 ? noon + 60_000 : now + 3_600_000) / 1000)),
      });
    }
    if (headers === sfmc) expect(reply.body).toMatchObject({ errorcode: 50100, retryAfter: seconds });
  }
});

test.each(routes)('%s: a 401 names a scheme', async (route) => {
  const get = await serve();
  for (const headers of [{}, { authorization: 'Bearer of-nobody', 'x-api-key': 'x', 'sb-api-key-id': 'x' }]) {
    const reply = await get(route.replace('ID', 'delivered'), headers);
    const scheme = route.startsWith('/sfmc') ? /^Bearer .*error="invalid_token"/ : /^ApiKey realm=/;
    expect([reply.status, reply.headers['www-authenticate']]).toEqual([401, expect.stringMatching(scheme)]);
  }
});

test.each(routes)('%s: what is made up for an id keeps its times', async (route, headers) => {
  let now = noon;
  const get = await serve({ clock: { ...realClock, now: () => now } });
  const timesOf = (body: unknown) =>
    JSON.stringify(body).match(/"(date_\w+|created_at|timestamp|scheduled_at)":"[^"]+"(?!,"version")/g);
  for (const id of ['sent', 'failed', 'scheduled', 'moving']) {
    const first = await get(route.replace('ID', id), headers);
    now += 7 * 3_600_000;
    expect(timesOf((await get(route.replace('ID', id), headers)).body)).toEqual(timesOf(first.body));
  }
});

test('every activity of Sent says what happened', async () => {
  const get = await serve();
  const { ids } = await (providers['sent'] as (typeof providers)[string]).mock();
  let count = 0;
  for (const { id } of ids) {
    const { body } = await get(`/sent/v3/messages/${encodeURIComponent(id)}/activities`, sent);
    const { data } = body as { data: { activities: { status: string; description: unknown }[] } | null };
    const words = data?.activities.map(({ status }) => status) ?? [];
    expect(new Set(words).size).toBe(words.length);
    for (const { description } of data?.activities ?? []) {
      expect([id, description]).toEqual([id, expect.stringMatching(/\S/)]);
      count += 1;
    }
  }
  expect(count).toBeGreaterThan(40);
});
