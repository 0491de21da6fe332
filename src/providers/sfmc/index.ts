import { faultOfReply } from '../../core/error-response.ts';
import { Fault } from '../../core/fault.ts';
import type { ConnectDeps, Connection, Provider } from '../../core/provider.ts';
import type { Settings } from '../../core/settings.ts';
import { details, readLookup } from './api.ts';
import { apiCodes, carrierCodes, replyCodes, sendCodes, tokenCodes } from './codes.ts';
import { mapError, mapTokenError, mayRetry } from './errors.ts';
import { words } from './status.ts';
import { connectWithClient, connectWithToken, curlPreamble } from './token.ts';

/** Salesforce Marketing Cloud Engagement: transactional SMS. */
export const sfmc: Provider = {
  id: 'sfmc',
  title: 'Salesforce Marketing Cloud',
  settings: {
    subdomain: {
      kind: 'text',
      env: ['SFMC_SUBDOMAIN'],
      what: 'the tenant’s subdomain, as in <subdomain>.rest.marketingcloudapis.com',
      pattern: /^[a-z0-9][a-z0-9-]{0,62}$/i,
    },
    clientId: { kind: 'secret', env: ['SFMC_CLIENT_ID'], what: 'the installed package’s client id' },
    clientSecret: { kind: 'secret', env: ['SFMC_CLIENT_SECRET'], what: 'the installed package’s client secret' },
    accountId: {
      kind: 'text',
      env: ['SFMC_ACCOUNT_ID', 'SFMC_MID'],
      what: 'the business unit (MID) that sent the message',
    },
    accessToken: {
      kind: 'secret',
      env: ['SFMC_ACCESS_TOKEN'],
      what: 'an access token that you fetched yourself, valid for under 20 minutes',
    },
    authUrl: { kind: 'url', env: ['SFMC_AUTH_BASE_URL', 'SFMC_AUTH_URL'], what: 'the address that issues tokens' },
    restUrl: { kind: 'url', env: ['SFMC_REST_BASE_URL'], what: 'the address of the REST API' },
    utcOffset: {
      kind: 'text',
      env: [],
      what: 'the offset of the account’s timestamps, where it is not -06:00',
      pattern: /^[+-](0\d|1[0-4]):[0-5]\d$/,
    },
  },
  credentials: [
    { keys: ['accessToken'], needs: [['subdomain', 'restUrl']] },
    { keys: ['clientId', 'clientSecret'], needs: [['subdomain', 'authUrl']] },
  ],
  operations: {
    get: {
      summary: 'look up a transactional SMS by its message key (sent or not sent; only events say delivered)',
      idName: 'message-key',
      example: 'bcX0qaEp0USGciEnUJTW0w',
      anyCharacter: true,
      target: (id) => ({ path: ['messaging', 'v1', 'sms', 'messages', id] }),
      read: readLookup,
    },
  },
  // The route is rate-limited and no figure is published.
  pace: { perSecond: 1, floorMs: 15_000 },
  details,
  privateDetails: { values: ['contactKey'], sentences: ['statusMessage', 'reason'] },
  check: {
    what: 'a token, then GET /messaging/v1/sms/messages/<made-up key>, which must be unknown',
    target: { path: ['messaging', 'v1', 'sms', 'messages', 'sbstatus-doctor-asks-for-no-message'] },
    proof: 'not-found',
  },
  usesTokens: true,
  words,
  codes: [...sendCodes, ...apiCodes],
  eventCodes: [...carrierCodes, ...replyCodes, ...tokenCodes],
  connect,
  mapError,
  mayRetry,
  curlPreamble,
  mock: async () => (await import('./mock.ts')).mock,
  decoder: async () => (await import('./decode.ts')).decode,
};

const tokenEndpoint = { title: 'Salesforce’s token endpoint', mapError: mapTokenError };

function connect(settings: Settings, deps: ConnectDeps): Connection {
  const accessToken = settings.secret('accessToken');
  if (accessToken !== null) return connectWithToken(settings, accessToken);
  const id = settings.secret('clientId');
  const secret = settings.secret('clientSecret');
  if (id === null || secret === null) {
    throw new Fault('credentials-missing', { message: 'there is no access token and no client for Marketing Cloud' });
  }
  const refusal = (reply: Parameters<typeof mayRetry>[0]) =>
    faultOfReply(tokenEndpoint, settings, reply, deps.clock.now());
  return connectWithClient({ settings, id, secret, deps, refusalOf: refusal });
}
