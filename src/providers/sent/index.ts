import { Fault } from '../../core/fault.ts';
import type { Connection, Provider } from '../../core/provider.ts';
import type { Settings } from '../../core/settings.ts';
import { activities } from './activities.ts';
import { details, privateDetails, readMessage } from './api.ts';
import { codes } from './codes.ts';
import { mapError } from './errors.ts';
import { words } from './status.ts';

const defaultBase = 'https://api.sent.dm';

/** Sent (sent.dm), API version 3. */
export const sent: Provider = {
  id: 'sent',
  title: 'Sent',
  settings: {
    // Two shapes of key are documented (`sk_live_…` and a UUID), so none is checked.
    apiKey: { kind: 'secret', env: ['SENT_DM_API_KEY', 'SENT_API_KEY'], what: 'the API key' },
    profileId: {
      kind: 'text',
      env: ['SENT_PROFILE_ID'],
      what: 'the child profile to look into, for an organisation’s key',
      // What a header can carry.
      pattern: /^[\x20-\x7e]{0,256}$/,
      flag: '--profile-id',
    },
    baseUrl: { kind: 'url', env: ['SENT_BASE_URL'], what: 'the address of the API', default: defaultBase },
  },
  credentials: [{ keys: ['apiKey'] }],
  operations: {
    get: {
      summary: 'look up a message by its id',
      idName: 'id',
      example: '8ba7b830-9dad-11d1-80b4-00c04fd430c8',
      target: (id) => ({ path: ['v3', 'messages', id] }),
      read: readMessage,
      expansions: { activities },
    },
  },
  // 200 requests a minute, shared with the account's sending.
  pace: { perSecond: 100 / 60, floorMs: 2000 },
  details,
  privateDetails,
  check: { what: 'GET /v3/me', target: { path: ['v3', 'me'] }, proof: 'success' },
  words,
  codes,
  connect,
  mapError,
  mock: async () => (await import('./mock.ts')).mock,
  decoder: async () => (await import('./decode.ts')).decode,
};

function connect(settings: Settings): Connection {
  const key = settings.secret('apiKey');
  if (key === null) throw new Fault('credentials-missing', { message: 'there is no API key for Sent' });
  // An empty x-profile-id is not the same as none: Sent may refuse it.
  const profile = settings.text('profileId')?.trim() ?? '';
  const headers = { 'x-api-key': key, ...(profile === '' ? {} : { 'x-profile-id': profile }) };
  const base = settings.url('baseUrl') ?? new URL(defaultBase);
  return { canRenew: false, authorize: async () => ({ base, headers }) };
}
