import type { MockId, MockProvider, MockReply, MockRequest, MockRoute } from '../../core/mock.ts';
import { listRoute, timeOf } from './mock-list.ts';
import { documentedId, messageBody, plays, retrieveBody, statusBody } from './mock-messages.ts';

const settings = { apiKeyId: 'mock-key-id', apiSecretKey: 'mock-secret-key' };

const statusRoute: MockRoute = {
  method: 'GET',
  path: '/api/status',
  idParameter: 'handle',
  answer: (request) => (request.id === '' ? missingHandle : replyOr(fail(404), statusBody(request))),
  refuse,
  fail,
};

const retrieveRoute: MockRoute = {
  method: 'GET',
  path: '/api/v2/messages/:id',
  // Nobody has recorded this endpoint's 404: it is worded like its 401.
  answer: ({ id, asked, now }) =>
    replyOr(errorReply(404, 'Message not found'), retrieveBody({ id, asked, now: timeOf(id, now) })),
  refuse,
  fail: (status) => (status === 404 ? errorReply(404, 'Message not found') : fail(status)),
};

export const mock: MockProvider = {
  settings,
  urlSettings: ['baseUrl'],
  routes: [statusRoute, retrieveRoute, listRoute({ refuse, fail }), sendRoute({ refuse, fail })],
  ids: [
    { id: documentedId, operation: 'get', means: 'the message of the reference page: SENT over iMessage' },
    { id: documentedId, operation: 'status', means: 'the message of the reference page: QUEUED' },
    ...Object.entries(plays).map(([id, { means }]): MockId => ({ id, operation: operationFor(id), means })),
    { id: 'status-DECLINED', operation: 'get', means: 'status-<WORD>: that word as Sendblue’s status' },
    { id: 'code-4002', operation: 'get', means: 'code-<CODE>: ERROR with that error_code' },
  ],
};

function operationFor(id: string): string {
  return id === 'bare' ? 'status' : 'get';
}

function replyOr(missing: MockReply, body: unknown): MockReply {
  return body === null ? missing : { status: 200, body };
}

/** A page of the front end that stands before Sendblue's own server. */
const unavailable =
  '<!doctype html><html><head><title>503 Server Error</title></head><body><h1>Error: Server Error</h1></body></html>';

const missingHandle: MockReply = {
  status: 400,
  body: { status: 'ERROR', error_code: 4000, error_message: 'missing required parameter: handle' },
};

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

/**
 * POST /api/send-message: sends nothing, and gives a handle that then moves like `moving`, so that a script which
 * sends and waits can be tried whole.
 */
function sendRoute({ refuse, fail }: Pick<MockRoute, 'refuse' | 'fail'>): MockRoute {
  return { method: 'POST', path: '/api/send-message', answer: (request) => answer(request) ?? fail(400), refuse, fail };
}

function answer({ body, now }: MockRequest): MockReply | null {
  const wanted = fieldsOf(body);
  const [content, number, from] = ['content', 'number', 'from_number'].map((name) => wanted[name]);
  if (!isFilled(content) || !isFilled(number) || !isFilled(from)) return null;
  const message = messageBody(`moving-${crypto.randomUUID()}`, { status: 'QUEUED' }, now);
  return { status: 200, body: { ...message, content, number, to_number: number, from_number: from } };
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
