import type { CodeEntry } from '../../core/provider.ts';
/** What many codes share: their class, whether sending again may help, and what to do next. */
export type Advice = Pick<CodeEntry, 'class' | 'resendable' | 'hint'>;

/** One entry of a catalogue. */
export function entry(code: number, name: string | null, advice: Advice, meaning: string): CodeEntry {
  return { code: String(code), name, class: advice.class, meaning, resendable: advice.resendable, hint: advice.hint };
}

export const advice = {
  optedOut: {
    class: 'opted-out',
    resendable: false,
    hint: 'do not send again; the recipient must opt in first',
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
    hint: 'look at the account’s exclusion and suppression rules; this recipient falls under one',
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
    hint: 'send again; if it stays so, give Salesforce support the composite id',
  },
} as const satisfies Record<string, Advice>;

/**
 * The status codes of a send, shared by email and SMS. Names are not unique: only the number is a key.
 * The event service's carrier codes are another catalogue with the same numbers: `codes-ens.ts`.
 */
export const sendCodes: readonly CodeEntry[] = [
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
  entry(42, 'RestrictedForProcessing', advice.optedOut, 'a privacy restriction forbids to process this contact'),
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
  entry(135, 'RestrictedForProcessing', advice.optedOut, 'a privacy restriction forbids to process this contact'),
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
];

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

const progress: Advice = { class: 'unknown', resendable: null, hint: 'wait for the next event of this message' };
const delivered: Advice = { class: 'unknown', resendable: false, hint: 'nothing to do; the message has arrived' };
const passing: Advice = {
  class: 'provider',
  resendable: true,
  hint: 'wait for the next event of this message; send again if it ends undelivered',
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
export const carrierCodes: readonly CodeEntry[] = [
  entry(1000, null, progress, 'the message is queued'),
  entry(1500, null, advice.platform, 'the message could not be queued'),
  entry(1501, null, advice.attribute, 'the message did not pass the provider’s checks'),
  entry(2000, null, progress, 'the aggregator has the message; on shared codes nothing further is reported'),
  entry(2500, null, advice.platform, 'the aggregator could not take the message'),
  entry(2501, null, passing, 'the aggregator does not say what became of the message'),
  entry(2502, null, advice.phone, 'the aggregator does not accept the number'),
  entry(2600, null, passing, 'the aggregator slows the account’s messages down'),
  entry(2601, null, passing, 'the connection to the aggregator broke'),
  entry(3000, null, progress, 'the message is on its way'),
  entry(3001, null, progress, 'the message was sent to the carrier'),
  entry(3002, null, progress, 'the carrier accepted the message'),
  entry(3400, null, passing, 'the carrier does not say what became of the message'),
  entry(4000, null, delivered, 'the message was delivered to the device'),
  entry(4500, null, unreachable, 'the carrier could not deliver the message'),
  entry(4501, null, advice.expired, 'the message expired before the device could be reached'),
  entry(4502, null, rejected, 'the carrier deleted the message'),
  entry(4503, null, rejected, 'the carrier rejected the message'),
  entry(4504, null, advice.phone, 'the carrier does not know the subscriber'),
  entry(4505, null, advice.phone, 'the carrier does not accept the number'),
];
