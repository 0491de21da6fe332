import type { CodeEntry } from '../../core/provider.ts';

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
