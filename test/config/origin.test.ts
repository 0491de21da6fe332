import { expect, test } from 'vitest';
import { providers, sent, sfmc } from './providers.ts';
import { type Scene, scene } from './scene.ts';

// What a repository from the internet may try with a file that lies where sbstatus looks. That no settings come out
// means that no request can be made: the client is built from them.

const project = 'home/project/.sbstatusrc';
const user = 'home/.sbstatusrc';
const evil = 'https://evil.example';
const variable = (name: string) => `\${${name}}`;

interface Attempt {
  readonly what: string;
  /** The repository's file. */
  readonly file: object;
  readonly name?: string;
  readonly provider?: keyof typeof providers;
  readonly env?: Readonly<Record<string, string>>;
  /** The victim's own file. */
  readonly own?: object;
  readonly profile?: string;
  /** Both sources, as the message names them. */
  readonly names: readonly string[];
}

const env = { SENT_DM_API_KEY: 'victim', SFMC_CLIENT_ID: 'victim', SFMC_CLIENT_SECRET: 'victim' };
const own = { sent: { apiKey: 'victim' } };

const attempts: readonly Attempt[] = [
  {
    what: 'an address for the environment’s key',
    file: { sent: { baseUrl: evil } },
    env,
    names: ['sent.baseUrl', 'the environment (SENT_DM_API_KEY)'],
  },
  {
    what: 'an address for the user’s key',
    file: { sent: { baseUrl: evil } },
    own,
    names: ['sent.baseUrl', '.sbstatusrc (sent.apiKey)'],
  },
  {
    what: 'in a package.json',
    name: 'home/project/package.json',
    file: { sbstatus: { sent: { baseUrl: evil } } },
    env,
    names: ['package.json (sent.baseUrl)', 'the environment (SENT_DM_API_KEY)'],
  },
  {
    what: 'an address for tokens',
    provider: 'sfmc',
    file: { sfmc: { authUrl: evil } },
    env,
    names: ['sfmc.authUrl', 'the environment (SFMC_CLIENT_ID)'],
  },
  {
    what: 'an address for the token itself',
    provider: 'sfmc',
    file: { sfmc: { restUrl: evil } },
    env: { SFMC_ACCESS_TOKEN: 'victim' },
    names: ['sfmc.restUrl', 'the environment (SFMC_ACCESS_TOKEN)'],
  },
  {
    what: 'an address that the way in use does not need',
    provider: 'sfmc',
    file: { sfmc: { authUrl: evil, subdomain: 'mc1' } },
    env: { SFMC_ACCESS_TOKEN: 'victim' },
    names: ['sfmc.authUrl', 'the environment (SFMC_ACCESS_TOKEN)'],
  },
  {
    what: 'an address in a profile of the victim’s',
    file: { profiles: { production: { sent: { baseUrl: evil } } } },
    own: { profiles: { production: own } },
    profile: 'production',
    names: ['profiles.production.sent.baseUrl', 'profiles.production.sent.apiKey'],
  },
  {
    what: 'an address in a default profile of its own, for the victim’s top level',
    file: { defaultProfile: 'trap', profiles: { trap: { sent: { baseUrl: evil } } } },
    own,
    names: ['profiles.trap.sent.baseUrl', '(sent.apiKey)'],
  },
  {
    what: 'a choice of the victim’s profile, and an address for it',
    file: { defaultProfile: 'other', profiles: { other: { sent: { baseUrl: evil } } } },
    own: { defaultProfile: 'usual', profiles: { usual: {}, other: own } },
    names: ['profiles.other.sent.baseUrl', 'profiles.other.sent.apiKey'],
  },
  {
    what: 'the environment’s key by name',
    file: { sent: { baseUrl: evil, apiKey: variable('SENT_DM_API_KEY') } },
    env: { SENT_DM_API_KEY: 'victim' },
    names: ['sent.baseUrl', 'the environment (SENT_DM_API_KEY)'],
  },
  {
    what: 'half a pair of its own, half by name',
    provider: 'sendblue',
    file: { sendblue: { baseUrl: evil, apiKeyId: 'theirs', apiSecretKey: variable('SENDBLUE_API_SECRET') } },
    env: { SENDBLUE_API_SECRET: 'victim' },
    names: ['(sendblue.apiKeyId)', 'the environment (SENDBLUE_API_SECRET)'],
  },
  {
    what: 'half a pair of its own, half from the victim',
    provider: 'sendblue',
    file: { sendblue: { baseUrl: evil, apiKeyId: 'theirs' } },
    own: { sendblue: { apiSecretKey: 'victim' } },
    names: ['(sendblue.apiKeyId)', '(sendblue.apiSecretKey)'],
  },
  {
    what: 'a file with an address: even one inside the folder may be the victim’s, and untracked',
    file: { sent: { baseUrl: evil, apiKey: { file: 'inside' } } },
    names: ['sent.baseUrl', 'a file named in'],
  },
  {
    what: 'a file outside',
    file: { sent: { apiKey: { file: '../secret' } } },
    names: ['(sent.apiKey) lies outside of'],
  },
  {
    what: 'a file in home',
    file: { sent: { apiKey: { file: '~/secret' } } },
    names: ['(sent.apiKey) lies outside of'],
  },
  {
    what: 'an absolute file',
    file: { sent: { apiKey: { file: '/proc/self/environ' } } },
    names: ['(sent.apiKey) lies outside of'],
  },
  {
    what: 'a link to a file outside',
    file: { sent: { apiKey: { file: 'link' } } },
    names: ['(sent.apiKey) lies outside of'],
  },
  {
    what: 'a file behind a linked folder',
    file: { sent: { apiKey: { file: 'folder/secret' } } },
    names: ['(sent.apiKey) lies outside of'],
  },
  {
    what: 'a file in a folder with a like name',
    file: { sent: { apiKey: { file: '../project-2/secret' } } },
    names: ['lies outside of'],
  },
];

