import type { CodeEntry } from '../../core/provider.ts';
import { type Advice, advice, entry } from './advice.ts';

const lookup: Advice = {
  class: 'unknown',
  resendable: null,
  hint: 'check the message key; asking again will not help',
};
const token: Advice = {
  class: 'account',
  resendable: null,
  hint: 'check SFMC_CLIENT_ID and SFMC_CLIENT_SECRET, or fetch a fresh SFMC_ACCESS_TOKEN; tokens live under 20 minutes',
};
const scope: Advice = {
  class: 'account',
  resendable: null,
  hint: 'give the installed package the scope SMS | Read (sms_read) in this business unit',
};
const stack: Advice = {
  class: 'account',
  resendable: null,
  hint: 'the token is of another tenant: SFMC_SUBDOMAIN or SFMC_REST_BASE_URL must be the one that issued it',
};
const slower: Advice = {
  class: 'rate',
  resendable: true,
  hint: 'ask more slowly with --rate; for many messages pipe events of the Event Notification Service through decode',
};
const blocked: Advice = {
  class: 'rate',
  resendable: false,
  hint: 'stop asking for some minutes, then ask with --concurrency 1; if it stays blocked, ask Salesforce support',
};
const busy: Advice = { class: 'provider', resendable: true, hint: 'try again later' };
/** Where a message that is not there may be. */
const absent: Advice = {
  class: 'unknown',
  resendable: null,
  hint:
    'a key is found for 3 days after the send, in the business unit that sent it (SFMC_ACCOUNT_ID), and for ' +
    'transactional SMS alone: not email, push or MobileConnect; or it is mistyped or too new to be found',
};
const send: Advice = { class: 'content', resendable: false, hint: 'correct the send request, then send again' };
const definition: Advice = {
  class: 'template',
  resendable: false,
  hint: 'check the key, the status and the content of the send definition, then send again',
};

/** The `errorcode` of a refused request: for any REST route, then (109…) for transactional sends. */
export const apiCodes: readonly CodeEntry[] = [
  entry(0, null, token, 'the token is missing, not valid or expired'),
  entry(10000, null, lookup, 'the request is not valid'),
  entry(10001, null, lookup, 'a value has the wrong data type'),
  entry(10002, null, lookup, 'a field that must be there is missing'),
  entry(10003, null, lookup, 'a value has the wrong format'),
  entry(10004, null, lookup, 'the request’s body could not be read'),
  entry(10005, null, lookup, 'a value is not allowed'),
  entry(10006, null, lookup, 'several things are wrong with the request; the reply lists them'),
  entry(20000, null, scope, 'the package’s privileges do not suffice'),
  entry(20001, null, scope, 'the package’s privileges do not suffice'),
  entry(20002, null, scope, 'the package’s privileges do not suffice'),
  entry(30000, null, lookup, 'the request failed while it was carried out'),
  entry(30001, null, lookup, 'the operation is not valid'),
  entry(30002, null, lookup, 'the object is in a state that does not allow this'),
  entry(30003, null, absent, 'the object was not found'),
  entry(30004, null, lookup, 'the object exists already'),
  entry(40000, null, token, 'the request is not authenticated'),
  entry(40001, null, token, 'the request is not authenticated'),
  entry(40002, null, stack, 'the token is not valid on this address'),
  entry(40003, null, token, 'the token does not allow this'),
  entry(40004, null, token, 'the token came in the URL or in the body instead of the header'),
  entry(50100, null, slower, 'the rate limit is used up'),
  entry(50200, null, blocked, 'the account is blocked for a while for asking too much at once'),
  entry(50300, null, busy, 'the service is not available for the moment'),
  entry(109001, null, send, 'the request has errors; the reply lists them'),
  entry(109101, null, send, 'there are too many recipients in one request'),
  entry(109102, null, send, 'the request names no recipient'),
  entry(109103, null, send, 'no recipient of the request is valid'),
  entry(109104, null, lookup, 'the message key is missing'),
  entry(109105, null, advice.contact, 'the subscriber key is missing'),
  entry(109106, null, advice.phone, 'the recipient’s address is missing'),
  entry(109107, null, definition, 'the definition key is missing'),
  entry(109108, null, lookup, 'the message key is not valid'),
  entry(109109, null, advice.contact, 'the subscriber key is not valid'),
  entry(109110, null, advice.duplicate, 'the message key was used already within two days'),
  entry(109111, null, definition, 'the definition key is not valid'),
  entry(109112, null, send, 'an option of the request is not valid'),
  entry(109113, null, send, 'an option of the request is not valid'),
  entry(109114, null, send, 'an option of the request is not valid'),
  entry(109115, null, send, 'an option of the request is not valid'),
  entry(109116, null, send, 'an option of the request is not valid'),
  entry(109120, null, definition, 'the keyword is missing'),
  entry(109121, null, advice.phone, 'the recipient’s address is not valid'),
  entry(109122, null, send, 'the request holds a field that the provider does not know'),
  entry(109123, null, send, 'the request is refused for a reason that the reply’s message gives'),
  entry(109124, null, send, 'the request is refused for a reason that the reply’s message gives'),
  entry(109125, null, send, 'the request is refused for a reason that the reply’s message gives'),
];
