import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../providers/sfmc/support.ts';
import { runBy } from '../support/figures.ts';
import { mockEnv } from '../support/mock.ts';
import { run } from '../support/run.ts';
import { startSfmc } from '../support/servers.ts';
import { steppedClock } from '../support/stepped-clock.ts';

/** What a record and stderr tell somebody who does not know why. */
async function told(argv: readonly string[]) {
  const { code, stdout, stderr } = await run([...argv, '--json']);
  const { warnings, error, reason } = JSON.parse(stdout);
  return { code, stderr, warnings, hint: error?.hint ?? reason?.hint ?? null };
}

const mock = ['--mock', '--retries', '0'];

test('SFMC finds no key: too old, another business unit, another channel', async () => {
  const { code, hint, stderr } = await told(['sfmc', 'get', 'not-found', ...mock]);
  expect(code).toBe(24);
  for (const cause of ['3 days', 'business unit', 'SFMC_ACCOUNT_ID', 'email', 'push', 'MobileConnect', 'mistyped']) {
    expect(hint).toContain(cause);
  }
  expect(stderr).toContain('3 days');
});

test('SFMC says queued for ever: the definition may be inactive', async () => {
  const { code, warnings } = await told(['sfmc', 'get', 'queued', ...mock]);
  expect([code, warnings]).toEqual([21, [expect.stringContaining('send definition is inactive')]]);
});

test('and a wait that ends with queued says so on stderr', async () => {
  const argv = ['sfmc', 'get', 'key', '--wait', '--timeout', '40s'];
  const wait = async (flags: readonly string[]) => {
    const clock = steppedClock();
    const { env } = await startSfmc({ clock, answer: () => 'SMSQueued' });
    return runBy(clock, [...argv, ...flags], { env });
  };
  const { code, stderr } = await wait(['-q']);
  expect([code, stderr.includes('error: ')]).toEqual([22, false]);
  const shown = await wait([]);
  expect([shown.code, shown.stderr]).toEqual([22, expect.stringContaining('send definition is inactive')]);
});

test('what was only listed or decoded is not to be waited for by the same command', async () => {
  const listed = await run(['sendblue', 'list', '--mock', '--limit', '4', '--expect', 'delivered', '-o', 'csv']);
  expect([listed.code, listed.stderr]).toEqual([21, expect.stringContaining('look it up by itself with --wait')]);
  const stdin = '{"message_handle":"a","status":"SENT","service":"iMessage"}';
  const decoded = await run(['decode', 'sendblue', '--expect', 'delivered'], { stdin });
  expect([decoded.code, decoded.stderr]).toEqual([21, expect.stringContaining('a later event may tell more')]);
});

test('SFMC says sent, and never more: events do', async () => {
  const { code, warnings, stderr } = await told(['sfmc', 'get', 'sent', '--expect', 'delivered', ...mock]);
  expect(code).toBe(23);
  expect(warnings.join('; ')).toContain('delivered and bounced come only as events, which sbstatus decode sfmc reads');
  expect(stderr).toContain('use --expect sent');
});

test('an SMS of Sendblue cannot become delivered', async () => {
  const { code, warnings } = await told(['sendblue', 'get', 'sms', ...mock]);
  expect([code, warnings]).toEqual([0, ['sent is as far as an SMS gets: Sendblue reports no delivery for it']]);
  const expected = await told(['sendblue', 'get', 'sms', '--expect', 'delivered', '--wait', ...mock]);
  expect(expected.code).toBe(23);
  expect(expected.stderr).toContain('use --expect sent');
});

test('Sendblue’s quick status cannot tell an SMS from an iMessage, and get can', async () => {
  const { warnings } = await told(['sendblue', 'status', 'sent', ...mock]);
  expect(warnings).toEqual([expect.stringContaining('sbstatus sendblue get with the same handle tells which')]);
});

test.each(['get', 'status'])('sendblue %s finds nothing: a uuid for a handle, or the other host', async (operation) => {
  const { code, hint } = await told(['sendblue', operation, 'not-found', ...mock]);
  expect(code).toBe(24);
  expect(hint).toContain('message_handle, not a uuid');
  expect(hint).toContain('SENDBLUE_API_BASE_URL=https://api.sendblue.com');
});

