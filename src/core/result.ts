import { type ExitName, exitOf, worstOf } from './exit.ts';
import type { Fault } from './fault.ts';
import type { ItemRef, LookupResult } from './item.ts';
import type { MessageStatus } from './provider.ts';
import type { RecordedEntry, Result, ResultError, Summary, Timing } from './record.ts';
import type { State } from './state.ts';
import { formatDuration } from './time.ts';

const noFacts = {
  state: null,
  outcome: null,
  terminal: null,
  providerState: null,
  channel: null,
  downgraded: null,
  direction: null,
  from: null,
  to: null,
  createdAt: null,
  sentAt: null,
  updatedAt: null,
  reason: null,
  timeline: [],
  timing: null,
  details: {},
  warnings: [],
} satisfies Partial<Result>;

export interface RecordContext {
  readonly exit: ExitName;
  /** A hint of the verdict, shown as a warning. */
  readonly hint?: string | undefined;
  /** Epoch milliseconds. */
  readonly checkedAt: number;
  /** Keep the provider's body. */
  readonly raw: boolean;
  /** States that were seen during a wait. */
  readonly observed?: readonly Observed[];
}

/** A state that was seen during a wait. */
export interface Observed {
  readonly state: State;
  readonly providerState: string;
  /** RFC 3339. */
  readonly at: string;
  /** How long before the message was looked up and was not in this state yet, milliseconds; null on the first look. */
  readonly lateMs: number | null;
}

/** The record of what an item came to. */
export function resultOf(item: ItemRef, result: LookupResult, context: RecordContext): Result {
  const known = result.kind === 'fault' ? noFacts : factsOf(result.value, context.observed ?? []);
  return {
    schema: 'sbstatus.result/1',
    index: item.index,
    provider: item.provider.id,
    operation: item.operation,
    id: item.id,
    name: item.name ?? null,
    ...known,
    warnings: context.hint === undefined ? known.warnings : [...known.warnings, context.hint],
    error: result.kind === 'fault' ? errorOf(result.fault) : null,
    exit: exitOf(context.exit),
    request: result.request,
    checkedAt: new Date(context.checkedAt).toISOString(),
    mock: result.mock,
    redacted: false,
    ...(context.raw ? { raw: result.body ?? null } : {}),
  };
}

/** Field by field, as the record has them: to spread the rest of an object costs more than all else that is done here. */
function factsOf(message: MessageStatus, observed: readonly Observed[]) {
  const { status } = message;
  // A provider that keeps a history knows better.
  const seen = message.timeline.length === 0 ? observed : [];
  const timeline: RecordedEntry[] = [];
  for (const entry of message.timeline) timeline.push({ ...entry, source: 'provider' });
  for (const entry of seen) timeline.push(entryOf(entry));
  return {
    state: status.state,
    outcome: status.outcome,
    terminal: status.terminal,
    providerState: message.providerState,
    channel: message.channel,
    downgraded: message.downgraded,
    direction: message.direction,
    from: message.from,
    to: message.to,
    createdAt: message.createdAt,
    sentAt: message.sentAt,
    updatedAt: message.updatedAt,
    reason: message.reason,
    timeline,
    timing: timingOf(message, seen),
    details: message.details,
    warnings: [...message.warnings],
  } satisfies Record<keyof typeof noFacts, unknown>;
}

function entryOf({ lateMs, ...seen }: Observed): RecordedEntry {
  const late = lateMs === null ? 'seen at the first look' : `seen by sbstatus, at most ${formatDuration(lateMs)} late`;
  return { ...seen, description: late, source: 'observed' };
}

