import { Fault } from '../../core/fault.ts';
import type { Decode, MessageStatus } from '../../core/provider.ts';
import type { Direction } from '../../core/record.ts';
import type { Status } from '../../core/state.ts';
import { utc } from '../../core/time.ts';
import { type SentDetails, sentenceOf } from './api.ts';
import { codeInText } from './codes.ts';
import { reasonOf } from './errors.ts';
import { channelOf, findWord, provisionalEventWarning, statusOf } from './status.ts';
import { eventOf, mostEntries, type Payload, type SentEvent } from './wire.ts';

/**
 * A webhook event of the family `message` → the message it is about. `message.received` carries no status: there the
 * event's own name is the word.
 */
export const decode: Decode = (body) => {
  const event = eventOf(body);
  const name = event.event ?? event.sub_type;
  if (!isMessageEvent(event, name)) throw new Fault('wrong-shape', { message: 'the event is not about a message' });
  const { payload } = event;
  if (payload === null) throw new Fault('wrong-shape', { message: 'the event has no payload' });
  if (payload.message_id === null) throw new Fault('wrong-shape', { message: 'the event has no payload.message_id' });
  const word = payload.message_status ?? name?.replace(/^message\./i, '') ?? '';
  if (word === '') throw new Fault('wrong-shape', { message: 'the event has no payload.message_status' });
  return { id: payload.message_id, finding: findingOf(event, payload, word, payload.message_id) };
};

/** Families of other things (contact, call, templates) may carry a message_id too. */
function isMessageEvent({ field }: SentEvent, name: string | null): boolean {
  const ofFamily = field === null || /^messages?$/i.test(field);
  return ofFamily && (name === null || /^message\./i.test(name));
}

function findingOf(event: SentEvent, payload: Payload, word: string, id: string): MessageStatus {
  const status = statusOf(word);
  const provisional = findWord(word)?.provisional === true;
  // The event's own timestamp is when Sent emitted it, not when the change happened.
  const at = utc(payload.updated_at) ?? utc(payload.received_at) ?? utc(event.timestamp);
  const says = payload.reason ?? sentenceOf(payload.error);
  const code = payload.reason_code ?? payload.error?.code ?? codeInText(says);
  return {
    status,
    providerState: word,
    ...(provisional ? { provisional } : {}),
    channel: channelOf(payload.channel),
    downgraded: null,
    direction: directionOf(status),
    from: payload.inbound_number,
    to: payload.outbound_number,
    createdAt: null,
    sentAt: status.state === 'sent' ? at : null,
    updatedAt: at,
    reason: reasonOf({ id, word, channel: payload.channel, code, says }),
    timeline: [{ state: status.state, providerState: word, at, description: says }],
    details: detailsOf(event, payload),
    warnings: provisional ? [provisionalEventWarning] : [],
    requestId: event.request_id,
  };
}

/** Only `message.received` is inbound; of an unknown word nothing is known. */
function directionOf({ state }: Status): Direction | null {
  if (state === 'unknown') return null;
  return state === 'received' ? 'inbound' : 'outbound';
}

function detailsOf(event: SentEvent, payload: Payload): SentDetails {
  const media = payload.media
    ?.filter((entry) => entry !== null)
    .slice(0, mostEntries)
    .map((entry) => ({
      url: entry.url,
      mediaType: entry.mime_type,
      sizeBytes: entry.size_bytes,
      sha256: entry.hash_sha256,
    }));
  return {
    providerChannel: payload.channel,
    accountId: payload.account_id,
    agentId: payload.agent_id,
    templateId: payload.template_id,
    templateName: payload.template_name,
    messageBody: { content: payload.body ?? payload.text, media: media ?? null },
    receivedAt: utc(payload.received_at),
    scheduledAt: utc(payload.scheduled_at),
    scheduleReason: payload.schedule_reason,
    event: event.event ?? event.sub_type,
    emittedAt: utc(event.timestamp),
  };
}
