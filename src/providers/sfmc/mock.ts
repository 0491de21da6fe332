import type { MockId, MockProvider, MockReply, MockRequest, MockRoute } from '../../core/mock.ts';
import {
  bodyWithWord,
  documented,
  notSentBody,
  queuedBody,
  restError,
  restErrorOf,
  type Scene,
  sentBody,
  tokenError,
  tokenErrorOf,
} from './mock-messages.ts';

/** Ids with a life of their own; each also with `-<anything>` behind it. */
const scenes: Readonly<Record<string, (scene: Scene) => object | MockReply>> = {
  queued: queuedBody,
  sent: sentBody,
  scheduled: (scene) => notSentBody(scene, 25),
  failed: (scene) => notSentBody(scene, 129),
  'opted-out': (scene) => notSentBody(scene, 33),
  unknown: (scene) => bodyWithWord(scene, 'TransactionalSendEvents.SMSTeleported'),
  moving: (scene) => (scene.asked < 2 ? queuedBody(scene) : sentBody(scene)),
  failing: (scene) => (scene.asked < 2 ? queuedBody(scene) : notSentBody(scene, 129)),
  'token-expired': (scene) => (scene.asked === 0 ? restError(401) : sentBody(scene)),
  blocked: () => restErrorOf(50200) ?? restError(429),
};

const means: readonly (readonly [id: string, means: string])[] = [
  ['bcX0qaEp0USGciEnUJTW0w', 'the reference page’s sent message'],
  ['9a-zUvWf3UKxLpwwIrqTmQ', 'the reference page’s message that was not sent (code 16)'],
  ['queued', 'the reference page’s queued message, whose body names no key'],
  ['sent', 'sent: the most that this route ever says'],
  ['scheduled', 'not sent for now (code 25): a blackout window is open'],
  ['failed', 'not sent (code 129)'],
  ['opted-out', 'not sent (code 33)'],
  ['unknown', 'a word that sbstatus does not know'],
  ['moving', 'queued when asked twice, then sent'],
  ['failing', 'queued when asked twice, then not sent'],
  ['token-expired', 'refuses the first token (401), then sent'],
  ['blocked', 'blocked for asking too much at once (429, errorcode 50200)'],
  ['status-SMSSent', 'that word of the provider, verbatim'],
  ['code-16', 'not sent with that code; codes of the API (code-20002) refuse the request instead'],
];

const mockClient = {
  clientId: 'mock-client-id',
  clientSecret: 'mock-client-secret',
  accountId: '7000001',
};

/** Accepted beside the tokens issued, for trying SFMC_ACCESS_TOKEN. */
export const mockAccessToken = 'mock-access-token';

const lifetimeSeconds = 1079;
const issued = new Set<string>();
/** Tokens that are good at the same time. */
const mostIssued = 10_000;
let count = 0;

const tokenRoute: MockRoute = {
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
function refuseToken({ headers }: MockRequest): MockReply | null {
  const token = /^Bearer (\S+)$/i.exec(headers['authorization'] ?? '')?.[1];
  return token !== undefined && (token === mockAccessToken || issued.has(token)) ? null : restError(401);
}

function issue(): string {
  count += 1;
  const token = `${mockAccessToken}-${count}`;
  issued.add(token);
  const [oldest] = issued;
  if (issued.size > mostIssued && oldest !== undefined) issued.delete(oldest);
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

export const mock: MockProvider = {
  settings: mockClient,
  urlSettings: ['authUrl', 'restUrl'],
  routes: [
    { method: 'GET', path: '/messaging/v1/sms/messages/:id', answer, refuse: refuseToken, fail: restError },
    tokenRoute,
  ],
  ids: means.map(([id, meaning]): MockId => ({ id, operation: 'get', means: meaning })),
};

function answer(scene: MockRequest): MockReply {
  const reply = documented.get(scene.id) ?? advance(scene) ?? verbatim(scene) ?? errorReply(scene) ?? restError(404);
  return isReply(reply) ? reply : { status: 200, body: reply };
}

function advance(scene: Scene): object | undefined {
  const name = Object.keys(scenes).find((each) => scene.id === each || scene.id.startsWith(`${each}-`));
  return name === undefined ? undefined : scenes[name]?.(scene);
}

function verbatim(scene: Scene): object | undefined {
  const word = /^status-([^-]+)/s.exec(scene.id)?.[1];
  return word === undefined ? undefined : bodyWithWord(scene, word);
}

function errorReply(scene: Scene): object | undefined {
  const code = /^code-(\d{1,6})(-|$)/.exec(scene.id)?.[1];
  return code === undefined ? undefined : (restErrorOf(Number(code)) ?? notSentBody(scene, Number(code)));
}

function isReply(reply: object): reply is MockReply {
  return 'status' in reply;
}
