import type { Advice, CodeEntry } from '../../core/provider.ts';

function entry(code: string, name: string | null, advice: Advice, meaning: string): CodeEntry {
  return { code, name, ...advice, meaning };
}

/** Why Sent refused a request, be it a look-up or a send. */
const requestCodes: readonly CodeEntry[] = [
  entry(
    'AUTH_001',
    null,
    {
      class: 'account',
      resendable: false,
      hint: 'see that the API key arrives: it goes into the header x-api-key, which a proxy may drop',
    },
    'the request carried no API key',
  ),
  entry(
    'AUTH_002',
    null,
    {
      class: 'account',
      resendable: false,
      hint: 'check the API key; do not repeat it in a loop, as repeated failures lock the key out',
    },
    'the API key is wrong or was revoked',
  ),
  entry(
    'AUTH_004',
    null,
    { class: 'account', resendable: false, hint: 'use a key whose role may read messages' },
    'the role behind the API key may not do this',
  ),
  entry(
    'AUTH_005',
    null,
    { class: 'account', resendable: false, hint: 'finish the activation in the Sent dashboard' },
    'the account waits for its activation',
  ),
  entry(
    'AUTH_006',
    null,
    { class: 'account', resendable: false, hint: 'finish the KYC form in the Sent dashboard' },
    'the account’s identity check is not complete',
  ),
  entry(
    'AUTH_007',
    null,
    { class: 'account', resendable: false, hint: 'set up a channel in the Sent dashboard' },
    'the account has no channel yet',
  ),
  entry(
    'BUSINESS_014',
    null,
    { class: 'account', resendable: false, hint: 'ask Sent’s support' },
    'the account is suspended',
  ),
  entry(
    'VALIDATION_001',
    null,
    { class: 'content', resendable: false, hint: 'the id must be a UUID: the message_id of the reply to the send' },
    'the request is invalid',
  ),
  entry(
    'VALIDATION_002',
    null,
    { class: 'invalid-recipient', resendable: false, hint: 'give the number in E.164: +14155550123' },
    'the phone number is invalid',
  ),
  entry(
    'VALIDATION_003',
    null,
    { class: 'content', resendable: false, hint: 'the id must be a UUID: the message_id of the reply to the send' },
    'an id is not a well-formed UUID',
  ),
  entry(
    'VALIDATION_004',
    null,
    { class: 'content', resendable: false, hint: 'add the field that the message names' },
    'a required field is missing',
  ),
  entry(
    'VALIDATION_005',
    null,
    { class: 'content', resendable: false, hint: 'correct the field that the message names' },
    'a value is out of range',
  ),
  entry(
    'VALIDATION_006',
    null,
    { class: 'content', resendable: false, hint: 'correct the field that the message names' },
    'a value is not one of those allowed',
  ),
  entry(
    'VALIDATION_007',
    null,
    { class: 'content', resendable: false, hint: 'correct the idempotency key of the send' },
    'the idempotency key is invalid',
  ),
  entry(
    'VALIDATION_008',
    null,
    {
      class: 'template',
      resendable: false,
      hint: 'take line breaks, tabs and runs of more than four spaces out of the template’s parameters, then send again',
    },
    'a template parameter holds a line break, a tab or more than four spaces in a row',
  ),
  entry(
    'RESOURCE_001',
    null,
    { class: 'invalid-recipient', resendable: false, hint: 'check the contact’s id and the account' },
    'there is no such contact',
  ),
  entry(
    'RESOURCE_002',
    null,
    { class: 'template', resendable: false, hint: 'check the template’s id and the account' },
    'there is no such template',
  ),
  entry(
    'RESOURCE_003',
    null,
    {
      class: 'unknown',
      resendable: false,
      hint: 'check the id: the message_id of the reply to the send; a child profile’s message needs --profile-id, and a sandbox send leaves nothing to look up',
    },
    'there is no such message',
  ),
  entry(
    'RESOURCE_004',
    null,
    { class: 'account', resendable: false, hint: 'check the API key and the profile' },
    'there is no such customer',
  ),
  entry(
    'RESOURCE_005',
    null,
    { class: 'account', resendable: false, hint: 'check the API key and the profile' },
    'there is no such organisation',
  ),
  entry(
    'RESOURCE_006',
    null,
    { class: 'account', resendable: false, hint: 'check the API key' },
    'there is no such user',
  ),
  entry(
    'RESOURCE_007',
    null,
    { class: 'duplicate', resendable: false, hint: 'use the one that exists' },
    'it exists already',
  ),
  entry(
    'RESOURCE_008',
    null,
    { class: 'unknown', resendable: false, hint: 'check the webhook’s id' },
    'there is no such webhook',
  ),
  entry(
    'BUSINESS_002',
    null,
    {
      class: 'rate',
      resendable: true,
      hint: 'look-ups and sends share 200 requests a minute: ask more slowly with --rate; repeated failures to authenticate lock a key out, too',
    },
    'too many requests in one minute',
  ),
  entry(
    'SERVICE_001',
    null,
    { class: 'provider', resendable: true, hint: 'try again later; the fault is on Sent’s side' },
    'Sent’s cache is not available',
  ),
  entry(
    'INTERNAL_001',
    null,
    { class: 'provider', resendable: true, hint: 'try again later; the fault is on Sent’s side' },
    'something unexpected went wrong at Sent',
  ),
  entry(
    'INTERNAL_002',
    null,
    { class: 'provider', resendable: true, hint: 'try again later; the fault is on Sent’s side' },
    'something went wrong inside Sent',
  ),
  entry(
    'INTERNAL_003',
    null,
    { class: 'provider', resendable: true, hint: 'try again later; the fault is on Sent’s side' },
    'a service behind Sent gave a wrong answer',
  ),
  entry(
    'INTERNAL_004',
    null,
    { class: 'provider', resendable: true, hint: 'try again later; the fault is on Sent’s side' },
    'a service behind Sent did not answer in time',
  ),
  entry(
    'INTERNAL_005',
    null,
    { class: 'provider', resendable: true, hint: 'try again later; the fault is on Sent’s side' },
    'Sent is not available',
  ),
];

