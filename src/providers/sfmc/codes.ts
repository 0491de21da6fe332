import type { Advice, CodeEntry } from '../../core/provider.ts';

function entry(code: number, name: string | null, advice: Advice, meaning: string): CodeEntry {
  return { code: String(code), name, ...advice, meaning };
}

/** Entries with the name of the place where Salesforce uses them. */
function catalogue(where: string, entries: readonly CodeEntry[]): readonly CodeEntry[] {
  return entries.map((each) => ({ ...each, where }));
}

const advice = {
  optedOut: {
    class: 'opted-out',
    resendable: false,
    hint: 'do not send again; the recipient must opt in first',
  },
  restricted: {
    class: 'account',
    resendable: false,
    hint: 'not an opt-out: lift the contact’s processing restriction in Marketing Cloud before sending again',
  },
  held: {
    class: 'unreachable',
    resendable: false,
    hint: 'correct the contact’s address and take the contact off hold before sending again',
  },
  email: {
    class: 'invalid-recipient',
    resendable: false,
    hint: 'correct the email address in the contact or the send request',
  },
  phone: {
    class: 'invalid-recipient',
    resendable: false,
    hint: 'correct the mobile number: digits with the country code, of a line that takes SMS',
  },
  contact: {
    class: 'invalid-recipient',
    resendable: false,
    hint: 'send to a contact key that exists in this business unit and matches its contact record',
  },
  attribute: {
    class: 'content',
    resendable: false,
    hint: 'correct the attributes of the send request: names, number, types and lengths as the definition has them',
  },
  row: {
    class: 'content',
    resendable: false,
    hint: 'compare the attributes sent with the fields of the send definition’s data extension',
  },
  crm: {
    class: 'content',
    resendable: false,
    hint: 'check that the Salesforce CRM record exists and that Marketing Cloud Connect can read it',
  },
  size: { class: 'content', resendable: false, hint: 'make the message or its links shorter, then send again' },
  template: {
    class: 'template',
    resendable: false,
    hint: 'correct the message or its AMPscript in Content Builder, publish it, then send again',
  },
  account: {
    class: 'account',
    resendable: false,
    hint: 'check the business unit’s settings in Setup, or ask Salesforce support',
  },
  excluded: {
    class: 'account',
    resendable: false,
    hint: 'check the account’s exclusion and suppression rules: one of them covers this recipient',
  },
  blackout: {
    class: 'account',
    resendable: false,
    hint: 'do not send again; the provider sends it when the blackout window ends',
  },
  volume: { class: 'rate', resendable: true, hint: 'send again later, or have the account’s limit raised' },
  sender: { class: 'sender', resendable: false, hint: 'verify the sender in Setup, then send again' },
  duplicate: {
    class: 'duplicate',
    resendable: false,
    hint: 'do not send again; look up the other send of this message',
  },
  cleared: {
    class: 'account',
    resendable: true,
    hint: 'someone cleared the queue; send again if the message is still wanted',
  },
  expired: { class: 'expired', resendable: true, hint: 'send again if the message is still wanted' },
  platform: {
    class: 'provider',
    resendable: true,
    hint: 'send again later; if it fails again, give Salesforce support the composite id',
  },
} as const satisfies Record<string, Advice>;

/**
 * The status codes of a send, shared by email and SMS. Names are not unique: only the number is a key.
 * The carrier codes of events are another catalogue with the same numbers.
 */