/** How long the message took, by the provider's times, else by what was seen after the first look. */
function timingOf(message: MessageStatus, observed: readonly Observed[]): Timing | null {
  const { createdAt, sentAt, updatedAt, status, timeline } = message;
  if (createdAt === null) return null;
  // Without a history, the last change of a delivered message is its delivery.
  const deliveredAt = timeline.length === 0 && status.state === 'delivered' ? updatedAt : null;
  const told: Record<string, string | null> = { sent: sentAt, delivered: deliveredAt };
  for (const { state, at } of timeline) told[state] ??= at;
  const seen: Record<string, string> = {};
  for (const { state, at, lateMs } of observed) if (lateMs !== null) seen[state] ??= at;
  const timing: { -readonly [Key in keyof Timing]: Timing[Key] } = { ...untimed };
  for (const [state, ms, source] of measured) {
    const took = Date.parse(told[state] ?? seen[state] ?? '') - Date.parse(createdAt);
    if (!(took >= 0)) continue;
    timing[ms] = took;
    timing[source] = told[state] == null ? 'observed' : 'provider';
  }
  return timing;
}

const untimed: Timing = { toSentMs: null, toSentSource: null, toDeliveredMs: null, toDeliveredSource: null };
const measured = [
  ['sent', 'toSentMs', 'toSentSource'],
  ['delivered', 'toDeliveredMs', 'toDeliveredSource'],
] as const;

export function errorOf(fault: Fault): ResultError {
  return {
    code: fault.code,
    message: fault.message,
    hint: fault.hint,
    retryable: exitOf(fault.exit).retryable,
    retryAfterSeconds: fault.retryAfterSeconds,
    httpStatus: fault.httpStatus,
    requestId: fault.requestId,
  };
}

/** A record with what its verdict adds. */
export interface Example {
  readonly record: Result;
  readonly hint: string | null;
}

/** Counts over the records of a run, kept as they come so that none needs to be remembered. */
export class Tally {
  #total = 0;
  readonly #byState = new Map<string, number>();
  readonly #byExit = new Map<ExitName, number>();
  readonly #faults = new Set<ExitName>();
  readonly #firsts = new Map<ExitName, Example>();
  readonly #toSentMs: number[] = [];
  readonly #toDeliveredMs: number[] = [];
  /** Ids that were given more than once. */
  duplicates = 0;

  /** `hint`: what the verdict adds to the record. */
  add(result: Result, hint: string | null = null): void {
    const { state, exit, error, timing } = result;
    this.#total += 1;
    if (!this.#firsts.has(exit.name)) this.#firsts.set(exit.name, { record: result, hint });
    if (state !== null) this.#byState.set(state, (this.#byState.get(state) ?? 0) + 1);
    this.#byExit.set(exit.name, (this.#byExit.get(exit.name) ?? 0) + 1);
    if (error !== null) this.#faults.add(exit.name);
    if (timing?.toSentMs != null) this.#toSentMs.push(timing.toSentMs);
    if (timing?.toDeliveredMs != null) this.#toDeliveredMs.push(timing.toDeliveredMs);
  }

  get counts(): Pick<Summary, 'total' | 'byState' | 'byExit'> {
    return {
      total: this.#total,
      byState: Object.fromEntries(this.#byState),
      byExit: Object.fromEntries(this.#byExit),
    };
  }

  get summary(): Summary {
    return {
      ...this.counts,
      duplicates: this.duplicates,
      timing: { toSentMs: spreadOf(this.#toSentMs), toDeliveredMs: spreadOf(this.#toDeliveredMs) },
    };
  }

  get exit(): ExitName {
    return worstOf(this.#byExit.keys());
  }

  /** The worst of those that could not be looked up. */
  get faultExit(): ExitName {
    return worstOf(this.#faults);
  }

  /** The first record that ended this way, to tell an example. */
  first(exit: ExitName): Example | null {
    return this.#firsts.get(exit) ?? null;
  }
}

/** The value that half of them, and that 95 % of them, do not exceed. */
function spreadOf(values: readonly number[]): Summary['timing']['toSentMs'] {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return { count: sorted.length, median: at(0.5), p95: at(0.95) };
}
