import type { MockReply, MockRequest, MockRoute } from '../../core/mock.ts';
import { restError, tokenError, tokenErrorOf } from './mock-errors.ts';

export const mockClient = {
  clientId: 'mock-client-id',
  clientSecret: 'mock-client-secret',
  accountId: '7000001',
};

/** Accepted beside the tokens issued, for trying SFMC_ACCESS_TOKEN. */
export const mockAccessToken = 'mock-access-token';

const lifetimeSeconds = 1079;
const issued = new Set<string>();

export const tokenRoute: MockRoute = {
  method: 'POST',
  path: '/v2/token',
  answer: ({ origin }) => ({
    status: 200,
    body: {
      access_token: issue(),
      token_type: 'Bearer',
      expires_in: lifetimeSeconds,
      scope: 'sms_read',
      soap_instance_url: `${origin}/`,
      rest_instance_url: `${origin}/`,
    },
  }),
  refuse: refuseClient,
  fail: tokenErrorOf,
};

/** What a look-up without a token of this server gets. */
export function refuseToken({ headers }: MockRequest): MockReply | null {
  const token = /^Bearer (\S+)$/i.exec(headers['authorization'] ?? '')?.[1];
  return token !== undefined && (token === mockAccessToken || issued.has(token)) ? null : restError(401);
}

function issue(): string {
  const token = `${mockAccessToken}-${issued.size + 1}`;
  issued.add(token);
  return token;
}

function refuseClient({ body }: MockRequest): MockReply | null {
  const asked = objectOf(body);
  if (asked['grant_type'] !== 'client_credentials') {
    return tokenError(400, 'unsupported_grant_type', 'The grant type must be client_credentials.');
  }
  if (typeof asked['client_id'] !== 'string' || typeof asked['client_secret'] !== 'string') {
    return tokenError(400, 'invalid_request', 'The client id and the client secret must be strings.');
  }
  const known = asked['client_id'] === mockClient.clientId && asked['client_secret'] === mockClient.clientSecret;
  const account = asked['account_id'] ?? mockClient.accountId;
  return known && String(account) === mockClient.accountId ? null : tokenErrorOf(401);
}

function objectOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}
