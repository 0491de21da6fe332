import { expect, test } from 'vitest';
import { fixedSettings } from '../../src/config/index.ts';
import { Secret } from '../../src/core/secret.ts';
import { sendblue, sent, sfmc } from './providers.ts';
import { type Scene, scene } from './scene.ts';

const project = 'home/project/.sbstatusrc';
const user = 'home/.sbstatusrc';

/** All sources at once; the tests take the highest away, one after the other. */
function everything(s: Scene): void {
  s.write(project, { sent: { apiKey: 'key-project', profileId: 'project' } });
  s.write(user, { sent: { apiKey: 'key-user', profileId: 'user' } });
}

test('flag > env > project file > user file', async () => {
  const s = scene();
  everything(s);
  const env = { SENT_DM_API_KEY: 'key-env', SENT_PROFILE_ID: 'env' };
  const all = await s.settingsOf(sent, { env, flags: { profileId: 'flag' } });
  expect(all.settings.text('profileId')).toBe('flag');
  expect(all.settings.secret('apiKey')?.reveal()).toBe('key-env');
  expect(Object.fromEntries(all.origins)).toEqual({
    apiKey: { kind: 'env', name: 'SENT_DM_API_KEY', file: null, path: null },
    profileId: { kind: 'flag', name: '--profile-id', file: null, path: null },
    baseUrl: { kind: 'default', name: null, file: null, path: null },
  });
  expect((await s.settingsOf(sent, { env })).settings.text('profileId')).toBe('env');
  const files = await s.settingsOf(sent);
  expect(files.settings.text('profileId')).toBe('project');
  expect(files.settings.secret('apiKey')?.reveal()).toBe('key-project');
  expect(files.origins.get('apiKey')).toEqual({
    kind: 'project',
    name: null,
    file: s.path(project),
    path: 'sent.apiKey',
  });
  s.write(project, '');
  const own = await s.settingsOf(sent);
  expect(own.settings.text('profileId')).toBe('user');
  expect(own.settings.secret('apiKey')?.reveal()).toBe('key-user');
  expect(own.origins.get('profileId')).toEqual({
    kind: 'user',
    name: null,
    file: s.path(user),
    path: 'sent.profileId',
  });
});

test('--config ranks as the user’s own file: below the project’s', async () => {
  const s = scene();
  everything(s);
  const configFile = s.write('home/other.yaml', { sent: { apiKey: 'key-other', profileId: 'other' } });
  expect((await s.settingsOf(sent, { configFile })).settings.text('profileId')).toBe('project');
  s.write(project, '');
  expect((await s.settingsOf(sent, { configFile })).settings.secret('apiKey')?.reveal()).toBe('key-other');
});

test('an empty variable counts as unset, and the primary name comes before the others', async () => {
  const s = scene();
  everything(s);
  const empty = await s.settingsOf(sent, { env: { SENT_DM_API_KEY: '', SENT_PROFILE_ID: '' } });
  expect(empty.settings.secret('apiKey')?.reveal()).toBe('key-project');
  expect(empty.settings.text('profileId')).toBe('project');
  const second = await s.settingsOf(sent, { env: { SENT_DM_API_KEY: '', SENT_API_KEY: 'second' } });
  expect(second.settings.secret('apiKey')?.reveal()).toBe('second');
  const both = await s.settingsOf(sent, { env: { SENT_DM_API_KEY: 'first', SENT_API_KEY: 'second' } });
  expect(both.settings.secret('apiKey')?.reveal()).toBe('first');
});

test('an empty flag takes a setting away', async () => {
  const s = scene();
  everything(s);
  const { settings, origins } = await s.settingsOf(sent, { flags: { profileId: '' } });
  expect(settings.has('profileId')).toBe(false);
  expect(origins.has('profileId')).toBe(false);
});

test('a variable is taken as it is: references are the files’ syntax', async () => {
  const fault = await scene().settingsOf(sent, { env: { SENT_DM_API_KEY: `\${OTHER}`, OTHER: 'other' } });
  expect(fault.settings.secret('apiKey')?.reveal()).toBe(`\${OTHER}`);
});

