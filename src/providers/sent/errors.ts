import { Fault, type FaultCode } from '../../core/fault.ts';
import type { Advice, CodeEntry, ErrorResponse, MappedError, WordEntry } from '../../core/provider.ts';
import type { Reason } from '../../core/record.ts';
import type { Settings } from '../../core/settings.ts';
import type { Target } from '../../core/url.ts';
import { codeInText, findCode } from './codes.ts';
import { findWord } from './status.ts';
import { envelopeOf, type SentError } from './wire.ts';

/** The prefix of a catalogued code tells its kind, with these exceptions. */
const families: ReadonlyMap<string, FaultCode> = new Map([
  ['AUTH', 'forbidden'],
  ['VALIDATION', 'rejected'],
  ['RESOURCE', 'not-found'],
  ['BUSINESS', 'rejected'],
  ['CONFLICT', 'rejected'],
  ['LIMIT', 'rate-limited'],
  ['SERVICE', 'provider-error'],
  ['INTERNAL', 'provider-error'],
]);

const exceptions: ReadonlyMap<string, FaultCode> = new Map([
  ['AUTH_001', 'unauthorized'],
  ['AUTH_002', 'unauthorized'],
  ['BUSINESS_002', 'rate-limited'],
  ['BUSINESS_014', 'forbidden'],
  ['RESOURCE_007', 'rejected'],
]);

/** Statuses that stand for several things, where Sent's code is the closer word; the others speak for themselves. */
const ambiguous: readonly number[] = [400, 404, 409, 422];

/** What Sent's error body adds to the HTTP status. Bodies of 401 and 403 may be empty; others may be anything. */
export function mapError({ reply, body, fromElsewhere, settings, target }: ErrorResponse): MappedError {
  const envelope = envelopeOf(body);
  const code = envelope?.error?.code ?? null;
  const refined = ambiguous.includes(reply.status) ? faultOf(code) : undefined;
  return {
    code: refined,
    says: envelope?.error == null ? undefined : quoteError(envelope.error),
    hint: fromElsewhere ? undefined : hintOf(refined ?? faultOfStatus(reply.status), code, settings, target),
    requestId: envelope?.meta?.request_id ?? undefined,
  };
}

/** The fault of a 200 that says `success: false`. */
export function createRefusal(error: SentError, settings: Settings, requestId: string | null): Fault {
  const code = faultOf(error.code) ?? 'unexpected-status';
  return new Fault(code, {
    message: `the answer says success: false, ${quoteError(error) ?? 'without a code'}`,
    hint: hintOf(code, error.code, settings) ?? 'Sent gives a code that sbstatus does not know; --raw shows the answer',
    requestId: requestId ?? undefined,
  });
}

/** As much of Sent's own words as an error message carries, in characters. */
const longestQuote = 200;

/** `CODE: message (field: complaint)`, as far as there is any of it. */
export function quoteError(error: SentError): string | undefined {
  const says = [error.code, error.message].filter((words) => words !== null).join(': ');
  const complaints = complaintsOf(error.details);
  const whole = complaints === '' ? says : `${says} (${complaints})`;
  return whole === '' ? undefined : whole.slice(0, longestQuote);
}

function complaintsOf(details: unknown): string {
  if (typeof details !== 'object' || details === null) return '';
  return Object.entries(details)
    .map(
      ([field, complaints]) =>
        `${field}: ${[complaints]
          .flat()
          .filter((words) => typeof words === 'string')
          .join(', ')}`,
    )
    .join('; ');
}

/** Undefined for codes outside the catalogue, and for those that speak of a message and not of a request. */
function faultOf(code: string | null): FaultCode | undefined {
  const entry = findCode(code);
  return entry === null ? undefined : (exceptions.get(entry.code) ?? families.get(entry.code.replace(/_.*/, '')));
}

