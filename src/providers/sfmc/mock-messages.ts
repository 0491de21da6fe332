import type { MockLimit, MockReply } from '../../core/mock.ts';
import { findApiCode, findSendCode } from './codes.ts';

/** Milliseconds between a message's sending and its first look-up. */
const headStartMs = 90_000;
const clockOffsetMs = -6 * 60 * 60_000;

/** What a made-up body is about. */
export interface Scene {
  readonly id: string;
  readonly asked: number;
  /** Epoch milliseconds. */
  readonly firstAsked: number;
}

/** A queued message's body names no key. */
export function queuedBody(scene: Scene): object {
  return body(scene, 'TransactionalSendEvents.SMSQueued');
}

export function sentBody(scene: Scene): object {
  return { ...body(scene, 'TransactionalSendEvents.SMSSent'), ...about(scene) };
}

export function notSentBody(scene: Scene, statusCode: number): object {
  const statusMessage = findSendCode(String(statusCode))?.name ?? 'Not in the catalogue';
  return { ...body(scene, 'TransactionalSendEvents.SMSNotSent'), ...about(scene, { statusCode, statusMessage }) };
}

/** Any word, in a body that is otherwise the sent one's. */
export function bodyWithWord(scene: Scene, eventCategoryType: string): object {
  return { ...body(scene, eventCategoryType), ...about(scene) };
}

function body({ asked, firstAsked }: Scene, eventCategoryType: string): object {
  return {
    requestId: `5f0c1d52-0d4b-4c6e-9a51-${String(asked + 1).padStart(12, '0')}`,
    eventCategoryType,
    // The provider's own clock, without a zone.
    timestamp: new Date(firstAsked - headStartMs + clockOffsetMs).toISOString().replace('Z', ''),
  };
}

function about({ id }: Scene, more: object = {}): object {
  return {
    compositeId: '1F3631D4-5497-E811-80E4-1402EC6B9540.214435.228431.1.231481617',
    info: { messageKey: id, contactKey: 'contact-0134', to: '+15555550134', ...more },
  };
}

/** The bodies of the reference page; where it breaks JSON (a comma too many, a brace too few) it is mended. */
export const documented: ReadonlyMap<string, object> = new Map(
  Object.entries({
    bcX0qaEp0USGciEnUJTW0w: {
      requestId: '77431635-1b6b-44db-a16d-420361a43dc1',
      eventCategoryType: 'TransactionalSendEvents.SMSSent',
      timestamp: '2018-08-03T13:41:18.55',
      compositeId: '1F3631D4-5497-E811-80E4-1402EC6B9540.214435.228431.1.231481617',
      info: { messageKey: 'bcX0qaEp0USGciEnUJTW0w', contactKey: 'Astro25' },
    },
    queued: {
      requestId: 'fcdbb2f9-438b-4d52-a380-2eade2f46396',
      eventCategoryType: 'TransactionalSendEvents.SMSQueued',
      timestamp: '2018-08-16T10:44:41.2196',
    },
    '9a-zUvWf3UKxLpwwIrqTmQ': {
      requestId: '30486456-ed41-46ba-96eb-06c4ff3b95d9',
      eventCategoryType: 'TransactionalSendEvents.SMSNotSent',
      timestamp: '2018-07-24T06:26:58.463',
      compositeId: '56941A9F-3A8F-E811-80E0-1402EC6B9529.4647028.622338.1.318768528',
      info: {
        messageKey: '9a-zUvWf3UKxLpwwIrqTmQ',
        contactKey: 'ec25a8c8-6d4e-42f0-84c3-4ea23564cbe5',
        statusCode: 16,
        statusMessage: 'InvalidAttributeValue',
      },
    },
  }),
);

const documentation = 'https://developer.salesforce.com/docs';

/** `errorcode` and words by HTTP status, as far as the provider has a code for it. */
const worded: Readonly<Record<number, readonly [errorcode: number, message: string]>> = {
  400: [10000, 'The request is not valid'],
  401: [0, 'Not Authorized'],
  403: [20002, 'Insufficient Privileges'],
  404: [30003, 'Not Found'],
  409: [30002, 'Conflict'],
  429: [50100, 'Too Many Requests'],
  503: [50300, 'Service Unavailable'],
};

/** By this Salesforce's own libraries know that a new token may help. */
const tokenRefused = { 'www-authenticate': 'Bearer realm="rest", error="invalid_token"' };

/** The error body of a REST route. */
export function restError(status: number, limit?: MockLimit): MockReply {
  const [errorcode, message] = worded[status] ?? [status, `Error ${status}`];
  const wait = limit === undefined ? {} : { retryAfter: limit.seconds };
  const body = { message, errorcode, documentation: status === 404 ? '' : documentation, ...wait };
  return status === 401 ? { status, body, headers: tokenRefused } : { status, body };
}

/** The refusal that an `errorcode` of the catalogue comes with, or null for one that it does not hold. */
export function restErrorOf(errorcode: number): MockReply | null {
  const entry = findApiCode(String(errorcode));
  if (entry === null) return null;
  const status = statusOf(errorcode);
  const body = { message: entry.meaning, errorcode, documentation };
  return status === 401 ? { status, body, headers: tokenRefused } : { status, body };
}

function statusOf(errorcode: number): number {
  if (errorcode === 0 || errorcode === 40004) return 401;
  if (errorcode === 30003) return 404;
  if (errorcode === 30002 || errorcode === 30004) return 409;
  if (errorcode === 50300) return 503;
  const family: Readonly<Record<string, number>> = { '2': 403, '4': 403, '5': 429 };
  return errorcode > 99_999 ? 400 : (family[String(errorcode).charAt(0)] ?? 400);
}

/** The error body of the token endpoint, in the shape of OAuth. */
export function tokenError(status: number, error: string, sentence: string): MockReply {
  return { status, body: { error, error_description: sentence, error_uri: documentation } };
}

/** How the token endpoint words a status. */
export function tokenErrorOf(status: number): MockReply {
  if (status === 401) return tokenError(401, 'invalid_client', 'Client authentication failed.');
  return status < 500 ? tokenError(status, 'invalid_request', `Error ${status}`) : restError(status);
}
