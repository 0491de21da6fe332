import { Fault } from '../../core/fault.ts';
import type { DetailNames, MessageStatus, PrivateDetails } from '../../core/provider.ts';
import type { Direction, Reason, TimelineEntry } from '../../core/record.ts';
import type { Settings } from '../../core/settings.ts';
import type { Status } from '../../core/state.ts';
import { utc } from '../../core/time.ts';
import { codeInText } from './codes.ts';
import { createRefusal, quoteError, reasonOf } from './errors.ts';
import { channelOf, findWord, provisionalWarning, statusOf } from './status.ts';
import { type Envelope, envelopeOf, type Failure, mostEntries, type SentMessage, type Step } from './wire.ts';

/**
 * The answer of GET /v3/messages/{id} → what it says. Throws a `wrong-shape` or `wrong-id` fault, and the fault of the
 * error code for a body that says `success: false`. An answer without an id must hold something else of a message.
 */
export function readMessage(body: unknown, ask: { readonly id: string; readonly settings: Settings }): MessageStatus {
  const envelope = envelopeOf(body);
  if (envelope === null) throw new Fault('wrong-shape', { message: 'the answer is not a JSON object' });
  const message = dataOf(envelope, ask.settings);
  const named = namesId(message.id, ask.id);
  if (message.status === null) throw new Fault('wrong-shape', { message: 'the answer has no data.status' });
  if (!named && !isMessage(message)) {
    throw new Fault('wrong-shape', { message: 'the answer has a status and nothing else of a message' });
  }
  const finding = findingOf(message, message.status, ask.id);
  return {
    ...finding,
    details: detailsOf(message, envelope),
    warnings: [...finding.warnings, ...doubts(message, named)],
    requestId: envelope.meta?.request_id ?? null,
  };
}

/** What the envelope holds. Throws the fault of the error code for one that says no. */
export function dataOf<Data>(
  envelope: Omit<Envelope, 'data'> & { readonly data: Data | null },
  settings: Settings,
): Data {
  const { success, data, error } = envelope;
  if (success !== null && typeof success !== 'boolean') {
    throw new Fault('wrong-shape', { message: 'the answer’s success is neither true nor false' });
  }
  const isDenied = success === false || (error !== null && (success === null || data === null));
  if (isDenied && error !== null) throw createRefusal(error, settings, envelope.meta?.request_id ?? null);
  if (isDenied) throw new Fault('wrong-shape', { message: 'the answer says success: false and names no error' });
  const says = error === null ? undefined : quoteError(error);
  if (says !== undefined) {
    throw new Fault('wrong-shape', { message: `the answer carries an error beside the message: ${says}` });
  }
  if (data === null) throw new Fault('wrong-shape', { message: 'the answer has no data' });
  return data;
}

/** Whether the answer names its message. Throws where it names another one than the one asked for. */
export function namesId(id: unknown, asked: string): boolean {
  if (id === null || id === '') return false;
  if (typeof id !== 'string') throw new Fault('wrong-shape', { message: 'the answer’s data.id is not text' });
  if (id !== asked && (uuidDigits(id) === null || uuidDigits(id) !== uuidDigits(asked))) {
    throw new Fault('wrong-id', { message: 'the answer is about another message than the one asked for' });
  }
  return true;
}

/** One UUID has several spellings: upper and lower case, with and without hyphens or braces. */
function uuidDigits(id: string): string | null {
  const digits = id.replace(/[-{}()]/g, '').toLowerCase();
  return /^[0-9a-f]{32}$/.test(digits) ? digits : null;
}

/** Fields that a reply about something else does not have. */
const messageFields = ['phone', 'channel', 'created_at', 'contact_id', 'customer_id', 'template_id', 'events'] as const;

function isMessage(message: SentMessage): boolean {
  return messageFields.some((field) => message[field] !== null);
}

function findingOf(message: SentMessage, word: string, id: string): Omit<MessageStatus, 'details'> {
  const status = statusOf(word);
  const direction = directionOf(message.direction, status);
  const steps = timelineOf(message.events ?? []);
  const provisional = findWord(word)?.provisional === true;
  return {
    status,
    providerState: word,
    ...(provisional ? { provisional } : {}),
    channel: channelOf(message.channel),
    downgraded: null,
    direction,
    from: direction === 'inbound' ? message.phone : null,
    to: direction === 'inbound' ? null : message.phone,
    createdAt: utc(message.created_at),
    ...timesOf(steps),
    reason: causeOf(message, word, id),
    timeline: steps.slice(-mostEntries),
    warnings: provisional ? [provisionalWarning] : [],
  };
}

/** `steps`: oldest first. */
function timesOf(steps: readonly TimelineEntry[]): Pick<MessageStatus, 'sentAt' | 'updatedAt'> {
  let [sentAt, updatedAt]: [string | null, string | null] = [null, null];
  for (const { state, at } of steps) {
    if (state === 'sent') sentAt ??= at;
    updatedAt = at ?? updatedAt;
  }
  return { sentAt, updatedAt };
}

/** Only inbound messages are RECEIVED; bodies before April 2026 name no direction. */
function directionOf(word: string | null, status: Status): Direction | null {
  const named = word?.toLowerCase();
  if (named === 'inbound' || named === 'outbound') return named;
  return status.state === 'received' ? 'inbound' : null;
}

/**
 * The message's own reason, else its error (older answers have it); else, for a failure, that of the newest step which
 * has one, else the newest text with a code in it, else the newest step's text.
 */
