import { expect, test } from 'vitest';
import { sent, sfmc } from './providers.ts';
import { scene, unending } from './scene.ts';

const project = 'home/project/.sbstatusrc';
const user = 'home/.sbstatusrc';
const two = {
  defaultProfile: 'production',
  profiles: {
    production: { sent: { apiKey: 'key-production', profileId: 'production' } },
    staging: { sent: { apiKey: 'key-staging' } },
  },
};
const env = { SENT_DM_API_KEY: 'key-env', SENT_PROFILE_ID: 'env', SENT_BASE_URL: 'https://env.example' };

test('without --profile the file’s default is used, below the environment', async () => {
  const s = scene();
  s.write(user, two);
  const configuration = await s.load();
  expect(configuration.profile()).toEqual({ name: 'production', explicit: false, byProject: false });
  expect(configuration.profiles).toEqual(['production', 'staging']);
  const { settings, origins } = await configuration.settingsOf(sent, {}, unending);
  expect(settings.secret('apiKey')?.reveal()).toBe('key-production');
  expect(origins.get('apiKey')?.path).toBe('profiles.production.sent.apiKey');
  expect((await s.settingsOf(sent, { env })).settings.secret('apiKey')?.reveal()).toBe('key-env');
});

test('an explicit profile beats the environment and never borrows from it; flags still win', async () => {
  const s = scene();
  s.write(user, two);
  const staging = await s.settingsOf(sent, { env, profile: 'staging' });
  expect(staging.settings.secret('apiKey')?.reveal()).toBe('key-staging');
  expect(staging.settings.has('profileId')).toBe(false);
  expect(staging.settings.url('baseUrl')?.host).toBe('api.sent.dm');
  const flagged = await s.settingsOf(sent, { env, profile: 'staging', flags: { profileId: 'flag' } });
  expect(flagged.settings.text('profileId')).toBe('flag');
  expect((await s.settingsOf(sent, { env, profile: '' })).settings.secret('apiKey')?.reveal()).toBe('key-env');
});

test('an explicit profile without the credentials says so, however full the environment and the top level are', async () => {
  const s = scene();
  s.write(user, { profiles: { empty: { sfmc: { subdomain: 'mc1' } } } });
  s.write(project, { sent: { apiKey: 'key-top-level' } });
  const fault = await s.faultOf(sent, { env, profile: 'empty' });
  expect(fault).toMatchObject({ code: 'credentials-missing', message: 'missing for Sent: profiles.empty.sent.apiKey' });
  expect(fault.hint).toContain('an explicit profile borrows nothing from the environment');
  const both = await s.faultOf(sfmc, { profile: 'empty' });
  expect(both.message).toBe(
    'missing for Salesforce Marketing Cloud: profiles.empty.sfmc.clientId, profiles.empty.sfmc.clientSecret; or else ' +
      'profiles.empty.sfmc.accessToken',
  );
});

test('project and user file may both define a profile; the project’s settings come first', async () => {
  const s = scene();
  s.write(user, two);
  s.write(project, { profiles: { staging: { sent: { profileId: 'committed' } } } });
  const { settings } = await s.settingsOf(sent, { profile: 'staging' });
  expect(settings.secret('apiKey')?.reveal()).toBe('key-staging');
  expect(settings.text('profileId')).toBe('committed');
  s.write(project, { sent: { profileId: 'top-level' } });
  expect((await s.settingsOf(sent)).settings.text('profileId')).toBe('top-level');
});

test('a project file may choose among the user’s profiles', async () => {
  const s = scene();
  s.write(user, two);
  s.write(project, { defaultProfile: 'staging' });
  expect((await s.settingsOf(sent)).settings.secret('apiKey')?.reveal()).toBe('key-staging');
});

test('profiles that nobody chose are named when credentials are missing', async () => {
  const s = scene();
  s.write(user, { profiles: two.profiles });
  expect((await s.faultOf(sent)).hint).toMatch(
    /^choose a profile with --profile \(production, staging\), or export SENT_DM_API_KEY=…/,
  );
});

test.each([
  ['prodction', 'did you mean production? there are: production, staging'],
  ['nothing-like-it', 'there are: production, staging'],
  ['__proto__', 'there are: production, staging'],
  ['constructor', 'there are: production, staging'],
  ['toString', 'there are: production, staging'],
])('an unknown profile %s is an error, whatever the environment holds', async (profile, hint) => {
  const s = scene();
  const path = s.write(user, two);
  const fault = await s.faultOf(sent, { env, profile });
  expect(fault).toMatchObject({ code: 'profile-unknown', exit: 'config', hint });
  expect(fault.message).toBe(`no profile ${profile}: not in ${path}`);
});

test('a profile without any file, and a default that does not exist', async () => {
  const s = scene();
  expect((await s.faultOf(sent, { env, profile: 'production' })).message).toBe(
    'no profile production: there is no config file',
  );
  const path = s.write(user, { defaultProfile: 'gone', profiles: { here: {} } });
  expect((await s.faultOf(sent, { env })).message).toBe(
    `no profile gone, named by defaultProfile in ${path}: not in ${path}`,
  );
});
