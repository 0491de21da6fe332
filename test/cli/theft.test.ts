import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { tempHome } from '../support/home.ts';
import { mockEnv } from '../support/mock.ts';
import { run } from '../support/run.ts';

// A repository from the internet, a server, and a victim who runs sbstatus in the one or against the other. The thief's
// server is real; loopback counts as a fit address, so nothing but the origin rule keeps secrets from it.

const secret = 'the-victims-secret-key';
const env = {
  SENDBLUE_API_API_KEY: secret,
  SENDBLUE_API_API_SECRET: secret,
  SENT_DM_API_KEY: secret,
  SFMC_CLIENT_ID: secret,
  SFMC_CLIENT_SECRET: secret,
};
const variable = (name: string) => `\${${name}}`;

async function thief(answer: (origin: string) => { status: number; headers?: Record<string, string>; body?: object }) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
    const { status, headers, body } = answer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { requests, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const listening = () => thief(() => ({ status: 200 }));

interface Attempt {
  readonly what: string;
  readonly argv?: readonly string[];
  /** The repository's file; `at`: the thief's address. */
  readonly file: (at: string) => object;
  readonly name?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The victim's own file. */
  readonly own?: object;
  readonly code?: string;
  /** Both sources, as the message names them. */
  readonly names: readonly string[];
}

const sent = ['sent', 'get', 'x'];
const sfmc = ['sfmc', 'get', 'x'];
const own = { sent: { apiKey: secret } };

const attempts: readonly Attempt[] = [
  {
    what: 'an address, for the environment’s key',
    file: (at) => ({ sent: { baseUrl: at } }),
    env,
    names: ['(sent.baseUrl)', 'the environment (SENT_DM_API_KEY)'],
  },
  {
    what: 'an address, for the user’s key',
    file: (at) => ({ sent: { baseUrl: at } }),
    own,
    names: ['(sent.baseUrl)', 'home/.sbstatusrc (sent.apiKey)'],
  },
  {
    what: 'an address, for another profile’s key',
    argv: [...sent, '--profile', 'production'],
    file: (at) => ({ profiles: { production: { sent: { baseUrl: at } } } }),
    own: { profiles: { production: own } },
    names: ['profiles.production.sent.baseUrl', 'profiles.production.sent.apiKey'],
  },
  {
    what: 'an address for tokens',
    argv: sfmc,
    file: (at) => ({ sfmc: { authUrl: at } }),
    env,
    names: ['(sfmc.authUrl)', 'the environment (SFMC_CLIENT_ID)'],
  },
  {
    what: 'an address for the token itself',
    argv: sfmc,
    file: (at) => ({ sfmc: { restUrl: at, subdomain: 'mc1' } }),
    env: { SFMC_ACCESS_TOKEN: secret },
    names: ['(sfmc.restUrl)', 'the environment (SFMC_ACCESS_TOKEN)'],
  },
  {
    what: 'an address in package.json',
    name: 'package.json',
    file: (at) => ({ name: 'innocent', sbstatus: { sent: { baseUrl: at } } }),
    env,
    names: ['package.json (sent.baseUrl)', 'the environment (SENT_DM_API_KEY)'],
  },
  {
    what: 'the environment’s key by name',
    file: (at) => ({ sent: { baseUrl: at, apiKey: variable('SENT_DM_API_KEY') } }),
    env: { SENT_DM_API_KEY: secret },
    names: ['(sent.baseUrl)', 'the environment (SENT_DM_API_KEY)'],
  },
  {
    what: 'any other variable by name',
    file: (at) => ({ sent: { baseUrl: at, apiKey: variable('AWS_SECRET_ACCESS_KEY') } }),
    env: { AWS_SECRET_ACCESS_KEY: secret },
    code: 'config-invalid',
    names: ['sent.apiKey may only name SENT_DM_API_KEY'],
  },
  {
    what: 'any other variable by name, for the provider itself',
    file: () => ({ sent: { apiKey: variable('AWS_SECRET_ACCESS_KEY') } }),
    env: { AWS_SECRET_ACCESS_KEY: secret },
    code: 'config-invalid',
    names: ['sent.apiKey may only name SENT_DM_API_KEY'],
  },
  {
    what: 'a file outside of the project',
    file: (at) => ({ sent: { baseUrl: at, apiKey: { file: '../secret' } } }),
    names: ['(sent.baseUrl)', 'a file named in'],
  },
  {
    what: 'a file outside, without an address',
    file: () => ({ sent: { apiKey: { file: '../secret' } } }),
    names: ['(sent.apiKey)', 'lies outside of'],
  },
  {
    what: 'a link to a file outside',
    file: () => ({ sent: { apiKey: { file: 'link' } } }),
    names: ['(sent.apiKey)', 'lies outside of'],
  },
  {
    what: 'a command',
    file: (at) => ({ sent: { baseUrl: at, apiKey: { command: ['sh', '-c', 'touch ran; cat ../secret'] } } }),
    code: 'config-invalid',
    names: ['sent.apiKey: a command', 'never in a project’s'],
  },
  {
    what: 'a variable in an address',
    file: (at) => ({ sent: { apiKey: 'theirs', baseUrl: `${at}/${variable('SENT_DM_API_KEY')}` } }),
    env,
    code: 'config-invalid',
    names: ['sent.baseUrl may not refer to a variable'],
  },
  {
    what: 'a proxy',
    file: (at) => ({ proxy: at, sent: { proxy: at } }),
    env,
    code: 'config-invalid',
    names: ['proxy is not a known key'],
  },
  {
    what: 'an address that is not encrypted and not this machine',
    file: () => ({ sent: { apiKey: 'theirs', baseUrl: 'http://localhost.evil.example' } }),
    env,
    code: 'config-invalid',
    names: ['sent.baseUrl must be https://'],
  },
  {
    what: 'an address behind userinfo',
    file: (at) => ({ sent: { apiKey: 'theirs', baseUrl: at.replace('//', '//api.sent.dm@') } }),
    env,
    code: 'config-invalid',
    names: ['sent.baseUrl must not hold a user'],
  },
  {
    what: 'a subdomain that leads elsewhere',
    argv: sfmc,
    file: (at) => ({ sfmc: { subdomain: `${at.slice('http://'.length)}/` } }),
    env,
    code: 'config-invalid',
    names: ['sfmc.subdomain does not look like'],
  },
];

test.each(attempts)('a project file with $what gets nothing', async (attempt) => {
  const { requests, origin } = await listening();
  const victim = tempHome();
  victim.write('secret', secret);
  victim.link('project/link', victim.path('secret'));
  if (attempt.own !== undefined) victim.write('.sbstatusrc', attempt.own);
  const file = victim.write(`project/${attempt.name ?? '.sbstatusrc'}`, attempt.file(origin));
  const { home, cwd } = victim;
  const { code, stdout, stderr } = await run([...(attempt.argv ?? sent), '--json'], {
    env: attempt.env ?? {},
    home,
    cwd,
  });
  const { error, request } = JSON.parse(stdout);
  expect([code, error.code, request]).toEqual([41, attempt.code ?? 'origin-refused', null]);
  expect(error.message).toContain(file);
  for (const name of attempt.names) expect(error.message).toContain(name.replace('home/', `${home}/`));
  expect(requests).toEqual([]);
  expect(stdout + stderr).not.toContain(secret);
  expect(victim.has('project/ran')).toBe(false);
});

/** The victim's own file holds two accounts; whoever else's key would go to the second's address. */
const accounts = (at: string) => ({
  defaultProfile: 'usual',
  profiles: {
    usual: {},
    second: { sent: { apiKey: 'key-of-the-second', baseUrl: at } },
    mere: { sent: { baseUrl: at } },
  },
});

test.each([
  ['second', 'an address that stands beside credentials'],
  ['mere', 'the project chose the profile mere, not you'],
])('a project that chooses the profile %s sends no key of the environment there', async (profile, hint) => {
  const { requests, origin } = await listening();
  const victim = tempHome();
  victim.write('.sbstatusrc', accounts(origin));
  victim.write('project/.sbstatusrc', { defaultProfile: profile });
  const { home, cwd } = victim;
  const { code, stdout } = await run([...sent, '--json'], { env, home, cwd });
  const { error } = JSON.parse(stdout);
  expect([code, error.code, requests]).toEqual([41, 'origin-refused', []]);
  expect(error.message).toContain(
    `(profiles.${profile}.sent.baseUrl) sets baseUrl, but apiKey is from the environment`,
  );
  expect(error.hint).toContain(hint);
});

test('an address beside another key gets no key of the environment, in the user’s own file', async () => {
  const { requests, origin } = await listening();
  const { home, cwd, write } = tempHome();
  write('.sbstatusrc', { sent: { apiKey: 'another-key', baseUrl: origin } });
  const { code, stdout } = await run([...sent, '--json'], { env, home, cwd });
  expect([code, JSON.parse(stdout).error.code, requests]).toEqual([41, 'origin-refused', []]);
});

test.each(['.sbstatusrc', '.config/sbstatusrc.json', '.config/sbstatus/config.yaml'])(
  'a home that is a checkout: its %s gets no key and runs nothing',
  async (name) => {
    const { requests, origin } = await listening();
    const victim = tempHome();
    const { home, path, write } = victim;
    write('.git/HEAD', 'ref: refs/heads/main');
    for (const block of [{ baseUrl: origin }, { baseUrl: origin, apiKey: { command: ['touch', path('ran')] } }]) {
      write(name, { sent: block });
      for (const cwd of [home, victim.cwd]) {
        const { code, stdout } = await run([...sent, '--json'], { env, home, cwd });
        expect([code, JSON.parse(stdout).request]).toEqual([41, null]);
      }
    }
    expect([requests, victim.has('ran')]).toEqual([[], false]);
  },
);

test('no flag takes an address or a secret', async () => {
  for (const command of [sent, sfmc, ['sendblue', 'get', 'x']]) {
    const { stdout } = await run([...command.slice(0, 2), '--help']);
    expect(stdout).not.toMatch(/--(\S*-)?(url|proxy|secret|token(?!-cache)|api-?key|client)\b/i);
  }
});

test.each([
  ['SENDBLUE_API_BASE_URL', ['sendblue', 'get', 'x']],
  ['SENDBLUE_API_BASE_URL', ['sendblue', 'status', 'x']],
  ['SENT_BASE_URL', sent],
])('a redirect (%s, %s) is not followed, and the place it leads to hears nothing', async (name, argv) => {
  const elsewhere = await listening();
  for (const status of [301, 302, 303, 307, 308]) {
    const server = await thief(() => ({ status, headers: { location: `${elsewhere.origin}/steal` } }));
    const { code, stderr } = await run([...argv, '-q'], { env: { ...env, [name]: server.origin } });
    expect([status, code]).toEqual([status, 42]);
    expect(stderr).toContain(`a redirect to ${elsewhere.origin}`);
    expect(server.requests).toHaveLength(1);
  }
  expect(elsewhere.requests).toEqual([]);
});

test('the token endpoint’s redirect is not followed either', async () => {
  const elsewhere = await listening();
  const server = await thief(() => ({ status: 307, headers: { location: `${elsewhere.origin}/v2/token` } }));
  const { code } = await run([...sfmc, '-q', '--no-token-cache'], {
    env: { ...env, SFMC_AUTH_BASE_URL: server.origin },
  });
  expect([code, server.requests.length, elsewhere.requests]).toEqual([42, 1, []]);
});

test.each([
  ['https://evil.example', 'https://evil.example'],
  ['https://rest.marketingcloudapis.com.evil.example/', 'https://rest.marketingcloudapis.com.evil.example'],
  ['http://mc1.rest.marketingcloudapis.com/', 'http://mc1.rest.marketingcloudapis.com'],
  ['https://mc1.rest.marketingcloudapis.com@evil.example/', 'must not hold a name or a password before its host'],
  ['https://mc1.rest.marketingcloudapis.com:8443/', 'https://mc1.rest.marketingcloudapis.com:8443'],
])('a token’s reply that names %s sends no bearer there', async (rest_instance_url, problem) => {
  const server = await thief(() => ({
    status: 200,
    body: { access_token: 'a-fresh-token', expires_in: 1000, rest_instance_url },
  }));
  const { code, stdout } = await run([...sfmc, '--json', '--no-token-cache'], {
    env: { ...env, SFMC_AUTH_BASE_URL: server.origin },
  });
  const { error } = JSON.parse(stdout);
  expect([code, error.code]).toEqual([41, 'origin-refused']);
  expect(error.message).toContain(problem);
  expect(server.requests).toHaveLength(1);
});

test('the usual set-up in CI works: secrets in the environment, the rest committed', async () => {
  const { env: mock, requests } = await mockEnv();
  const { SFMC_ACCOUNT_ID: accountId, SENT_PROFILE_ID: _, ...secrets } = mock;
  const project = tempHome();
  const profileId = '5f0c1a2e-6d1b-4c55-9a57-2f8f1f1f0001';
  project.write('project/.sbstatusrc', { sent: { profileId }, sfmc: { accountId, subdomain: 'mc1' } }, 0o644);
  const { home, cwd } = project;
  const setting = { home, cwd, env: { ...secrets, CI: 'true' } };
  for (const argv of [
    ['sendblue', 'get', 'delivered'],
    ['sent', 'get', 'delivered'],
    ['sfmc', 'get', 'sent'],
  ]) {
    const { code, stdout } = await run([...argv, '--json'], setting);
    expect([argv, code, JSON.parse(stdout).error]).toEqual([argv, 0, null]);
  }
  expect(requests).toHaveLength(4);
});
