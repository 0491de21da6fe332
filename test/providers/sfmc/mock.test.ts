import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../../../src/core/fault.ts';
import type { Limits } from '../../../src/core/http.ts';
import type { LookupItem, LookupResult } from '../../../src/core/item.ts';
import type { MockRequest } from '../../../src/core/mock.ts';
import type { State } from '../../../src/core/state.ts';
import { RateLimiter } from '../../../src/engine/accounts.ts';
import { type Client, lookUp } from '../../../src/engine/request.ts';
import { sfmc } from '../../../src/providers/sfmc/index.ts';
import { mock, mockAccessToken } from '../../../src/providers/sfmc/mock.ts';
import { realClock } from '../../../src/world.ts';
import { fixture, type Given, type Seen, send, serve, settingsOf } from './support.ts';

const [messages, tokens] = mock.routes as [(typeof mock.routes)[number], (typeof mock.routes)[number]];
const asked = new Map<string, number>();
let server: Awaited<ReturnType<typeof serve>>;

/** As much of the mock server as its own tests are not about. */
const answer = (seen: Seen) => {
  const url = new URL(seen.path, server.origin);
  const id = decodeURIComponent(url.pathname.replace('/messaging/v1/sms/messages/', ''));
  const route = url.pathname === tokens.path ? tokens : messages;
  const request: MockRequest = {
    method: seen.method,
    path: url.pathname,
    query: url.searchParams,
    headers: { authorization: seen.authorization },
    body: JSON.stringify(seen.json),
    id,
    asked: asked.get(id) ?? 0,
    origin: server.origin,
    now: Date.parse('2026-03-11T20:00:00Z'),
    firstAsked: Date.parse('2026-03-11T20:00:00Z'),
    started: 0,
  };
  const refusal = route.refuse(request);
  if (refusal === null) asked.set(id, request.asked + 1);
  return refusal ?? route.answer(request);
};

beforeAll(async () => {
  server = await serve(answer);
});
afterAll(() => server.close());

const limiter = new RateLimiter(realClock, null);
const deps = { send, clock: realClock, limiter };
const clientOf = (given: Given = mock.settings): Client => {
  const settings = settingsOf({ ...given, authUrl: server.origin, restUrl: server.origin });
  const account = { provider: sfmc, limiter, refusal: null, confirmation: null, isProven: false };
  return { account, settings, connection: sfmc.connect(settings, { send, clock: realClock }) };
};
const itemOf = (id: string): LookupItem => ({ kind: 'lookup', index: 0, provider: sfmc, operation: 'get', id });
const bounds = (): Limits => ({ signal: new AbortController().signal, deadline: realClock.monotonic() + 10_000 });
const look = (id: string, client = clientOf()): Promise<LookupResult> =>
  lookUp(itemOf(id), 'get', client, deps, bounds());
const stateOf = (result: LookupResult): State | string =>
  result.kind === 'fault' ? result.fault.code : result.value.status.state;

describe('the ids', () => {
  it.each<readonly [string, ...(State | string)[]]>([
    ['bcX0qaEp0USGciEnUJTW0w', 'sent'],
    ['9a-zUvWf3UKxLpwwIrqTmQ', 'failed'],
    ['queued', 'queued'],
    ['queued-42', 'queued'],
    ['sent', 'sent'],
    ['sent-to a/b?c#d%', 'sent'],
    ['scheduled', 'scheduled'],
    ['failed-x', 'failed'],
    ['opted-out', 'failed'],
    ['unknown', 'unknown'],
    ['moving-1', 'queued', 'queued', 'sent', 'sent'],
    ['failing-1', 'queued', 'queued', 'failed', 'failed'],
    ['token-expired', 'sent', 'sent'],
    ['blocked', 'rate-limited'],
    ['status-SMSSent', 'sent'],
    ['status-smsQUEUED', 'queued'],
    ['status-TransactionalSendEvents.SmsDelivered', 'delivered'],
    ['code-16', 'failed'],
    ['code-25-x', 'scheduled'],
    ['code-48', 'failed'],
    ['code-0', 'unauthorized'],
    ['code-20002', 'forbidden'],
    ['code-30003', 'not-found'],
    ['code-50300', 'provider-error'],
    ['code-109108', 'rejected'],
    ['delivered', 'not-found'],
    ['constructor', 'not-found'],
    ['code-', 'not-found'],
    ['anything else', 'not-found'],
  ])('%s', async (id, ...states) => {
    for (const state of states) expect(stateOf(await look(id))).toBe(state);
  });

  it('are all listed with what they mean, and none of them is unknown to the server', async () => {
    expect(mock.ids.length).toBeGreaterThanOrEqual(14);
    for (const { id, operation } of mock.ids) {
      expect(operation).toBe('get');
      expect(stateOf(await look(id)), id).not.toBe('not-found');
    }
  });

  it.each([
    ['bcX0qaEp0USGciEnUJTW0w', 'sent'],
    ['queued', 'queued'],
    ['9a-zUvWf3UKxLpwwIrqTmQ', 'not-sent'],
  ])('%s answers with the documented body', async (id, name) => {
    expect((await look(id)).body).toEqual(fixture(name));
  });

  it('give the provider’s local time without a zone, which reads as the right instant', async () => {
    const result = await look('sent-clock');
    expect(result.body).toMatchObject({ timestamp: '2026-03-11T13:58:30.000' });
    expect(result).toMatchObject({ value: { updatedAt: '2026-03-11T19:58:30.000Z', to: '+15555550134' } });
  });
});

