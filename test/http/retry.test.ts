import { expect, test } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import type { Clock, Limiter, Reply } from '../../src/core/http.ts';
import { RateLimiter } from '../../src/engine/accounts.ts';
import { isTransientStatus } from '../../src/http/attempt.ts';
import { pauseMs } from '../../src/http/exchange.ts';
import type { Trace } from '../../src/http/trace.ts';
import { realClock } from '../../src/world.ts';
import { respond } from '../support/hostile/behaviour.ts';
import type { Behaviour, HostileRequest } from '../support/hostile-server.ts';
import { client, faultOf, get, replyOf, serve, within } from './ask.ts';

const now = Date.UTC(2026, 2, 11, 20, 0, 0);
const reply = (status: number, retryAfter?: string): Reply => ({
  status,
  headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
  bytes: new Uint8Array(),
});

test.each([
  [408, true],
  [429, true],
  [500, true],
  [502, true],
  [503, true],
  [504, true],
  [520, true],
  [599, true],
  [501, false],
  [505, false],
  [596, false],
  [600, false],
  [200, false],
  [302, false],
  [400, false],
  [401, false],
  [404, false],
  [425, false],
])('status %i is transient: %s', (status, transient) => {
  expect(isTransientStatus(status)).toBe(transient);
});

test.each([
  ['first', 503, undefined, 1, 250],
  ['second', 503, undefined, 2, 500],
  ['third', 503, undefined, 3, 1000],
  ['sixth: the cap', 503, undefined, 6, 8000],
  ['twentieth', 503, undefined, 20, 8000],
  ['in seconds', 429, '3', 1, 3000],
  ['zero: the backoff stays', 429, '0', 1, 250],
  ['sooner than the backoff', 429, '1', 4, 2000],
  ['a date', 503, 'Wed, 11 Mar 2026 20:00:07 GMT', 1, 7000],
  ['a past date', 503, 'Wed, 11 Mar 2026 19:00:00 GMT', 1, 250],
  ['negative', 429, '-5', 1, 250],
  ['garbage', 429, 'soon', 1, 250],
  ['hexadecimal', 429, '0x1', 1, 250],
])('pause, %s', (_what, status, retryAfter, number, ms) => {
  const attempt = { result: reply(status, retryAfter), transient: true, stale: false };
  expect(pauseMs(attempt, number, () => 1, now)).toBe(ms);
});

test('jitter takes away at most half of the backoff', () => {
  const attempt = { result: new Fault('connection-lost', { message: 'x' }), transient: true, stale: false };
  expect(pauseMs(attempt, 1, () => 0, now)).toBe(125);
  expect(pauseMs(attempt, 1, () => 0.5, now)).toBe(187.5);
});

test('a reset on an idle connection needs next to no pause', () => {
  const attempt = { result: new Fault('connection-lost', { message: 'x' }), transient: true, stale: true };
  expect(pauseMs(attempt, 1, () => 1, now)).toBeLessThanOrEqual(50);
});

/** A hundred times as fast as the real one. */
const fastClock: Clock = {
  now: realClock.now,
  monotonic: () => realClock.monotonic() * 100,
  sleep: (ms, signal) => realClock.sleep(ms / 100, signal),
  alarm: (ms, ring) => realClock.alarm(ms / 100, ring),
};

function bounds(ms: number) {
  return { ...within(0), deadline: fastClock.monotonic() + ms };
}

/** Answers with these statuses one after the other, then with the last for ever. `0`: a reset. */
function sequence(statuses: readonly number[], headers: readonly string[] = []): Behaviour {
  const answer = (socket: Parameters<NonNullable<Behaviour['answer']>>[0], { number }: HostileRequest) => {
    const status = statuses[Math.min(number, statuses.length) - 1] ?? 200;
    if (status === 0) socket.resetAndDestroy();
    else respond(socket, `${status} X`, status === 200 ? [] : headers, `{"n":${number}}`);
  };
  return { name: 'sequence', kind: 'http', answer };
}

/** Notes the pauses, in virtual milliseconds. */
function pauses(): { trace: Trace; ms: number[] } {
  const ms: number[] = [];
  const nothing = () => undefined;
  const trace = {
    onRequest: nothing,
    onReply: nothing,
    onFault: nothing,
    onPause: (_n: number, pause: number) => ms.push(pause),
  };
  return { trace, ms };
}

const patient = { clock: fastClock, requestTimeoutMs: 100_000, random: () => 1 };

test('asks again until there is an answer', async () => {
  const server = await serve(sequence([503, 0, 200]));
  const { trace, ms } = pauses();
  const exchange = await client({ ...patient, retries: 2, trace })(get(server.origin), bounds(500_000));
  expect(replyOf(exchange).status).toBe(200);
  expect(exchange.attempts).toBe(3);
  expect(ms[0]).toBe(250);
});

