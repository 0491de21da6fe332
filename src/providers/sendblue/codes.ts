import type { Advice, CodeEntry } from '../../core/provider.ts';

function entry(code: string, advice: Advice, meaning: string): CodeEntry {
  return { code, name: null, ...advice, meaning };
}

/**
 * Sendblue's error codes, for sending and for asking alike. It publishes no names, and says that some codes are
 * not documented; 5509 and SMS_LIMIT_REACHED are known from projects that met them.
 */
export const codes: readonly CodeEntry[] = [
  entry(
    '0',
    { class: 'unknown', resendable: null, hint: 'nothing to do: the status alone says where the message is' },
    'there is no error',
  ),
  entry(
    '22',
    {
      class: 'unknown',
      resendable: null,
      hint: 'check the number and the text, then give Sendblue’s support the message handle',
    },
    'the message failed for a reason that Sendblue does not document',
  ),
  entry(
    '4000',
    { class: 'content', resendable: false, hint: 'correct what the message names, then try again' },
    'the request was not valid; the message that comes with the code says which part',
  ),
  entry(
    '4001',
    { class: 'rate', resendable: true, hint: 'wait a few seconds, then try again more slowly' },
    'requests came faster than the account’s rate limit allows',
  ),
  entry(
    '4002',
    { class: 'invalid-recipient', resendable: false, hint: 'check the number: this one is refused every time' },
    'the number is on Sendblue’s list of numbers that are never messaged, such as 911',
  ),
  entry(
    '5000',
    {
      class: 'provider',
      resendable: true,
      hint: 'try again in a few minutes; if it fails again, give Sendblue’s support the message handle',
    },
    'something broke inside Sendblue',
  ),
  entry(
    '5003',
    { class: 'rate', resendable: true, hint: 'wait a minute, then try again more slowly' },
    'Sendblue’s own servers were over their limit',
  ),
  entry(
    '5509',
    { class: 'rate', resendable: true, hint: 'wait until the window is over, then try again more slowly' },
    'more requests came in the current window than Sendblue allows',
  ),
  entry(
    '10001',
    {
      class: 'provider',
      resendable: false,
      hint: 'check that the number takes iMessage or SMS; sending the same again is not expected to help',
    },
    'the message could not be sent',
  ),
  entry(
    '10002',
    {
      class: 'provider',
      resendable: null,
      hint: 'ask again later; sending it again now may reach the recipient twice',
    },
    'Sendblue could not find out what became of the message; it may have arrived',
  ),
  entry(
    'SMS_LIMIT_REACHED',
    { class: 'rate', resendable: true, hint: 'wait until the limit resets, or ask Sendblue for a higher one' },
    'the account or the line has used up its SMS for now',
  ),
];

const byCode: ReadonlyMap<string, CodeEntry> = new Map(codes.map((each) => [each.code.toLowerCase(), each]));

/** The entry of a code in any case, or null. */
export function findCode(code: string | null): CodeEntry | null {
  return code === null ? null : (byCode.get(code.trim().toLowerCase()) ?? null);
}
