import { writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { builtBin, runBin } from '../support/bin.ts';
import { tempHome } from '../support/home.ts';
import { certificates } from '../support/hostile/certificates.ts';
import { behaviourNamed, startHostile } from '../support/hostile-server.ts';
import { mockEnv } from '../support/mock.ts';
import { run } from '../support/run.ts';

const keys = { SENDBLUE_API_API_KEY: 'network-key-id', SENDBLUE_API_API_SECRET: 'network-secret-key' };

async function serve(name: string) {
  const server = await startHostile(behaviourNamed(name));
  onTestFinished(() => server.close());
  return server;
}

test.each([
  ['sendblue', 'get', 'delivered'],
  ['sent', 'get', 'delivered'],
  ['sfmc', 'get', 'sent'],
])('%s %s goes through the proxy that the environment names', async (...argv) => {
  const { env, requests } = await mockEnv();
  const proxy = await serve('proxy-works');
  const through = { ...env, HTTP_PROXY: proxy.origin };
  expect((await run([...argv, '-q', '--retries', '0'], { env: through })).code).toBe(0);
  expect(requests.length).toBeGreaterThan(0);
  expect(proxy.requests.join('\n')).not.toContain('CONNECT');
});

test('a proxy elsewhere is not asked for this machine: it has a loopback of its own', async () => {
  const { env, requests } = await mockEnv();
  const through = { ...env, HTTP_PROXY: 'http://proxy.example:3128', ALL_PROXY: 'http://proxy.example:3128' };
  expect((await run(['sent', 'get', 'delivered', '-q'], { env: through })).code).toBe(0);
  expect(requests).toHaveLength(1);
});

test('NO_PROXY is obeyed, and --mock never goes through a proxy', async () => {
  const { env, requests } = await mockEnv();
  const proxy = await serve('proxy-407');
  const around = { HTTP_PROXY: proxy.origin };
  const direct = await run(['sent', 'get', 'delivered', '-q'], { env: { ...env, ...around, NO_PROXY: '127.0.0.0/8' } });
  const mocked = await run(['sent', 'get', 'delivered', '-q', '--mock'], { env: around });
  expect([direct.code, mocked.code, requests.length, proxy.requests.length]).toEqual([0, 0, 1, 0]);
});

test('a proxy that wants a password is told from a provider that does, and no password is shown', async () => {
  const { env, requests } = await mockEnv();
  const proxy = await serve('proxy-407');
  const HTTP_PROXY = proxy.origin.replace('//', '//someone:proxy-pass%40word@');
  const outcome = await run(['sent', 'get', 'delivered', '--debug', '--json'], { env: { ...env, HTTP_PROXY } });
  const { error } = JSON.parse(outcome.stdout);
  expect([outcome.code, error.code]).toEqual([41, 'proxy-auth']);
  expect(error.message).toBe(`the proxy ${proxy.origin} refused the user and password in HTTP_PROXY`);
  expect(error.hint).toContain('correct HTTP_PROXY');
  expect(outcome.stdout + outcome.stderr).not.toMatch(/proxy-pass|c29tZW9uZT/);
  expect(requests).toEqual([]);
});

test('a project file can name neither proxy nor certificate', async () => {
  const { home, cwd, write } = tempHome();
  const proxy = await serve('proxy-works');
  for (const key of ['proxy', 'httpsProxy', 'ca', 'insecure', 'rejectUnauthorized']) {
    write('project/.sbstatusrc', { [key]: proxy.origin });
    const { code, stderr } = await run(['sent', 'get', 'x', '-q'], {
      env: { SENT_DM_API_KEY: 'k-network' },
      home,
      cwd,
    });
    expect([code, stderr]).toEqual([41, expect.stringContaining(`${key} is not a known key`)]);
  }
  expect(proxy.requests).toEqual([]);
});

test('an authority in NODE_EXTRA_CA_CERTS is trusted, behind a proxy too, and nothing else is', async () => {
  const server = await serve('tls-good');
  const proxy = await serve('proxy-works');
  const { home, path } = tempHome();
  writeFileSync(path('authority.pem'), (await certificates()).authority);
  const bin = builtBin();
  const get = (env: Record<string, string>) =>
    runBin(bin, ['sendblue', 'status', 'x', '--json', '--retries', '0'], {
      env: { ...keys, HOME: home, SENDBLUE_API_BASE_URL: server.origin, ...env },
    });
  const trusted = { NODE_EXTRA_CA_CERTS: path('authority.pem') };
  expect(await get({ ...trusted, HTTPS_PROXY: proxy.origin })).toMatchObject({ code: 0 });
  expect(await get(trusted)).toMatchObject({ code: 0 });
  expect([proxy.requests.length, server.requests.length]).toEqual([1, 2]);
  // What an intercepting proxy looks like to whoever has not installed its authority; nothing switches the check off.
  const { code, stdout } = await get({ HTTPS_PROXY: proxy.origin, NODE_TLS_REJECT_UNAUTHORIZED: '0' });
  const { error } = JSON.parse(stdout);
  expect([code, error.code]).toEqual([43, 'tls-untrusted']);
  expect(error.message).toContain(`through the proxy ${proxy.origin}`);
  expect(error.hint).toContain('NODE_EXTRA_CA_CERTS');
  expect(server.requests).toHaveLength(2);
});

// What is shipped hands Node fewer options than got would (.build/slim.js): none of those may be one that checks.
test.each([
  ['tls-self-signed', 'tls-untrusted'],
  ['tls-expired', 'tls-expired'],
  ['tls-not-yet-valid', 'tls-expired'],
  ['tls-wrong-name', 'tls-host'],
])('the shipped program refuses %s, whatever the environment says', async (name, code) => {
  const server = await serve(name);
  const { home, path } = tempHome();
  writeFileSync(path('authority.pem'), (await certificates()).authority);
  const env = { ...keys, HOME: home, SENDBLUE_API_BASE_URL: server.origin, NODE_EXTRA_CA_CERTS: path('authority.pem') };
  for (const more of [{}, { NODE_TLS_REJECT_UNAUTHORIZED: '0' }]) {
    const outcome = await runBin(builtBin(), ['sendblue', 'get', 'x', '--json', '--retries', '0'], {
      env: { ...env, ...more },
    });
    expect([outcome.code, JSON.parse(outcome.stdout).error.code]).toEqual([43, code]);
  }
  expect(server.requests).toEqual([]);
});
