import type { MockId, MockProvider, MockReply, MockRequest, MockRoute } from '../../core/mock.ts';
import { MockAccount } from './mock-account.ts';
import { documentedId, type MockBody, plays, statusOf } from './mock-messages.ts';

const settings = { apiKeyId: 'mock-key-id', apiSecretKey: 'mock-secret-key' };

/** A server of its own account: what is sent to it is what it then tells. */
export function createMock(): MockProvider {
  const account = new MockAccount();
  const statusRoute: MockRoute = {
    method: 'GET',
    path: '/api/status',
    idParameter: 'handle',
    answer: (request) => {
      if (request.id === '') return missing('handle');
      const message = account.find(request.id, request);
      return message === null ? fail(404) : { status: 200, body: statusOf(message) };
    },
    refuse,
    fail,
  };
  const retrieveRoute: MockRoute = {
    method: 'GET',
    path: '/api/v2/messages/:id',
    answer: (request) => {
      const message = account.find(request.id, request);
      return message === null ? retrieveFail(404) : { status: 200, body: { data: message, status: 'OK' } };
    },
    refuse,
    fail: retrieveFail,
  };
  const listRoute: MockRoute = {
    method: 'GET',
    path: '/api/v2/messages',
    answer: (request) => account.list(request, fail),
    refuse,
    fail,
  };
  const sendRoute: MockRoute = {
    method: 'POST',
    path: '/api/send-message',
    answer: (request) => send(account, request),
    refuse,
    fail,
  };
  return { settings, urlSettings: ['baseUrl'], routes: [statusRoute, retrieveRoute, listRoute, sendRoute], ids };
}

const ids: readonly MockId[] = [
  { id: documentedId, operation: 'get', means: 'the message of the reference page: SENT over iMessage' },
  { id: documentedId, operation: 'status', means: 'the message of the reference page: QUEUED' },
  ...Object.entries(plays).map(([id, { means }]): MockId => ({ id, operation: operationFor(id), means })),
  { id: 'status-DECLINED', operation: 'get', means: 'status-<WORD>: that word as Sendblue’s status' },
  { id: 'code-4002', operation: 'get', means: 'code-<CODE>: ERROR with that error_code' },
];

function operationFor(id: string): string {
  return id === 'bare' ? 'status' : 'get';
}

/** A page of the front end that stands before Sendblue's own server. */
const unavailable =
  '<!doctype html><html><head><title>503 Server Error</title></head><body><h1>Error: Server Error</h1></body></html>';

function missing(parameter: string): MockReply {
  return invalid(`missing required parameter: ${parameter}`);
}

function invalid(message: string): MockReply {
  return { status: 400, body: { status: 'ERROR', error_code: 4000, error_message: message } };
}

const sentences: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Invalid Credentials',
  403: 'Forbidden',
  422: 'Unprocessable Entity',
};

function refuse({ headers }: MockRequest): MockReply | null {
  const known =
    headers['sb-api-key-id'] === settings.apiKeyId && headers['sb-api-secret-key'] === settings.apiSecretKey;
  return known ? null : fail(401);
}

/** The status endpoint's 404 is a bare sentence sent as text/html, as recorded in 2020. */
function fail(status: number): MockReply {
  if (status === 404) return { status, body: 'Message not found' };
  if (status === 429) return { status, body: 'Too Many Requests' };
  if (status === 500) {
    return { status, body: { status: 'ERROR', error_code: 5000, error_message: 'Internal server error' } };
  }
  if (status === 503) return { status, body: unavailable };
  return errorReply(status, sentences[status] ?? `Error ${status}`);
}

function errorReply(status: number, message: string): MockReply {
  return { status, body: { status: 'ERROR', message } };
}

/** Nobody has recorded this endpoint's 404: it is worded like its 401. */
function retrieveFail(status: number): MockReply {
  return status === 404 ? errorReply(404, 'Message not found') : fail(status);
}

/** The styles that Sendblue's own SDK knows. */
const styles =
  'celebration shooting_star fireworks lasers love confetti balloons spotlight echo invisible gentle loud slam'.split(
    ' ',
  );

/** POST /api/send-message: a text, a medium or a card, from one of the account's numbers to another. */
function send(account: MockAccount, { body, now }: MockRequest): MockReply {
  const wanted = fieldsOf(body);
  const { number, from_number, content, media_url, app_card, send_style, reply_to, seat_id } = wanted;
  for (const name of ['number', 'from_number']) if (!isFilled(wanted[name])) return missing(name);
  if (!isFilled(content) && !isFilled(media_url) && app_card == null) return missing('content or media_url');
  if (send_style != null && send_style !== '' && !styles.includes(String(send_style)))
    return invalid('invalid send_style');
  const message = account.send(
    {
      content: content ?? '',
      media_url: media_url ?? '',
      send_style: send_style ?? '',
      number,
      to_number: number,
      from_number,
      sendblue_number: from_number,
      ...(app_card == null ? {} : { app_card }),
      ...(reply_to == null ? {} : { reply_to }),
      ...(seat_id == null ? {} : { seat_id }),
    },
    now,
  );
  return { status: 200, body: { ...message, account_email: message['accountEmail'] } satisfies MockBody };
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function fieldsOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const fields: unknown = JSON.parse(body);
    return typeof fields === 'object' && fields !== null ? { ...fields } : {};
  } catch {
    return {};
  }
}