export const sendCodes = catalogue('sends and look-ups', [
  entry(1, 'Unsubscribed', advice.optedOut, 'the recipient has opted out'),
  entry(2, 'Held', advice.held, 'the recipient is on hold after bounces'),
  entry(3, 'PartnerUnsubscribed', advice.optedOut, 'the recipient has opted out in a partner’s system'),
  entry(4, 'MissingEmailAddress', advice.email, 'the recipient has no email address'),
  entry(5, 'InvalidEmailAddress', advice.email, 'the recipient’s email address is not valid'),
  entry(6, 'DuplicateEmail', advice.duplicate, 'the same address is in this job twice'),
  entry(7, 'InvalidSubscriberIDProvided', advice.contact, 'the subscriber id is not valid'),
  entry(8, 'MissingSubscriberID', advice.contact, 'the request names neither a subscriber key nor a subscriber id'),
  entry(9, 'MissingOwnerID', advice.account, 'the id of the child account is missing'),
  entry(10, 'MissingRequiredAttributes', advice.attribute, 'an attribute that must be there is absent'),
  entry(11, 'NoAllSubscribersListEntry', advice.contact, 'the recipient is not on the All Subscribers list'),
  entry(12, 'InvalidOwnerIDProvided', advice.account, 'the child account does not belong to this enterprise'),
  entry(13, 'SubscriberKeyMismatch', advice.contact, 'the subscriber key differs from the stored one'),
  entry(14, 'EmailAddressMismatch', advice.email, 'the email address differs from the stored one'),
  entry(15, 'UnspecifiedError', advice.platform, 'the check of the recipient failed for a reason that is not given'),
  entry(16, 'InvalidAttributeValue', advice.attribute, 'an attribute has a value of the wrong type'),
  entry(17, 'AttributeValueMaxLengthErr', advice.attribute, 'an attribute’s value is too long'),
  entry(18, 'InvalidAttributeValueCount', advice.attribute, 'the number of attributes is wrong'),
  entry(19, 'MissingRequiredFields', advice.row, 'a field that the data extension needs is absent'),
  entry(20, 'InvalidFieldValue', advice.row, 'a field of the data extension got a value of the wrong type'),
  entry(21, 'DuplicateDataExtensionRow', advice.duplicate, 'the send’s data extension already has this row'),
  entry(22, 'DataExtensionInsertFailed', advice.row, 'the row could not be put into the data extension'),
  entry(23, 'DomainExclusion', advice.excluded, 'the recipient’s domain is on an exclusion list'),
  entry(24, 'ListDetectiveExclusion', advice.excluded, 'List Detective keeps this recipient out'),
  entry(25, 'SubscriberBlackedOut', advice.blackout, 'a blackout window is open; the message is rescheduled, not lost'),
  entry(26, 'BuildEmailError', advice.template, 'the message could not be built'),
  entry(27, 'SuppressionListExclusion', advice.excluded, 'the recipient is on a suppression list'),
  entry(28, 'OptOutListExclusion', advice.optedOut, 'the recipient is on an opt-out list'),
  entry(29, 'MissingSubscriberKeyValue', advice.contact, 'the subscriber key is empty'),
  entry(30, 'SubscriberKeyTooLong', advice.contact, 'the subscriber key is too long'),
  entry(31, 'ListLevelOptOut', advice.optedOut, 'the recipient has opted out of this list'),
  entry(32, 'MissingSendGroupID', advice.platform, 'an internal id is absent'),
  entry(33, 'AccountLevelOptOut', advice.optedOut, 'the recipient has opted out for the account or the business unit'),
  entry(34, 'MissingMessageFileName', advice.platform, 'an internal file is missing'),
  entry(35, 'InvalidEmailAddressID', advice.email, 'the privacy id of the address is missing or not valid'),
  entry(36, 'InvalidBusinessUnit', advice.excluded, 'a filter of the business unit keeps this recipient out'),
  entry(37, 'QueuedTransactionDeleted', advice.cleared, 'the message was deleted while it was queued'),
  entry(38, 'InvalidSalesforceID', advice.contact, 'the key looks like a Salesforce id and is not a valid one'),
  entry(39, 'SubscriberQueueCleared', advice.cleared, 'the queue was cleared with this message in it'),
  entry(40, 'SubscriberDeleted', advice.contact, 'the contact was deleted'),
  entry(41, 'DuplicateSubscriber', advice.duplicate, 'the message repeats a recent one'),
  entry(42, 'RestrictedForProcessing', advice.restricted, 'the contact is restricted from processing'),
  entry(43, 'SubscriberRequestExpired', advice.expired, 'the request expired before it was processed'),
  // In no catalogue; the event service's own example of a message that was not sent has it.
  entry(47, 'Mobile Address not found', advice.phone, 'the contact has no mobile number'),

  entry(100, 'Error', advice.template, 'the message could not be built'),
  entry(101, 'Failure', advice.platform, 'the send failed'),
  entry(102, 'Excluded', advice.excluded, 'a filter at send time kept this recipient out'),
  entry(103, 'MessageBuildError', advice.template, 'the message could not be built'),
  entry(104, 'RecursiveScriptError', advice.template, 'a script in the message refers to itself'),
  entry(105, 'InvalidSendTimeDataError', advice.row, 'the data given at send time is not valid XML'),
  entry(106, 'MissingSendDataExtensionSourceRowError', advice.row, 'the source row of the data extension is missing'),
  entry(107, 'MissingSubscriberDataError', advice.platform, 'an internal row about the recipient is missing'),
  entry(
    108,
    'MissingListSubscriberDataError',
    advice.platform,
    'an internal row about the recipient’s list is missing',
  ),
  entry(109, 'MissingSubscriberKeyError', advice.contact, 'the subscriber key is missing'),
  entry(110, 'InvalidEmailAddressError', advice.email, 'the email address is not valid'),
  entry(111, 'ScriptRaiseError', advice.template, 'the message’s own script called RaiseError'),
  entry(112, 'EmptyHTTPGetReturnError', advice.template, 'an HTTPGet in the message came back empty'),
  entry(113, 'EmptyHTTPGetFunctionReturnError', advice.template, 'an HTTPGet function in the message came back empty'),
  entry(114, 'MissingSFIDError', advice.crm, 'the Salesforce CRM id is missing'),
  entry(115, 'MissingSFDataError', advice.crm, 'the Salesforce CRM data is missing'),
  entry(116, 'MissingSFSubscriberDataError', advice.crm, 'the recipient’s Salesforce CRM data is missing'),
  entry(117, 'CouldNotResolveSecureEmailToken', advice.email, 'the tokenised address could not be resolved'),
  entry(118, 'GlobalUnsub', advice.optedOut, 'the recipient has opted out of everything'),
  entry(119, 'PartnerUnsub', advice.optedOut, 'the recipient has opted out at a partner'),
  entry(120, 'ListDetectiveExclusion', advice.excluded, 'List Detective keeps this recipient out'),
  entry(121, 'ProcessedByPairedMember', advice.duplicate, 'a twin job handled this recipient; not a failure as such'),
  entry(122, 'SMTPFileNotFound', advice.platform, 'an internal mail file was not found'),
  entry(123, 'SMTPFileIOError', advice.platform, 'an internal mail file could not be read'),
  entry(124, 'SMTPFileFormatError', advice.platform, 'an internal mail file has the wrong format'),
  entry(125, 'DecryptionFailed', advice.account, 'an encrypted field could not be decrypted'),
  entry(126, 'MessageVolumeLimitExceeded', advice.volume, 'the account has used up its message volume'),
  entry(127, 'EmptySubject', advice.template, 'the subject is empty'),
  entry(128, 'ResolvedEmailBodyTooShort', advice.template, 'the body is too short once it is filled in'),
  entry(129, 'PhoneNumberValidationFailed', advice.phone, 'the phone number is not valid'),
  entry(130, 'PayloadExceedsMaximum', advice.size, 'the message is too large'),
  entry(131, 'LinkDataExceedsMaximumSize', advice.size, 'the data of the message’s links is too large'),
  entry(132, 'InvalidCCEmailAddressError', advice.email, 'a cc address is not valid'),
  entry(133, 'InvalidBCCEmailAddressError', advice.email, 'a bcc address is not valid'),
  entry(134, 'SubscriberDeleted', advice.contact, 'the contact was deleted'),
  entry(135, 'RestrictedForProcessing', advice.restricted, 'the contact is restricted from processing'),
  entry(136, 'SubscriberKeyMismatch', advice.contact, 'the subscriber key changed in the meantime'),
  entry(137, 'SubscriberIDMismatch', advice.contact, 'the subscriber id changed in the meantime'),
  entry(138, 'ExceededExpirationPolicy', advice.expired, 'the message outlived its expiration policy'),
  entry(139, 'TimedoutInQueue', advice.expired, 'the message waited in the queue for too long'),
  entry(140, 'UnverifiedFromEmailAddress', advice.sender, 'the sender’s address is not verified'),
  entry(141, 'V2TriggeredSendDeletedFromQueue', advice.cleared, 'the queue was cleared with this message in it'),

  entry(1000, 'UnsubscribedList', advice.optedOut, 'the recipient has opted out of the list'),
  entry(1010, 'UnsubscribedMaster', advice.optedOut, 'the recipient has opted out of the account'),
  entry(1020, 'UnsubscribedGlobal', advice.optedOut, 'the recipient has opted out of everything'),
  entry(1030, 'Held', advice.held, 'the recipient is on hold'),
  entry(1040, 'Deleted', advice.contact, 'the contact was deleted'),
]);

