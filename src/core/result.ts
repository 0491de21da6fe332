import { type ExitName, exitOf, worstOf } from './exit.ts';
import type { Fault } from './fault.ts';
import type { ItemRef, LookupResult } from './item.ts';
import type { MessageStatus } from './provider.ts';
import type { Result, ResultError, Summary } from './record.ts';

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
}

/** The record of what an item came to. */
export function resultOf(item: ItemRef, result: LookupResult, context: RecordContext): Result {
  const known = result.kind === 'fault' ? noFacts : factsOf(result.value);
  return {
    schema: 'sbstatus.result/1',
    index: item.index,
    provider: item.provider.id,
    operation: item.operation,
    id: item.id,
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
function factsOf(message: MessageStatus) {
  const { status } = message;
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
    timeline: [...message.timeline],
    details: message.details,
    warnings: [...message.warnings],
  } satisfies Record<keyof typeof noFacts, unknown>;
}

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

  /** `hint`: what the verdict adds to the record. */
  add(result: Result, hint: string | null = null): void {
    const { state, exit, error } = result;
    this.#total += 1;
    if (!this.#firsts.has(exit.name)) this.#firsts.set(exit.name, { record: result, hint });
    if (state !== null) this.#byState.set(state, (this.#byState.get(state) ?? 0) + 1);
    this.#byExit.set(exit.name, (this.#byExit.get(exit.name) ?? 0) + 1);
    if (error !== null) this.#faults.add(exit.name);
  }

  get summary(): Summary {
    return {
      total: this.#total,
      byState: Object.fromEntries(this.#byState),
      byExit: Object.fromEntries(this.#byExit),
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
