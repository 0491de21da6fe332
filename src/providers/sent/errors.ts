import { Fault, type FaultCode } from '../../core/fault.ts';
import { isWebPage } from '../../core/json.ts';
import type { ErrorResponse, MappedError } from '../../core/provider.ts';
import type { Reason, ReasonClass } from '../../core/record.ts';
import type { Settings } from '../../core/settings.ts';
import { codeEntry } from './codes.ts';
import { standingOf } from './status.ts';
import { envelopeOf, type SentError } from './wire.ts';

/** The prefix of a catalogued code tells its kind, with these exceptions. */
const families: Readonly<Record<string, FaultCode>> = {
  AUTH: 'forbidden',
  VALIDATION: 'rejected',
  RESOURCE: 'not-found',
  BUSINESS: 'rejected',
  CONFLICT: 'rejected',
  LIMIT: 'rate-limited',
  SERVICE: 'provider-error',
  INTERNAL: 'provider-error',
};

const exceptions: Readonly<Record<string, FaultCode>> = {
  AUTH_001: 'unauthorized',
  AUTH_002: 'unauthorized',
  BUSINESS_002: 'rate-limited',
  BUSINESS_014: 'forbidden',
  RESOURCE_007: 'rejected',
};

/** Statuses that stand for several things, where Sent's code is the closer word; the others speak for themselves. */
const ambiguous: readonly number[] = [400, 404, 409, 422];

/** What Sent's error body adds to the HTTP status. Bodies of 401 and 403 may be empty; others may be anything. */
export function mapError({ reply, body, settings }: ErrorResponse): MappedError {
  const envelope = envelopeOf(body);
  const code = envelope?.error?.code ?? null;
  const refined = ambiguous.includes(reply.status) ? faultOf(code) : undefined;
  const page = body === undefined && isWebPage(new TextDecoder().decode(reply.bytes.subarray(0, 4096)));
  return {
    code: refined,
    says: envelope?.error == null ? undefined : saysOf(envelope.error),
    hint: page ? undefined : hintOf(refined ?? faultByStatus(reply.status), code, settings),
    requestId: envelope?.meta?.request_id ?? undefined,
  };
}

/** The fault of a 200 that says `success: false`. */
export function refusedBy(error: SentError, settings: Settings, requestId: string | null): Fault {
  const code = faultOf(error.code) ?? 'unexpected-status';
  return new Fault(code, {
    message: `the answer says success: false, ${saysOf(error) ?? 'without a code'}`,
    hint: hintOf(code, error.code, settings) ?? 'Sent gives a code that sbstatus does not know; --raw shows the answer',
    requestId: requestId ?? undefined,
  });
}

/** As much of Sent's own words as an error message carries, in characters. */
const longestQuote = 200;

/** `CODE: message (field: complaint)`, as far as there is any of it. */
function saysOf(error: SentError): string | undefined {
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
  const entry = codeEntry(code);
  return entry === null ? undefined : (exceptions[entry.code] ?? families[entry.code.replace(/_.*/, '')]);
}

function faultByStatus(status: number): FaultCode | undefined {
  const known: Readonly<Record<number, FaultCode>> = {
    400: 'rejected',
    401: 'unauthorized',
    403: 'forbidden',
    404: 'not-found',
    422: 'rejected',
    429: 'rate-limited',
  };
  return known[status];
}

/** The catalogue's hint, as `explain` tells it; where a profile is named, that is the likelier cause. */
function hintOf(fault: FaultCode | undefined, code: string | null, settings: Settings): string | undefined {
  const profile = (settings.text('profileId')?.trim() ?? '') !== '';
  if (profile && fault === 'not-found') {
    return 'either Sent knows no such message, or the profile of --profile-id or SENT_PROFILE_ID belongs to another organisation: check both';
  }
  if (profile && fault === 'forbidden') {
    return 'only an organisation’s key may name a profile: with a profile’s own key leave out --profile-id and unset SENT_PROFILE_ID';
  }
  if (fault === undefined || faultOf(code) === fault) return codeEntry(code)?.hint;
  return codeEntry(typicalCodes[fault] ?? null)?.hint;
}

/** What a refusal is most likely about whose code says nothing of it. */
const typicalCodes: Partial<Record<FaultCode, string>> = {
  'not-found': 'RESOURCE_003',
  unauthorized: 'AUTH_002',
  'rate-limited': 'BUSINESS_002',
  rejected: 'VALIDATION_003',
};

/** What is known about why a message is where it is. */
export interface FailureFacts {
  /** Sent's word for the state. */
  readonly word: string;
  /** Sent's word for the channel. */
  readonly channel: string | null;
  readonly code: string | null;
  readonly says: string | null;
}

type ReasonFacts_ = Pick<Reason, 'class' | 'resendable' | 'hint'>;

/** The reason of a state: the catalogue's where there is a code, else what the word itself tells; null for no reason. */
export function reasonOf(cause: FailureFacts): Reason | null {
  const failed = standingOf(cause.word).outcome === 'failure';
  if (!failed && cause.code === null && cause.says === null) return null;
  const entry = codeEntry(cause.code);
  const byWord = knownByWord(cause);
  const known = entry ?? (cause.code === null ? byWord : { class: 'unknown' as const, resendable: null });
  return {
    code: cause.code,
    name: entry?.name ?? null,
    message: cause.says ?? entry?.meaning ?? null,
    class: known.class,
    // Sent never takes a FILTERED message again, whatever the code.
    resendable: cause.word.toLowerCase() === 'filtered' ? false : known.resendable,
    hint: entry?.hint ?? byWord.hint,
  };
}

/** The codes that Sent put into the texts of events before it had reason codes. */
export function codeInText(text: string | null): string | null {
  return /\bERR_[A-Z_]{3,60}\b/.exec(text ?? '')?.[0] ?? null;
}

function knownByWord({ word, channel }: FailureFacts): ReasonFacts_ {
  const unrouted = channel?.toLowerCase() === 'auto';
  switch (word.toLowerCase()) {
    case 'failed':
      return reasonFacts(
        'unknown',
        true,
        unrouted
          ? 'no route was tried: check that a channel is set up for this number, and that the template’s parameters fit'
          : 'the timeline’s newest entry may tell why; a resend under the same id is billed again',
      );
    case 'filtered':
      return reasonFacts(
        unrouted ? 'opted-out' : 'unknown',
        false,
        'the contact opted out, or a routing rule denies the message: do not send it again',
      );
    case 'blocked':
      return reasonFacts(
        'account',
        true,
        'something in the account stopped it: check balance, onboarding quota, the template’s approval and whether a conversation is open, then resend',
      );
    case 'cancelled':
      return reasonFacts(
        'unknown',
        null,
        'it was called off while it was scheduled; send it anew if it is still wanted',
      );
    default:
      return reasonFacts('unknown', null, null);
  }
}

function reasonFacts(kind: ReasonClass, resendable: boolean | null, hint: string | null): ReasonFacts_ {
  return { class: kind, resendable, hint };
}
