import * as v from 'valibot';
import { Fault, type FaultCode } from '../../core/fault.ts';
import type { Reply } from '../../core/http.ts';
import { decodeText, parseJson } from '../../core/json.ts';
import type { Advice, CodeEntry, ErrorResponse, MappedError, WordEntry } from '../../core/provider.ts';
import type { Reason } from '../../core/record.ts';
import type { Settings } from '../../core/settings.ts';
import { client, type FindCode, findApiCode, findTokenCode, isFinalCarrierCode } from './codes.ts';

/** The account is blocked for a while: each further request prolongs it. */
const blocked = '50200';
/** The object was not found, whatever the HTTP status. */
export const missing = '30003';
/** No error in a send's reply; in an error body about the token. */
const zero = '0';

const faultCodes: ReadonlyMap<string, FaultCode> = new Map([
  [missing, 'not-found'],
  ['40000', 'unauthorized'],
  ['40001', 'unauthorized'],
]);

/** What the error body of a REST route adds. The body may be anything; never throws. */
export function mapError({ reply, body, fromElsewhere, settings }: ErrorResponse): MappedError {
  const error = readApiError(body);
  const mapping = { requestId: error?.requestId ?? undefined };
  if (reply.status === 596) return { ...mapping, says: saysOf(error, [zero]), hint: wrongPathHint };
  if (reply.status >= 500 && error?.code !== missing) {
    return { ...mapping, says: saysOf(error, [zero]), hint: breakdownHint(error) };
  }
  if (fromElsewhere) return mapping;
  const code = error?.code == null ? undefined : faultCodes.get(error.code);
  return { ...mapping, code, says: saysOf(error), hint: hintOf(reply, error, settings) };
}

const wrongPathHint = 'check SFMC_SUBDOMAIN and SFMC_REST_BASE_URL: nothing answers at this path';

/** A 5xx is the provider's fault, whatever code its body carries. */
function breakdownHint(error: ApiError | null): string | undefined {
  const entry = findApiCode(error?.code ?? null);
  return entry?.class === 'provider' || entry?.class === 'rate' ? entry.hint : undefined;
}

/** False for a blocked account, which says 429 like a rate limit that passes. */
export function mayRetry(reply: Reply): boolean {
  return reply.status !== 429 || readApiError(jsonOf(reply))?.code !== blocked;
}

function hintOf(reply: Reply, error: ApiError | null, settings: Settings): string | undefined {
  if (error?.code === missing || reply.status === 404) return absentHint(settings);
  if (reply.status === 401) return expiredHint(settings);
  return findApiCode(error?.code ?? null)?.hint;
}

function expiredHint(settings: Settings): string {
  return settings.secret('accessToken') === null
    ? 'a fresh token was refused as well: check that SFMC_REST_BASE_URL, if set, belongs to the same tenant'
    : 'access tokens are valid for under 20 minutes: fetch a fresh one, or set SFMC_CLIENT_ID and SFMC_CLIENT_SECRET instead';
}

const tokenLimitHint =
  'Salesforce limits how often a client fetches tokens: wait a few minutes, and let runs share the token cache or one SFMC_ACCESS_TOKEN';

