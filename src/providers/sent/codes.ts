import type { CodeEntry } from '../../core/provider.ts';
import type { ReasonClass } from '../../core/record.ts';
/** Why Sent refused a request, be it a look-up or a send. */
export const requestCodes: readonly CodeEntry[] = [
  refusedCode(
    'AUTH_001',
    'account',
    'the request carried no API key',
    'set SENT_DM_API_KEY; it goes into the header x-api-key',
  ),
  refusedCode(
    'AUTH_002',
    'account',
    'the API key is wrong or was revoked',
    'check SENT_DM_API_KEY; do not repeat it in a loop, as repeated failures lock the key out',
  ),
  refusedCode(
    'AUTH_004',
    'account',
    'the role behind the API key may not do this',
    'use a key whose role may read messages',
  ),
  refusedCode(
    'AUTH_005',
    'account',
    'the account waits for its activation',
    'finish the activation in the Sent dashboard',
  ),
  refusedCode(
    'AUTH_006',
    'account',
    'the account’s identity check is not complete',
    'finish the KYC form in the Sent dashboard',
  ),
  refusedCode('AUTH_007', 'account', 'the account has no channel yet', 'set up a channel in the Sent dashboard'),
  refusedCode('BUSINESS_014', 'account', 'the account is suspended', 'ask Sent’s support'),
  refusedCode(
    'VALIDATION_001',
    'content',
    'the request is invalid',
    'the id must be a UUID: the message_id of the reply to the send',
  ),
  refusedCode(
    'VALIDATION_002',
    'invalid-recipient',
    'the phone number is invalid',
    'give the number in E.164: +14155550123',
  ),
  refusedCode(
    'VALIDATION_003',
    'content',
    'an id is not a well-formed UUID',
    'the id must be a UUID: the message_id of the reply to the send',
  ),
  refusedCode('VALIDATION_004', 'content', 'a required field is missing', 'add the field that the message names'),
  refusedCode('VALIDATION_005', 'content', 'a value is out of range', 'correct the field that the message names'),
  refusedCode(
    'VALIDATION_006',
    'content',
    'a value is not one of those allowed',
    'correct the field that the message names',
  ),
  refusedCode('VALIDATION_007', 'content', 'the idempotency key is invalid', 'correct the idempotency key of the send'),
  refusedCode(
    'RESOURCE_001',
    'invalid-recipient',
    'there is no such contact',
    'check the contact’s id and the account',
  ),
  refusedCode('RESOURCE_002', 'template', 'there is no such template', 'check the template’s id and the account'),
  refusedCode(
    'RESOURCE_003',
    'unknown',
    'there is no such message',
    'check the id: the message_id of the reply to the send; a child profile’s message needs --profile-id, and a sandbox send leaves nothing to look up',
  ),
  refusedCode('RESOURCE_004', 'account', 'there is no such customer', 'check the API key and the profile'),
  refusedCode('RESOURCE_005', 'account', 'there is no such organisation', 'check the API key and the profile'),
  refusedCode('RESOURCE_006', 'account', 'there is no such user', 'check the API key'),
  refusedCode('RESOURCE_007', 'duplicate', 'it exists already', 'use the one that exists'),
  refusedCode('RESOURCE_008', 'unknown', 'there is no such webhook', 'check the webhook’s id'),
  passingCode(
    'BUSINESS_002',
    'rate',
    'too many requests in this minute',
    'look-ups and sends share 200 requests a minute: ask more slowly with --rate; a key is also locked out after repeated failures to authenticate',
  ),
  passingCode('SERVICE_001', 'provider', 'Sent’s cache is out of order', 'try again later'),
  passingCode('INTERNAL_001', 'provider', 'something unexpected went wrong at Sent', 'try again later'),
  passingCode('INTERNAL_002', 'provider', 'something went wrong inside Sent', 'try again later'),
  passingCode('INTERNAL_003', 'provider', 'a service behind Sent answered wrongly', 'try again later'),
  passingCode('INTERNAL_004', 'provider', 'a service behind Sent did not answer in time', 'try again later'),
  passingCode('INTERNAL_005', 'provider', 'Sent is not available', 'try again later'),
];

function refusedCode(code: string, kind: ReasonClass, meaning: string, hint: string): CodeEntry {
  return { code, name: null, class: kind, meaning, resendable: false, hint };
}

function passingCode(code: string, kind: ReasonClass, meaning: string, hint: string): CodeEntry {
  return { code, name: null, class: kind, meaning, resendable: true, hint };
}