/** Why a message was not sent or not delivered: reason codes, error codes of the send, and words of event texts. */
const messageCodes: readonly CodeEntry[] = [
  entry(
    'BUSINESS_001',
    null,
    { class: 'account', resendable: false, hint: 'change the contact in the account that owns it' },
    'the contact is inherited from the organisation and cannot be changed here',
  ),
  entry(
    'BUSINESS_003',
    null,
    { class: 'account', resendable: true, hint: 'top up the balance, then resend' },
    'the balance does not cover the message',
  ),
  entry(
    'BUSINESS_004',
    null,
    { class: 'opted-out', resendable: false, hint: 'do not send again before the contact sends START' },
    'the contact has opted out',
  ),
  entry(
    'BUSINESS_005',
    null,
    { class: 'template', resendable: false, hint: 'check that the template is approved and that its variables fit' },
    'the template cannot be used as it is',
  ),
  entry(
    'BUSINESS_006',
    null,
    { class: 'unknown', resendable: null, hint: 'only a SCHEDULED message can be canceled; look up where this one is' },
    'the message has gone too far to be changed or canceled',
  ),
  entry(
    'BUSINESS_007',
    null,
    {
      class: 'unreachable',
      resendable: false,
      hint: 'send over another channel, or leave the choice of channel to Sent',
    },
    'the channel is not available for this contact',
  ),
  entry(
    'BUSINESS_008',
    null,
    { class: 'account', resendable: true, hint: 'wait for the quota to renew or have it raised, then resend' },
    'the account has used up its quota',
  ),
  entry(
    'BUSINESS_012',
    null,
    { class: 'template', resendable: false, hint: 'activate the template for that channel, or send over another one' },
    'the template is not active on the chosen channel',
  ),
  entry(
    'LIMIT_001',
    null,
    { class: 'rate', resendable: true, hint: 'wait until some of the scheduled messages have gone out' },
    'too many messages are scheduled already',
  ),
  entry(
    'CONFLICT_001',
    null,
    { class: 'duplicate', resendable: false, hint: 'wait for the first request to end and use its result' },
    'another request with the same idempotency key is still at work',
  ),
  entry(
    'WHATSAPP_TEMPLATE_REQUIRED',
    null,
    { class: 'template', resendable: false, hint: 'send an approved template instead' },
    'WhatsApp takes free text only inside an open conversation',
  ),
  entry(
    'CONVERSATION_TEMPLATE_REQUIRED',
    null,
    { class: 'template', resendable: false, hint: 'send an approved template instead' },
    'no conversation with the contact is open, so only a template may be sent',
  ),
  entry(
    'DELIVERY_003',
    null,
    {
      class: 'unknown',
      resendable: null,
      hint: 'sbstatus sent get --activities ID tells more; else give Sent’s support the message id and the request id',
    },
    'the message could not be delivered; Sent publishes no closer meaning',
  ),
  entry(
    'DELIVERY_007',
    null,
    {
      class: 'unreachable',
      resendable: false,
      hint: 'send over another channel, or leave the choice of channel to Sent',
    },
    'the recipient is not registered on the channel',
  ),
  entry(
    'ERR_CONSENT_BLOCKED',
    null,
    { class: 'opted-out', resendable: false, hint: 'do not send again before the contact sends START' },
    'the contact has not consented, or has opted out',
  ),
  entry(
    'ERR_ROUTE_DENIED',
    null,
    {
      class: 'account',
      resendable: false,
      hint: 'send over another channel, or ask Sent’s support for a route to this country',
    },
    'no route is active for this channel and country',
  ),
  entry(
    'ERR_TEMPLATE_PARAMS_INVALID',
    null,
    {
      class: 'template',
      resendable: false,
      hint: 'compare the parameters of the send with the variables of the template',
    },
    'the parameters do not fit the template',
  ),
];