const request: Advice = {
  class: 'content',
  resendable: false,
  hint: 'correct the field that the reply names (in a look-up, the message key); the same request will be refused again',
};
const breakdown: Advice = {
  class: 'provider',
  resendable: true,
  hint: 'try again later; if it fails again, give Salesforce support the request id',
};
const taken: Advice = {
  class: 'duplicate',
  resendable: false,
  hint: 'use the object that exists, or another key for the new one',
};
const token: Advice = {
  class: 'account',
  resendable: null,
  hint: 'check the client id and the client secret, or fetch a fresh access token: tokens are valid for under 20 minutes',
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
  hint: 'ask more slowly with --rate; for many messages read the events instead: sbstatus decode sfmc',
};
const blocked: Advice = {
  class: 'rate',
  resendable: false,
  hint: 'stop asking for a few minutes, then ask with --concurrency 1; if it stays blocked, ask Salesforce support',
};
const busy: Advice = { class: 'provider', resendable: true, hint: 'try again later' };
/** Where a message that is not there may be. */
const absent: Advice = {
  class: 'unknown',
  resendable: null,
  hint:
    'a key is found for 3 days after the send, only in the business unit that sent it (SFMC_ACCOUNT_ID), and only for ' +
    'transactional SMS: not email, push or MobileConnect; or it is mistyped, or too new to be found',
};
const send: Advice = { class: 'content', resendable: false, hint: 'correct the send request, then send again' };
const definition: Advice = {
  class: 'template',
  resendable: false,
  hint: 'check the key, the status and the content of the send definition, then send again',
};
/** Salesforce says these of requests that make or change a send definition. */
const definitionPart: Advice = {
  class: 'template',
  resendable: false,
  hint: 'correct this part of the send definition, save it, then send again',
};
const listed: Advice = { class: 'content', resendable: false, hint: 'correct what the reply lists, then send again' };
const split: Advice = {
  class: 'content',
  resendable: false,
  hint: 'send several requests with fewer recipients in each',
};
const keyword: Advice = {
  class: 'template',
  resendable: false,
  hint: 'name the keyword in the send definition, then send again',
};