test('a POST is asked again like a GET', async () => {
  const server = await serve(sequence([0, 503, 200]));
  const request = { ...get(server.origin), method: 'POST', json: { grant_type: 'client_credentials' } } as const;
  const exchange = await client({ ...patient, retries: 2 })(request, bounds(500_000));
  expect([replyOf(exchange).status, exchange.attempts]).toEqual([200, 3]);
});

test('gives up after the retries with what was result last', async () => {
  const server = await serve(sequence([429, 503, 502]));
  const exchange = await client({ ...patient, retries: 2 })(get(server.origin), bounds(500_000));
  expect([replyOf(exchange).status, exchange.attempts]).toEqual([502, 3]);
});

test('a 429 does not mask a later fault', async () => {
  const server = await serve(sequence([429, 0]));
  const exchange = await client({ ...patient, retries: 1 })(get(server.origin), bounds(500_000));
  expect(faultOf(exchange).code).toBe('connection-lost');
});

test('no retries means one attempt', async () => {
  const server = await serve(sequence([503, 200]));
  const exchange = await client({ ...patient, retries: 0 })(get(server.origin), bounds(500_000));
  expect([replyOf(exchange).status, server.requests.length]).toEqual([503, 1]);
});

test('Retry-After is obeyed', async () => {
  const server = await serve(sequence([429, 200], ['Retry-After: 20']));
  const { trace, ms } = pauses();
  const exchange = await client({ ...patient, retries: 2, trace })(get(server.origin), bounds(500_000));
  expect(replyOf(exchange).status).toBe(200);
  expect(ms).toEqual([20_000]);
});

test('a Retry-After beyond the deadline ends it at once, with the reply as it is', async () => {
  const server = await serve(sequence([429, 200], ['Retry-After: 3600']));
  const exchange = await client({ ...patient, retries: 2 })(get(server.origin), bounds(500_000));
  expect(replyOf(exchange)).toMatchObject({ status: 429, headers: { 'retry-after': '3600' } });
  expect(server.requests).toHaveLength(1);
});

test('the provider has the last word', async () => {
  const server = await serve(sequence([429, 200]));
  const asked: number[] = [];
  const mayRetry = ({ status }: Reply) => asked.push(status) > 1;
  const exchange = await client({ ...patient, retries: 5 })(get(server.origin, { mayRetry }), bounds(500_000));
  expect([replyOf(exchange).status, asked]).toEqual([429, [429]]);
});

test('the provider is not asked about answers that stand anyway', async () => {
  const server = await serve(sequence([404]));
  const mayRetry = () => {
    throw new Error('not to be called');
  };
  const exchange = await client({ ...patient, retries: 5 })(get(server.origin, { mayRetry }), bounds(500_000));
  expect(replyOf(exchange).status).toBe(404);
});

test('every attempt takes its turn, and a 429 or 503 holds everybody back for as long as it says', async () => {
  const server = await serve(sequence([429, 503, 200], ['Retry-After: 20']));
  const steps: string[] = [];
  const pacer: Limiter = {
    acquire: async () => steps.push('turn') > 0,
    pauseFor: (ms) => void steps.push(`hold ${ms}`),
    pausedMs: 0,
  };
  await client({ ...patient, retries: 2 })(get(server.origin, { limiter: pacer }), bounds(500_000));
  expect(steps).toEqual(['turn', 'hold 20000', 'turn', 'hold 20000', 'turn']);
});

test('a 503 that does not say when to come back holds nobody', async () => {
  const server = await serve(sequence([503, 200]));
  const holds: number[] = [];
  const pacer: Limiter = { acquire: async () => true, pauseFor: (ms) => void holds.push(ms), pausedMs: 0 };
  const exchange = await client({ ...patient, retries: 2 })(get(server.origin, { limiter: pacer }), bounds(500_000));
  expect([holds, replyOf(exchange).status]).toEqual([[], 200]);
});

test('a turn that never comes is a fault that says so, and nothing is asked', async () => {
  const server = await serve(sequence([200]));
  const clock = { ...fastClock, monotonic: () => 0 };
  const limiter = new RateLimiter(clock, null);
  limiter.pauseFor(3_600_000);
  const exchange = await client({ ...patient, clock })(get(server.origin, { limiter }), {
    ...within(0),
    deadline: 5000,
  });
  expect(faultOf(exchange)).toMatchObject({
    code: 'rate-limited',
    message: `${server.origin} asks to retry after 1 h, later than this run may wait`,
    retryAfterSeconds: 3600,
  });
  expect([exchange.attempts, server.requests.length]).toEqual([0, 0]);
});

test('connections that died while idle cost one retry, however many there are', async () => {
  const server = await serve('idle-connection-dies');
  const send = client({ retries: 1 });
  const ask = () => send(get(server.origin), within(60_000));
  await Promise.all(Array.from({ length: 8 }, ask));
  const second = await Promise.all(Array.from({ length: 8 }, ask));
  expect(second.map((exchange) => [replyOf(exchange).status, exchange.attempts])).toEqual(Array(8).fill([200, 2]));
});