/** A refusal by the token endpoint says nothing about a message, so it must not read like one (404, 400). */
const tokenFaults: ReadonlyMap<number, FaultCode> = new Map([
  [400, 'unauthorized'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [407, 'proxy-auth'],
  [408, 'timeout'],
  [422, 'unauthorized'],
  [429, 'rate-limited'],
]);

const tokenHints: ReadonlyMap<FaultCode, string> = new Map([
  ['unauthorized', client.hint],
  ['forbidden', client.hint],
  ['rate-limited', tokenLimitHint],
  ['unexpected-status', 'check SFMC_SUBDOMAIN, SFMC_AUTH_BASE_URL and any proxy: this address issues no tokens'],
]);

/** What an error of the token endpoint means; its bodies have the OAuth shape. Never throws. */
export function mapTokenError({ reply, body, fromElsewhere }: ErrorResponse): MappedError {
  if (fromElsewhere) return { hint: tokenHints.get('unexpected-status') };
  const strange = reply.status >= 400 && reply.status < 500 ? 'unexpected-status' : undefined;
  const code = tokenFaults.get(reply.status) ?? strange;
  const error = readTokenError(body);
  const says = error?.says ?? saysOf(readApiError(body));
  const hint = code === undefined ? undefined : tokenHints.get(code);
  return { code, says, hint: hint === client.hint ? (refusalHint(reply, error) ?? hint) : hint };
}

/** That of the endpoint's own word; a 401 without one is most likely about the client. */
function refusalHint({ status }: Reply, error: TokenError | null): string | undefined {
  const word = error?.name ?? (status === 401 ? 'invalid_client' : null);
  return findTokenCode(word?.trim().toLowerCase().replace(' ', '_') ?? null)?.hint;
}

function jsonOf(reply: Reply): unknown {
  try {
    return parseJson(decodeText(reply.bytes));
  } catch {
    return undefined;
  }
}

/** Where a message that was not found may be; without an account id the business unit comes first. */
function absentHint(settings: Settings): string {
  const causes = findApiCode(missing)?.hint ?? '';
  return settings.text('accountId') === null
    ? `no account id is set, so only the package’s own business unit was asked; ${causes}`
    : causes;
}

/**
 * Throws the fault of a body that says no with a 2xx, even beside a message: `not-found` for what is not there, else
 * `wrong-shape`.
 */
export function refuseError(body: unknown, settings: Settings): void {
  const error = readApiError(body);
  if (error === null || error.code === null || (error.code === zero && error.words === '')) return;
  const says = (saysOf(error) ?? '').slice(0, longestQuote);
  const requestId = error.requestId ?? undefined;
  if (error.code === missing) {
    throw new Fault('not-found', { message: says, hint: absentHint(settings), requestId });
  }
  const hint = findApiCode(error.code)?.hint;
  throw new Fault('wrong-shape', { message: `the answer is an error, not a message: ${says}`, hint, requestId });
}

/** As much of the provider's own words as a message quotes, in characters. */
const longestQuote = 200;

/** What the provider says about why. */
export interface ReasonGiven {
  readonly statusCode: string | null;
  readonly statusMessage: string | null;
  /** What Salesforce support finds the send by. */
  readonly compositeId: string | null;
}

const waitHint = 'the message is still under way: do not send it again';
const lastHint =
  'do not send it again yet: the code is a final one, so perhaps no event follows; give Salesforce support the composite id to learn how it ended';

/**
 * Why a message is where it is, by its word and by the catalogue that its code belongs to. Null for a success, and for
 * a message that is under way and of which the code says nothing bad.
 */
export function reasonOf(word: WordEntry | null, given: ReasonGiven, find: FindCode): Reason | null {
  const code = given.statusCode?.trim() ?? null;
  const entry = find(code, given.statusMessage);
  const advice = adviceOf(word, entry);
  if (advice === null) return null;
  if (word === null && code === null && given.statusMessage === null) return null;
  // The provider's message is as a rule the bare name, which explains nothing.
  const message = isName(given.statusMessage, entry) ? (entry?.meaning ?? null) : given.statusMessage;
  return { code, name: entry?.name ?? null, message, ...advice, hint: withCompositeId(advice.hint, given.compositeId) };
}

/** The code's advice, unless it says less than the word, or advises to send what is still under way. */
function adviceOf(word: WordEntry | null, entry: CodeEntry | null): Advice | null {
  const says = entry === null || entry.class === 'unknown' ? null : pickAdvice(entry);
  switch (word?.status.outcome) {
    case 'success':
      return null;
    case 'pending':
      return word.advice ?? (says === null ? null : { ...says, resendable: false, hint: pendingHint(word, entry) });
    case 'failure':
      return says ?? word.advice;
    default:
      return says ?? unknownWord;
  }
}

/** Of the words that are under way the carriers' codes come with this one. */
function pendingHint({ word }: WordEntry, entry: CodeEntry | null): string {
  return word === 'SMSTransient' && isFinalCarrierCode(entry?.code ?? '') ? lastHint : waitHint;
}

/** Where there is no composite id, support needs what else names the send. */
function withCompositeId(hint: string, id: string | null): string {
  const isPlain = id !== null && /^[\w.-]{1,120}$/.test(id);
  return hint.replace(
    'the composite id',
    isPlain ? `the composite id ${id}` : 'the message key and the time of the send',
  );
}

const unknownWord: Advice = {
  class: 'unknown',
  resendable: null,
  hint: 'give Salesforce support the composite id to learn what became of the message',
};

function pickAdvice({ class: kind, resendable, hint }: Advice): Advice {
  return { class: kind, resendable, hint };
}

function isName(message: string | null, entry: CodeEntry | null): boolean {
  return message === null || message.trim().toLowerCase() === entry?.name?.toLowerCase();
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
  /** All sentences of the body in a line; empty where there is none. */
  readonly words: string;
  readonly requestId: string | null;
}

/** As many of the provider's sentences as one line carries. */
const mostSentences = 4;

/** The error body of a REST route; null for anything that is none, such as an empty or an HTML body. */
function readApiError(body: unknown): ApiError | null {
  const parsed = v.safeParse(apiError, body);
  if (!parsed.success || Array.isArray(body)) return null;
  const { output } = parsed;
  const errorcode = output.errorcode ?? output.errorCode;
  const details = [...(output.additionalErrors ?? []), ...(output.validationErrors ?? [])];
  const messages = [output.message, ...details.map((each) => each.message)].filter((each) => each !== null);
  if (errorcode === null && messages.length === 0) return null;
  return { code: errorcode, words: messages.slice(0, mostSentences).join('; '), requestId: output.requestId };
}

/** Code and words as a line of text, without those codes that say nothing here. */
function saysOf(error: ApiError | null, silent: readonly string[] = []): string | undefined {
  if (error === null) return undefined;
  const code = error.code !== null && silent.includes(error.code) ? null : error.code;
  return joinWords(code, error.words) ?? undefined;
}

const oauthError = v.object({ error: text, error_description: text, error_uri: text });

interface TokenError {
  readonly name: string | null;
  readonly says: string | undefined;
}

/** The error body of the token endpoint (RFC 6749 §5.2); null for anything that is none. */
function readTokenError(body: unknown): TokenError | null {
  const parsed = v.safeParse(oauthError, body);
  if (!parsed.success) return null;
  const { error, error_description } = parsed.output;
  return { name: error, says: joinWords(error, error_description ?? '') };
}

function joinWords(name: string | null, sentence: string): string | undefined {
  if (name === null || name === '') return sentence === '' ? undefined : sentence;
  return sentence === '' ? name : `${name}: ${sentence}`;
}