const prefix = 'MCMS_UTM_';

/** `name`: without the prefix. People paste it with and without, and leave the family (`Validation_`) out. */
function apiEntry(code: number, name: string | null, advice: Advice, meaning: string): CodeEntry {
  if (name === null) return entry(code, null, advice, meaning);
  const short = name.replace(/^(Validation|Runtime|Authentication)_/, '');
  return { ...entry(code, `${prefix}${name}`, advice, meaning), aliases: [name, short, `${prefix}${short}`] };
}

/** The `errorcode` of a refused request: for any REST route, then (109…) for transactional sends. */
export const apiCodes = catalogue('errors of requests', [
  apiEntry(0, null, token, 'the token is missing, not valid or expired'),
  apiEntry(10000, 'Validation', request, 'the request is not valid'),
  apiEntry(10001, 'Validation_InvalidDataType', request, 'a value has the wrong data type'),
  apiEntry(10002, 'Validation_MissingRequiredField', request, 'a field that must be there is missing'),
  apiEntry(10003, 'Validation_IncorrectFormat', request, 'a value has the wrong format'),
  apiEntry(10004, null, request, 'the request’s body could not be read'),
  apiEntry(10005, 'Validation_InvalidValue', request, 'a value is not allowed'),
  apiEntry(10006, null, request, 'several things are wrong with the request; the reply lists them'),
  apiEntry(20000, null, scope, 'the package’s privileges do not suffice'),
  apiEntry(20001, null, scope, 'the package’s privileges do not suffice'),
  apiEntry(20002, null, scope, 'the package’s privileges do not suffice'),
  apiEntry(30000, 'Runtime', breakdown, 'the request failed while it was carried out'),
  apiEntry(30001, 'Runtime_InvalidOperation', definition, 'the operation is not valid'),
  apiEntry(30002, null, definition, 'the object is in a state that does not allow this'),
  apiEntry(30003, 'Runtime_ObjectNotFound', absent, 'the object was not found'),
  apiEntry(30004, 'Runtime_ObjectAlreadyExists', taken, 'the object exists already'),
  apiEntry(40000, 'Authentication', token, 'the request is not authenticated'),
  apiEntry(40001, 'Authentication_NotAuthenticated', token, 'the request is not authenticated'),
  apiEntry(40002, null, stack, 'the token is not valid on this address'),
  apiEntry(40003, null, token, 'the token does not allow this'),
  apiEntry(40004, null, token, 'the token came in the URL or in the body instead of the header'),
  apiEntry(50100, null, slower, 'the rate limit is used up'),
  apiEntry(50200, null, blocked, 'the account is blocked for a while for asking too much at once'),
  apiEntry(50300, null, busy, 'the service is not available for the moment'),
  apiEntry(109001, 'ResponsesHasErrors', listed, 'the request has errors; the reply lists them'),
  apiEntry(109101, 'Validation_TooManySubscribers', split, 'there are too many recipients in one request'),
  apiEntry(109102, 'Validation_NoSubscribers', send, 'the request names no recipient'),
  apiEntry(109103, 'Validation_NoValidSubscribers', send, 'no recipient of the request is valid'),
  apiEntry(109104, 'Validation_MissingRequiredField_messageKey', request, 'the message key is missing'),
  apiEntry(109105, 'Validation_MissingRequiredField_subscriberKey', advice.contact, 'the subscriber key is missing'),
  apiEntry(109106, 'Validation_MissingRequiredField_to', advice.phone, 'the recipient’s number or address is missing'),
  apiEntry(109107, 'Validation_MissingRequiredField_definitionKey', definition, 'the definition key is missing'),
  apiEntry(109108, 'Validation_InvalidValue_messageKey', request, 'the message key is not valid'),
  apiEntry(109109, 'Validation_InvalidValue_subscriberKey', advice.contact, 'the subscriber key is not valid'),
  apiEntry(
    109110,
    'Validation_DuplicateMessageKey',
    advice.duplicate,
    'the message key was used already within two days',
  ),
  apiEntry(109111, 'Validation_InvalidValue_definitionKey', definition, 'the definition key is not valid'),
  apiEntry(109112, 'Validation_InvalidValue_options', definitionPart, 'an option of the request is not valid'),
  apiEntry(
    109113,
    'Validation_InvalidValue_autoAddSubscriber',
    definitionPart,
    'the option autoAddSubscriber is not valid',
  ),
  apiEntry(109114, 'Validation_InvalidValue_resubscribe', definitionPart, 'the option resubscribe is not valid'),
  apiEntry(109115, 'Validation_InvalidValue_keyword', definitionPart, 'the option keyword is not valid'),
  apiEntry(
    109116,
    'Validation_InvalidValue_resubscribe_true_without_keyword_specified',
    definitionPart,
    'resubscribe is set and no keyword is named',
  ),
  apiEntry(109120, 'Validation_MissingRequiredField_keyword', keyword, 'the keyword is missing'),
  apiEntry(109121, 'Validation_InvalidValue_to', advice.phone, 'the recipient’s number or address is not valid'),
  apiEntry(109122, 'Validation_UnknownFieldName', send, 'the request holds a field that the provider does not know'),
  apiEntry(
    109123,
    'Validation_InvalidValue_classification_IncorrectType',
    definitionPart,
    'the send classification is of the wrong type',
  ),
  apiEntry(
    109124,
    'Validation_email_does_not_pass_validation',
    definitionPart,
    'the email address does not pass validation',
  ),
  apiEntry(
    109125,
    'Validation_InvalidValue_updateSubscriber',
    definitionPart,
    'the option updateSubscriber is not valid',
  ),
]);

