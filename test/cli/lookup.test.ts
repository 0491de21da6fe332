import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type MockServer, startMock } from '../../src/mock/server.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { realClock } from '../../src/world.ts';
import { run } from '../support/run.ts';

const providers = await loadProviders();

const references = [
  ['sendblue', 'status', 'msg_abc123def456', 'queued', 21],
  ['sendblue', 'get', 'msg_abc123def456', 'sent', 21],
  ['sent', 'get', '8ba7b830-9dad-11d1-80b4-00c04fd430c8', 'delivered', 0],
  ['sfmc', 'get', 'bcX0qaEp0USGciEnUJTW0w', 'sent', 0],
  ['sfmc', 'get', '9a-zUvWf3UKxLpwwIrqTmQ', 'failed', 20],
  ['sfmc', 'get', 'queued', 'queued', 21],
] as const;

const requests: string[] = [];
let server: MockServer;
beforeAll(async () => {
  server = await startMock({
    providers,
    host: '127.0.0.1',
    port: 0,
    clock: realClock,
    log: (line) => void requests.push(line),
  });
});
afterAll(() => server.close());

/** The environment that points every provider at the mock server. */
function mockEnv(): Record<string, string> {
  const entries = Object.values(providers).flatMap((provider) =>
    Object.entries(server.settingsOf(provider.id)).map(([key, value]) => [
      provider.settings[key]?.env[0] ?? key,
      value,
    ]),
  );
  return Object.fromEntries(entries);
}

test.each(references)('%s %s %s says the same in every format', async (provider, operation, id, state, code) => {
  const ask = [provider, operation, id, '--mock'];
  const json = await run([...ask, '--json']);
  const record = JSON.parse(json.stdout);
  expect(record).toMatchObject({ provider, operation, id, state, exit: { code }, mock: true, index: 0 });
  const ndjson = await run([...ask, '-o', 'ndjson']);
  expect(JSON.parse(ndjson.stdout)).toMatchObject({ state, exit: { code } });
  const csv = await run([...ask, '-o', 'csv', '--fields', 'state,exit.code']);
  expect(csv.stdout).toBe(`state,exit.code\n${state},${code}\n`);
  const pipe = await run(ask);
  expect(pipe.stdout.split('\n')[1]?.split('\t').slice(2, 5)).toEqual([id, state, String(code)]);
  const card = await run(ask, { columns: 80 });
  expect(card.stdout).toContain(state);
  const quiet = await run([...ask, '-q']);
  expect(quiet).toEqual({ code, stdout: '', stderr: '' });
  for (const outcome of [json, ndjson, csv, pipe, card]) {
    expect(outcome.code).toBe(code);
    expect(outcome.stderr === '').toBe(code === 0);
  }
});

/** id at the mock → exit code and the words of the message, by the README's exit codes. */
const faults = [
  ['http-401', 40, /HTTP 401/],
  ['http-403', 40, /HTTP 403/],
  ['not-found', 24, /HTTP 404/],
  ['html-400', 42, /HTTP 400: a web page/],
  ['html-401', 42, /HTTP 401: a web page/],
  ['html-403', 42, /HTTP 403: a web page/],
  ['html-404', 42, /HTTP 404: a web page/],
  ['html-407', 41, /HTTP 407/],
  ['html-409', 42, /HTTP 409: a web page/],
  ['html-410', 42, /HTTP 410: a web page/],
  ['html-413', 42, /HTTP 413: a web page/],
  ['html-422', 42, /HTTP 422: a web page/],
  ['html-429', 31, /HTTP 429$/],
  ['html-451', 42, /HTTP 451: a web page/],
  ['html-503', 32, /HTTP 503$/],
  ['http-410', 24, /HTTP 410/],
  ['http-422', 26, /HTTP 422/],
  ['http-429', 31, /HTTP 429/],
  ['http-500', 32, /HTTP 500/],
  ['http-503', 32, /HTTP 503/],
  ['http-501', 32, /HTTP 501/],
  ['http-596', 42, /HTTP 596/],
  ['http-418', 42, /HTTP 418/],
  ['redirect', 42, /redirect to https:\/\/redirect\.example/],
  ['html', 42, /web page, not JSON/],
  ['empty', 42, /no body/],
  ['truncated', 42, /cut-off JSON/],
  ['reset', 30, /broke the connection/],
  ['slow', 30, /no answer .* within/],
] as const;