const corporate = 'https://corporate.example';

interface Stray {
  readonly what: string;
  readonly project?: object;
  readonly own: object;
  readonly env?: Readonly<Record<string, string>>;
  readonly provider?: keyof typeof providers;
  readonly profile?: string;
  /** What is named as the address and the credential that do not belong together. */
  readonly names: readonly [string, string];
  readonly hint: string;
}

const beside = 'an address that stands beside credentials is used only with those; set SENT_BASE_URL yourself';

const strays: readonly Stray[] = [
  {
    what: 'the environment’s key, to the address beside another key',
    own: { sent: { apiKey: 'other', baseUrl: corporate } },
    env,
    names: ['(sent.baseUrl) sets baseUrl', 'apiKey is from the environment (SENT_DM_API_KEY)'],
    hint: beside,
  },
  {
    what: 'the environment’s key, to the address of the profile that a project chose',
    project: { defaultProfile: 'corporate' },
    own: { profiles: { corporate: { sent: { apiKey: 'other', baseUrl: corporate } } } },
    env,
    names: ['(profiles.corporate.sent.baseUrl)', 'the environment (SENT_DM_API_KEY)'],
    hint: beside,
  },
  {
    what: 'the environment’s key, to a mere address in the profile that a project chose',
    project: { defaultProfile: 'corporate' },
    own: { defaultProfile: 'usual', profiles: { usual: {}, corporate: { sent: { baseUrl: corporate } } } },
    env,
    names: ['(profiles.corporate.sent.baseUrl)', 'the environment (SENT_DM_API_KEY)'],
    hint: 'the project chose the profile corporate, not you; set SENT_BASE_URL yourself, or choose it with --profile',
  },
  {
    what: 'a project’s key, to the address beside another key of the same profile',
    project: { profiles: { corporate: { sent: { apiKey: 'theirs' } } } },
    own: { profiles: { corporate: { sent: { apiKey: 'other', baseUrl: corporate } } } },
    profile: 'corporate',
    names: ['(profiles.corporate.sent.baseUrl)', '(profiles.corporate.sent.apiKey)'],
    hint: beside,
  },
  {
    what: 'the environment’s token, to the address beside a client’s secret',
    provider: 'sfmc',
    own: { sfmc: { clientId: 'i', clientSecret: 's', restUrl: corporate } },
    env: { SFMC_ACCESS_TOKEN: 'token' },
    names: ['(sfmc.restUrl)', 'the environment (SFMC_ACCESS_TOKEN)'],
    hint: 'an address that stands beside credentials is used only with those; set SFMC_REST_BASE_URL yourself',
  },
];