/** What a reply to a send says when nothing is wrong. In an error body the same code is about the token. */
export const replyCodes = catalogue('replies to a send', [
  entry(0, null, { class: 'unknown', resendable: false, hint: 'nothing to do: the request was accepted' }, 'no error'),
]);

/** Since 2026 by far the commonest cause. A secret older than that rule ended on 2026-09-30. */
const secret: Advice = {
  class: 'account',
  resendable: null,
  hint:
    'the client secret may have expired: secrets last 180 days, and all older ones ended on 2026-09-30; make a new one in ' +
    'Setup > Installed Packages (it works after 5 minutes); packages unused for 180 days are invalidated; else check the client id',
};
/** What to check where the endpoint says nothing closer. */
export const client: Advice = {
  class: 'account',
  resendable: null,
  hint: 'check client id, client secret and account id, and that the package is installed and enabled',
};

function tokenEntry(name: string, advice: Advice, meaning: string): CodeEntry {
  return { code: name, name: null, aliases: [name.replaceAll('_', ' ')], ...advice, meaning };
}

/** The `error` of the token endpoint (RFC 6749 §5.2). Seen with a blank for the underscore, too. */
export const tokenCodes = catalogue('refusals of the token endpoint', [
  tokenEntry('invalid_client', secret, 'the client id or the client secret is not accepted'),
  tokenEntry('unauthorized_client', secret, 'the client may not ask for tokens'),
  tokenEntry('invalid_request', client, 'something in the request for a token is missing or has the wrong type'),
  tokenEntry('invalid_grant', client, 'the grant is not accepted'),
  tokenEntry('unsupported_grant_type', client, 'the package is not one for server-to-server integration'),
  tokenEntry('invalid_scope', client, 'the package does not have a scope that was asked for'),
]);