const commands = [
  ['sendblue', 'status'],
  ['sendblue', 'get'],
  ['sent', 'get'],
  ['sfmc', 'get'],
] as const;

for (const [provider, operation] of commands) {
  test.each(faults)(`${provider} ${operation}: %s is exit %i, with a message of its own`, async (id, code, words) => {
    const flags = ['--mock', '--retries', '1', '--request-timeout', '5s', '--timeout', '60s'];
    const setting = { speed: 20 };
    const outcome = await run([provider, operation, id, ...flags, '--json'], setting);
    const record = JSON.parse(outcome.stdout);
    expect(outcome.code).toBe(code);
    expect(record).toMatchObject({ state: null, outcome: null, exit: { code } });
    expect(record.error.message).toMatch(words);
    expect(record.error.hint).not.toBe('');
    expect(outcome.stderr).toMatch(/^error: .*; hint: .*\n$/);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    // Whoever answered with a page, it is not the credentials or the message that are to be checked.
    if (/^html-4/.test(id) && code === 42)
      expect(record.error.hint).toMatch(/BASE_URL and any proxy|base URL and any proxy/);
  });
}

test('a page with 401 refuses nothing: no second request, no new token, and the next id is looked up', async () => {
  requests.length = 0;
  const argv = ['sfmc', 'get', 'html-401', 'sent', '-o', 'ndjson', '--rate', 'off', '--concurrency', '1'];
  const { code, stdout } = await run(argv, { env: mockEnv() });
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).exit.code),
  ).toEqual([42, 0]);
  expect([code, requests.map((line) => line.replace(/.*\/(\S+) (\d+)$/, '$1 $2'))]).toEqual([
    42,
    ['token 200', 'html-401 401', 'sent 200'],
  ]);
});

/** Bodies that speak of credentials, as a gateway in trouble may send them. */
const accusations = [
  { status: 'ERROR', message: 'Invalid Credentials' },
  { status: 'ERROR', error_code: 4000, error_message: 'Invalid Credentials' },
  { success: false, data: null, error: { code: 'AUTH_002', message: 'API key is invalid' }, meta: null },
  { message: 'Not Authorized', errorcode: 0 },
  { message: 'Not authenticated', errorcode: 40001 },
  { error: 'invalid_client', error_description: 'Client authentication failed.' },
];

test.each([500, 502, 503, 504, 520, 596])('a %i is never told as a fault of the credentials', async (status) => {
  let body: unknown;
  const server = createHttpServer((_, response) => void response.writeHead(status).end(JSON.stringify(body)));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const keys = { SENDBLUE_API_BASE_URL: origin, SENT_BASE_URL: origin };
  const token = { SFMC_ACCESS_TOKEN: 'ready-token-0123', SFMC_REST_BASE_URL: origin };
  for (body of accusations) {
    for (const [argv, env] of [
      [['sendblue', 'get'], { ...mockEnv(), ...keys }],
      [['sendblue', 'status'], { ...mockEnv(), ...keys }],
      [['sent', 'get'], { ...mockEnv(), ...keys }],
      [['sfmc', 'get'], token],
      [['sfmc', 'get', '--no-token-cache'], { ...mockEnv(), SFMC_AUTH_BASE_URL: origin }],
    ] as const) {
      const { code, stdout } = await run([...argv, 'x', '--json', '--retries', '0'], { env });
      expect([argv, body, code]).toEqual([argv, body, status === 596 ? 42 : 32]);
      expect(JSON.parse(stdout).error.hint).not.toMatch(/credential|key|secret|client|permission/i);
    }
  }
});

test.each([400, 401, 403, 404, 422])(
  'a page with %i from Salesforce’s token endpoint is no refusal of the client',
  async (status) => {
    const server = createHttpServer((_, response) => {
      // As a proxy's page comes in Latin-1.
      response
        .writeHead(status, { 'content-type': 'text/html' })
        .end(Buffer.from('<html><p>Zugriff verweigert für Sie', 'latin1'));
    });
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const env = { SFMC_AUTH_BASE_URL: origin, SFMC_CLIENT_ID: 'page-client', SFMC_CLIENT_SECRET: 'page-secret' };
    const { code, stdout } = await run(['sfmc', 'get', 'x', '--json'], { env });
    const { error } = JSON.parse(stdout);
    expect([code, error.code, error.message]).toEqual([
      42,
      'unexpected-status',
      `Salesforce’s token endpoint answered HTTP ${status}: a web page, not the API’s answer`,
    ]);
    expect(error.hint).toMatch(/SFMC_AUTH_BASE_URL and any proxy/);
  },
);

