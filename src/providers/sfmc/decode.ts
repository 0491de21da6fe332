import { Fault } from '../../core/fault.ts';
import type { Decode, MessageStatus } from '../../core/provider.ts';
import { catalogueOf, type EventBody, readEvent, type SfmcDetails, transientWarnings } from './api.ts';
import { type ReasonGiven, reasonOf } from './errors.ts';
import { findEventWord, isSms, statusOf } from './status.ts';

/** 9999-12-31T23:59:59.999Z; what is later has no RFC 3339 form. */
const lastInstant = 253_402_300_799_999;

/** One SMS event of the Event Notification Service. Throws a `wrong-shape` fault for anything else. */
export const decode: Decode = (event) => {
  refuseHandshake(event);
  refuseOthers(event);
  const body = readEvent(event);
  const info = body.info ?? body.Info;
  const id = info?.messageKey ?? null;
  if (id === null) throw new Fault('wrong-shape', { message: 'the event names no info.messageKey' });
  const given: ReasonGiven = {
    statusCode: info?.statusCode ?? body.statusCode,
    statusMessage: info?.statusMessage ?? body.statusMessage ?? reasonWords(body, info),
    compositeId: body.compositeId,
  };
  return { id, finding: findingOf(body, info, given) };
};

function findingOf(body: EventBody, info: EventBody['info'], given: ReasonGiven): MessageStatus {
  const category = body.eventCategoryType;
  const word = findEventWord(category, given.statusCode);
  return {
    status: statusOf(word),
    providerState: category,
    channel: 'sms',
    downgraded: null,
    direction: 'outbound',
    from: info?.fromAddress ?? null,
    to: info?.to ?? null,
    createdAt: null,
    sentAt: null,
    updatedAt: instant(body.timestampUTC),
    reason: reasonOf(word, given, catalogueOf(category)),
    timeline: [],
    details: detailsOf(body, info, given),
    warnings: transientWarnings(category, given),
  };
}

function detailsOf(body: EventBody, info: EventBody['info'], given: ReasonGiven): SfmcDetails {
  return {
    messageKey: info?.messageKey ?? null,
    contactKey: info?.subscriberKey ?? info?.contactKey ?? null,
    compositeId: body.compositeId,
    composite: body.composite,
    definitionKey: body.definitionKey,
    definitionId: body.definitionId,
    mid: body.mid,
    eid: body.eid,
    ordinal: info?.ordinal ?? null,
    countryCode: info?.countryCode ?? null,
    statusCode: given.statusCode,
    statusMessage: given.statusMessage,
    reason: reasonWords(body, info),
  };
}

/** A message that was not sent has its words here instead of in `statusMessage`. */
function reasonWords(body: EventBody, info: EventBody['info']): string | null {
  return info?.reason ?? body.reason;
}

/** What the service posts once, when a callback is set up. */
function refuseHandshake(event: unknown): void {
  if (typeof event !== 'object' || event === null || !('verificationKey' in event)) return;
  throw new Fault('wrong-shape', {
    message: 'this is the service’s verification of a callback, not an event',
    hint: 'post its callbackId and verificationKey to /platform/v1/ens-verify to start the events',
  });
}

/** As much of a foreign category as a message quotes, in characters. */
const longestQuote = 80;

/** One callback carries the events of email, OTT and automations as well; some spell their fields with capitals. */
function refuseOthers(event: unknown): void {
  if (typeof event !== 'object' || event === null) return;
  const { eventCategoryType, EventCategoryType } = event as Readonly<Record<string, unknown>>;
  const category = eventCategoryType ?? EventCategoryType;
  if (typeof category !== 'string' || category.trim() === '' || isSms(category)) return;
  throw new Fault('wrong-shape', {
    message: `not an SMS event: ${category.slice(0, longestQuote)}`,
    hint: 'decode reads SMS events only: subscribe the callback to these alone, or ignore the other records',
  });
}

/** Epoch milliseconds → RFC 3339. */
function instant(millis: string | null): string | null {
  const at = Number(millis ?? Number.NaN);
  return millis !== null && millis.trim() !== '' && at >= 0 && at <= lastInstant ? new Date(at).toISOString() : null;
}
