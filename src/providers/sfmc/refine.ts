import type { FaultCode } from '../../core/fault.ts';
import type { Reply } from '../../core/http.ts';
import { decodeText, isWebPage, parseJson } from '../../core/json.ts';
import type { ErrorResponse, MappedError } from '../../core/provider.ts';
import type { Settings } from '../../core/settings.ts';
import { absentHint } from './absent.ts';
import { apiCodes } from './codes-api.ts';
import { type ApiError, readApiError, readTokenError } from './wire-errors.ts';

/** The account is blocked for a while: each further request prolongs it. */
const blocked = '50200';

const faultCodes: Readonly<Record<string, FaultCode>> = {
  '30003': 'not-found',
  '40000': 'unauthorized',
  '40001': 'unauthorized',
};

/** What the error body of a REST route adds. The body may be anything; never throws. */
export function refine({ reply, body, settings }: ErrorResponse): MappedError {
  const error = readApiError(body);
  const code = error?.code == null ? undefined : faultCodes[error.code];
  return {
    code,
    says: error?.says ?? undefined,
    hint: hintOf(reply, error, settings),
    requestId: error?.requestId ?? undefined,
  };
}

/** False for a blocked account, which says 429 like a rate limit that passes. */
export function mayRetry(reply: Reply): boolean {
  return reply.status !== 429 || readApiError(jsonOf(reply))?.code !== blocked;
}

function hintOf(reply: Reply, error: ApiError | null, settings: Settings): string | undefined {
  if (error?.code === '30003' || (reply.status === 404 && !isWebPage(textOf(reply)))) return absentHint(settings);
  if (reply.status === 401) return expiredHint(settings);
  const entry = apiCodes.find(({ code }) => code === error?.code);
  if (entry !== undefined) return entry.hint;
  return reply.status === 596 ? 'check SFMC_SUBDOMAIN and SFMC_REST_BASE_URL: nothing answers at this path' : undefined;
}

function expiredHint(settings: Settings): string {
  return settings.secret('accessToken') === null
    ? 'a fresh token was refused as well; check that SFMC_REST_BASE_URL, if set, is of the same tenant'
    : 'access tokens live under 20 minutes; fetch a fresh one, or set SFMC_CLIENT_ID and SFMC_CLIENT_SECRET instead';
}

const clientHint = 'check client id, client secret and account id, and that the package is installed and enabled';

/** A refusal by the token endpoint says nothing about a message, so it must not read like one (404, 400). */
const tokenFaults: Readonly<Record<number, FaultCode>> = {
  400: 'unauthorized',
  401: 'unauthorized',
  403: 'forbidden',
  407: 'proxy-auth',
  408: 'timeout',
  422: 'unauthorized',
  429: 'rate-limited',
};

const tokenHints: Partial<Record<FaultCode, string>> = {
  unauthorized: clientHint,
  forbidden: clientHint,
  'unexpected-status': 'check SFMC_SUBDOMAIN and SFMC_AUTH_BASE_URL: this address issues no tokens',
};

/** What an error of the token endpoint means; its bodies have the OAuth shape. Never throws. */
export function refineToken({ reply, body }: ErrorResponse): MappedError {
  const strange = reply.status >= 400 && reply.status < 500 ? 'unexpected-status' : undefined;
  const code = tokenFaults[reply.status] ?? strange;
  const says = readTokenError(body) ?? readApiError(body)?.says ?? undefined;
  return { code, says, hint: code === undefined ? undefined : tokenHints[code] };
}

function textOf(reply: Reply): string {
  try {
    return decodeText(reply.bytes);
  } catch {
    return '';
  }
}

function jsonOf(reply: Reply): unknown {
  try {
    return parseJson(decodeText(reply.bytes));
  } catch {
    return undefined;
  }
}
