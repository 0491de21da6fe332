import { type ExitName, worstOf } from './exit.ts';
import { Fault, UsageError } from './fault.ts';
import type { Expectation, LookupResult } from './item.ts';
import type { MessageStatus } from './provider.ts';
import type { Summary } from './record.ts';
import type { State } from './state.ts';

export interface Verdict {
  readonly exit: ExitName;
  /** Waiting longer cannot change the exit. */
  readonly final: boolean;
  readonly hint?: string;
}

/** As much of a message as its verdict depends on. */
export type StatusFacts = Pick<MessageStatus, 'status' | 'channel'>;

/** Each step includes those before it. `scheduled` counts as `queued`. */
const ladder: Partial<Record<State, number>> = { scheduled: 0, queued: 0, sent: 1, delivered: 2, read: 3 };

/** States that can be expected. */
export const expectable = [
  'queued',
  'scheduled',
  'sent',
  'delivered',
  'read',
  'received',
  'failed',
  'canceled',
] as const;

/** Every exit code is decided in this file: that of a message, of a wait, of an interruption, of a batch. */
export function verdictOf(result: LookupResult, expectation: Expectation): Verdict {
  if (result.kind === 'fault') return { exit: result.fault.exit, final: true };
  return verdictOfStatus(result.value, expectation);
}

export function verdictOfStatus(facts: StatusFacts, expectation: Expectation): Verdict {
  if (facts.status.state === 'unknown') return { exit: 'unknown-status', final: false };
  const expects = expectation.states.length > 0 || expectation.channel !== null;
  return expects ? judgeExpectation(facts, expectation) : judgeOutcome(facts);
}

/** The exit when the time of a wait is up: what was seen last may still become what is wanted. */
export function exitAtTimeout(result: LookupResult, expectation: Expectation): ExitName {
  const { exit } = verdictOf(result, expectation);
  return exit === 'pending' ? 'wait-timeout' : exit;
}

/** The exit of what was ended from outside. Whoever aborts says why: the reason is an `interrupted` or `terminated` fault. */
export function exitOfAbort(signal: AbortSignal): ExitName {
  return signal.reason instanceof Fault ? signal.reason.exit : 'interrupted';
}

/** What a run ends with, by the records that it made and how it came to its end. */
export interface RunEnd {
  /** The worst of all records, and of those that could not be looked up. */
  readonly worst: ExitName;
  readonly worstFault: ExitName;
  readonly summary: GatedCounts;
  readonly gates: Gates;
  /** No message at all is an answer; and, by the flag, a good one whatever the gates say. */
  readonly mayBeEmpty: boolean;
  readonly allowEmpty: boolean;
  /** What was noticed of the input: why there is nothing in it. */
  readonly remark?: string | undefined;
  /** The time was up before the input ended. */
  readonly cutShort: boolean;
  /** Set where the user ended the run; the verdict on one id alone stands all the same. */
  readonly aborted: AbortSignal | null;
}

/** The exit of a run. Gates weigh the whole; an interruption outranks everything. Throws a usage error for a run about nothing. */
export function exitOfRun(end: RunEnd): GateVerdict {
  const { worst, worstFault, summary, gates, cutShort, aborted } = end;
  const isEmpty = summary.total === 0 && aborted === null && !cutShort;
  if (isEmpty && end.allowEmpty) return { exit: 'ok', phrases: [] };
  if (isEmpty && !end.mayBeEmpty) throw noIds(end.remark);
  const verdict = judgeGates(gates, summary, worst, worstFault);
  if (aborted !== null) return { ...verdict, exit: exitOfAbort(aborted) };
  return cutShort ? { ...verdict, exit: worstOf([verdict.exit, 'wait-timeout']) } : verdict;
}

function noIds(remark: string | undefined): UsageError {
  return new UsageError('no ids in the input', remark ?? 'check where the ids come from, or add --allow-empty');
}

function judgeOutcome({ status }: StatusFacts): Verdict {
  switch (status.outcome) {
    case 'success':
      return { exit: 'ok', final: true };
    case 'failure':
      return { exit: 'failed', final: true };
    default:
      return { exit: 'pending', final: status.terminal };
  }
}

function judgeExpectation(facts: StatusFacts, expectation: Expectation): Verdict {
  const stateMet = reaches(facts, expectation);
  const channelMet = expectation.channel === null || expectation.channel === facts.channel;
  if (stateMet && channelMet) return { exit: 'ok', final: true };
  if (!isFinal(facts, expectation)) return { exit: 'pending', final: false };
  if (facts.status.outcome === 'failure') return { exit: 'failed', final: true };
  const hint = stateMet ? channelHint(facts, expectation) : stateHint(facts);
  return { exit: 'expect-mismatch', final: true, ...(hint === null ? {} : { hint }) };
}

