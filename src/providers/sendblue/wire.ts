import * as v from 'valibot';
import { Fault } from '../../core/fault.ts';

/**
 * The one message object that `/api/status`, `/api/v2/messages` and webhooks share, each with a part of the fields.
 * Absent, null, "" and a type that is not documented are all null, except in the three fields that decide.
 */

const scalar = v.nullable(v.union([v.string(), v.number()]));
/** A word that is there; blanks alone are none. */
const word = v.pipe(v.string(), v.regex(/\S/));
const handle = v.pipe(v.optional(scalar, null), v.transform(orNull));
/** 0, "0", "" and null all mean that there is no error; anything that is neither text nor number is not readable. */
const errorCode = v.pipe(
  v.optional(scalar, null),
  v.transform((code) => (Number(code) === 0 ? null : orNull(code))),
);

const verdictFields = v.object({ status: word, message_handle: handle, error_code: errorCode });

export type SendblueMessage = ReturnType<typeof messageOf>;

/** Throws a `wrong-shape` fault for what is no message: no object, no status, or an id or error code of no readable type. */
export function messageOf(value: unknown) {
  const parsed = v.safeParse(verdictFields, value, { abortEarly: true });
  if (!parsed.success) {
    const field = v.getDotPath(parsed.issues[0]);
    throw new Fault('wrong-shape', {
      message: field === null ? 'no message in it' : `the field ${field} is missing or of an unexpected type`,
    });
  }
  const { status, message_handle, error_code } = parsed.output;
  const fields = value as Readonly<Record<string, unknown>>;
  // A literal: of so many fields that a schema adds one by one V8 makes a hash table, which each message would pay for.
  return {
    status,
    message_handle,
    error_code,

    accountEmail: textOf(fields['accountEmail']),
    account_email: textOf(fields['account_email']),
    app_card: objectOf(fields['app_card']),
    content: textOf(fields['content']),
    date_created: textOf(fields['date_created']),
    date_sent: textOf(fields['date_sent']),
    date_updated: textOf(fields['date_updated']),
    error_detail: textOf(fields['error_detail']),
    error_message: textOf(fields['error_message']),
    error_reason: textOf(fields['error_reason']),
    from_number: textOf(fields['from_number']),
    group_display_name: textOf(fields['group_display_name']),
    group_id: textOf(fields['group_id']),
    is_outbound: flagOf(fields['is_outbound']),
    location: objectOf(fields['location']),
    media_url: urlsOf(fields['media_url']),
    message_type: textOf(fields['message_type']),
    number: phoneOf(fields['number']),
    opted_out: flagOf(fields['opted_out']),
    participants: textsOf(fields['participants']),
    plan: textOf(fields['plan']),
    reply_to: objectOf(fields['reply_to']),
    seat_id: textOf(fields['seat_id']),
    send_style: textOf(fields['send_style']),
    sendblue_number: textOf(fields['sendblue_number']),
    sender_email: textOf(fields['sender_email']),
    service: textOf(fields['service']),
    thread_originator: objectOf(fields['thread_originator']),
    to_number: phoneOf(fields['to_number']),
    was_downgraded: flagOf(fields['was_downgraded']),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) || null : null;
}

function flagOf(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

const object = v.fallback(v.nullable(v.record(v.string(), v.unknown())), null);

function objectOf(value: unknown) {
  return v.parse(object, value ?? null);
}

function textsOf(value: unknown): string[] | null {
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : null;
}

/** Group sends are documented with a list of numbers where others have one. */
function phoneOf(value: unknown): string | string[] | null {
  return textsOf(value) ?? textOf(value);
}

/** Inbound messages may have a list of URLs. */
function urlsOf(value: unknown): string | string[] | null {
  const list = textsOf(value);
  return list === null || list.length === 0 ? textOf(value) : list;
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
  return { message: data, replyStatus: textOf(status) };
}

function orNull(value: string | number | null): string | null {
  const trimmed = String(value ?? '').trim();
  return trimmed === '' ? null : trimmed;
}
