import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import { Secret } from '../../src/core/secret.ts';
import { createSend } from '../../src/http/client.ts';
import { realClock } from '../../src/world.ts';
import { respond } from '../support/hostile/behaviour.ts';
import type { Behaviour } from '../support/hostile-server.ts';
import { client, expectNoConnections, faultOf, get, replyOf, serve, textOf, warningsOf, within } from './ask.ts';

const good: Behaviour = {
  name: 'good',
  kind: 'http',
  answer: (socket) => respond(socket, '200 OK', ['Content-Type: application/json', 'X-Request-Id: r-1'], '{"a":1}'),
};

test('sends what is asked, with secrets in clear on the wire only', async () => {
  const server = await serve(good);
  const exchange = await client()(
    get(`${server.origin}/api/v2/messages/a%2Fb?x=1`, {
      headers: { accept: 'application/json', authorization: new Secret('Bearer tok-en.123', 'SFMC_ACCESS_TOKEN') },
    }),
    within(60_000),
  );
  expect(replyOf(exchange)).toMatchObject({ status: 200, headers: { 'x-request-id': 'r-1' } });
  expect(textOf(exchange)).toBe('{"a":1}');
  expect(exchange.attempts).toBe(1);
  expect(exchange.durationMs).toBeGreaterThan(0);
  const [head = ''] = server.requests;
  expect(head).toMatch(/^GET \/api\/v2\/messages\/a%2Fb\?x=1 HTTP\/1\.1\r\n/);
  expect(head).toMatch(/^authorization: Bearer tok-en\.123$/im);
  expect(head).toMatch(/^accept: application\/json$/im);
  expect(head).toMatch(/^user-agent: sbstatus\/test$/im);
});

test('sends a JSON body with its secrets revealed, and strikes them out of an echo', async () => {
  const server = await serve('echoes-the-request');
  const json = {
    client_id: 'my-client',
    client_secret: new Secret('s3cr"et-\\value', 'SFMC_CLIENT_SECRET'),
    account_id: 7,
  };
  const exchange = await client()({ method: 'POST', url: new URL(server.origin), headers: {}, json }, within(60_000));
  const { head, sent } = JSON.parse(textOf(exchange)) as { head: string; sent: string };
  expect(head).toMatch(/^content-type: application\/json$/im);
  expect(JSON.parse(sent)).toEqual({ client_id: 'my-client', client_secret: '[redacted]', account_id: 7 });
});

test.each([
  ['an empty value', ''],
  ['a line break', 'key-1\nX-Evil: 1'],
  ['a carriage return', 'key-1\r'],
  ['a blank at the edge', ' key-1'],
  ['two blanks inside', 'Bearer a b'],
  ['a NUL', 'key\0one'],
  ['an umlaut', 'schlüssel'],
  ['an emoji', 'key-😀'],
  ['a byte order mark', '\ufeffkey-1'],
  ['4097 characters', 'k'.repeat(4097)],
])('refuses a secret with %s before anything is sent', async (_what, value) => {
  const server = await serve(good);
  const headers = { 'x-api-key': new Secret(value, 'SENT_DM_API_KEY') };
  const exchange = await client()(get(server.origin, { headers }), within(60_000));
  const fault = faultOf(exchange);
  expect(fault.code).toBe('config-invalid');
  expect(fault.message).toMatch(/^SENT_DM_API_KEY (is|holds) /);
  expect(fault.hint).toContain('SENT_DM_API_KEY');
  if (value !== '') expect(fault.message + fault.hint).not.toContain(value);
  expect(exchange.attempts).toBe(0);
  expect(server.requests).toEqual([]);
});

test('sends a secret of 4096 characters', async () => {
  const server = await serve(good);
  const headers = { authorization: new Secret(`Bearer ${'t'.repeat(4089)}`, 'SFMC_ACCESS_TOKEN') };
  expect(replyOf(await client()(get(server.origin, { headers }), within(60_000))).status).toBe(200);
});

test('refuses a plain header that cannot be sent', async () => {
  const server = await serve(good);
  const exchange = await client()(
    get(server.origin, { headers: { 'x-profile-id': 'a\r\nX-Evil: 1' } }),
    within(60_000),
  );
  expect(faultOf(exchange)).toMatchObject({ code: 'config-invalid', message: expect.stringContaining('x-profile-id') });
  expect(server.requests).toEqual([]);
});

test('an attempt that takes too long is a timeout that says how long', async () => {
  const server = await serve('never-answers');
  const exchange = await client({ requestTimeoutMs: 200 })(get(server.origin), within(60_000));
  expect(faultOf(exchange)).toMatchObject({
    code: 'timeout',
    message: `no answer from ${server.origin} within 0.2 s`,
    hint: 'try again, or allow more time with --request-timeout',
  });
});

test('a connection whose TLS handshake does not end is none', async () => {
  const server = await serve('tls-mute');
  const exchange = await client({ requestTimeoutMs: 200 })(get(server.origin), within(60_000));
  expect(faultOf(exchange)).toMatchObject({
    code: 'timeout',
    message: `no connection to ${server.origin} within 0.2 s`,
  });
});