test('values from the environment and from flags are checked like those of files, and not quoted', async () => {
  const s = scene();
  const newline = await s.faultOf(sent, { env: { SENT_DM_API_KEY: 'hush-hush\n' } });
  expect(newline).toMatchObject({ code: 'config-invalid' });
  expect(newline.message).toBe(
    'the API key from the environment (SENT_DM_API_KEY) holds a blank, a line end or a character that no header can carry',
  );
  const env = { SENT_DM_API_KEY: 'k' };
  const flag = await s.faultOf(sent, { env, flags: { profileId: 'a\r\nx-evil: 1' } });
  expect(flag.message).toBe('sent.profileId from --profile-id holds a character that no header can carry');
  const token = { SFMC_ACCESS_TOKEN: 't', SFMC_SUBDOMAIN: 'evil.example/#' };
  expect((await s.faultOf(sfmc, { env: token })).message).toBe(
    'sfmc.subdomain from the environment (SFMC_SUBDOMAIN) does not look like a tenant’s subdomain',
  );
});

test('the usual CI set-up: secrets in the environment, everything else committed', async () => {
  const s = scene();
  s.write(
    project,
    { sfmc: { subdomain: 'mc123', accountId: '510000000', utcOffset: '+00:00' }, sent: { profileId: 'p' } },
    0o666,
  );
  const env = { SFMC_CLIENT_ID: 'id', SFMC_CLIENT_SECRET: 'secret', SENT_DM_API_KEY: 'key' };
  const { settings, notes } = await s.settingsOf(sfmc, { env });
  expect(notes).toEqual([]);
  expect(['subdomain', 'accountId', 'utcOffset'].map((key) => settings.text(key))).toEqual([
    'mc123',
    '510000000',
    '+00:00',
  ]);
  expect(settings.secret('clientSecret')?.reveal()).toBe('secret');
  expect(settings.has('accessToken')).toBe(false);
  expect((await s.settingsOf(sent, { env })).settings.text('profileId')).toBe('p');
});

test('credentials come whole from the highest source that holds any of them', async () => {
  const s = scene();
  s.write(user, { sendblue: { apiKeyId: 'user-id', apiSecretKey: 'user-secret' } });
  const half = { SENDBLUE_API_API_KEY: 'env-id' };
  const fault = await s.faultOf(sendblue, { env: half });
  expect(fault).toMatchObject({ code: 'origin-refused', exit: 'config' });
  expect(fault.message).toBe(
    `the credentials of Sendblue are split: apiKeyId is from the environment (SENDBLUE_API_API_KEY), apiSecretKey from ${s.path(user)} (sendblue.apiSecretKey)`,
  );
  expect(fault.hint).toBe('put all of apiKeyId, apiSecretKey into the environment, or take apiKeyId out of it');
  s.write(project, { sendblue: { apiSecretKey: 'project-secret' } });
  const files = await s.faultOf(sendblue);
  expect(files.message).toContain(
    `apiSecretKey is from ${s.path(project)} (sendblue.apiSecretKey), apiKeyId from ${s.path(user)}`,
  );
  const whole = await s.settingsOf(sendblue, { env: { ...half, SENDBLUE_API_API_SECRET: 'env-secret' } });
  expect(whole.settings.secret('apiSecretKey')?.reveal()).toBe('env-secret');
});

test('of two ways to authenticate the higher source decides, then the order of declaration', async () => {
  const s = scene();
  s.write(user, { sfmc: { subdomain: 'mc1', clientId: 'id', clientSecret: 'secret' } });
  const token = await s.settingsOf(sfmc, { env: { SFMC_ACCESS_TOKEN: 'token' } });
  expect(token.settings.secret('accessToken')?.reveal()).toBe('token');
  expect(token.settings.has('clientId')).toBe(false);
  const env = { SFMC_ACCESS_TOKEN: 'token', SFMC_CLIENT_ID: 'id', SFMC_CLIENT_SECRET: 'secret' };
  const both = await s.settingsOf(sfmc, { env });
  expect(both.settings.has('accessToken')).toBe(true);
  expect(both.settings.has('clientId')).toBe(false);
  // The token alone would not know where to ask.
  const pair = await scene().settingsOf(sfmc, { env: { ...env, SFMC_AUTH_URL: 'https://auth.example' } });
  expect(pair.settings.has('accessToken')).toBe(false);
  expect(pair.settings.has('clientId')).toBe(true);
});

