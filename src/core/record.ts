import * as v from 'valibot';
import { type ExitName, exits } from './exit.ts';
import { type FaultCode, faults } from './fault.ts';
import { outcomes, states } from './state.ts';

/** The result record: one a message, the same in every data format. Absent facts are null, never missing. */

export const channels = ['imessage', 'sms', 'mms', 'rcs', 'whatsapp'] as const;
const directions = ['inbound', 'outbound'] as const;
const sources = ['provider', 'observed'] as const;
/** Why a message is where it is: one small vocabulary over all providers. */
export const reasonClasses = [
  'opted-out',
  'invalid-recipient',
  'unreachable',
  'content',
  'template',
  'sender',
  'account',
  'rate',
  'duplicate',
  'expired',
  'provider',
  'unknown',
] as const;

const text = v.nullable(v.string());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const timestamp = v.pipe(v.string(), v.isoTimestamp());
const names = <Name extends string>(table: Record<Name, unknown>) => Object.keys(table) as [Name, ...Name[]];

const reasonSchema = v.object({
  code: text,
  name: text,
  message: text,
  class: v.picklist(reasonClasses),
  /** Whether sending it again may help; null where nobody says. */
  resendable: v.nullable(v.boolean()),
  hint: text,
});

const timelineEntrySchema = v.object({
  state: v.picklist(states),
  providerState: v.string(),
  at: v.nullable(timestamp),
  description: text,
  /** Who says so: the provider, or sbstatus, which saw the state during a wait. Null in records of older releases. */
  source: v.nullable(v.picklist(sources)),
});

/** From the message's creation, milliseconds; null where it is not known. An observed time is at most one interval late. */
const timingSchema = v.object({
  toSentMs: v.nullable(count),
  toSentSource: v.nullable(v.picklist(sources)),
  toDeliveredMs: v.nullable(count),
  toDeliveredSource: v.nullable(v.picklist(sources)),
});

export const errorSchema = v.object({
  code: v.picklist(names<FaultCode>(faults)),
  message: v.string(),
  hint: text,
  retryable: v.boolean(),
  retryAfterSeconds: v.nullable(v.number()),
  httpStatus: v.nullable(count),
  requestId: text,
});

export const exitSchema = v.object({
  code: count,
  name: v.picklist(names<ExitName>(exits)),
  retryable: v.boolean(),
});

const requestSchema = v.object({
  url: v.string(),
  httpStatus: v.nullable(count),
  requestId: text,
  attempts: count,
  durationMs: count,
});

export const resultSchema = v.object({
  schema: v.literal('sbstatus.result/1'),
  index: count,
  provider: v.string(),
  operation: v.string(),
  id: v.string(),
  /** What a manifest calls it. */
  name: text,
  state: v.nullable(v.picklist(states)),
  outcome: v.nullable(v.picklist(outcomes)),
  terminal: v.nullable(v.boolean()),
  providerState: text,
  channel: v.nullable(v.picklist(channels)),
  downgraded: v.nullable(v.boolean()),
  direction: v.nullable(v.picklist(directions)),
  from: text,
  to: text,
  createdAt: v.nullable(timestamp),
  sentAt: v.nullable(timestamp),
  updatedAt: v.nullable(timestamp),
  reason: v.nullable(reasonSchema),
  timeline: v.array(timelineEntrySchema),
  timing: v.nullable(timingSchema),
  details: v.record(v.string(), v.unknown()),
  warnings: v.array(v.string()),
  error: v.nullable(errorSchema),
  exit: exitSchema,
  request: v.nullable(requestSchema),
  checkedAt: timestamp,
  mock: v.boolean(),
  redacted: v.boolean(),
  raw: v.optional(v.unknown()),
});

/** Over the messages of which it is known. */
const spread = v.nullable(v.object({ count, median: count, p95: count }));

const summarySchema = v.object({
  total: count,
  byState: v.record(v.string(), count),
  byExit: v.record(v.string(), count),
  /** Ids that were given more than once; each was asked for at its first place. */
  duplicates: count,
  timing: v.object({ toSentMs: spread, toDeliveredMs: spread }),
});

export const reportSchema = v.object({
  schema: v.literal('sbstatus.report/1'),
  results: v.array(resultSchema),
  summary: summarySchema,
  exit: exitSchema,
});

export type Channel = (typeof channels)[number];
export type Direction = (typeof directions)[number];
export type ReasonClass = (typeof reasonClasses)[number];
export type Reason = Readonly<v.InferOutput<typeof reasonSchema>>;
/** An entry of the record's timeline, and as a provider tells it. */
export type RecordedEntry = Readonly<v.InferOutput<typeof timelineEntrySchema>>;
export type TimelineEntry = Omit<RecordedEntry, 'source'>;
export type Timing = Readonly<v.InferOutput<typeof timingSchema>>;
export type ResultError = Readonly<v.InferOutput<typeof errorSchema>>;
export type RequestInfo = Readonly<v.InferOutput<typeof requestSchema>>;
export type Result = Readonly<v.InferOutput<typeof resultSchema>>;
export type Summary = Readonly<v.InferOutput<typeof summarySchema>>;
