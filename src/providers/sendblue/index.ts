import type { Connection, ImportSource, Provider } from '../../core/provider.ts';
import type { Secret } from '../../core/secret.ts';
import type { Settings } from '../../core/settings.ts';
import { details, privateDetails, readRetrieved, readStatus } from './api.ts';
import { codes } from './codes.ts';
import { hosts, mapError } from './errors.ts';
import { bulk, listing } from './listing.ts';
import { words } from './status.ts';

/** Sendblue's own CLI keeps the account's keys under other names than the API. */
export const importFrom: ImportSource = {
  owner: 'Sendblue’s own CLI',
  path: ['.sendblue', 'credentials.json'],
  read: (contents) => {
    const { apiKey, apiSecret } = Object(contents) as Readonly<Record<string, unknown>>;
    if (typeof apiKey !== 'string' || typeof apiSecret !== 'string') return null;
    return { apiKeyId: apiKey, apiSecretKey: apiSecret };
  },
};

const example = 'msg_abc123def456';

export const sendblue: Provider = {
  id: 'sendblue',
  title: 'Sendblue',
  settings: {
    apiKeyId: {
      kind: 'secret',
      env: ['SENDBLUE_API_API_KEY', 'SENDBLUE_API_KEY'],
      what: 'the API key id (header sb-api-key-id)',
    },
    apiSecretKey: {
      kind: 'secret',
      env: ['SENDBLUE_API_API_SECRET', 'SENDBLUE_API_SECRET'],
      what: 'the API secret key (header sb-api-secret-key)',
    },
    baseUrl: {
      kind: 'url',
      env: ['SENDBLUE_API_BASE_URL'],
      what: 'the address of the API',
      default: hosts[0],
    },
  },
  credentials: [{ keys: ['apiKeyId', 'apiSecretKey'] }],
  operations: {
    status: {
      summary: 'ask the status endpoint; it does not name the service (iMessage, SMS, RCS)',
      idName: 'handle',
      example,
      target: (id) => ({ path: ['api', 'status'], query: { handle: id } }),
      read: readStatus,
      nextOperation: (finding) => (finding.status.state === 'sent' ? 'get' : null),
    },
    get: {
      summary: 'retrieve the message with everything that Sendblue knows about it',
      idName: 'message-id',
      example,
      target: (id) => ({ path: ['api', 'v2', 'messages', id] }),
      read: readRetrieved,
    },
  },
  listing,
  bulk,
  // Sendblue publishes 100 requests in 10 seconds, and that for the list alone.
  pace: { perSecond: 5, floorMs: 2000 },
  details,
  privateDetails,
  check: {
    what: 'GET /api/v2/messages/<made-up id>, which must be unknown',
    target: { path: ['api', 'v2', 'messages', 'sbstatus-doctor-asks-for-no-message'] },
    proof: 'not-found',
  },
  importFrom,
  words,
  codes,
  connect,
  mapError,
  // `Message not found`, of `/api/status`.
  plainErrors: /\b(?:message|handle)\b/i,
  mock: async () => (await import('./mock.ts')).createMock(),
  decoder: async () => (await import('./decode.ts')).decode,
};

function connect(settings: Settings): Connection {
  const base = settings.url('baseUrl') ?? new URL(hosts[0]);
  const headers = {
    'sb-api-key-id': requireSecret(settings, 'apiKeyId'),
    'sb-api-secret-key': requireSecret(settings, 'apiSecretKey'),
  };
  return { canRenew: false, authorize: async () => ({ base, headers }) };
}

function requireSecret(settings: Settings, key: string): Secret {
  const secret = settings.secret(key);
  if (secret === null) throw new Error(`sendblue was connected without ${key}`);
  return secret;
}
