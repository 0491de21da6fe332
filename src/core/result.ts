import { type ExitName, exitOf, worstOf } from './exit.ts';
import { Fault } from './fault.ts';
import type { ItemRef, LookupResult } from './lookup.ts';
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

/** The record of an answer. */
export function resultOf(ask: ItemRef, answer: LookupResult, conclusion: RecordContext): Result {
  const { result } = answer;
  const known = result instanceof Fault ? noFacts : factsOf(result);
  return {
    schema: 'sbstatus.result/1',
    index: ask.index,
    provider: ask.provider.id,
    operation: ask.operation,
    id: ask.id,
    ...known,
    warnings: conclusion.hint === undefined ? known.warnings : [...known.warnings, conclusion.hint],
    error: result instanceof Fault ? errorOf(result) : null,
    exit: exitOf(conclusion.exit),
    request: answer.request,
    checkedAt: new Date(conclusion.checkedAt).toISOString(),
    mock: answer.mock,
    redacted: false,
    ...(conclusion.raw ? { raw: answer.body ?? null } : {}),
  };
}

/** Field by field, as the record has them: to spread the rest of an object costs more than all else that is done here. */
function factsOf(finding: MessageStatus) {
  const { status } = finding;
  return {
    state: status.state,
    outcome: status.outcome,
    terminal: status.terminal,
    providerState: finding.providerState,
    channel: finding.channel,
    downgraded: finding.downgraded,
    direction: finding.direction,
    from: finding.from,
    to: finding.to,
    createdAt: finding.createdAt,
    sentAt: finding.sentAt,
    updatedAt: finding.updatedAt,
    reason: finding.reason,
    timeline: [...finding.timeline],
    details: finding.details,
    warnings: [...finding.warnings],
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

/** Counts over the records of a run, kept as they come so that none needs to be remembered. */
export class Tally {
  #total = 0;
  readonly #byState = new Map<string, number>();
  readonly #byExit = new Map<ExitName, number>();
  readonly #faults = new Set<ExitName>();
  readonly #firsts = new Map<ExitName, Result>();

  add(result: Result): void {
    this.#total += 1;
    if (!this.#firsts.has(result.exit.name)) this.#firsts.set(result.exit.name, result);
    if (result.state !== null) count(this.#byState, result.state);
    count(this.#byExit, result.exit.name);
    if (result.error !== null) this.#faults.add(result.exit.name);
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
  first(exit: ExitName): Result | null {
    return this.#firsts.get(exit) ?? null;
  }
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
