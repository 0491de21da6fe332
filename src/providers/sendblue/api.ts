import { Fault } from '../../core/fault.ts';
import type { DetailNames, MessageStatus, PrivateDetails } from '../../core/provider.ts';
import type { Direction } from '../../core/record.ts';
import type { Status } from '../../core/state.ts';
import { utc } from '../../core/time.ts';
import { reasonOf, refuseError, wordsOf } from './errors.ts';
import { channelOf, isConfirmed, isDowngraded, isWord, statusOf } from './status.ts';
import { firstEntries, messageOf, type SendblueMessage, textLists, unwrap } from './wire.ts';

/**
 * The reply of `/api/status`. It was seen to hold nothing but `status`, so a missing handle is no fault there.
 * Throws a `wrong-shape` or `wrong-id` fault.
 */
export function readStatus(body: unknown, ask: { readonly id: string }): MessageStatus {
  refuseError(body);
  const { message, replyStatus } = unwrap(body);
  const status = messageOf(message);
  // What has a sentence but no handle is Sendblue's error body, and "OK" is about the request.
  const isReport = status.message_handle === null && (isWord(status, 'ok') || hasSentence(message));
  if (isReport) throw noMessage();
  checkHandle(status, ask.id);
  if (!isMessage(status) && !isBareWord(status, message)) throw noMessage();
  return withServiceWarning(pointToGet(readMessage(status, replyStatus)));
}

/** Of a failure without a code this route tells less than the other, which has the reason and its details. */
function pointToGet(finding: MessageStatus): MessageStatus {
  const { reason } = finding;
  if (reason === null || reason.code !== null) return finding;
  const hint = `sbstatus sendblue get with the same handle may tell more; ${reason.hint}`;
  return { ...finding, reason: { ...reason, hint } };
}

/** The reply of `/api/v2/messages/{message_id}`. Throws a `wrong-shape` or `wrong-id` fault. */
export function readRetrieved(body: unknown, ask: { readonly id: string }): MessageStatus {
  refuseError(body);
  const { message, replyStatus } = unwrap(body);
  const retrieved = messageOf(message);
  // Outside `data`, a status without a handle is the request's.
  if (message === body ? retrieved.message_handle === null : !isMessage(retrieved)) throw noMessage();
  checkHandle(retrieved, ask.id);
  return readMessage(retrieved, replyStatus);
}

function noMessage(): Fault {
  return new Fault('wrong-shape', { message: 'the answer is about the request and holds no message' });
}

/** Anything may be answered with some good word: an answer that names no message counts only if it is one. */
function isMessage(message: SendblueMessage): boolean {
  if (message.message_handle !== null) return true;
  const { status: _, error_code, ...fields } = message;
  return Object.values(fields).some((field) => field !== null);
}

/** Nothing but a word that only messages have, and fields of a message that are empty. */
function isBareWord(message: SendblueMessage, body: unknown): boolean {
  const isOfMessage = Object.keys(Object(body)).every((name) => Object.hasOwn(message, name));
  return isOfMessage && !isWord(message, 'success');
}

/** A message from whichever source: a look-up, a row of the list, a webhook. */
export function readMessage(message: SendblueMessage, replyStatus: string | null): MessageStatus {
  const status = statusOf(message);
  const direction = directionOf(message);
  return {
    status,
    providerState: message.status,
    channel: channelOf(message),
    downgraded: isDowngraded(message),
    direction,
    ...partiesOf(message, direction),
    createdAt: utc(message.date_created),
    sentAt: utc(message.date_sent),
    updatedAt: utc(message.date_updated),
    reason: reasonOf(message, status.state),
    timeline: [],
    details: detailsOf(message, replyStatus),
    warnings: warningsOf(message, status),
  };
}

/** For sources that need not name the service: without it, SENT may be the end or not. */
export function withServiceWarning(finding: MessageStatus): MessageStatus {
  const { status, channel } = finding;
  if (status.state !== 'sent' || status.terminal || channel !== null) return finding;
  const warning =
    'no service is named: over SMS, SENT is final, over iMessage it is not; sbstatus sendblue get with the same handle tells which';
  return { ...finding, warnings: [...finding.warnings, warning] };
}

function checkHandle(message: SendblueMessage, id: string): void {
  if (message.message_handle === null || message.message_handle === id) return;
  throw new Fault('wrong-id', {
    message: 'the answer is about another message than the one asked for',
    hint: 'the answer was not used; ask with the message_handle (not a uuid), and report it to Sendblue if that is what you did',
  });
}

function hasSentence(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'message' in body;
}

function directionOf(message: SendblueMessage): Direction | null {
  if (message.is_outbound === null) return isWord(message, 'received') ? 'inbound' : null;
  return message.is_outbound ? 'outbound' : 'inbound';
}