const underWay: Advice = {
  class: 'unknown',
  resendable: false,
  hint: 'do not send again: a later event tells how it ends',
};
const delivered: Advice = { class: 'unknown', resendable: false, hint: 'nothing to do: the message has arrived' };
const aggregator: Advice = {
  class: 'provider',
  resendable: true,
  hint: 'no event follows: send again later; if it fails again, give Salesforce support the composite id',
};
const aggregatorUnknown: Advice = {
  class: 'provider',
  resendable: null,
  hint: 'no event follows and the message may have gone out: give Salesforce support the composite id before sending again',
};
const resendsUsedUp: Advice = {
  class: 'provider',
  resendable: true,
  hint: 'Salesforce’s own re-sends are used up and no event follows: send again later, and fewer messages at once',
};
const connectionLost: Advice = {
  class: 'provider',
  resendable: true,
  hint: 'Salesforce’s own re-sends are used up and no event follows: send again later',
};
const carrierSilent: Advice = {
  class: 'provider',
  resendable: null,
  hint: 'no event follows: reach the recipient another way, or give Salesforce support the composite id',
};
const unreachable: Advice = {
  class: 'unreachable',
  resendable: true,
  hint: 'send again later, or reach the recipient another way',
};
const rejected: Advice = {
  class: 'provider',
  resendable: false,
  hint: 'check content and sender against the carrier’s rules for this country, or ask Salesforce support',
};

