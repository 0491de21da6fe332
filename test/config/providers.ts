import type { CredentialSet, Provider, Setting } from '../../src/core/provider.ts';

/** Providers that declare what docs/configuration.md lists and can do nothing else. */
function declare(
  id: string,
  title: string,
  settings: Readonly<Record<string, Setting>>,
  credentials: readonly CredentialSet[],
): Provider {
  const never = () => {
    throw new Error('configuration asks providers for nothing');
  };
  return {
    id,
    title,
    settings,
    credentials,
    operations: {},
    pace: { perSecond: 1, floorMs: 1000 },
    codes: [],
    details: {},
    privateDetails: { values: [], sentences: [] },
    check: { what: 'nothing', target: { path: [] }, proof: 'success' },
    connect: never,
    mock: never,
    decoder: never,
  };
}

const secret = (what: string, ...env: string[]): Setting => ({ kind: 'secret', env, what });
const text = (what: string, ...env: string[]): Setting => ({ kind: 'text', env, what });
const url = (what: string, ...env: string[]): Setting => ({ kind: 'url', env, what });

export const sendblue = declare(
  'sendblue',
  'Sendblue',
  {
    apiKeyId: secret('the key id', 'SENDBLUE_API_API_KEY', 'SENDBLUE_API_KEY'),
    apiSecretKey: secret('the secret key', 'SENDBLUE_API_API_SECRET', 'SENDBLUE_API_SECRET'),
    baseUrl: { ...url('the address', 'SENDBLUE_API_BASE_URL'), default: 'https://api.sendblue.co' },
  },
  [{ keys: ['apiKeyId', 'apiSecretKey'] }],
);

export const sent = declare(
  'sent',
  'Sent',
  {
    apiKey: secret('the API key', 'SENT_DM_API_KEY', 'SENT_API_KEY'),
    profileId: { ...text('the profile id', 'SENT_PROFILE_ID'), flag: '--profile-id' },
    baseUrl: { ...url('the address', 'SENT_BASE_URL'), default: 'https://api.sent.dm' },
  },
  [{ keys: ['apiKey'] }],
);

export const sfmc = declare(
  'sfmc',
  'Salesforce Marketing Cloud',
  {
    subdomain: { ...text('a tenant’s subdomain', 'SFMC_SUBDOMAIN'), pattern: /^[a-z0-9][a-z0-9-]{0,62}$/i },
    clientId: secret('the client id', 'SFMC_CLIENT_ID'),
    clientSecret: secret('the client secret', 'SFMC_CLIENT_SECRET'),
    accountId: text('the MID', 'SFMC_ACCOUNT_ID', 'SFMC_MID'),
    accessToken: secret('an access token', 'SFMC_ACCESS_TOKEN'),
    authUrl: url('the address for tokens', 'SFMC_AUTH_BASE_URL', 'SFMC_AUTH_URL'),
    restUrl: url('the address of the REST API', 'SFMC_REST_BASE_URL'),
    utcOffset: { ...text('an offset such as -06:00'), pattern: /^[+-]\d\d:\d\d$/ },
  },
  [
    { keys: ['accessToken'], needs: [['subdomain', 'restUrl']] },
    { keys: ['clientId', 'clientSecret'], needs: [['subdomain', 'authUrl']] },
  ],
);

export const providers = { sendblue, sent, sfmc };