/** `number` is the contact: the recipient of an outbound message, the sender of an inbound one. */
function partiesOf(message: SendblueMessage, direction: Direction | null): Pick<MessageStatus, 'from' | 'to'> {
  const contact = oneOf(message.number);
  const inbound = direction === 'inbound';
  return {
    from: message.from_number ?? (inbound ? contact : message.sendblue_number),
    to: oneOf(message.to_number) ?? (inbound ? message.sendblue_number : contact),
  };
}

/** Several recipients are no `to`; `details.recipients` has them. */
function oneOf(numbers: SendblueMessage['number']): string | null {
  if (typeof numbers === 'string') return numbers;
  return numbers?.length === 1 ? (numbers[0] ?? null) : null;
}

function warningsOf(message: SendblueMessage, status: Status): string[] {
  const warnings: string[] = [];
  if (message.error_code !== null && isConfirmed(status.state)) {
    const words = wordsOf(message);
    warnings.push(`the message arrived, yet it carries error code ${message.error_code}${words ? `: ${words}` : ''}`);
  }
  if (status.state === 'sent' && status.terminal) warnings.push(endOf(message));
  if (message.opted_out === true) warnings.push('the recipient has opted out');
  for (const { name, omitted } of textLists(message)) {
    if (omitted > 0) warnings.push(`${omitted} more ${name} are left out of the details`);
  }
  return warnings;
}

function endOf(message: SendblueMessage): string {
  if (isWord(message, 'success')) {
    return 'Sendblue does not explain SUCCESS; it is taken as sent and final';
  }
  return channelOf(message) === 'rcs'
    ? 'the message was downgraded to RCS: sent counts as final, as no delivery report is known to follow'
    : 'sent is as far as an SMS gets: Sendblue reports no delivery for it';
}

export const details = {
  content: 'value',
  mediaUrl: 'value',
  messageType: 'value',
  sendStyle: 'value',
  service: 'value',
  number: 'value',
  sendblueNumber: 'value',
  recipients: 'value',
  groupId: 'value',
  groupDisplayName: 'value',
  participants: 'value',
  optedOut: 'value',
  plan: 'value',
  accountEmail: 'value',
  seatId: 'value',
  senderEmail: 'value',
  replyTo: { messageHandle: 'value', partIndex: 'value' },
  threadOriginator: { messageHandle: 'value', part: 'value' },
  appCard: 'anything',
  location: 'anything',
  errorCode: 'value',
  errorMessage: 'value',
  errorReason: 'value',
  errorDetail: 'value',
  replyStatus: 'value',
  // The engine's, of what the list told in place of a look-up.
  via: 'value',
} as const satisfies DetailNames;

type SendblueDetails = Readonly<Partial<Record<keyof typeof details, unknown>>>;

export const privateDetails: PrivateDetails = {
  values: [
    'content',
    'mediaUrl',
    'number',
    'sendblueNumber',
    'recipients',
    'groupDisplayName',
    'participants',
    'accountEmail',
    'seatId',
    'senderEmail',
    'replyTo',
    'threadOriginator',
    'appCard',
    'location',
  ],
  sentences: ['errorMessage', 'errorReason', 'errorDetail'],
};

/** What Sendblue knows beyond the common fields. `appCard` and `location` are given on as they come. */
export function detailsOf(message: SendblueMessage, replyStatus: string | null): SendblueDetails {
  return {
    content: message.content,
    mediaUrl: firstEntries(message.media_url),
    messageType: message.message_type,
    sendStyle: message.send_style,
    service: message.service,
    number: firstEntries(message.number),
    sendblueNumber: message.sendblue_number,
    recipients: Array.isArray(message.to_number) ? firstEntries(message.to_number) : null,
    groupId: message.group_id,
    groupDisplayName: message.group_display_name,
    participants: firstEntries(message.participants),
    optedOut: message.opted_out,
    plan: message.plan,
    accountEmail: message.accountEmail ?? message.account_email,
    seatId: message.seat_id,
    senderEmail: message.sender_email,
    replyTo: renameKeys(message.reply_to, { messageHandle: 'message_handle', partIndex: 'part_index' }),
    threadOriginator: renameKeys(message.thread_originator, { messageHandle: 'message_handle', part: 'part' }),
    appCard: message.app_card,
    location: message.location,
    errorCode: message.error_code,
    errorMessage: message.error_message,
    errorReason: message.error_reason,
    errorDetail: message.error_detail,
    replyStatus,
  };
}

function renameKeys(
  source: Readonly<Record<string, unknown>> | null,
  names: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> | null {
  if (source === null) return null;
  return Object.fromEntries(Object.entries(names).map(([ours, theirs]) => [ours, source[theirs] ?? null]));
}
