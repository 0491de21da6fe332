import { Fault } from '../../core/fault.ts';
import type { Decode, MessageStatus } from '../../core/provider.ts';
import { type EventBody, readEvent } from './api.ts';
import { carrierCodes, sendCodes } from './codes.ts';
import { type Given, reasonOf } from './errors.ts';
import { bareWord, eventStanding } from './status.ts';

/** 9999-12-31T23:59:59.999Z; what is later has no RFC 3339 form. */
const lastInstant = 253_402_300_799_999;

/** One event of the Event Notification Service. Throws a `wrong-shape` fault for anything else. */
export const decode: Decode = (event) => {
  refuseHandshake(event);
  const body = readEvent(event);
  const info = body.info ?? body.Info;
  const id = info?.messageKey ?? null;
  if (id === null) throw new Fault('wrong-shape', { message: 'the event names no info.messageKey' });
  const given: Given = {
    statusCode: info?.statusCode ?? body.statusCode,
    statusMessage: info?.statusMessage ?? body.statusMessage ?? reasonWords(body, info),
  };
  return { id, finding: findingOf(body, info, given) };
};

function findingOf(body: EventBody, info: EventBody['info'], given: Given): MessageStatus {
  const status = eventStanding(body.eventCategoryType, given.statusCode);
  const word = bareWord(body.eventCategoryType);
  return {
    status: status,
    providerState: body.eventCategoryType,
    channel: word.startsWith('sms') ? 'sms' : null,
    downgraded: null,
    direction: 'outbound',
    from: info?.fromAddress ?? null,
    to: info?.to ?? null,
    createdAt: null,
    sentAt: null,
    updatedAt: instant(body.timestampUTC),
    reason: reasonOf(status, given, word === 'smsnotsent' ? sendCodes : carrierCodes),
    timeline: [],
    details: detailsOf(body, info, given),
    warnings: [],
  };
}

function detailsOf(body: EventBody, info: EventBody['info'], given: Given): MessageStatus['details'] {
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

/** Epoch milliseconds → RFC 3339. */
function instant(millis: string | null): string | null {
  const at = Number(millis ?? Number.NaN);
  return millis !== null && millis.trim() !== '' && at >= 0 && at <= lastInstant ? new Date(at).toISOString() : null;
}
