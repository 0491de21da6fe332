import * as v from 'valibot';
import type { FaultCode } from '../../core/fault.ts';
import type { Reply } from '../../core/http.ts';
import { decodeText, isWebPage, parseJson } from '../../core/json.ts';
import type { CodeEntry, ErrorResponse, MappedError } from '../../core/provider.ts';
import type { Reason } from '../../core/record.ts';
import type { Settings } from '../../core/settings.ts';
import type { Status } from '../../core/state.ts';
import { apiCodes } from './codes.ts';

/** The account is blocked for a while: each further request prolongs it. */
const blocked = '50200';

const faultCodes: Readonly<Record<string, FaultCode>> = {
  '30003': 'not-found',
  '40000': 'unauthorized',
  '40001': 'unauthorized',
};

/** What the error body of a REST route adds. The body may be anything; never throws. */
export function mapError({ reply, body, settings }: ErrorResponse): MappedError {
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
export function mapTokenError({ reply, body }: ErrorResponse): MappedError {
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

/** Where a message that was not found may be; without an account id the business unit comes first. */
export function absentHint(settings: Settings): string {
  const causes = apiCodes.find(({ code }) => code === '30003')?.hint ?? '';
  return settings.text('accountId') === null
    ? `no account id is set, so only the package’s own business unit was asked; ${causes}`
    : causes;
}

/** What the provider says about why. */
export interface Given {
  readonly statusCode: string | null;
  readonly statusMessage: string | null;
}

/**
 * Why a message is where it is, by the catalogue that its code belongs to. Null for a success, and for a message
 * that is under way and of which the code says nothing bad.
 */
export function reasonOf(status: Status, given: Given, catalogue: readonly CodeEntry[]): Reason | null {
  const { statusCode, statusMessage } = given;
  if (status.outcome === 'success' || (statusCode === null && statusMessage === null)) return null;
  const code = statusCode?.trim() ?? null;
  const entry = catalogue.find((each) => each.code === code);
  const underWay = status.state === 'queued' || status.state === 'sent';
  if (underWay && (entry?.class ?? 'unknown') === 'unknown') return null;
  if (entry === undefined) {
    return { code, name: null, message: statusMessage, class: 'unknown', resendable: null, hint: null };
  }
  // Here the provider's message is as a rule the bare name, which explains nothing.
  const message = sameName(statusMessage, entry.name) ? entry.meaning : statusMessage;
  return { code, name: entry.name, message, class: entry.class, resendable: entry.resendable, hint: entry.hint };
}

function sameName(message: string | null, name: string | null): boolean {
  return message === null || message.trim().toLowerCase() === name?.toLowerCase();
}

const text = v.fallback(v.nullish(v.string(), null), null);
/** Integers by the book, strings in the wild. */
const code = v.fallback(v.nullish(v.pipe(v.union([v.string(), v.number()]), v.transform(String)), null), null);
const nested = v.fallback(v.nullish(v.array(v.object({ message: text })), null), null);

const apiError = v.object({
  message: text,
  errorcode: code,
  errorCode: code,
  documentation: text,
  requestId: text,
  additionalErrors: nested,
  validationErrors: nested,
});

export interface ApiError {
  /** Null where the body names none. */
  readonly code: string | null;
  /** Everything that the body says, in a line. */
  readonly says: string | null;
  readonly requestId: string | null;
}

/** The error body of a REST route; null for anything that is none, such as an empty or an HTML body. */
export function readApiError(body: unknown): ApiError | null {
  const parsed = v.safeParse(apiError, body);
  if (!parsed.success || Array.isArray(body)) return null;
  const { output } = parsed;
  const errorcode = output.errorcode ?? output.errorCode;
  const details = [...(output.additionalErrors ?? []), ...(output.validationErrors ?? [])];
  const messages = [output.message, ...details.map((each) => each.message)].filter((each) => each !== null);
  if (errorcode === null && messages.length === 0) return null;
  return { code: errorcode, says: fieldError(errorcode, messages.slice(0, 4).join('; ')), requestId: output.requestId };
}

const oauthError = v.object({ error: text, error_description: text, error_uri: text });

/** The error body of the token endpoint (RFC 6749 §5.2) as a line of text; null for anything that is none. */
export function readTokenError(body: unknown): string | null {
  const parsed = v.safeParse(oauthError, body);
  if (!parsed.success) return null;
  return fieldError(parsed.output.error, parsed.output.error_description ?? '');
}

function fieldError(name: string | null, sentence: string): string | null {
  if (name === null || name === '') return sentence === '' ? null : sentence;
  return sentence === '' ? name : `${name}: ${sentence}`;
}
