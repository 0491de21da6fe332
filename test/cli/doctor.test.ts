import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { providerIds } from '../../src/providers/index.ts';
import { builtBin, runBin } from '../support/bin.ts';
import { tempHome } from '../support/home.ts';
import { json, respond } from '../support/hostile/behaviour.ts';
import { certificates } from '../support/hostile/certificates.ts';
import { behaviourNamed, startHostile } from '../support/hostile-server.ts';
import { mockEnv } from '../support/mock.ts';
import { run, type Setting } from '../support/run.ts';

interface Check {
  readonly topic: string;
  readonly subject: string;
  readonly status: string;
  readonly message: string;
  readonly hint: string | null;
  readonly exit: { readonly code: number };
}

async function doctor(setting: Setting = {}, ...flags: string[]) {
  const { code, stdout, stderr } = await run(['doctor', '--json', ...flags], setting);
  const report = JSON.parse(stdout) as { readonly checks: readonly Check[]; readonly exit: { readonly code: number } };
  expect(report.exit.code).toBe(code);
  const about = (topic: string, subject?: string) =>
    report.checks.filter((check) => check.topic === topic && (subject ?? check.subject) === check.subject);
  return { code, stderr, about, checks: report.checks, text: stdout + stderr };
}

async function serve(name: string) {
  const server = await startHostile(behaviourNamed(name));
  onTestFinished(() => server.close());
  return server;
}

test('on a bare machine: nothing is set up, and what to do', async () => {
  const { code, about, stderr } = await doctor();
  expect(code).toBe(41);
  expect(about('credentials').map(({ subject, status }) => [subject, status])).toEqual([
    ...providerIds.map((id) => [id, 'skipped']),
    ['all', 'failed'],
  ]);
  expect(about('provider')).toEqual([]);
  expect(stderr).toMatch(/no provider is set up; hint: .*config init.*--mock/);
});