function causeOf(message: SentMessage, word: string, id: string): Reason | null {
  const { channel, reason_code, reason, error } = message;
  const says = reason ?? sentenceOf(error);
  const own = { code: reason_code ?? error?.code ?? codeInText(says), says };
  if (own.code !== null || own.says !== null || statusOf(word).outcome !== 'failure') {
    return reasonOf({ id, word, channel, ...own });
  }
  const steps = (message.events ?? []).filter((step): step is Step => step !== null);
  const step =
    steps.findLast(({ reason, reason_code }) => reason !== null || reason_code !== null) ??
    steps.findLast(({ description }) => codeInText(description) !== null) ??
    steps.at(-1);
  const text = step?.reason ?? step?.description ?? null;
  return reasonOf({ id, word, channel, code: step?.reason_code ?? codeInText(text), says: text });
}

/** Meta titles its errors; Sent's own have a message. */
export function sentenceOf(failure: Failure | null): string | null {
  return failure?.message ?? failure?.title ?? null;
}

function doubts({ events }: SentMessage, named: boolean): string[] {
  const skipped = countUnreadable(events ?? []);
  return [
    ...(named ? [] : ['the answer names no id, so it could not be compared with the one asked for']),
    ...(skipped === 0 ? [] : [`${skipped} of the answer’s events could not be read`]),
    ...omissions('events', (events?.length ?? 0) - skipped),
  ];
}

/** A warning for what a list holds beyond the newest entries. */
export function omissions(what: string, count: number): string[] {
  return count <= mostEntries ? [] : [`${count - mostEntries} older ${what} are left out`];
}

/** Steps as a timeline, oldest first. Steps without a status are left out: nothing can be said about them. */
export function timelineOf(steps: readonly (Step | null)[]): readonly TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  for (const step of steps) {
    if (step?.status == null) continue;
    entries.push({
      state: statusOf(step.status).state,
      providerState: step.status,
      at: utc(step.timestamp),
      description: step.description ?? step.reason,
    });
  }
  return oldestFirst(entries);
}

/** How many steps `timelineOf` leaves out. */
export function countUnreadable(steps: readonly (Step | null)[]): number {
  let count = 0;
  for (const step of steps) if (step?.status == null) count += 1;
  return count;
}

/** Entries of the same millisecond keep their order; one without a time stays behind the one before it. */
export function oldestFirst(entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const times = new Map<TimelineEntry, string>();
  let latest = '';
  for (const entry of entries) {
    latest = entry.at ?? latest;
    times.set(entry, latest);
  }
  return entries.toSorted((a, b) => {
    const [one, other] = [times.get(a) ?? '', times.get(b) ?? ''];
    return one < other ? -1 : Number(one > other);
  });
}

export const details = {
  providerChannel: 'value',
  customerId: 'value',
  contactId: 'value',
  phoneInternational: 'value',
  regionCode: 'value',
  templateId: 'value',
  templateName: 'value',
  templateCategory: 'value',
  messageBody: {
    header: 'value',
    content: 'value',
    footer: 'value',
    buttons: 'value',
    headerMedia: { type: 'value', url: 'value' },
    media: 'value',
    subject: 'value',
  },
  price: 'value',
  activeContactPrice: 'value',
  scheduledAt: 'value',
  metadata: 'anything',
  eventReasons: 'value',
  activities: 'value',
  answeredAt: 'value',
  apiVersion: 'value',
  responseTimeMs: 'value',
  accountId: 'value',
  agentId: 'value',
  receivedAt: 'value',
  scheduleReason: 'value',
  event: 'value',
  emittedAt: 'value',
} as const satisfies DetailNames;

export type SentDetails = Readonly<Partial<Record<keyof typeof details, unknown>>>;

/** `metadata` is whatever the sender attached. */
export const privateDetails: PrivateDetails = {
  values: ['messageBody', 'phoneInternational', 'contactId', 'metadata', 'activities.from'],
  sentences: ['eventReasons.message', 'activities.message'],
};

/** What Sent tells beyond the common fields. Prices are numbers in the account's currency. */
export function detailsOf(message: SentMessage, { meta }: Envelope): SentDetails {
  const body = message.message_body;
  return {
    providerChannel: message.channel,
    customerId: message.customer_id,
    contactId: message.contact_id,
    phoneInternational: message.phone_international,
    regionCode: message.region_code,
    templateId: message.template_id,
    templateName: message.template_name,
    templateCategory: message.template_category,
    messageBody: body === null ? null : { ...body, buttons: present(body.buttons), media: present(body.media) },
    price: message.price,
    activeContactPrice: message.active_contact_price,
    scheduledAt: utc(message.scheduled_at),
    metadata: message.metadata,
    eventReasons: eventReasons(message.events ?? []).slice(-mostEntries),
    /** Another request tells them: `--activities`. */
    activities: null,
    answeredAt: utc(meta?.timestamp),
    apiVersion: meta?.version ?? null,
    responseTimeMs: meta?.response_time_ms ?? null,
  };
}

function present<Entry>(list: readonly (Entry | null)[] | null): readonly Entry[] | null {
  return list?.filter((entry) => entry !== null).slice(0, mostEntries) ?? null;
}

/** Reasons that belong to a step of the timeline, which has no place for them. */
function eventReasons(steps: readonly (Step | null)[]): readonly unknown[] {
  const reasons = [];
  for (const step of steps) {
    if (step === null || (step.reason_code === null && step.reason === null)) continue;
    const { timestamp, status, reason_code, reason } = step;
    reasons.push({ at: utc(timestamp), providerState: status, code: reason_code, message: reason });
  }
  return reasons;
}