describe('its credentials', () => {
  it.each<[string, Given]>([
    ['a wrong secret', { ...mock.settings, clientSecret: 'wrong-secret' }],
    ['a wrong client', { ...mock.settings, clientId: 'wrong-client' }],
    ['another business unit', { ...mock.settings, accountId: '1' }],
    ['a foreign token', { accessToken: 'foreign-token' }],
    ['a token that was not issued', { accessToken: `${mockAccessToken}-999999` }],
  ])('%s is refused', async (_, given) => {
    expect(stateOf(await look('sent', clientOf(given)))).toBe('unauthorized');
  });

  it('takes the ready token, and a client without a business unit', async () => {
    const { clientId = '', clientSecret = '' } = mock.settings as Given;
    expect(stateOf(await look('sent', clientOf({ accessToken: mockAccessToken })))).toBe('sent');
    expect(stateOf(await look('sent', clientOf({ clientId, clientSecret })))).toBe('sent');
  });

  it('asks for one token for many look-ups', async () => {
    const client = clientOf();
    const before = server.seen.length;
    await Promise.all(Array.from({ length: 10 }, (_, i) => look(`sent-${i}`, client)));
    expect(server.seen.slice(before).filter(({ path }) => path === '/v2/token')).toHaveLength(1);
  });

  it('refuses a client whose id is a number, as the provider does', () => {
    const request = (json: unknown): MockRequest => ({
      method: 'POST',
      path: '/v2/token',
      query: new URLSearchParams(),
      headers: {},
      body: typeof json === 'string' ? json : JSON.stringify(json),
      id: '',
      asked: 0,
      origin: server.origin,
      now: 0,
      firstAsked: 0,
      started: 0,
    });
    expect(tokens.refuse(request({ grant_type: 'client_credentials', client_id: 5 }))).toMatchObject({ status: 400 });
    expect(tokens.refuse(request({ grant_type: 'password' }))).toMatchObject({ status: 400 });
    for (const body of ['', '{', 'null', '[]']) expect(tokens.refuse(request(body))).toMatchObject({ status: 400 });
  });
});

it.each([
  [400, 10000],
  [401, 0],
  [403, 20002],
  [404, 30003],
  [422, 422],
  [429, 50100],
  [500, 500],
  [503, 50300],
])('words HTTP %i with errorcode %i, and in the OAuth shape for a token', (status, errorcode) => {
  expect(messages.fail(status)).toMatchObject({ status, body: { errorcode, message: expect.any(String) } });
  const shape = status < 500 ? { error: expect.any(String), error_description: expect.any(String) } : { errorcode };
  expect(tokens.fail(status)).toMatchObject({ status, body: shape });
});

it('lets the client know that a blocked account must not be asked again', async () => {
  const verdicts: (boolean | undefined)[] = [];
  const noting: typeof send = async (request, within) => {
    const exchange = await send(request, within);
    const { reply } = exchange;
    if (!(reply instanceof Fault) && reply.status === 429) verdicts.push(request.mayRetry?.(reply));
    return exchange;
  };
  const client = clientOf();
  for (const id of ['blocked', 'code-50100']) {
    await lookUp(itemOf(id), 'get', client, { ...deps, send: noting }, bounds());
  }
  expect(verdicts).toEqual([false, true]);
});

it('starts a look-up over with a fresh token after a 401, once', async () => {
  const client = clientOf();
  const first = await look('token-expired-2', client);
  expect(stateOf(first)).toBe('sent');
  expect(first.request?.attempts).toBe(2);
  expect(stateOf(await look('code-40004', client))).toBe('unauthorized');
});