/** Why a message was not sent or not delivered: reason codes, error codes of the send, and words of event texts. */
export const messageCodes: readonly CodeEntry[] = [
  {
    code: 'BUSINESS_001',
    name: null,
    class: 'account',
    meaning: 'the contact is inherited from the organisation and cannot be changed here',
    resendable: false,
    hint: 'work on the contact in the account that owns it',
  },
  {
    code: 'BUSINESS_003',
    name: null,
    class: 'account',
    meaning: 'the balance does not cover the message',
    resendable: true,
    hint: 'top up the balance, then resend',
  },
  {
    code: 'BUSINESS_004',
    name: null,
    class: 'opted-out',
    meaning: 'the contact has opted out',
    resendable: false,
    hint: 'do not send again unless the contact opts in',
  },
  {
    code: 'BUSINESS_005',
    name: null,
    class: 'template',
    meaning: 'the template cannot be used as it is',
    resendable: false,
    hint: 'check that the template is approved and that its variables fit',
  },
  {
    code: 'BUSINESS_006',
    name: null,
    class: 'unknown',
    meaning: 'the message has gone too far to be changed or canceled',
    resendable: null,
    hint: 'only a SCHEDULED message can be canceled; look up where this one is',
  },
  {
    code: 'BUSINESS_007',
    name: null,
    class: 'sender',
    meaning: 'the channel is not available to this account',
    resendable: false,
    hint: 'set the channel up, or send over another one',
  },
  {
    code: 'BUSINESS_008',
    name: null,
    class: 'account',
    meaning: 'the account has used up its quota',
    resendable: true,
    hint: 'wait for the quota to renew or have it raised, then resend',
  },
  {
    code: 'BUSINESS_012',
    name: null,
    class: 'template',
    meaning: 'the template is not active on the chosen channel',
    resendable: false,
    hint: 'activate the template for that channel, or send over another one',
  },
  {
    code: 'LIMIT_001',
    name: null,
    class: 'rate',
    meaning: 'too many messages are scheduled already',
    resendable: true,
    hint: 'wait until some of the scheduled messages have gone out',
  },
  {
    code: 'CONFLICT_001',
    name: null,
    class: 'duplicate',
    meaning: 'another request with the same idempotency key is still at work',
    resendable: false,
    hint: 'wait for the first request to end and use its result',
  },
  {
    code: 'WHATSAPP_TEMPLATE_REQUIRED',
    name: null,
    class: 'template',
    meaning: 'WhatsApp takes free text only inside an open conversation',
    resendable: false,
    hint: 'send an approved template instead',
  },
  {
    code: 'CONVERSATION_TEMPLATE_REQUIRED',
    name: null,
    class: 'template',
    meaning: 'no conversation with the contact is open, so only a template may be sent',
    resendable: false,
    hint: 'send an approved template instead',
  },
  {
    code: 'DELIVERY_003',
    name: null,
    class: 'unknown',
    meaning: 'the message could not be delivered; Sent publishes no closer meaning',
    resendable: null,
    hint: 'read the reason beside the code, and the newest entry of the timeline',
  },
  {
    code: 'DELIVERY_007',
    name: null,
    class: 'unreachable',
    meaning: 'the recipient is not registered on the channel',
    resendable: false,
    hint: 'send over another channel, or leave the choice of channel to Sent',
  },
  {
    code: 'ERR_CONSENT_BLOCKED',
    name: null,
    class: 'opted-out',
    meaning: 'the contact has not consented or has opted out',
    resendable: false,
    hint: 'do not send again unless the contact opts in',
  },
  {
    code: 'ERR_ROUTE_DENIED',
    name: null,
    class: 'account',
    meaning: 'a routing rule of the account denies this message',
    resendable: false,
    hint: 'change the DENY rule if the message should go out',
  },
  {
    code: 'ERR_TEMPLATE_PARAMS_INVALID',
    name: null,
    class: 'template',
    meaning: 'the parameters do not fit the template',
    resendable: false,
    hint: 'compare the parameters of the send with the variables of the template',
  },
];

/** Every code that Sent is known to use. Sent publishes no names beside the codes and no list of its reason codes. */
export const codes: readonly CodeEntry[] = [...requestCodes, ...messageCodes];

/** The catalogue's entry for a code in any case, or null. */
export function codeEntry(code: string | null): CodeEntry | null {
  if (code === null) return null;
  const wanted = code.toUpperCase();
  return codes.find((entry) => entry.code === wanted) ?? null;
}