/**
 * Carrier codes of SmsTransient, SmsDelivered and SmsBounced events. They arrive in any order and the highest wins.
 * 1000 is "queued" here and "unsubscribed" in the catalogue of sends.
 */
export const carrierCodes = catalogue('events', [
  entry(1000, 'QueuedToSfmcSendService', underWay, 'the message is queued'),
  entry(1500, 'QueueFailureToSfmcSendService', advice.platform, 'Salesforce could not queue the message'),
  entry(1501, 'ValidationError', advice.platform, 'an internal check at Salesforce failed; it is not about your data'),
  entry(
    2000,
    'DeliveredToAggregator',
    underWay,
    'the aggregator has the message; on shared codes nothing further is reported',
  ),
  entry(2500, 'FailedToAggregator', aggregator, 'the message could not be handed to the aggregator'),
  entry(
    2501,
    'UnknownToAggregator',
    aggregatorUnknown,
    'the aggregator met an unknown error while processing the message',
  ),
  entry(
    2502,
    'FailedToAggregatorDueToInvalidDestinationAddress',
    advice.phone,
    'the aggregator does not accept the number',
  ),
  entry(2600, 'ThrottledToAggregator', resendsUsedUp, 'the aggregator could not accept the message'),
  entry(2601, 'SocketExceptionToAggregator', connectionLost, 'the connection to the aggregator was lost'),
  entry(3000, 'Enroute', underWay, 'the message is on its way'),
  entry(3001, 'SentToCarrier', underWay, 'the message was sent to the carrier'),
  entry(3002, 'AcceptedByCarrier', underWay, 'the carrier accepted the message'),
  entry(3400, 'Unknown', carrierSilent, 'the carrier does not say what became of the message'),
  entry(4000, 'Delivered', delivered, 'the message was delivered to the device'),
  entry(4500, 'Undeliverable', unreachable, 'the carrier could not deliver the message'),
  entry(4501, 'Expired', advice.expired, 'the message expired before the device could be reached'),
  entry(4502, 'Deleted', rejected, 'the carrier deleted the message'),
  entry(4503, 'Rejected', rejected, 'the carrier rejected the message'),
  entry(4504, 'FailedDueToUnknownSubscriber', advice.phone, 'the carrier does not know the subscriber'),
  entry(4505, 'FailedDueToInvalidDestinationAddress', advice.phone, 'the carrier does not accept the number'),
]);

/** More may be reported after these. 3400 is the end where the message bounced, and only there. */
const openCarrierCodes = ['1000', '2000', '3000', '3001', '3002', '3400'];

/** Whether nothing further is reported after this carrier code, whatever the event calls itself. */
export function isFinalCarrierCode(code: string): boolean {
  return findCarrierCode(code) !== null && !openCarrierCodes.includes(code);
}

/** Finds the entry of a code; where there is no code, that of a name. Entries with one name have one class. */
export type FindCode = (code: string | null, name?: string | null) => CodeEntry | null;

export const findSendCode = createFinder(sendCodes);
export const findApiCode = createFinder(apiCodes);
export const findCarrierCode = createFinder(carrierCodes);
export const findTokenCode = createFinder(tokenCodes);

function createFinder(codes: readonly CodeEntry[]): FindCode {
  const byCode = new Map(codes.map((each) => [each.code, each]));
  const byName = new Map(codes.map((each) => [each.name?.toLowerCase(), each]));
  return (code, name = null) =>
    (code === null ? byName.get(name?.trim().toLowerCase() ?? '') : byCode.get(code)) ?? null;
}
