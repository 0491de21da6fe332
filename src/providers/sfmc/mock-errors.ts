import type { MockReply } from '../../core/mock.ts';
import { apiCodes } from './codes-api.ts';

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

/** The error body of a REST route. */
export function restError(status: number): MockReply {
  const [errorcode, message] = worded[status] ?? [status, `Error ${status}`];
  const wait = status === 429 ? { retryAfter: 1 } : {};
  return { status, body: { message, errorcode, documentation: status === 404 ? '' : documentation, ...wait } };
}

/** The refusal that an `errorcode` of the catalogue comes with, or null for one that it does not hold. */
export function restErrorOf(errorcode: number): MockReply | null {
  const entry = apiCodes.find(({ code }) => code === String(errorcode));
  if (entry === undefined) return null;
  return { status: statusOf(errorcode), body: { message: entry.meaning, errorcode, documentation } };
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
