import * as v from 'valibot';
import { Fault } from '../../core/fault.ts';
import type { DetailNames, MessageStatus, WordEntry } from '../../core/provider.ts';
import type { Settings } from '../../core/settings.ts';
import { statuses } from '../../core/state.ts';
import { utc } from '../../core/time.ts';
import { type FindCode, findCarrierCode, findSendCode, isFinalCarrierCode } from './codes.ts';
import { type ReasonGiven, reasonOf, refuseError } from './errors.ts';
import { bareWord, findLookupWord, isCarrierWord, isSms, otherChannelOf, statusOf } from './status.ts';

/** The provider's clock names no zone and has no summer time: UTC−06:00 all year, whatever Chicago does. */
const defaultOffset = '-06:00';

/** Keys that are longer are not the provider's; it says 100 characters and not of which kind. */
const longestKey = 100;

/**
 * A look-up's body in our words. Throws a `wrong-shape`, `wrong-id` or `not-found` fault. All words but SMSQueued come
 * with the message key; an answer that leaves it out is no answer about the message.
 */
export function readLookup(body: unknown, ask: { readonly id: string; readonly settings: Settings }): MessageStatus {
  refuseError(body, ask.settings);
  const message = readMessage(body);
  const category = message.eventCategoryType;
  refuseOtherChannel(category);
  const { info } = message;
  const given: ReasonGiven = {
    statusCode: info?.statusCode ?? message.statusCode,
    statusMessage: info?.statusMessage ?? message.statusMessage,
    compositeId: message.compositeId,
  };
  const word = findLookupWord(category, given.statusCode);
  checkKey(info?.messageKey ?? null, word, ask.id);
  return {
    status: statusOf(word),
    providerState: category,
    channel: isSms(category) ? 'sms' : null,
    downgraded: null,
    direction: 'outbound',
    from: null,
    to: info?.to ?? null,
    createdAt: null,
    sentAt: null,
    updatedAt: utc(message.timestamp, ask.settings.text('utcOffset') ?? defaultOffset),
    reason: reasonOf(word, given, catalogueOf(category)),
    timeline: [],
    details: detailsOf(message, given),
    warnings: warningsOf(word, message, given, ask.id),
    requestId: message.requestId,
  };
}

/** Carriers number what they say; all else has the codes of sends. */
export function catalogueOf(category: string): FindCode {
  return isCarrierWord(category) ? findCarrierCode : findSendCode;
}

const otherMessages: ReadonlyMap<string, string> = new Map([
  ['email', 'an email'],
  ['push', 'a push message'],
  ['ott', 'an OTT message'],
  ['whatsapp', 'a WhatsApp message'],
]);

/** An email's body has an address where an SMS has a number. */
function refuseOtherChannel(category: string): void {
  const other = otherMessages.get(otherChannelOf(category) ?? '');
  if (other === undefined) return;
  const emailHint = '; for an email ask GET /messaging/v1/email/messages/{messageKey}';
  throw new Fault('wrong-shape', {
    message: `this is the message key of ${other}, not of an SMS`,
    hint: `sbstatus looks up SMS only${other === 'an email' ? emailHint : ''}`,
  });
}

function checkKey(named: string | null, word: WordEntry | null, asked: string): void {
  if (named === asked) return;
  if (named !== null) {
    throw new Fault('wrong-id', { message: 'the answer is about another message key than the one asked for' });
  }
  if (word === null || word.status === statuses.queued) return;
  throw new Fault('wrong-shape', { message: `the answer says ${word.word} and names no message key` });
}

export const details = {
  messageKey: 'value',
  contactKey: 'value',
  compositeId: 'value',
  statusCode: 'value',
  statusMessage: 'value',
  timestamp: 'value',
  composite: 'anything',
  definitionKey: 'value',
  definitionId: 'value',
  mid: 'value',
  eid: 'value',
  ordinal: 'value',
  countryCode: 'value',
  reason: 'value',
} as const satisfies DetailNames;

export type SfmcDetails = Readonly<Partial<Record<keyof typeof details, unknown>>>;

function detailsOf(message: MessageBody, given: ReasonGiven): SfmcDetails {
  return {
    messageKey: message.info?.messageKey ?? null,
    contactKey: message.info?.contactKey ?? null,
    compositeId: message.compositeId,
    statusCode: given.statusCode,
    statusMessage: given.statusMessage,
    timestamp: message.timestamp,
  };
}