/** With only a channel expected, the state must be a success all the same. */
function reaches({ status }: StatusFacts, { states }: Expectation): boolean {
  if (states.length === 0) return status.outcome === 'success';
  const reached = ladder[status.state];
  return states.some((wanted) => {
    const step = ladder[wanted];
    return step === undefined || reached === undefined ? wanted === status.state : reached >= step;
  });
}

/** A delivered message may still be read, except where the channel has no read receipts. */
function isFinal({ status, channel }: StatusFacts, { states }: Expectation): boolean {
  const mayBeRead = status.state === 'delivered' && channel !== 'sms' && channel !== 'mms';
  return status.terminal && !(mayBeRead && states.includes('read'));
}

function stateHint({ status }: StatusFacts): string | null {
  if (status.state !== 'sent') return null;
  return 'this route never reports more than sent for this message; use --expect sent';
}

function channelHint({ channel }: StatusFacts, { channel: wanted }: Expectation): string {
  return channel === null
    ? `this look-up does not say over which channel the message went, so --expect-channel ${wanted} cannot be met`
    : `the message went over ${channel}, not ${wanted}`;
}

/** Exits that say something of the message, as opposed to what kept us from learning it. */
const verdicts: readonly ExitName[] = ['failed', 'pending', 'wait-timeout', 'expect-mismatch', 'unknown-status'];

export function isVerdict(exit: ExitName): boolean {
  return verdicts.includes(exit);
}

/** Exits that are no errors: more is to come, or the user ended the run. */
const unfinished: readonly ExitName[] = ['pending', 'wait-timeout', 'interrupted', 'terminated'];

export function isUnfinished(exit: ExitName): boolean {
  return unfinished.includes(exit);
}

/** `--exit-zero`: verdicts become 0, but for a wait that ran out; what kept us from one stays. */
export function applyExitZero(exit: ExitName, exitZero: boolean): ExitName {
  return exitZero && isVerdict(exit) && exit !== 'wait-timeout' ? 'ok' : exit;
}

/** What a batch as a whole must come to; null: not asked for. Why it is counted so: docs/decisions/gates.md. */
export interface Gates {
  /** The least share of records that are ok, 0 to 1. */
  readonly minSuccess: number | null;
  /** The most records whose message failed or is not as expected. */
  readonly maxFailed: number | null;
}

/** Verdicts that count as failed; a message that is not final yet is not one, and neither is a look-up that failed. */
const failures: readonly ExitName[] = ['failed', 'expect-mismatch'];

/** As much of a summary as gates weigh. */
export type GatedCounts = Pick<Summary, 'total' | 'byState' | 'byExit'>;

export interface GateVerdict {
  readonly exit: ExitName;
  /** One phrase a gate, met or not; empty without gates. */
  readonly phrases: readonly string[];
}

/**
 * The exit of a batch. Without gates the worst of its records. With gates that are all met, the worst of those that
 * could not be looked up: what became of the others has been weighed. With one that is not met, never `ok`.
 */
export function judgeGates(gates: Gates, summary: GatedCounts, worst: ExitName, worstFault: ExitName): GateVerdict {
  if (gates.minSuccess === null && gates.maxFailed === null) return { exit: worst, phrases: [] };
  const checks = [minSuccess(gates, summary), maxFailed(gates, summary)].filter((check) => check !== null);
  const result = checks.map(({ phrase, met }) => `${phrase}: ${met ? 'passed' : 'not passed'}`);
  if (checks.every(({ met }) => met)) return { exit: worstFault, phrases: result };
  return { exit: worst === 'ok' ? 'failed' : worst, phrases: result };
}

/** Whether no further record can make up for those there are. */
export function isLost({ maxFailed: most }: Gates, summary: GatedCounts): boolean {
  return most !== null && failedIn(summary) > most;
}

interface GateCheck {
  readonly phrase: string;
  readonly met: boolean;
}

/** Of no record at all there is no share: nothing has been shown to succeed. */
function minSuccess({ minSuccess: least }: Gates, { total, byExit }: GatedCounts): GateCheck | null {
  if (least === null) return null;
  const ok = byExit['ok'] ?? 0;
  const phrase = `${ok} of ${total} ok (at least ${Number((least * 100).toFixed(3))}%)`;
  // Whole records are compared: a share of 0.95 × 20 must not fail by a rounding error.
  return { phrase, met: total > 0 && ok >= least * total - 1e-9 };
}

function maxFailed({ maxFailed: most }: Gates, summary: GatedCounts): GateCheck | null {
  if (most === null) return null;
  const failed = failedIn(summary);
  return { phrase: `${failed} failed (limit ${most})`, met: failed <= most };
}

function failedIn({ byExit }: GatedCounts): number {
  return failures.reduce((sum, name) => sum + (byExit[name] ?? 0), 0);
}