test.each([
  [400, 'Bad Request'],
  [404, '404 page not found'],
  [410, 'Gone'],
  [422, 'error code: 1001'],
])('a web server’s own words with %i are no verdict on a message: %s', async (status, text) => {
  const server = createHttpServer((_, response) => {
    response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = {
    ...mockEnv(),
    SENDBLUE_API_BASE_URL: origin,
    SENT_BASE_URL: origin,
    SFMC_ACCESS_TOKEN: 'token-of-nobody',
    SFMC_REST_BASE_URL: origin,
  };
  for (const argv of commands) {
    const { code, stdout } = await run([...argv, 'x', '--json'], { env });
    const { error } = JSON.parse(stdout);
    expect([argv, code, error.code]).toEqual([argv, 42, 'unexpected-status']);
    expect(error.message).toContain(`HTTP ${status}: not the API’s answer: ${text}`);
    expect(error.hint).toMatch(/base URL|BASE_URL/);
  }
  // Whose made-up message must be unknown, but to the provider.
  expect((await run(['doctor'], { env })).code).toBe(42);
});

test('a closed port is exit 30 at once, without retries', async () => {
  const port = await closedPort();
  const env = { ...mockEnv(), SENT_BASE_URL: `http://127.0.0.1:${port}` };
  const outcome = await run(['sent', 'get', 'x', '--json'], { env });
  const record = JSON.parse(outcome.stdout);
  expect([outcome.code, record.error.code, record.request.attempts]).toEqual([30, 'refused', 1]);
});

test('several ids: one record each, in order, once each, and the worst exit code', async () => {
  const ids = ['delivered', 'failed', 'queued', 'delivered', 'not-found'];
  const outcome = await run(['sendblue', 'get', ...ids, '--mock', '--json']);
  const report = JSON.parse(outcome.stdout);
  expect(report.schema).toBe('sbstatus.report/1');
  expect(report.results.map(({ index, id }: { index: number; id: string }) => [index, id])).toEqual([
    [0, 'delivered'],
    [1, 'failed'],
    [2, 'queued'],
    [4, 'not-found'],
  ]);
  expect([outcome.code, report.exit.code]).toEqual([20, 20]);
  expect(outcome.stderr).toMatch(
    /^note: 4 messages, 1 duplicate left out: .*\nerror: 3 of 4 not ok \(1 failed, 1 pending, 1 not-found\)/,
  );
});

test('ids from stdin and a file: a bad line is a row, and the rest go on', async () => {
  const outcome = await run(['sendblue', 'get', '-', '--mock', '-o', 'csv', '--fields', 'id,state,exit.code'], {
    stdin: 'delivered\r\n\n..\n failed \n',
  });
  expect(outcome.stdout).toBe('id,state,exit.code\ndelivered,delivered,0\n..,,2\nfailed,failed,20\n');
  expect(outcome.code).toBe(2);
});

test.each(['', '.', '..', '\ud800', 'x'.repeat(257)])('the id %j is refused before any request', async (id) => {
  const before = requests.length;
  for (const [provider, operation] of commands) {
    const outcome = await run([provider, operation, 'delivered', id], { env: mockEnv() });
    expect([outcome.code, outcome.stdout]).toEqual([2, '']);
    expect(outcome.stderr).toMatch(/^error: .* is not a valid /);
  }
  expect(requests.length).toBe(before);
});

test('a message key of any characters reaches the path encoded exactly once', async () => {
  const before = requests.length;
  const outcome = await run(['sfmc', 'get', '--json', '--', '-a/b?c#d%41 é'], { env: mockEnv() });
  const asked = requests.slice(before).filter((line) => line.includes('/messages/'));
  expect(asked).toEqual(['GET /sfmc/messaging/v1/sms/messages/-a%2Fb%3Fc%23d%2541%20%C3%A9 404']);
  expect(JSON.parse(outcome.stdout)).toMatchObject({ id: '-a/b?c#d%41 é', exit: { code: 24 } });
});

test('the standalone mock takes the credentials that it names, and no others', async () => {
  const good = await run(['sent', 'get', 'delivered', '--field', 'mock'], { env: mockEnv() });
  expect(good).toMatchObject({ code: 0, stdout: 'true\n' });
  const bad = await run(['sent', 'get', 'delivered', '-q'], {
    env: { ...mockEnv(), SENT_DM_API_KEY: 'wrong-key-0000' },
  });
  expect(bad.code).toBe(40);
  expect(bad.stderr).not.toContain('wrong-key-0000');
});

test('after two 401 in a row the other ids are not asked: it would lock the key out', async () => {
  const before = requests.length;
  const env = { ...mockEnv(), SENT_DM_API_KEY: 'wrong-key-0000' };
  const outcome = await run(['sent', 'get', '-', '--concurrency', '1', '-o', 'ndjson'], { env, stdin: 'a\nb\nc\n' });
  expect(requests.length - before).toBe(2);
  expect(
    outcome.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).exit.code),
  ).toEqual([40, 40, 40]);
});