test('a deadline that comes first is a timeout that says so, and no retry', async () => {
  const server = await serve('body-never-ends');
  const exchange = await client({ retries: 5 })(get(server.origin), within(200));
  expect(faultOf(exchange)).toMatchObject({
    code: 'timeout',
    message: `no end of the answer from ${server.origin} before the time was up`,
    hint: 'try again, or allow more time with --timeout',
  });
  expect(exchange.attempts).toBe(1);
});

test('a deadline that cuts the last of several attempts short is not what kept the answer away', async () => {
  const server = await serve('never-answers');
  const exchange = await client({ retries: 5, requestTimeoutMs: 200 })(get(server.origin), within(500));
  expect(faultOf(exchange)).toMatchObject({
    code: 'timeout',
    hint: 'try again, or allow more time with --request-timeout',
  });
});

test('the duration is the request’s: neither loading the client nor waiting for a turn counts', async () => {
  let ms = 0;
  const answer: Behaviour['answer'] = (socket) => {
    ms += 250;
    respond(socket, '200 OK', [], '{}');
  };
  const server = await serve({ ...good, answer });
  const acquire = async () => {
    ms += 5000;
    return true;
  };
  const limiter = { acquire, pauseFor: () => undefined, pausedMs: 0 };
  const clock = { ...realClock, monotonic: () => ms };
  const { attempts, durationMs } = await client({ clock })(get(server.origin, { limiter }), within(60_000));
  expect([attempts, durationMs]).toEqual([1, 250]);
});

test('a deadline that has passed asks nothing', async () => {
  const server = await serve(good);
  const exchange = await client()(get(server.origin), within(-1));
  expect(faultOf(exchange)).toMatchObject({ code: 'time-up', message: expect.stringContaining('was asked') });
  expect(exchange.attempts).toBe(0);
  expect(server.requests).toEqual([]);
});

test.each(['never-answers', 'one-byte-a-time', 'status-503'])('an abort ends %s at once', async (name) => {
  const server = await serve(name);
  const { signal, abort } = aborter();
  const pending = client({ retries: 20 })(get(server.origin), within(20_000, signal));
  await expect.poll(() => server.requests.length).toBeGreaterThan(0);
  abort();
  expect(faultOf(await pending).code).toBe('interrupted');
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('whoever aborts may say why', async () => {
  const server = await serve('never-answers');
  const { signal, abort } = aborter();
  const pending = client()(get(server.origin), within(20_000, signal));
  await expect.poll(() => server.requests.length).toBe(1);
  abort(new Fault('terminated', { message: 'stopped by SIGTERM' }));
  expect(faultOf(await pending)).toMatchObject({ code: 'terminated', message: 'stopped by SIGTERM' });
});

test('a signal that is aborted already asks nothing', async () => {
  const server = await serve(good);
  const exchange = await client()(get(server.origin), within(5000, AbortSignal.abort()));
  expect(faultOf(exchange).code).toBe('interrupted');
  expect([exchange.attempts, server.requests.length]).toEqual([0, 0]);
});

test('fifty at once on one signal: all answered, no warning, one listener for all of them', async () => {
  const server = await serve(good);
  const { signal } = aborter();
  const send = client();
  const warnings = await warningsOf(async () => {
    const all = Array.from({ length: 50 }, (_, i) => send(get(`${server.origin}/${i}`), within(10_000, signal)));
    expect((await Promise.all(all)).map((exchange) => replyOf(exchange).status)).toEqual(Array(50).fill(200));
  });
  expect(warnings).toEqual([]);
  expect(server.requests).toHaveLength(50);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
});

test('fifty at once end together when their signal aborts', async () => {
  const server = await serve('never-answers');
  const { signal, abort } = aborter();
  const send = client();
  const all = Array.from({ length: 50 }, () => send(get(server.origin), within(20_000, signal)));
  await expect.poll(() => server.requests.length).toBe(50);
  abort();
  expect((await Promise.all(all)).map((exchange) => faultOf(exchange).code)).toEqual(Array(50).fill('interrupted'));
  send.close();
  await expectNoConnections(server);
});

test('keeps its connection for the next request, and closes it at the end', async () => {
  const ports = new Set<number | undefined>();
  const server = await serve({ ...good, connected: (socket) => ports.add(socket.remotePort) });
  const send = client();
  for (let i = 0; i < 3; i += 1) await send(get(server.origin), within(60_000));
  expect(ports.size).toBe(1);
  expect(server.openConnections()).toBe(1);
  send.close();
  await expectNoConnections(server);
});

test('closing a client that never asked anything is nothing', () => {
  expect(() =>
    createSend({
      clock: realClock,
      random: Math.random,
      retries: 0,
      requestTimeoutMs: 1,
      trace: null,
      env: {},
      userAgent: 'x',
    }).close(),
  ).not.toThrow();
});

test('a refused connection is told at once and not tried again', async () => {
  // A port below 1024: no other test is given it meanwhile.
  const origin = 'http://127.0.0.1:9';
  const exchange = await client({ retries: 5 })(get(origin), within(60_000));
  expect(faultOf(exchange)).toMatchObject({
    code: 'refused',
    message: `${origin} refused the connection (ECONNREFUSED)`,
  });
  expect(exchange.attempts).toBe(1);
});

function aborter(): { signal: AbortSignal; abort(reason?: Fault): void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: (reason) => controller.abort(reason) };
}
