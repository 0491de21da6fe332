import * as v from 'valibot';
import { Fault, type FaultCode } from '../../core/fault.ts';
import { isFilled } from '../../core/json.ts';
import type { Advice, CodeEntry, ErrorResponse, MappedError } from '../../core/provider.ts';
import type { Reason } from '../../core/record.ts';
import type { Settings } from '../../core/settings.ts';
import type { State } from '../../core/state.ts';
import { parseUrl } from '../../core/url.ts';
import { findCode } from './codes.ts';
import { findWord, isConfirmed } from './status.ts';
import type { SendblueMessage } from './wire.ts';

/** Sendblue's SDKs use one host, its own command-line tool the other; both serve the same paths. */
export const hosts = ['https://api.sendblue.co', 'https://api.sendblue.com'] as const;

const errorScalar = v.fallback(v.nullable(v.pipe(v.union([v.string(), v.number()]), v.transform(String))), null);
/** v3 endpoints put code and message into an object, the others lay them flat. */
const errorSchema = v.object({ code: errorScalar, message: errorScalar });
const bodySchema = v.object({
  status: v.fallback(v.nullable(v.string()), null),
  data: v.optional(v.unknown(), null),
  error: v.fallback(v.nullable(v.union([v.string(), errorSchema])), null),
  message: errorScalar,
  error_code: errorScalar,
  error_message: errorScalar,
  error_detail: errorScalar,
  error_reason: errorScalar,
});

/** Codes that say more than a plain 400 or 500 does. */
const faultOfCode: ReadonlyMap<string, FaultCode> = new Map([
  ['4001', 'rate-limited'],
  ['5003', 'rate-limited'],
  ['5509', 'rate-limited'],
  ['5000', 'provider-error'],
]);

/** What Sendblue's error bodies add to the HTTP status. They may be empty, text or a page: never throws. */
export function mapError({ reply, body, fromElsewhere, settings }: ErrorResponse): MappedError {
  const { code, words } = errorOf(body);
  const entry = findCode(code);
  const isVague = reply.status === 400 || reply.status >= 500;
  const says = [code, words ?? entry?.meaning].filter((part) => part != null).join(': ');
  return {
    code: isVague && code !== null ? faultOfCode.get(code) : undefined,
    says: says === '' ? undefined : says,
    hint:
      codeHint(reply.status, entry) ?? (fromElsewhere ? pageHint(reply.status, settings) : statusHint(reply, settings)),
  };
}

/** A 5xx is Sendblue's fault: a code that blames the request is no advice there. */
function codeHint(status: number, entry: CodeEntry | null): string | undefined {
  const blamesRequest = entry?.class !== 'rate' && entry?.class !== 'provider';
  return status >= 500 && blamesRequest ? undefined : entry?.hint;
}

interface ErrorWords {
  readonly code: string | null;
  readonly words: string | null;
}

/** Code and words of an error body; null for what it does not say. */
function errorOf(body: unknown): ErrorWords {
  const { success, output } = v.safeParse(bodySchema, body);
  if (!success) return { code: null, words: null };
  const nested = typeof output.error === 'string' ? { code: null, message: output.error } : output.error;
  const sentences = [nested?.message, output.message, output.error_message, output.error_detail, output.error_reason];
  const code = nested?.code ?? output.error_code;
  return { code: code === '0' || code === '' ? null : code, words: sentences.find((text) => text) ?? null };
}

/**
 * Throws a `wrong-shape` fault for a 2xx that carries an error about the request: beside a message it is no answer
 * about that message.
 */
export function refuseError(body: unknown): void {
  const { data, error } = Object(body) as { readonly data?: unknown; readonly error?: unknown };
  const isWrapped = typeof data === 'object' && data !== null;
  if (!isWrapped && !isFilled(error)) return;
  const { success, output } = v.safeParse(bodySchema, body);
  if (!success) return;
  const { code, words } = errorOf(body);
  const saysError = isWrapped && (/^(error|failed)$/i.test(output.status?.trim() ?? '') || code !== null);
  if (!saysError && !isFilled(error)) return;
  const says = [code, words]
    .filter((part) => part !== null)
    .join(': ')
    .slice(0, longestQuote);
  throw new Fault('wrong-shape', {
    message: `the answer is an error, not a message${says === '' ? '' : `: ${says}`}`,
    hint: findCode(code)?.hint,
  });
}

/** As much of Sendblue's own words as a message quotes, in characters. */
const longestQuote = 200;

function statusHint(reply: ErrorResponse['reply'], settings: Settings): string | undefined {
  switch (reply.status) {
    case 301:
    case 302:
    case 307:
    case 308:
      return redirectHint(reply.headers['location']);
    case 400:
    case 422:
      return 'ask with the message_handle that Sendblue gave when the message was sent';
    case 401:
      return `check the API key and the API secret: both are needed, from the same account; ${otherHostHint(settings)}`;
    case 403:
      return 'these keys may not read this message; keys can be limited to certain lines or plans';
    case 404:
      return `ask with the message_handle, not a uuid, and with the keys of the account that sent it; ${otherHostHint(settings)}`;
    default:
      return undefined;
  }
}

/** One of the hosts was seen to redirect to the other; which one does may change. */
function redirectHint(location: string | undefined): string | undefined {
  const origin = location === undefined ? undefined : parseUrl(location)?.origin;
  const host = hosts.find((each) => each === origin);
  return host === undefined ? undefined : `this host only redirects: set SENDBLUE_API_BASE_URL=${host}`;
}

/** Of a page with another status the core has a hint. */
function pageHint(status: number, settings: Settings): string | undefined {
  if (status !== 404) return undefined;
  return `this address has no Sendblue API: check SENDBLUE_API_BASE_URL and any proxy; ${otherHostHint(settings)}`;
}

/** Holds whichever host redirects to the other: the redirect's own hint leads back. */
function otherHostHint(settings: Settings): string {
  const other = settings.url('baseUrl')?.origin === hosts[1] ? hosts[0] : hosts[1];
  return `if all that is right, try Sendblue’s other host (one may only redirect to the other): SENDBLUE_API_BASE_URL=${other}`;
}

/** Why a message is where it is; null where nothing went wrong, or where it arrived in spite of a code. */
export function reasonOf(message: SendblueMessage, state: State): Reason | null {
  const code = message.error_code;
  if (isConfirmed(state) || (code === null && state !== 'failed')) return null;
  const entry = findCode(code);
  const { class: kind, resendable, hint } = entry ?? adviceWithoutCode(message);
  const words = wordsOf(message) ?? entry?.meaning ?? null;
  return { code, name: entry?.name ?? null, message: words, class: kind, resendable, hint };
}

/** Sendblue's own sentence about an error; which of the three fields holds it differs between replies. */
export function wordsOf(message: SendblueMessage): string | null {
  return message.error_message ?? message.error_detail ?? message.error_reason;
}

const optedOut: Advice = {
  class: 'opted-out',
  resendable: false,
  hint: 'the recipient has opted out: do not send again before they opt in',
};
const undocumented: Advice = {
  class: 'unknown',
  resendable: null,
  hint: 'Sendblue does not document this code: check the number and the text, then give its support the message handle and the code',
};

/** For a message without a code, or with one that no row has. */
function adviceWithoutCode(message: SendblueMessage): Advice {
  if (message.opted_out === true) return optedOut;
  return message.error_code === null ? (findWord(message)?.advice ?? undocumented) : undocumented;
}