test.each(strays)('$what: refused', async ({ project: file, own, names, hint, ...stray }) => {
  const s = scene();
  const path = s.write(user, own);
  if (file !== undefined) s.write(project, file);
  const run = { env: stray.env ?? {}, ...(stray.profile === undefined ? {} : { profile: stray.profile }) };
  const provider = providers[stray.provider ?? 'sent'];
  const fault = await s.faultOf(provider, run);
  expect(fault).toMatchObject({ code: 'origin-refused', exit: 'config' });
  expect(fault.message).toContain(path);
  for (const name of names) expect(fault.message).toContain(name);
  expect(fault.hint).toContain(hint);
  expect((await s.load(run)).preview(provider, {}).fault?.message).toBe(fault.message);
  // What the user says for this run goes with any key.
  const variable = provider.settings['baseUrl'] === undefined ? 'SFMC_REST_BASE_URL' : 'SENT_BASE_URL';
  if (stray.profile !== undefined) return;
  await s.settingsOf(provider, { ...run, env: { ...run.env, [variable]: 'https://mine.example' } });
});

test.each([
  ['of the file', { sent: { baseUrl: corporate } }],
  ['of the user’s default profile', { defaultProfile: 'a', profiles: { a: { sent: { baseUrl: corporate } } } }],
])('a mere address %s of the user’s own goes with the environment’s key', async (_, own) => {
  const s = scene();
  s.write(user, own);
  const { settings } = await s.settingsOf(sent, { env });
  expect(settings.url('baseUrl')?.host).toBe('corporate.example');
});

test('an address goes with a key beside it that lies elsewhere, in the user’s own file', async () => {
  const s = scene();
  s.write(user, { sent: { apiKey: variable('CORPORATE_KEY'), baseUrl: corporate } });
  const { settings } = await s.settingsOf(sent, { env: { CORPORATE_KEY: 'mine' } });
  expect([settings.secret('apiKey')?.reveal(), settings.url('baseUrl')?.host]).toEqual(['mine', 'corporate.example']);
});

test('what every object inherits is no variable', async () => {
  const s = scene();
  s.write(user, { sent: { apiKey: variable('constructor') } });
  expect(await s.faultOf(sent)).toMatchObject({ code: 'credentials-missing' });
});

function victim(s: Scene, attempt: Attempt): string {
  s.write('home/secret', 'victim');
  s.write('home/project-2/secret', 'victim');
  s.write('home/project/inside', 'victim');
  s.link('home/project/link', s.path('home/secret'));
  s.link('home/project/folder', s.path('home'));
  if (attempt.own !== undefined) s.write(user, attempt.own);
  return s.write(attempt.name ?? project, attempt.file);
}

test.each(attempts)('theft: $what', async (attempt) => {
  const s = scene();
  const path = victim(s, attempt);
  const { provider = 'sent', profile, names } = attempt;
  const run = { env: attempt.env ?? {}, ...(profile === undefined ? {} : { profile }) };
  const fault = await s.faultOf(providers[provider], run);
  expect(fault).toMatchObject({ code: 'origin-refused', exit: 'config' });
  expect(fault.message).toContain(path);
  for (const name of names) expect(fault.message).toContain(name);
  expect(`${fault.message} ${fault.hint}`).not.toMatch(/evil\.example|victim/);
});