test('without credentials every missing name is told at once, with the three ways forward', async () => {
  for (const [provider, operation, names] of [
    [
      'sendblue',
      'get',
      ['SENDBLUE_API_API_KEY', 'SENDBLUE_API_API_SECRET', 'sendblue.apiKeyId', 'sendblue.apiSecretKey'],
    ],
    ['sent', 'get', ['SENT_DM_API_KEY', 'sent.apiKey']],
    ['sfmc', 'get', ['SFMC_SUBDOMAIN', 'SFMC_CLIENT_ID', 'SFMC_CLIENT_SECRET', 'SFMC_ACCESS_TOKEN', 'sfmc.clientId']],
  ] as const) {
    const outcome = await run([provider, operation, 'x', '--json']);
    const { error, exit } = JSON.parse(outcome.stdout);
    expect([outcome.code, exit.name, error.code]).toEqual([41, 'config', 'credentials-missing']);
    for (const name of [...names, 'export', '.sbstatusrc', '--mock'])
      expect(`${error.message} ${error.hint}`).toContain(name);
  }
});

test('a usage error leaves stdout empty; who asks for JSON gets it as one line of JSON', async () => {
  const plain = await run(['sendblue', 'get', 'x', '--timeout', '10']);
  expect([plain.code, plain.stdout]).toEqual([2, '']);
  expect(plain.stderr).toMatch(/^error: .*--timeout.*; hint: .*\n$/);
  const json = await run(['sendblue', 'get', '--json']);
  expect([json.code, json.stdout]).toEqual([2, '']);
  expect(JSON.parse(json.stderr)).toMatchObject({ schema: 'sbstatus.error/1', exit: { code: 2 } });
});

test('--curl shows the request, asks nothing and knows no secret', async () => {
  const before = requests.length;
  const env = { ...mockEnv(), SENT_PROFILE_ID: '5f0c1a2e-6d1b-4c55-9a57-2f8f1f1f0001' };
  const outcome = await run(['sent', 'get', "it's", '--curl'], { env });
  expect(outcome.code).toBe(0);
  expect(outcome.stdout).toBe(
    `curl -sS -H "x-api-key: $SENT_DM_API_KEY" -H 'x-profile-id: ${env.SENT_PROFILE_ID}' '${server.origin}/sent/v3/messages/it'\\''s'\n`,
  );
  expect(requests.length).toBe(before);
});

test('--debug traces the exchange without a secret', async () => {
  const env = mockEnv();
  const outcome = await run(['sendblue', 'get', 'delivered', '--debug', '-q'], { env });
  expect(outcome.stderr).toContain('sb-api-secret-key: [redacted]');
  expect(outcome.stderr).toContain('< 200');
  expect(outcome.stderr).not.toContain(env['SENDBLUE_API_API_SECRET']);
});

test('an unknown field is refused, with the nearest name', async () => {
  const outcome = await run(['sendblue', 'get', 'delivered', '--mock', '--fields', 'id,stat']);
  expect([outcome.code, outcome.stdout]).toEqual([2, '']);
  expect(outcome.stderr).toContain('state');
});

function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const socket = createServer().listen(0, '127.0.0.1', () => {
      const { port } = socket.address() as AddressInfo;
      socket.close(() => resolve(port));
    });
  });
}

