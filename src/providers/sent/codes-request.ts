import type { CodeEntry } from '../../core/provider.ts';
import type { ReasonClass } from '../../core/record.ts';

/** Why Sent refused a request, be it a look-up or a send. */
export const requestCodes: readonly CodeEntry[] = [
  refused(
    'AUTH_001',
    'account',
    'the request carried no API key',
    'set SENT_DM_API_KEY; it goes into the header x-api-key',
  ),
  refused(
    'AUTH_002',
    'account',
    'the API key is wrong or was revoked',
    'check SENT_DM_API_KEY; do not repeat it in a loop, as repeated failures lock the key out',
  ),
  refused(
    'AUTH_004',
    'account',
    'the role behind the API key may not do this',
    'use a key whose role may read messages',
  ),
  refused('AUTH_005', 'account', 'the account waits for its activation', 'finish the activation in the Sent dashboard'),
  refused(
    'AUTH_006',
    'account',
    'the account’s identity check is not complete',
    'finish the KYC form in the Sent dashboard',
  ),
  refused('AUTH_007', 'account', 'the account has no channel yet', 'set up a channel in the Sent dashboard'),
  refused('BUSINESS_014', 'account', 'the account is suspended', 'ask Sent’s support'),
  refused(
    'VALIDATION_001',
    'content',
    'the request is invalid',
    'the id must be a UUID: the message_id of the reply to the send',
  ),
  refused(
    'VALIDATION_002',
    'invalid-recipient',
    'the phone number is invalid',
    'give the number in E.164: +14155550123',
  ),
  refused(
    'VALIDATION_003',
    'content',
    'an id is not a well-formed UUID',
    'the id must be a UUID: the message_id of the reply to the send',
  ),
  refused('VALIDATION_004', 'content', 'a required field is missing', 'add the field that the message names'),
  refused('VALIDATION_005', 'content', 'a value is out of range', 'correct the field that the message names'),
  refused(
    'VALIDATION_006',
    'content',
    'a value is not one of those allowed',
    'correct the field that the message names',
  ),
  refused('VALIDATION_007', 'content', 'the idempotency key is invalid', 'correct the idempotency key of the send'),
  refused('RESOURCE_001', 'invalid-recipient', 'there is no such contact', 'check the contact’s id and the account'),
  refused('RESOURCE_002', 'template', 'there is no such template', 'check the template’s id and the account'),
  refused(
    'RESOURCE_003',
    'unknown',
    'there is no such message',
    'check the id: the message_id of the reply to the send; a child profile’s message needs --profile-id, and a sandbox send leaves nothing to look up',
  ),
  refused('RESOURCE_004', 'account', 'there is no such customer', 'check the API key and the profile'),
  refused('RESOURCE_005', 'account', 'there is no such organisation', 'check the API key and the profile'),
  refused('RESOURCE_006', 'account', 'there is no such user', 'check the API key'),
  refused('RESOURCE_007', 'duplicate', 'it exists already', 'use the one that exists'),
  refused('RESOURCE_008', 'unknown', 'there is no such webhook', 'check the webhook’s id'),
  passing(
    'BUSINESS_002',
    'rate',
    'too many requests in this minute',
    'look-ups and sends share 200 requests a minute: ask more slowly with --rate; a key is also locked out after repeated failures to authenticate',
  ),
  passing('SERVICE_001', 'provider', 'Sent’s cache is out of order', 'try again later'),
  passing('INTERNAL_001', 'provider', 'something unexpected went wrong at Sent', 'try again later'),
  passing('INTERNAL_002', 'provider', 'something went wrong inside Sent', 'try again later'),
  passing('INTERNAL_003', 'provider', 'a service behind Sent answered wrongly', 'try again later'),
  passing('INTERNAL_004', 'provider', 'a service behind Sent did not answer in time', 'try again later'),
  passing('INTERNAL_005', 'provider', 'Sent is not available', 'try again later'),
];

function refused(code: string, kind: ReasonClass, meaning: string, hint: string): CodeEntry {
  return { code, name: null, class: kind, meaning, resendable: false, hint };
}

function passing(code: string, kind: ReasonClass, meaning: string, hint: string): CodeEntry {
  return { code, name: null, class: kind, meaning, resendable: true, hint };
}
