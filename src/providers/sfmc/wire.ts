import * as v from 'valibot';
import { Fault } from '../../core/fault.ts';

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

/** Absent, null or "" is no object; anything else that is none is refused: what it held cannot be checked. */
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
  return shaped(message, body, 'the answer');
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
  return shaped(event, body, 'the event');
}

function shaped<Schema extends v.GenericSchema>(schema: Schema, body: unknown, what: string): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, body, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const path = v.getDotPath(parsed.issues[0]);
  throw new Fault('wrong-shape', {
    message: path === null ? `${what} is no JSON object` : `${what} has no readable ${path}`,
  });
}