function warningsOf(word: WordEntry | null, message: MessageBody, given: ReasonGiven, id: string): string[] {
  const status = statusOf(word);
  const warnings: string[] = [];
  if (id.length > longestKey) {
    warnings.push(`this message key has ${id.length} characters; the provider’s keys have at most ${longestKey}`);
  }
  if (status.state === 'queued') {
    warnings.push('a message stays queued for as long as its send definition is inactive; check that it is active');
  }
  if (status.outcome === 'success' && given.statusCode !== null && given.statusCode !== '0') {
    const name = given.statusMessage === null ? '' : ` (${given.statusMessage})`;
    warnings.push(`the provider calls the message sent and yet gives code ${given.statusCode}${name}`);
  }
  if (isCarrierWord(message.eventCategoryType)) {
    warnings.push('this word is not documented for the look-up; it was read as the event service means it');
  }
  warnings.push(...transientWarnings(message.eventCategoryType, given));
  if (status.state === 'sent' && status.terminal) {
    warnings.push(
      'sent is as far as this look-up goes; delivered and bounced come only as events, which sbstatus decode sfmc reads',
    );
  }
  return warnings;
}

/** Salesforce calls a transient event not final, and yet its own samples of delivered and bounced ones are transient. */
export function transientWarnings(category: string, { statusCode, statusMessage }: ReasonGiven): string[] {
  const entry = findCarrierCode(statusCode?.trim() ?? null, statusMessage);
  if (bareWord(category) !== 'smstransient' || entry === null || !isFinalCarrierCode(entry.code)) return [];
  return [`code ${entry.code} (${entry.name}) is a final one, though the event calls itself transient`];
}

/** A string or a number as text; an empty string, and anything else, is absent. */
const text = v.fallback(
  v.pipe(
    v.union([v.string(), v.pipe(v.number(), v.finite())]),
    v.transform((value) => (value === '' ? null : String(value))),
  ),
  null,
);

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Absent, null or "" is no object; any other value that is none is refused: what it held cannot be checked. */
const objectOf = <Shape extends v.ObjectEntries>(entries: Shape) =>
  v.pipe(v.custom<object>(isObject), v.object(entries));
const blank = v.pipe(
  v.nullish(v.literal('')),
  v.transform(() => null),
);

/** The key is what ties an answer to a message, so one that cannot be read is refused, not dropped. */
const messageKey = v.nullish(
  v.pipe(
    v.union([v.string(), v.pipe(v.number(), v.finite())]),
    v.transform((value) => (value === '' ? null : String(value))),
  ),
  null,
);

const word = v.pipe(
  v.string(),
  v.check((value) => value.trim() !== ''),
);

const info = v.nullish(
  v.union([blank, objectOf({ messageKey, contactKey: text, to: text, statusCode: text, statusMessage: text })]),
  null,
);

/** The body of the look-up. `statusCode` stands in `info` on this route and beside it on its siblings. */
const message = objectOf({
  requestId: text,
  eventCategoryType: word,
  timestamp: text,
  compositeId: text,
  info,
  statusCode: text,
  statusMessage: text,
});

export type MessageBody = v.InferOutput<typeof message>;

/** Throws a `wrong-shape` fault for a body without an event type, or whose message key cannot be read. */
export function readMessage(body: unknown): MessageBody {
  return parseShape(message, body, 'the answer');
}

const eventInfo = v.nullish(
  v.union([
    blank,
    objectOf({
      messageKey,
      subscriberKey: text,
      contactKey: text,
      to: text,
      fromAddress: text,
      countryCode: text,
      ordinal: text,
      reason: text,
      statusCode: text,
      statusMessage: text,
    }),
  ]),
  null,
);

/** An event of the Event Notification Service; some of its examples spell `Info` with a capital. */
const event = objectOf({
  eventCategoryType: word,
  timestampUTC: text,
  compositeId: text,
  composite: v.fallback(v.nullish(v.custom<object>(isObject), null), null),
  definitionKey: text,
  definitionId: text,
  mid: text,
  eid: text,
  info: eventInfo,
  Info: eventInfo,
  reason: text,
  statusCode: text,
  statusMessage: text,
});

export type EventBody = v.InferOutput<typeof event>;

/** Throws a `wrong-shape` fault for what is no event. */
export function readEvent(body: unknown): EventBody {
  return parseShape(event, body, 'the event');
}

function parseShape<Schema extends v.GenericSchema>(
  schema: Schema,
  body: unknown,
  what: string,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, body, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const path = v.getDotPath(parsed.issues[0]);
  throw new Fault('wrong-shape', {
    message: path === null ? `${what} is not a JSON object` : `${what} has no readable ${path}`,
  });
}