test('Sendblue refuses the keys: both of one account, or the other host', async () => {
  const { code, hint } = await told(['sendblue', 'get', 'http-401', ...mock]);
  expect(code).toBe(40);
  expect(hint).toContain('check the API key and the API secret');
  expect(hint).toContain('https://api.sendblue.com');
});

test('Sent finds nothing: with a profile that may be the cause, without one a profile may be missing', async () => {
  const unknown = '00000000-0000-4000-8000-000000000000';
  const without = await told(['sent', 'get', unknown, ...mock]);
  expect([without.code, without.hint]).toEqual([24, expect.stringContaining('needs --profile-id')]);
  const profile = ['--profile-id', '5f0c1a2e-6d1b-4c55-9a57-2f8f1f1f9999'];
  const foreign = await told(['sent', 'get', unknown, ...profile, ...mock]);
  expect([foreign.code, foreign.hint]).toEqual([24, expect.stringContaining('belongs to another organisation')]);
});

test('a fresh id may not be there yet', async () => {
  const { stdout } = await run(['explain', 'exit', '24', '--json']);
  expect(JSON.parse(stdout).explanations[0].hint).toContain('--not-found-grace');
});

/** A server that answers every request the same. */
async function serveAnswer(status: number, body: unknown): Promise<string> {
  const server = await serve(() => ({ status, body }));
  onTestFinished(() => server.close());
  return server.origin;
}

const clientOf = (origin: string) => ({
  SFMC_CLIENT_ID: 'some-client-id',
  SFMC_CLIENT_SECRET: 'some-client-secret-0123',
  SFMC_AUTH_BASE_URL: origin,
});

test('SFMC refuses the client, in a look-up and in doctor: first of all, the secret may have expired', async () => {
  const refusal = { error: 'invalid_client', error_description: 'Client authentication failed.' };
  const env = clientOf(await serveAnswer(401, refusal));
  const { code, stdout } = await run(['sfmc', 'get', 'k1', '--json', '--retries', '0'], { env });
  expect([code, JSON.parse(stdout).error.hint]).toEqual([
    40,
    expect.stringMatching(/^the client secret may have expired/),
  ]);
  const { checks } = JSON.parse((await run(['doctor', '--json'], { env })).stdout);
  const check = checks.find(
    (each: { topic: string; subject: string }) => each.topic === 'provider' && each.subject === 'sfmc',
  );
  expect(check).toMatchObject({ status: 'failed', hint: expect.stringMatching(/^the client secret may have expired/) });
});

test('Sendblue’s status tells less of a failure without a code than get does, and says so', async () => {
  const { hint } = await told(['sendblue', 'status', 'status-ERROR', ...mock]);
  expect(hint).toMatch(/^sbstatus sendblue get with the same handle may tell more; Sendblue gave no error code/);
  const { hint: retrieved } = await told(['sendblue', 'get', 'status-ERROR', ...mock]);
  expect(retrieved).toMatch(/^Sendblue gave no error code: check the number/);
});

test('SFMC breaks down with errorcode 0: its own fault, with no word of credentials', async () => {
  const origin = await serveAnswer(500, { errorcode: 0, message: 'Internal Server Error' });
  const env = { SFMC_ACCESS_TOKEN: 'some-access-token-0123', SFMC_REST_BASE_URL: origin };
  const { code, stdout } = await run(['sfmc', 'get', 'k1', '--json', '--retries', '0'], { env });
  const { message, hint } = JSON.parse(stdout).error;
  expect(code).toBe(32);
  expect(`${message} ${hint}`).not.toMatch(/token|client|credential|secret|SFMC_/i);
});

test('Salesforce limits tokens, which --rate does not change', async () => {
  const env = clientOf(await serveAnswer(429, { error: 'too_many_requests' }));
  const { code, stdout } = await run(['sfmc', 'get', 'k1', '--json', '--retries', '0'], { env });
  expect(code).toBe(31);
  expect(JSON.parse(stdout).error.hint).not.toContain('--rate');
});

