import * as v from 'valibot';
import { Fault } from '../../core/fault.ts';

/**
 * Sent's bodies, unknown → typed. Every SDK types every field as optional; absent, null, empty and of the wrong
 * type all become null. The few fields that a verdict hangs on are judged by their readers, not here.
 */

const text = v.fallback(v.nullable(v.pipe(v.string(), v.minLength(1))), null);

/** A code as text, which Meta's are not. */
const code = v.fallback(
  v.nullable(v.union([v.pipe(v.string(), v.minLength(1)), v.pipe(v.number(), v.transform(String))])),
  null,
);

/** A number on messages, a string with four decimals on activities. */
const amount = v.fallback(
  v.nullable(
    v.union([
      v.pipe(v.number(), v.finite()),
      v.pipe(v.string(), v.regex(/^-?\d{1,15}(\.\d{1,15})?$/), v.transform(Number)),
    ]),
  ),
  null,
);

const anything = v.optional(v.unknown(), null);

function part<Entries extends v.ObjectEntries>(entries: Entries) {
  const notList = v.check((value: unknown) => !Array.isArray(value));
  return v.fallback(v.nullable(v.pipe(v.unknown(), notList, v.object(entries))), null);
}

/** Entries that cannot be read are null in the list. */
function listOf<Entry extends v.GenericSchema>(entry: Entry) {
  return v.fallback(v.nullable(v.array(entry)), null);
}

const button = part({ type: text, value: text, text, postbackData: text });

const messageBody = part({
  header: text,
  content: text,
  footer: text,
  buttons: listOf(button),
  headerMedia: part({ type: text, url: text }),
  media: listOf(part({ url: text, mediaType: text })),
  subject: text,
});

const stepFields = { status: text, timestamp: text, description: text, reason_code: code, reason: text };
const step = part(stepFields);

/** An activity is a step that tells more. */
const activity = part({ ...stepFields, from: text, price: amount, active_contact_price: amount, scheduled_at: text });

const failure = part({ code, title: text, message: text });
const failureText = v.pipe(
  v.string(),
  v.minLength(1),
  v.transform((words) => ({ code: null, title: null, message: words })),
);
/** Why a message failed, in older answers and in webhooks: one error, its text, or a list of which the first counts. */
const failures = v.fallback(
  v.union([
    failureText,
    v.pipe(
      v.array(failure),
      v.transform((list) => list.find((each) => each !== null) ?? null),
    ),
    failure,
  ]),
  null,
);

const message = part({
  id: anything,
  customer_id: text,
  contact_id: text,
  phone: text,
  phone_international: text,
  region_code: text,
  template_id: text,
  template_name: text,
  template_category: text,
  channel: text,
  message_body: messageBody,
  status: text,
  direction: text,
  created_at: text,
  price: amount,
  active_contact_price: amount,
  events: listOf(step),
  scheduled_at: text,
  reason_code: code,
  reason: text,
  error: failures,
  metadata: anything,
});

const error = part({ code: text, message: text, details: anything });
const errorText = v.pipe(
  v.string(),
  v.minLength(1),
  v.transform((message) => ({ code: null, message, details: null })),
);
const errorList = v.pipe(
  v.array(error),
  v.transform((list) => list[0] ?? null),
);

const wrapping = {
  success: anything,
  error: v.fallback(v.union([errorText, errorList, error]), null),
  meta: part({ request_id: text, timestamp: text, version: text, response_time_ms: amount }),
};
const envelope = part({ ...wrapping, data: message });

const history = part({
  message_id: anything,
  activities: listOf(activity),
  pagination: part({ has_more: v.fallback(v.nullable(v.boolean()), null) }),
});
const historyEnvelope = part({ ...wrapping, data: history });

/** `media` and `text` come with inbound messages only. */
const payload = part({
  account_id: text,
  message_id: text,
  message_status: text,
  channel: text,
  inbound_number: text,
  outbound_number: text,
  template_id: text,
  template_name: text,
  updated_at: text,
  received_at: text,
  agent_id: text,
  body: text,
  text,
  media: listOf(part({ url: text, mime_type: text, size_bytes: amount, hash_sha256: text })),
  reason_code: code,
  reason: text,
  error: failures,
  scheduled_at: text,
  schedule_reason: text,
});

/** `event` was called `sub_type` until May 2026. */
const event = part({ field: text, event: text, sub_type: text, timestamp: text, payload, request_id: text });

/** As many entries of a list as a record carries. */
export const mostEntries = 1000;

export type Failure = NonNullable<v.InferOutput<typeof failures>>;
export type Envelope = NonNullable<v.InferOutput<typeof envelope>>;
export type HistoryEnvelope = NonNullable<v.InferOutput<typeof historyEnvelope>>;
export type Activity = NonNullable<v.InferOutput<typeof activity>>;
export type SentMessage = NonNullable<v.InferOutput<typeof message>>;
export type Step = NonNullable<v.InferOutput<typeof step>>;
export type SentError = NonNullable<Envelope['error']>;
export type SentEvent = NonNullable<v.InferOutput<typeof event>>;
export type Payload = NonNullable<v.InferOutput<typeof payload>>;

/** Null for what is no JSON object; never throws. */
export function envelopeOf(body: unknown): Envelope | null {
  return v.parse(envelope, body);
}

/** The answer of GET /v3/messages/{id}/activities; null for what is no JSON object; never throws. */
export function historyEnvelopeOf(body: unknown): HistoryEnvelope | null {
  return v.parse(historyEnvelope, body);
}

/** Throws a `wrong-shape` fault for what is no JSON object. */
export function eventOf(body: unknown): SentEvent {
  const parsed = v.parse(event, body);
  if (parsed === null) throw new Fault('wrong-shape', { message: 'the event is not a JSON object' });
  return parsed;
}
