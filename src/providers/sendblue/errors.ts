import * as v from 'valibot';
import type { FaultCode } from '../../core/fault.ts';
import { decodeText, isWebPage } from '../../core/json.ts';
import type { CodeEntry, ErrorResponse, MappedError } from '../../core/provider.ts';
import type { Reason } from '../../core/record.ts';
import type { Settings } from '../../core/settings.ts';
import type { State } from '../../core/state.ts';
import { isConfirmed } from './status.ts';
import type { SendblueMessage } from './wire.ts';

/** Sendblue's SDKs use one host, its own command-line tool the other; both serve the same paths. */
export const hosts = ['https://api.sendblue.co', 'https://api.sendblue.com'] as const;

const errorScalar = v.fallback(v.nullable(v.pipe(v.union([v.string(), v.number()]), v.transform(String))), null);
/** v3 endpoints put code and message into an object, the others lay them flat. */
const errorSchema = v.object({ code: errorScalar, message: errorScalar });
const bodySchema = v.object({
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
export function mapError({ reply, body, settings }: ErrorResponse): MappedError {
  const { code, words } = errorOf(body);
  const entry = codeEntry(code);
  const isVague = reply.status === 400 || reply.status >= 500;
  const says = [code, words ?? entry?.meaning].filter((part) => part != null).join(': ');
  return {
    code: isVague && code !== null ? faultOfCode.get(code) : undefined,
    says: says === '' ? undefined : says,
    hint: entry?.hint ?? hintOf(reply.status, isPage(reply.bytes), settings),
  };
}

function errorOf(body: unknown): { code: string | null; words: string | null } {
  const { success, output } = v.safeParse(bodySchema, body);
  if (!success) return { code: null, words: null };
  const nested = typeof output.error === 'string' ? { code: null, message: output.error } : output.error;
  const sentences = [nested?.message, output.message, output.error_message, output.error_detail, output.error_reason];
  const code = nested?.code ?? output.error_code;
  return { code: code === '0' || code === '' ? null : code, words: sentences.find((text) => text) ?? null };
}

function hintOf(status: number, page: boolean, settings: Settings): string | undefined {
  switch (status) {
    case 400:
    case 422:
      return 'ask with the message_handle that Sendblue gave when the message was sent';
    case 401:
      return `check SENDBLUE_API_API_KEY and SENDBLUE_API_API_SECRET: both are needed, from the same account; ${otherHostHint(settings)}`;
    case 403:
      return 'these keys may not read this message; keys can be limited to certain lines or plans';
    case 404:
      return page
        ? `this address has no Sendblue API; ${otherHostHint(settings)}`
        : `ask with the message_handle, not a uuid, and with the keys of the account that sent it; ${otherHostHint(settings)}`;
    default:
      return undefined;
  }
}

function otherHostHint(settings: Settings): string {
  const other = settings.url('baseUrl')?.origin === hosts[1] ? hosts[0] : hosts[1];
  return `if all that is right, try Sendblue’s other host, SENDBLUE_API_BASE_URL=${other}`;
}

function isPage(bytes: Uint8Array): boolean {
  try {
    return isWebPage(decodeText(bytes));
  } catch {
    return false;
  }
}

/**
 * Sendblue's error codes, for sending and for asking alike. It publishes no names, and says that some codes are
 * not documented; 5509 and SMS_LIMIT_REACHED are known from projects that met them.
 */
export const codes: readonly CodeEntry[] = [
  {
    code: '0',
    name: null,
    class: 'unknown',
    meaning: 'there is no error',
    resendable: null,
    hint: 'nothing to do: the status alone says where the message is',
  },
  {
    code: '22',
    name: null,
    class: 'unknown',
    meaning: 'the message failed for a reason that Sendblue does not document',
    resendable: null,
    hint: 'ask Sendblue’s support with the message handle',
  },
  {
    code: '4000',
    name: null,
    class: 'content',
    meaning: 'the request was not valid; the message that comes with the code says which part',
    resendable: false,
    hint: 'correct what the message names before trying again',
  },
  {
    code: '4001',
    name: null,
    class: 'rate',
    meaning: 'requests came faster than the account’s rate limit allows',
    resendable: true,
    hint: 'wait a few seconds, then try again more slowly',
  },
  {
    code: '4002',
    name: null,
    class: 'invalid-recipient',
    meaning: 'the number is on Sendblue’s list of numbers that are never messaged, such as 911',
    resendable: false,
    hint: 'check the number; this one will be refused every time',
  },
  {
    code: '5000',
    name: null,
    class: 'provider',
    meaning: 'something broke inside Sendblue',
    resendable: true,
    hint: 'try again in a few minutes; if it stays, tell Sendblue’s support the message handle',
  },
  {
    code: '5003',
    name: null,
    class: 'rate',
    meaning: 'Sendblue’s own servers were over their rate',
    resendable: true,
    hint: 'wait a minute, then try again more slowly',
  },
  {
    code: '5509',
    name: null,
    class: 'rate',
    meaning: 'more requests came in the current window than Sendblue allows',
    resendable: true,
    hint: 'wait until the window is over, then try again more slowly',
  },
  {
    code: '10001',
    name: null,
    class: 'provider',
    meaning: 'the message could not be sent',
    resendable: false,
    hint: 'check that the number takes iMessage or SMS; sending the same again is not expected to help',
  },
  {
    code: '10002',
    name: null,
    class: 'provider',
    meaning: 'Sendblue could not find out what became of the message; it may have arrived',
    resendable: null,
    hint: 'ask again later; sending it again now may reach the recipient twice',
  },
  {
    code: 'SMS_LIMIT_REACHED',
    name: null,
    class: 'rate',
    meaning: 'the account or the line has used up its SMS for now',
    resendable: true,
    hint: 'wait until the limit resets, or ask Sendblue for a higher one',
  },
];

const byCode: ReadonlyMap<string, CodeEntry> = new Map(codes.map((entry) => [entry.code.toLowerCase(), entry]));

export function codeEntry(code: string | null): CodeEntry | null {
  return code === null ? null : (byCode.get(code.toLowerCase()) ?? null);
}

/** Why a message is where it is; null where nothing went wrong, or where it arrived in spite of a code. */
export function reasonOf(message: SendblueMessage, state: State): Reason | null {
  const code = message.error_code;
  if (isConfirmed(state) || (code === null && state !== 'failed')) return null;
  const entry = codeEntry(code);
  const known = entry ?? (message.opted_out === true ? optedOutReason : unknownCodeReason(code));
  return {
    code,
    name: entry?.name ?? null,
    message: wordsOf(message) ?? entry?.meaning ?? null,
    class: known.class,
    resendable: known.resendable,
    hint: known.hint,
  };
}

/** Sendblue's own sentence about an error; which of the three fields holds it differs between replies. */
export function wordsOf(message: SendblueMessage): string | null {
  return message.error_message ?? message.error_detail ?? message.error_reason;
}

type ReasonFacts = Pick<Reason, 'class' | 'resendable' | 'hint'>;

const optedOutReason: ReasonFacts = {
  class: 'opted-out',
  resendable: false,
  hint: 'the recipient has opted out; do not send again before they opt in',
};

function unknownCodeReason(code: string | null): ReasonFacts {
  const hint =
    code === null
      ? 'Sendblue gave no error code; ask its support with the message handle'
      : 'Sendblue does not document this code; ask its support with the message handle';
  return { class: 'unknown', resendable: null, hint };
}
