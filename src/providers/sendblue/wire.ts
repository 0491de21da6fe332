import * as v from 'valibot';
import { Fault } from '../../core/fault.ts';

/**
 * The one message object that `/api/status`, `/api/v2/messages` and webhooks share, each with a part of the fields.
 * Absent, null, "" and a type that is not documented are all null, except in the three fields that decide.
 */

const scalar = v.union([v.string(), v.number()]);
const filled = v.pipe(scalar, v.transform(String), v.nonEmpty());
const text = v.fallback(v.nullable(filled), null);
const flag = v.fallback(v.nullable(v.boolean()), null);
const object = v.fallback(v.nullable(v.record(v.string(), v.unknown())), null);
const texts = v.fallback(v.nullable(v.array(v.string())), null);
/** Group sends are documented with a list of numbers where others have one. */
const phone = v.fallback(v.nullable(v.union([v.array(v.string()), filled])), null);
/** Inbound messages may have a list of URLs. */
const urls = v.fallback(v.nullable(v.union([v.pipe(v.array(v.string()), v.nonEmpty()), filled])), null);

/** A word that is there; blanks alone are none. */
const word = v.pipe(v.string(), v.regex(/\S/));
const handle = v.pipe(v.optional(v.nullable(scalar), null), v.transform(orNull));
/** 0, "0", "" and null all mean that there is no error; anything that is neither text nor number is not readable. */
const errorCode = v.pipe(
  v.optional(v.nullable(scalar), null),
  v.transform((code) => (Number(code) === 0 ? null : orNull(code))),
);

const messageSchema = v.object({
  status: word,
  message_handle: handle,
  error_code: errorCode,

  accountEmail: text,
  account_email: text,
  app_card: object,
  content: text,
  date_created: text,
  date_sent: text,
  date_updated: text,
  error_detail: text,
  error_message: text,
  error_reason: text,
  from_number: text,
  group_display_name: text,
  group_id: text,
  is_outbound: flag,
  location: object,
  media_url: urls,
  message_type: text,
  number: phone,
  opted_out: flag,
  participants: texts,
  plan: text,
  reply_to: object,
  seat_id: text,
  send_style: text,
  sendblue_number: text,
  sender_email: text,
  service: text,
  thread_originator: object,
  to_number: phone,
  was_downgraded: flag,
});

export type SendblueMessage = v.InferOutput<typeof messageSchema>;

/** Throws a `wrong-shape` fault for what is no message: no object, no status, or an id or error code of no readable type. */
export function messageOf(value: unknown): SendblueMessage {
  const parsed = v.safeParse(messageSchema, value, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const field = v.getDotPath(parsed.issues[0]);
  throw new Fault('wrong-shape', {
    message: field === null ? 'no message in it' : `the field ${field} is missing or of an unexpected type`,
  });
}

/** As many entries of a list as a record carries. */
const mostEntries = 1000;

/** A list cut to what a record carries; anything else as it is. */
export function firstEntries<Value>(value: Value): Value {
  return (Array.isArray(value) ? value.slice(0, mostEntries) : value) as Value;
}

/** The lists of a message, with how many entries of each are too many. */
export function textLists(message: SendblueMessage): readonly { readonly name: string; readonly omitted: number }[] {
  const lists = { participants: message.participants, recipients: message.to_number, 'media URLs': message.media_url };
  return Object.entries(lists).map(([name, list]) => ({
    name,
    omitted: Array.isArray(list) ? Math.max(0, list.length - mostEntries) : 0,
  }));
}

export interface Unwrapped {
  readonly message: unknown;
  /** The `status` beside `data` is about the request ("OK"), never about the message. Null where nothing is wrapped. */
  readonly replyStatus: string | null;
}

/** The message of a body that wraps it in `data`, or is it. */
export function unwrap(body: unknown): Unwrapped {
  const { data, status } = Object(body) as { readonly data?: unknown; readonly status?: unknown };
  if (data === undefined || data === null) return { message: body, replyStatus: null };
  return { message: data, replyStatus: v.parse(text, status ?? null) };
}

function orNull(value: string | number | null): string | null {
  const trimmed = String(value ?? '').trim();
  return trimmed === '' ? null : trimmed;
}
