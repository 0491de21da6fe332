import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { run } from '../support/run.ts';

/** Answers every look-up with one body, and every request for a token with one. */
async function answering(body: unknown, status: number) {
  const server = createServer((request, response) => {
    const isToken = request.method === 'POST';
    const text = JSON.stringify(isToken ? { access_token: 'test-token', expires_in: 1079 } : body);
    request.resume().on('end', () => {
      response.writeHead(isToken ? 200 : status, { 'content-type': 'application/json', connection: 'close' });
      response.end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    SENDBLUE_API_API_KEY: 'test-key-id',
    SENDBLUE_API_API_SECRET: 'test-secret-key',
    SENDBLUE_API_BASE_URL: origin,
    SENT_DM_API_KEY: 'test-api-key',
    SENT_BASE_URL: origin,
    SFMC_CLIENT_ID: 'test-client-id',
    SFMC_CLIENT_SECRET: 'test-client-secret',
    SFMC_AUTH_BASE_URL: origin,
    SFMC_REST_BASE_URL: origin,
  };
}

const operations = ['sendblue status', 'sendblue get', 'sent get', 'sfmc get'] as const;
type Ends = Partial<Record<(typeof operations)[number], string>>;

/** What each operation makes of a body; `42` where nothing is said. */
async function endsOf(body: unknown, { status = 200, flags = [] as readonly string[], of = '' } = {}): Promise<Ends> {
  const env = await answering(body, status);
  const asked = operations.filter((operation) => operation.startsWith(of));
  const ends = asked.map(async (operation) => {
    const argv = [...operation.split(' '), 'm1', '--json', '--retries', '0', '--rate', 'off', ...flags];
    const { code, stdout } = await run(argv, { env });
    const { state, exit } = JSON.parse(stdout);
    expect(exit.code).toBe(code);
    return [operation, state === null ? `${code}` : `${code} ${state}`] as const;
  });
  return Object.fromEntries((await Promise.all(ends)).filter(([, end]) => end !== '42'));
}

const good = {
  sendblue: { status: 'OK', data: { message_handle: 'm1', status: 'DELIVERED' } },
  sent: { success: true, data: { id: 'm1', status: 'DELIVERED', phone: '+15550100142' }, error: null },
  sfmc: { eventCategoryType: 'TransactionalSendEvents.SMSSent', info: { messageKey: 'm1' } },
};

describe('what counts as a success', () => {
  test.each<[string, unknown, Ends]>([
    ['a message of Sendblue', good.sendblue, { 'sendblue status': '0 delivered', 'sendblue get': '0 delivered' }],
    ['a message of Sent', good.sent, { 'sent get': '0 delivered' }],
    ['a message of Salesforce', good.sfmc, { 'sfmc get': '0 sent' }],
    ['a word alone, on the route that has nothing else', { status: 'DELIVERED' }, { 'sendblue status': '0 delivered' }],
    ['the same in data', { data: { status: 'DELIVERED' } }, { 'sendblue status': '0 delivered' }],
    ['a word alone that is no success', { data: { status: 'QUEUED' } }, { 'sendblue status': '21 queued' }],
    ['a success about the request', { status: 'success', code: 200 }, {}],
    ['the same in data, which any API says', { data: { status: 'success' } }, {}],
    ['SUCCESS alone', { status: 'SUCCESS' }, {}],
    ['ok alone', { status: 'ok' }, {}],
    ['success: true alone', { success: true }, {}],
    ['a number for a word', { status: 200 }, {}],
    ['a list', [good.sendblue.data], {}],
    ['SMSSent without a key', { eventCategoryType: 'TransactionalSendEvents.SMSSent', requestId: 'r' }, {}],
    [
      'a word with a segment too many',
      { ...good.sfmc, eventCategoryType: 'X.SMSNotSent.SMSSent' },
      { 'sfmc get': '25 unknown' },
    ],
    [
      'an answer of Sent without a message',
      { success: true, data: { status: 'READ' } },
      { 'sendblue status': '0 read' },
    ],
  ])('%s', async (_, body, ends) => {
    expect(await endsOf(body)).toEqual(ends);
  });

  const noes: readonly [string, unknown][] = [
    ['error', 'no'],
    ['errors', [{ message: 'no' }]],
    ['success', false],
    ['success', 'false'],
    ['success', 0],
  ];

  test.each(
    Object.entries(good).flatMap(([name, body]) =>
      noes.map(([key, value]) => [name, key, value, { ...body, [key]: value }] as const),
    ),
  )('none is a good message of %s beside %s %j', async (name, _key, _value, body) => {
    expect(await endsOf(body, { of: name })).toEqual({});
  });

  test.each(
    Object.entries(good).flatMap(([name, body]) =>
      [205, 206, 207, 226, 299].map((status) => [name, status, body] as const),
    ),
  )('none is a good message of %s with HTTP %i', async (name, status, body) => {
    expect(await endsOf(body, { of: name, status })).toEqual({});
  });

  test.each([
    ['queued', 'QUEUED'],
    ['failed', 'FAILED'],
  ])('what is expected is not met by %s that names no message', async (state, word) => {
    const flags = ['--expect', state];
    expect(await endsOf({ status: word, code: 5 }, { flags })).toEqual({});
    expect(await endsOf({ success: true, data: { status: word, code: 5 } }, { flags })).toEqual({});
  });

  test('a part of an answer is told as that', async () => {
    const env = await answering(good.sendblue, 206);
    const { stderr } = await run(['sendblue', 'get', 'm1', '-q'], { env });
    expect(stderr).toContain('error: Sendblue: the answer is not a whole one (HTTP 206); hint: ');
  });

  test('a token is not taken from a part of an answer either', async () => {
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(206, { connection: 'close' }).end(JSON.stringify({ access_token: 'test-token' }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const env = { SFMC_CLIENT_ID: 'test-client-id', SFMC_CLIENT_SECRET: 'test-client-secret' };
    const { code, stderr } = await run(['sfmc', 'get', 'm1', '-q'], {
      env: { ...env, SFMC_AUTH_BASE_URL: origin, SFMC_REST_BASE_URL: origin },
    });
    expect([code, stderr]).toEqual([
      42,
      expect.stringContaining('token endpoint: its reply is not a whole one (HTTP 206)'),
    ]);
  });
});