/** Meta's own codes, which Sent hands on for WhatsApp; the names are Meta's titles. */
const metaCodes: readonly CodeEntry[] = [
  entry(
    '131026',
    'Message undeliverable',
    { class: 'unreachable', resendable: false, hint: 'send over another channel: WhatsApp cannot reach this number' },
    'the recipient is not on WhatsApp, or cannot get the message there',
  ),
  entry(
    '131047',
    'Re-engagement message',
    { class: 'template', resendable: false, hint: 'send an approved template instead' },
    'more than 24 hours have passed since the recipient last wrote',
  ),
  entry(
    '131048',
    'Spam rate limit hit',
    { class: 'rate', resendable: true, hint: 'send less for a while, and check the number’s quality rating at Meta' },
    'WhatsApp limits the sender, as recipients blocked or reported messages',
  ),
  entry(
    '131056',
    'Pair rate limit hit',
    { class: 'rate', resendable: true, hint: 'wait a minute before the next message to this recipient' },
    'too many messages went from this sender to this recipient',
  ),
  entry(
    '132000',
    'Template param count mismatch',
    {
      class: 'template',
      resendable: false,
      hint: 'compare the parameters of the send with the variables of the template',
    },
    'the number of parameters does not fit the template',
  ),
  entry(
    '132001',
    'Template does not exist',
    {
      class: 'template',
      resendable: false,
      hint: 'use a language that the template is approved in, or have this one approved',
    },
    'the template does not exist in this language',
  ),
  entry(
    '133006',
    'Phone number needs verification',
    { class: 'sender', resendable: false, hint: 'verify the sender’s number at Meta, then send again' },
    'the sender’s number must be verified before it can be registered',
  ),
  entry(
    '133016',
    'Registration rate limit hit',
    { class: 'rate', resendable: true, hint: 'wait until Meta lets the number be registered again, then send again' },
    'the sender’s number was registered or deregistered too often',
  ),
];

/** Every code that Sent is known to use. Sent publishes no names beside its codes and no list of its reason codes. */
export const codes: readonly CodeEntry[] = [...requestCodes, ...messageCodes, ...metaCodes];

const byCode = new Map<string, CodeEntry>();
for (const each of codes) byCode.set(each.code, each);

/** The entry of a code in any case, or null. Meta prints its codes as `(#131026)`. */
export function findCode(code: string | null): CodeEntry | null {
  const plain = code?.trim().replace(/^\(#(\d+)\)$/, '$1');
  return plain === undefined ? null : (byCode.get(plain.toUpperCase()) ?? null);
}

/** The first code in a text: Sent's own for events (`ERR_…`), or one of the catalogue. */
export function codeInText(text: string | null): string | null {
  for (const [word] of (text ?? '').matchAll(/\b(?:ERR_[A-Z_]{3,60}|[A-Z]{4,20}_\d{3}|\d{6})\b/g)) {
    if (word.startsWith('ERR_') || findCode(word) !== null) return word;
  }
  return null;
}