test('-v says where each setting comes from, and no value of a secret', async () => {
  const env = mockEnv();
  const { code, stderr } = await run(['sent', 'get', 'delivered', '-v', '--field', 'state'], { env });
  expect(code).toBe(0);
  expect(stderr).toContain('note: sent.apiKey is from the environment (SENT_DM_API_KEY)\n');
  expect(stderr).not.toContain(env['SENT_DM_API_KEY']);
});

test('a secret that is typed as a flag is not repeated', async () => {
  const { code, stdout, stderr } = await run(['sent', 'get', 'x', '--api-key=s3cr3tvalue99']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^error: unknown option '--api-key'; hint: no flag takes a secret/);
});

test('--curl refuses ids that it does not have before it', async () => {
  for (const argv of [['-'], ['--from-file', 'ids'], ['x', '--from-file', 'ids']]) {
    const { code, stdout, stderr } = await run(['sent', 'get', ...argv, '--curl'], { stdin: 'a\n' });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--curl shows ids of the command line only');
  }
});

test('the state is the same in every format, and none where the look-up failed', async () => {
  const ids = ['delivered', 'not-found', 'failed', 'http-500', 'unknown'];
  const ask = async (...flags: string[]) => {
    const argv = ['sendblue', 'get', '--mock', '--retries', '0', ...ids, ...flags];
    return (await run(argv)).stdout.trimEnd().split('\n');
  };
  const states = ['delivered', '', 'failed', '', 'unknown'];
  const column = (lines: readonly string[], separator: string) => {
    const [header = '', ...rows] = lines;
    const place = header.split(separator).indexOf('state');
    return rows.map((row) => row.split(separator)[place]);
  };
  expect(column(await ask(), '\t')).toEqual(states);
  expect(column(await ask('--fields', 'id,state'), '\t')).toEqual(states);
  expect(column(await ask('-o', 'csv'), ',')).toEqual(states);
  expect((await ask('--field', 'state')).slice(0, 5)).toEqual(states);
  const stateOf = ({ state }: { readonly state: string | null }) => state ?? '';
  expect((await ask('-o', 'ndjson')).map((line) => stateOf(JSON.parse(line)))).toEqual(states);
  expect(JSON.parse((await ask('--json')).join('\n')).results.map(stateOf)).toEqual(states);
});

test.each([
  [['sendblue', 'get', 'delivered'], 'details.nothingOfTheKind', 'sbstatus schema result lists the fields'],
  [['sendblue', 'get', 'delivered'], 'details.sendStyl', 'did you mean details.sendStyle?'],
  [['sendblue', 'get', 'delivered'], 'details.replyTo.messageHandel', 'did you mean details.replyTo.messageHandle?'],
  [['sendblue', 'list'], 'details.contnet', 'did you mean details.content?'],
  [['sent', 'get', 'delivered'], 'details.messageBody.contnt', 'did you mean details.messageBody.content?'],
  [['sent', 'get', 'delivered'], 'details.sendStyle', 'sbstatus schema result lists the fields'],
  [['sfmc', 'get', 'sent'], 'details.contactkey', 'did you mean details.contactKey?'],
  [['check', 'sfmc:sent'], 'details.contactKeys', 'did you mean details.contactKey?'],
  [['decode', 'sfmc'], 'details.ordinals', 'did you mean details.ordinal?'],
])('a typo in a detail is no blank: %j --field %s', async (argv, path, hint) => {
  const before = requests.length;
  for (const flag of ['--field', '--fields']) {
    const stderr = `error: no record has a field ${JSON.stringify(path)}; hint: ${hint}\n`;
    expect(await run([...argv, flag, path], { env: mockEnv() })).toEqual({ code: 2, stdout: '', stderr });
  }
  expect(requests.slice(before)).toEqual([]);
});

test('the details of every provider of a run can be told, and raw only where it is kept', async () => {
  const fields = 'details.sendStyle,details.templateName,details.contactKey';
  expect((await run(['check', 'sendblue:delivered', '--mock', '--fields', fields])).code).toBe(0);
  const raw = ['sendblue', 'get', 'delivered', '--mock', '--field', 'raw.data.status'];
  expect(await run(raw)).toEqual({
    code: 2,
    stdout: '',
    stderr: 'error: raw.data.status is there only with --raw; hint: add --raw\n',
  });
  expect(await run([...raw, '--raw'])).toEqual({ code: 0, stdout: 'DELIVERED\n', stderr: '' });
});