test('Sent fails with a text that says nothing: the activities tell more, and then nothing leads there again', async () => {
  const id = '8ba7b830-9dad-11d1-80b4-00c04fd430c8';
  const events = [{ status: 'FAILED', timestamp: '2026-08-14T07:20:00Z', description: 'Message updated to FAILED' }];
  const server = await serve(({ path }) => ({
    status: 200,
    body: path.endsWith('/activities')
      ? { success: true, data: { message_id: id, activities: events } }
      : { success: true, data: { id, status: 'FAILED', channel: 'whatsapp', events } },
  }));
  onTestFinished(() => server.close());
  const env = { SENT_DM_API_KEY: 'some-api-key-0123', SENT_BASE_URL: server.origin };
  const { code, stdout, stderr } = await run(['sent', 'get', id, '--json'], { env });
  expect(code).toBe(20);
  expect(JSON.parse(stdout).reason.hint).toContain(`sbstatus sent get --activities ${id}`);
  expect(stderr).toContain(`sbstatus sent get --activities ${id}`);
  const more = JSON.parse((await run(['sent', 'get', '--activities', id, '--json'], { env })).stdout);
  expect(more.reason.hint).toBe(
    'Sent’s activities give no reason either: give its support the message id and the request id',
  );
});

test('a message that is held back says so, and not to send it again', async () => {
  for (const provider of ['sent', 'sfmc']) {
    const { code, stderr } = await run([provider, 'get', 'scheduled', '--mock']);
    expect([code, stderr]).toEqual([21, expect.stringContaining('do not send again')]);
    expect(stderr).toContain('add --wait to keep checking');
  }
});

test('Sendblue lost track of a message: the code is told, not the word, and not to send it twice', async () => {
  const { code, stderr } = await run(['sendblue', 'get', 'unresolved', '--mock']);
  expect(code).toBe(25);
  expect(stderr).toContain('code 10002');
  expect(stderr).toContain('may reach the recipient twice');
  expect(stderr).not.toContain('a word that sbstatus does not know');
});

test('a 401 names the source of the key that was used', async () => {
  const { env } = await mockEnv();
  const fromEnvironment = await run(['sent', 'get', 'http-401'], { env });
  expect([fromEnvironment.code, fromEnvironment.stderr]).toEqual([
    40,
    expect.stringContaining('; the key is from the environment (SENT_DM_API_KEY)'),
  ]);
  const cwd = mkdtempSync(join(tmpdir(), 'sbstatus-source-'));
  const file = join(cwd, 'own.yaml');
  const { SENT_DM_API_KEY: apiKey, SENT_BASE_URL: baseUrl } = env;
  writeFileSync(file, JSON.stringify({ profiles: { staging: { sent: { apiKey, baseUrl } } } }), { mode: 0o600 });
  const argv = ['sent', 'get', 'http-401', '--config', file, '--profile', 'staging', '--json'];
  const { stdout } = await run(argv, { cwd });
  const { message, hint } = JSON.parse(stdout).error;
  expect(message).toContain(`; the key is from ${file} (profiles.staging.sent.apiKey)`);
  const wrong = { ...env, SENDBLUE_API_API_KEY: 'wrong-key-0123456789' };
  const listed = await run(['sendblue', 'list'], { env: wrong });
  expect([listed.code, listed.stderr]).toEqual([
    40,
    expect.stringContaining('; the key is from the environment (SENDBLUE_API_API_KEY)'),
  ]);
  // A variable that is not set is none to look at.
  expect(hint).not.toMatch(/[A-Z]_API_KEY/);
});

test('a variable that is set and empty is told apart from one that is not set', async () => {
  const { code, stderr } = await run(['sent', 'get', 'x'], { env: { SENT_DM_API_KEY: '' } });
  expect(code).toBe(41);
  expect(stderr).toContain('missing for Sent: SENT_DM_API_KEY (sent.apiKey, set and empty)');
  expect(stderr).toContain('hint: a variable that is set and empty is a secret that the job was not given');
  expect((await run(['sent', 'get', 'x'])).stderr).not.toContain('empty');
});

test('config path heeds --config', async () => {
  expect((await run(['config', 'path', '--config', '/tmp/mine.yaml'])).stdout).toBe('/tmp/mine.yaml\n');
  expect((await run(['config', 'path'], { env: { SBSTATUS_CONFIG: '/tmp/mine.yaml' } })).stdout).toBe(
    '/tmp/mine.yaml\n',
  );
});