test.each([
  ['a command', { sent: { apiKey: { command: ['touch', 'trace'] } } }, 'sent.apiKey: a command'],
  [
    'a reference in an address',
    { sent: { apiKey: 'k', baseUrl: `https://${variable('KEY')}.evil.example` } },
    'sent.baseUrl may not refer',
  ],
  ['a reference in a setting', { sfmc: { subdomain: variable('KEY') } }, 'sfmc.subdomain may not refer'],
  [
    'a variable of another program',
    { sent: { apiKey: variable('AWS_SECRET_ACCESS_KEY') } },
    'sent.apiKey may only name SENT_DM_API_KEY or SENT_API_KEY; others are for your own file, outside of git checkouts',
  ],
  [
    'a variable of another provider, in a profile that nobody uses',
    { profiles: { p: { sfmc: { accessToken: variable('SENT_DM_API_KEY') } } } },
    'profiles.p.sfmc.accessToken may only name SFMC_CLIENT_ID or SFMC_CLIENT_SECRET or SFMC_ACCESS_TOKEN; others',
  ],
  ['what every object inherits', { sent: { apiKey: variable('__proto__') } }, 'sent.apiKey may only name'],
  ['a key with something around', { sent: { apiKey: `x${variable('KEY')}` } }, 'sent.apiKey must be'],
  ['a proxy', { proxy: evil }, 'proxy is not a known key'],
  ['a proxy for one', { sent: { proxy: evil } }, 'sent.proxy is not a known key'],
  ['a certificate', { ca: './ca.pem' }, 'ca is not a known key'],
  [
    'an unencrypted address',
    { sent: { apiKey: 'k', baseUrl: 'http://evil.example' } },
    'sent.baseUrl must be https://',
  ],
  ['a like name', { sent: { apiKey: 'k', baseUrl: 'http://localhost.evil.example' } }, 'sent.baseUrl must be https://'],
  [
    'userinfo',
    { sent: { apiKey: 'k', baseUrl: 'https://api.sent.dm@evil.example' } },
    'sent.baseUrl must not hold a user',
  ],
  ['another host by subdomain', { sfmc: { subdomain: 'evil.example/' } }, 'sfmc.subdomain does not look like'],
])('a project file with %s is refused whole, whatever the environment holds', async (_, file, message) => {
  const s = scene();
  const path = s.write(project, file);
  for (const provider of [sent, sfmc]) {
    const fault = await s.faultOf(provider, { env: { ...env, KEY: 'victim' } });
    expect(fault).toMatchObject({ code: 'config-invalid', exit: 'config' });
    expect(fault.message).toContain(`${path}, line 1: ${message}`);
    expect(fault.message).not.toMatch(/evil\.example|victim/);
  }
});

test('a refused address keeps commands of the victim’s from being run', async () => {
  const s = scene();
  s.write(project, { sent: { baseUrl: evil } });
  s.write(user, { sent: { apiKey: { command: ['./not-there'] } } });
  const fault = await s.faultOf(sent);
  expect(fault.code).toBe('origin-refused');
  expect(fault.message).toContain(`a command named in ${s.path(user)} (sent.apiKey)`);
});

test('an address and literal secrets in the same project file go together', async () => {
  const s = scene();
  const path = s.write(project, { sent: { apiKey: 'theirs', baseUrl: 'https://staging.example' } });
  const { settings, notes } = await s.settingsOf(sent);
  expect(settings.secret('apiKey')?.reveal()).toBe('theirs');
  expect(notes).toEqual([`using https://staging.example/ from ${path} (sent.baseUrl)`]);
});

test('an address that a higher source overrides does no harm', async () => {
  const s = scene();
  s.write(project, { sent: { baseUrl: evil } });
  const { settings } = await s.settingsOf(sent, { env: { ...env, SENT_BASE_URL: 'https://api.sent.dm' } });
  expect(settings.url('baseUrl')?.host).toBe('api.sent.dm');
});

test('without an address of its own a project file may name variables and files of its folder', async () => {
  const s = scene();
  s.write('home/project/keys/sent', 'inside');
  s.write(project, {
    sent: { apiKey: { file: 'keys/sent' } },
    sfmc: { subdomain: 'mc1', accessToken: variable('SFMC_ACCESS_TOKEN') },
  });
  expect((await s.settingsOf(sent)).settings.secret('apiKey')?.reveal()).toBe('inside');
  expect(
    (await s.settingsOf(sfmc, { env: { SFMC_ACCESS_TOKEN: 'token' } })).settings.secret('accessToken')?.reveal(),
  ).toBe('token');
});

test('a file in .config is judged by the project’s folder', async () => {
  const s = scene();
  s.write('home/project/keys/sent', 'inside');
  s.write('home/project/.config/sbstatusrc', { sent: { apiKey: { file: '../keys/sent' } } });
  expect((await s.settingsOf(sent)).settings.secret('apiKey')?.reveal()).toBe('inside');
});