const faults: ReadonlyMap<number, FaultCode> = new Map([
  [400, 'rejected'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [422, 'rejected'],
  [429, 'rate-limited'],
]);

/** A 5xx is Sent's fault, whatever code its body carries. */
function faultOfStatus(status: number): FaultCode | undefined {
  return status >= 500 ? 'provider-error' : faults.get(status);
}

/** The catalogue's hint, as `explain` tells it; where a profile is named, that is the likelier cause. */
function hintOf(
  fault: FaultCode | undefined,
  code: string | null,
  settings: Settings,
  target?: Target,
): string | undefined {
  const profile = (settings.text('profileId')?.trim() ?? '') !== '';
  if (profile && fault === 'not-found') {
    return 'either Sent knows no such message, or the profile of --profile-id or SENT_PROFILE_ID belongs to another organisation: check both';
  }
  if (profile && fault === 'forbidden') {
    return 'only an organisation’s key may name a profile: with a profile’s own key leave out --profile-id and unset SENT_PROFILE_ID';
  }
  if (fault === undefined || faultOf(code) === fault) return findCode(code)?.hint;
  if (fault === 'rejected' && target?.path.some((segment) => uuid.test(segment))) {
    return code === null ? undefined : unknownRefusal;
  }
  return findCode(typicalCodes.get(fault) ?? null)?.hint;
}

const unknownRefusal = 'Sent publishes no meaning of this code: give its support the code, the id and the request id';

/** What a refusal is most likely about whose code says nothing of it. */
const typicalCodes: ReadonlyMap<FaultCode, string> = new Map([
  ['not-found', 'RESOURCE_003'],
  ['unauthorized', 'AUTH_002'],
  ['rate-limited', 'BUSINESS_002'],
  ['rejected', 'VALIDATION_003'],
  ['provider-error', 'INTERNAL_001'],
]);

/** What is known about why a message is where it is. */
export interface FailureFacts {
  /** The message's id. */
  readonly id: string;
  /** Sent's word for the state. */
  readonly word: string;
  /** Sent's word for the channel. */
  readonly channel: string | null;
  readonly code: string | null;
  readonly says: string | null;
}

/** The reason of a state: the catalogue's where there is a code, else what the word itself tells; null for no reason. */
export function reasonOf(cause: FailureFacts): Reason | null {
  const word = findWord(cause.word, cause.channel);
  const isGiven = cause.code !== null || cause.says !== null;
  if (!isGiven && word?.advice == null) return null;
  const known = findCode(cause.code);
  const entry = known ?? findCode(codeInText(cause.says));
  const { class: kind, resendable, hint } = adviceOf(cause, entry);
  return {
    code: cause.code,
    name: known?.name ?? null,
    message: cause.says ?? entry?.meaning ?? null,
    class: kind,
    resendable,
    hint: hint === null ? null : withId(hint, cause.id),
  };
}

type PartialAdvice = Omit<Advice, 'hint'> & { readonly hint: string | null };

const unknownCode =
  'Sent publishes no meaning of this code: sbstatus sent get --activities ID tells more; else give Sent’s support the message id and the request id';
const unknownMetaCode =
  'Meta’s list of WhatsApp error codes explains this one; if that does not help, give Sent’s support the message id and the request id';
const unknownCause: PartialAdvice = { class: 'unknown', resendable: null, hint: null };

/** The code's advice, else the word's; nothing that is under way or has arrived is to be sent again. */
function adviceOf({ word, channel, code }: FailureFacts, entry: CodeEntry | null): PartialAdvice {
  const row = findWord(word, channel);
  const advice = entry ?? (code === null ? row?.advice : adviceOfUnknown(code, row)) ?? unknownCause;
  switch (row?.status.outcome) {
    case 'success':
      return { class: advice.class, resendable: false, hint: null };
    case 'pending':
      return { class: advice.class, resendable: false, hint: row.advice?.hint ?? waitHint };
    default:
      return row?.advice?.resendable === false ? adviceWithoutResend(advice, row) : advice;
  }
}

/**
 * Sent never takes a FILTERED message again, whatever the code. After FAILED something must change first: what that is
 * the codes about the account say (the balance, say). A limit or a breakdown is of one route, and automatic routing may go
 * on over another one: to send the same again could bring it twice.
 */
function adviceWithoutResend(advice: PartialAdvice, { provisional }: WordEntry): PartialAdvice {
  if (provisional !== true || advice.resendable !== true) return { ...advice, resendable: false };
  if (advice.class !== 'rate' && advice.class !== 'provider') return advice;
  return { ...advice, resendable: false, hint: `${advice.hint}; ${withSomethingChanged}` };
}

const withSomethingChanged = 'send it again only with another channel, template or number';

/** For a code that is in no row: what the word is mostly about, but for FAILED, which can be about anything. */
function adviceOfUnknown(code: string, row: WordEntry | null): Advice {
  const byCode = /^\d{6}$/.test(code) ? unknownMetaCode : unknownCode;
  const byWord = row?.provisional === true ? undefined : row?.advice?.hint;
  return { class: 'unknown', resendable: null, hint: byWord ?? byCode };
}

const waitHint = 'the message is still under way: do not send it again';
/** Hints that send somebody to the activities name the message as `ID`. */
const activitiesAdvice = /--activities ID\b/;

/** One that a shell takes as it is. */
const uuid = /^[0-9a-f-]{32,36}$/i;

/** A hint with the message's id in it. */
function withId(hint: string, id: string): string {
  return uuid.test(id) ? hint.replace(activitiesAdvice, `--activities ${id}`) : hint;
}

/** The reason of a failure whose activities are read already: no hint leads there again. */
export function withoutActivitiesHint(reason: Reason | null): Reason | null {
  if (reason?.hint?.includes('--activities') !== true) return reason;
  return {
    ...reason,
    hint: 'Sent’s activities give no reason either: give its support the message id and the request id',
  };
}