test('with good credentials: every provider takes them, no message is read, and a token is kept', async () => {
  const { env, requests } = await mockEnv();
  const { home, cwd, path } = tempHome();
  const { code, about, stderr } = await doctor({ env, home, cwd });
  expect([code, stderr]).toEqual([0, '']);
  expect(about('provider').map(({ subject, status }) => [subject, status])).toEqual(
    providerIds.map((id) => [id, 'ok']),
  );
  const ours = requests.filter((line) => /^\S+ \/(sendblue|sent|sfmc)\//.test(line));
  expect(ours.map((line) => line.replace(/sbstatus-doctor\S*/, '<made-up>'))).toEqual([
    'GET /sendblue/api/v2/messages/<made-up> 404',
    'GET /sent/v3/me 200',
    'POST /sfmc/v2/token 200',
    'GET /sfmc/messaging/v1/sms/messages/<made-up> 404',
  ]);
  expect(readdirSync(path('.cache/sbstatus'))).toHaveLength(1);
});

test('a kept token does not hide that the client secret is wrong', async () => {
  const { env } = await mockEnv();
  const { home, cwd } = tempHome();
  expect((await run(['sfmc', 'get', 'sent', '-q'], { env, home, cwd })).code).toBe(0);
  const { code, about } = await doctor({ env: { ...env, SFMC_CLIENT_SECRET: 'yesterdays-secret' }, home, cwd });
  expect([code, about('provider', 'sfmc')[0]?.exit.code]).toEqual([40, 40]);
});

test.each([
  ['sendblue', { SENDBLUE_API_API_SECRET: 'a-wrong-secret' }],
  ['sent', { SENT_DM_API_KEY: 'a-wrong-secret' }],
  ['sfmc', { SFMC_CLIENT_SECRET: 'a-wrong-secret' }],
])('with wrong keys for %s: that one is refused, the others are tried all the same', async (id, wrong) => {
  const { env } = await mockEnv();
  const { home, cwd } = tempHome();
  const { code, about, text } = await doctor({ env: { ...env, ...wrong }, home, cwd });
  expect(code).toBe(40);
  expect(about('provider').filter(({ status }) => status !== 'ok')).toMatchObject([{ subject: id, status: 'failed' }]);
  expect(text).not.toContain('a-wrong-secret');
});

test.each([
  ['a refusal of the key', '{"success":false,"data":null,"error":{"code":"AUTH_002","message":"Invalid API key"}}', 40],
  ['a refusal that names no code', '{"success":false,"data":null,"error":null}', 42],
  ['a list', '[]', 42],
])('with status 200, %s proves nothing', async (_, body, exit) => {
  const server = await startHostile({
    name: 'says no',
    kind: 'http',
    answer: (socket) => respond(socket, '200 OK', [json], body),
  });
  onTestFinished(() => server.close());
  const env = { SENT_DM_API_KEY: 'doctors-api-key', SENT_BASE_URL: server.origin };
  const { code, about } = await doctor({ env });
  expect([code, about('provider', 'sent')[0]]).toEqual([
    exit,
    expect.objectContaining({ status: 'failed', exit: expect.objectContaining({ code: exit }) }),
  ]);
});

test('behind a proxy that wants a password', async () => {
  const { env } = await mockEnv();
  const { home, cwd } = tempHome();
  const proxy = await serve('proxy-407');
  const HTTP_PROXY = proxy.origin.replace('//', '//user:doctors-password@');
  const { code, about, text } = await doctor({ env: { ...env, HTTP_PROXY, HTTPS_PROXY: HTTP_PROXY }, home, cwd });
  expect(code).toBe(41);
  expect(about('network', 'proxy')).toMatchObject([{ status: 'ok', message: proxy.origin }]);
  for (const check of about('provider')) expect(check.message).toContain('refused the user and password in HTTP_PROXY');
  expect(text).not.toContain('doctors-password');
});

test('with a proxy variable that is none', async () => {
  const { code, about } = await doctor({ env: { HTTPS_PROXY: 'socks5://127.0.0.1:1' } });
  expect([code, about('network', 'proxy')[0]?.status]).toEqual([41, 'failed']);
});

test('with an expired certificate, and with an authority that is trusted: a real process', async () => {
  const server = await serve('tls-expired');
  const { home, path } = tempHome();
  writeFileSync(path('authority.pem'), (await certificates()).authority);
  const env = {
    HOME: home,
    SENT_DM_API_KEY: 'doctors-api-key',
    SENT_BASE_URL: server.origin,
    NODE_EXTRA_CA_CERTS: path('authority.pem'),
  };
  const { code, stdout, stderr } = await runBin(builtBin(), ['doctor'], { env });
  expect(code).toBe(43);
  expect(stdout).toContain('authority.pem adds 1 certificate\n');
  expect(stdout).toMatch(/✗ provider +sent: .*has expired.*\(exit 43 tls\)\n +hint: check this machine’s clock/);
  expect(stderr).toMatch(/^error: sent: .*has expired/m);
});

test('with an authority file that is none', async () => {
  const { home, path, write } = tempHome();
  write('empty.pem', 'nothing');
  const env = (NODE_EXTRA_CA_CERTS: string) => ({ env: { NODE_EXTRA_CA_CERTS }, home });
  const empty = await doctor(env(path('empty.pem')));
  const absent = await doctor(env(path('absent.pem')));
  expect(empty.about('network', 'NODE_EXTRA_CA_CERTS')).toMatchObject([{ status: 'warning' }]);
  expect(absent.about('network', 'NODE_EXTRA_CA_CERTS')[0]?.message).toContain('cannot be read');
});

test('with a file that others can read: a warning and how to close it; one that they can write is refused', async () => {
  const { settingsOf } = await mockEnv();
  const { home, cwd, write } = tempHome();
  const file = write('.sbstatusrc', { sent: settingsOf('sent') }, 0o644);
  const readable = await doctor({ home, cwd });
  expect(readable.code).toBe(0);
  expect(readable.about('files')).toMatchObject([{ subject: file, status: 'warning', hint: `chmod 600 ${file}` }]);
  expect(readable.about('provider', 'sent')[0]?.status).toBe('ok');
  chmodSync(file, 0o666);
  const writable = await doctor({ home, cwd });
  expect([writable.code, writable.about('files')[0]?.status]).toEqual([41, 'failed']);
  expect(writable.about('provider')).toEqual([]);
});

test('with half a pair of keys', async () => {
  const { code, about } = await doctor({ env: { SENDBLUE_API_API_KEY: 'half-a-pair' } });
  expect(code).toBe(41);
  expect(about('credentials', 'sendblue')[0]?.message).toContain('SENDBLUE_API_API_SECRET');
});

test('per profile: the one in use is tried, the others are looked at', async () => {
  const { settingsOf, requests } = await mockEnv();
  const { home, cwd, write } = tempHome();
  write('.sbstatusrc', {
    defaultProfile: 'a',
    profiles: { a: { sent: settingsOf('sent') }, b: { sendblue: { apiKeyId: 'only-an-id' } } },
  });
  const { code, about } = await doctor({ home, cwd });
  expect(code).toBe(41);
  expect(about('credentials').map(({ subject, status }) => [subject, status])).toEqual([
    ...providerIds.map((id) => [`${id} (a)`, id === 'sent' ? 'ok' : 'skipped']),
    ['sendblue (b)', 'failed'],
  ]);
  expect(requests).toEqual(['GET /sent/v3/me 200']);
  const unknown = await doctor({ home, cwd }, '--profile', 'c');
  expect([unknown.code, unknown.about('credentials', 'profile')[0]?.status]).toEqual([41, 'failed']);
});

test('with a clock that is wrong', async () => {
  const { env } = await mockEnv();
  const { home, cwd } = tempHome();
  const { about } = await doctor({ env, home, cwd, now: Date.now() + 600_000 });
  expect(about('clock', 'sent')).toMatchObject([{ status: 'warning', hint: expect.stringContaining('set the clock') }]);
  expect(about('clock', 'sent')[0]?.message).toMatch(/(599|600|601) s ahead/);
});

test('--mock tries every provider and needs nothing; on a terminal it is coloured', async () => {
  const { code, stdout, stderr } = await run(['doctor', '--mock']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout.match(/✓ provider/g)).toHaveLength(providerIds.length);
  expect((await run(['doctor', '--mock'], { columns: 80 })).stdout).toContain('\u001b[32m✓');
});

test('a file that cannot be used is told once, and nothing that hangs on it', async () => {
  const { home, cwd, write } = tempHome();
  const file = write('project/.sbstatusrc', 'sent: [');
  const { code, stdout, stderr } = await run(['doctor', '--json'], { home, cwd, env: {} });
  const { checks } = JSON.parse(stdout) as { checks: { topic: string; status: string; message: string }[] };
  expect(code).toBe(41);
  expect(checks.filter(({ status }) => status === 'failed')).toMatchObject([
    { topic: 'files', subject: 'config', message: expect.stringContaining(file) },
  ]);
  expect(checks.map(({ topic }) => topic)).not.toContain('credentials');
  expect(stderr.split(file)).toHaveLength(2);
});

test.each([40, 80])('on %i columns no line is longer, and none is broken within a word', async (columns) => {
  const [SENDBLUE_API_API_KEY, SENDBLUE_API_API_SECRET] = ['a-key', 'a-secret'];
  const env = { SENDBLUE_API_API_KEY, SENDBLUE_API_API_SECRET, SENDBLUE_API_BASE_URL: 'http://127.0.0.1:9' };
  const whole = await run(['doctor'], { env });
  const narrow = await run(['doctor'], { env, columns });
  expect(narrow.code).toBe(whole.code);
  const lines = stripVTControlCharacters(narrow.stdout).trimEnd().split('\n');
  expect(lines.filter((line) => line.length > columns)).toEqual([]);
  const onOneLine = (text: string) => text.replace(/\s+/g, ' ');
  expect(onOneLine(lines.join(' '))).toBe(onOneLine(whole.stdout).trimEnd());
});