test('everything that is missing is named at once, with the ways forward', async () => {
  const s = scene();
  const one = await s.faultOf(sent);
  expect(one).toMatchObject({
    code: 'credentials-missing',
    exit: 'config',
    message: 'missing for Sent: SENT_DM_API_KEY (sent.apiKey)',
  });
  expect(one.hint).toBe(
    'export SENT_DM_API_KEY=…, or write a .sbstatusrc (`sbstatus config init` asks for what it needs), or try it without credentials: --mock',
  );
  expect((await s.faultOf(sendblue)).message).toBe(
    'missing for Sendblue: SENDBLUE_API_API_KEY (sendblue.apiKeyId), SENDBLUE_API_API_SECRET (sendblue.apiSecretKey)',
  );
  expect((await s.faultOf(sfmc)).message).toBe(
    'missing for Salesforce Marketing Cloud: ' +
      'SFMC_CLIENT_ID (sfmc.clientId), SFMC_CLIENT_SECRET (sfmc.clientSecret), SFMC_SUBDOMAIN (sfmc.subdomain) or SFMC_AUTH_BASE_URL (sfmc.authUrl); or else ' +
      'SFMC_ACCESS_TOKEN (sfmc.accessToken), SFMC_SUBDOMAIN (sfmc.subdomain) or SFMC_REST_BASE_URL (sfmc.restUrl)',
  );
  const half = await s.faultOf(sfmc, { env: { SFMC_CLIENT_ID: 'id', SFMC_SUBDOMAIN: 'mc1' } });
  expect(half.message).toMatch(
    /^missing for Salesforce Marketing Cloud: SFMC_CLIENT_SECRET \(sfmc.clientSecret\); or else/,
  );
  expect(half.hint).toMatch(/^export SFMC_CLIENT_SECRET=…, or/);
});

test('an address in the user’s file, a variable or a flag goes with any secret, and is named when it is not the default', async () => {
  const s = scene();
  const apiKey = 'key-project';
  s.write(project, { sent: { apiKey } });
  const env = await s.settingsOf(sent, { env: { SENT_BASE_URL: 'https://eu.example/v' } });
  expect(env.settings.url('baseUrl')?.href).toBe('https://eu.example/v');
  expect(env.notes).toEqual(['using https://eu.example/v from the environment (SENT_BASE_URL)']);
  s.write(user, { sent: { baseUrl: 'https://user.example' } });
  expect((await s.settingsOf(sent)).notes).toEqual([`using https://user.example/ from ${s.path(user)} (sent.baseUrl)`]);
  expect((await s.settingsOf(sent, { flags: { baseUrl: 'https://flag.example' } })).settings.url('baseUrl')?.host).toBe(
    'flag.example',
  );
  s.write(user, { sent: { baseUrl: 'https://api.sent.dm/' } });
  expect((await s.settingsOf(sent)).notes).toEqual([]);
});

test('where settings come from is known without credentials and without fetching anything', async () => {
  const s = scene();
  s.write(user, { sfmc: { clientSecret: { command: ['false'] }, accountId: '1' } });
  const { settings, configured, fault } = (await s.load({ env: { SFMC_MID: '2' } })).preview(sfmc, {});
  expect([...settings].map(([key, { origin, value }]) => [key, origin.kind, origin.name, value])).toEqual([
    ['clientSecret', 'command', null, null],
    ['accountId', 'env', 'SFMC_MID', '2'],
  ]);
  expect([configured, fault?.code]).toEqual([true, 'credentials-missing']);
});

test('fixed settings are typed as declared', () => {
  const settings = fixedSettings(sent, { apiKey: 'mock-key', baseUrl: 'http://127.0.0.1:9', profileId: '' });
  expect(settings.secret('apiKey')).toBeInstanceOf(Secret);
  expect(settings.secret('apiKey')?.label).toBe('SENT_DM_API_KEY');
  expect(settings.url('baseUrl')?.port).toBe('9');
  expect(settings.has('profileId')).toBe(false);
  expect(fixedSettings(sent, {}).url('baseUrl')?.host).toBe('api.sent.dm');
});

test('a text may have a default as an address may, and no note is made of it', async () => {
  const region = { kind: 'text', env: ['SENT_REGION'], what: 'the region', default: 'eu' } as const;
  const regional = { ...sent, settings: { ...sent.settings, region } };
  const env = { SENT_DM_API_KEY: 'key-env' };
  const { settings, origins, notes } = await scene().settingsOf(regional, { env });
  expect([settings.text('region'), origins.get('region')?.kind, notes]).toEqual(['eu', 'default', []]);
  const other = await scene().settingsOf(regional, { env: { ...env, SENT_REGION: 'us' } });
  expect([other.settings.text('region'), other.notes]).toEqual(['us', []]);
});
