import type { ExitName } from '../core/exit.ts';
import { Fault } from '../core/fault.ts';
import { type Expectation, faultResult, type LookupItem, type LookupResult, operationOf } from '../core/item.ts';
import type { MessageStatus } from '../core/provider.ts';
import type { State } from '../core/state.ts';
import { formatDuration } from '../core/time.ts';
import { exitAtTimeout, exitOfAbort, type Verdict, verdictOf } from '../core/verdict.ts';

/** How long and how often a message is looked up. Times in milliseconds, `deadline` on the monotonic clock. */
export interface PollPolicy {
  /** Until the state is final (`--wait`); otherwise one look-up will do, but for an id that may still appear. */
  readonly untilFinal: boolean;
  readonly deadline: number;
  /** Constant spacing; null: 2 s growing to 30 s. Never below the provider's floor. */
  readonly intervalMs: number | null;
  /** For how long an id that is not there yet is no failure. */
  readonly notFoundGraceMs: number;
  readonly expectation: Expectation;
  /** 0 ≤ n < 1. */
  random(): number;
}

/** A state in which a message was found. Times in monotonic milliseconds. */
export interface SeenState {
  readonly state: State;
  readonly providerState: string;
  readonly at: number;
  /** The look before, which found it in another state; null for the first look. */
  readonly notYetAt: number | null;
}

/** What is remembered of a message from look-up to look-up. */
export interface PollState {
  readonly lookups: number;
  /** The last result that was no fault, and the last of all. */
  readonly known: LookupResult | null;
  readonly last: LookupResult | null;
  /** The last answer is a failure that is to be confirmed. */
  readonly confirming: boolean;
  /** When the first result came, and the last one, fault or not; monotonic milliseconds. */
  readonly firstResultAt: number | null;
  readonly lastResultAt: number | null;
  /** The states that were seen, oldest first; only while a message is waited for. */
  readonly seen: readonly SeenState[];
  /** A provider may know more elsewhere (Sendblue's status names no channel); the record stays under what was asked. */
  readonly operation: string;
}

/** What became of a message, and the exit that it means. */
export interface PollResult {
  readonly result: LookupResult;
  readonly exit: ExitName;
  readonly hint?: string | undefined;
}

export type PollStep =
  | ({ readonly kind: 'done'; readonly state: PollState } & PollResult)
  | { readonly kind: 'again'; readonly delayMs: number; readonly state: PollState };

const shortestMs = 2_000;
const longestMs = 30_000;
/** A failure that may still be mended by itself (Sent reroutes) is looked up once more after this. */
const confirmationMs = 10_000;
/** The last look-up begins this long before the deadline, so that it can still be answered. */
const lastLookupMs = 1_000;

export function firstState({ operation }: LookupItem): PollState {
  return {
    lookups: 0,
    known: null,
    last: null,
    confirming: false,
    firstResultAt: null,
    lastResultAt: null,
    seen: [],
    operation,
  };
}

/** What to do after a look-up: the message is done with, or is looked up again after a delay. Pure; docs/waiting.md. */
export function nextStep(
  item: LookupItem,
  before: PollState,
  result: LookupResult,
  policy: PollPolicy,
  nowMs: number,
): PollStep {
  const verdict = verdictOf(result, policy.expectation);
  const confirming = policy.untilFinal && !before.confirming && isProvisional(result, verdict);
  const state = stateAfter(item, before, result, { confirming, nowMs, untilFinal: policy.untilFinal });
  const elapsedMs = nowMs - (state.firstResultAt ?? nowMs);
  if (!confirming && ends(result, verdict, elapsedMs, policy)) return { kind: 'done', state, result, ...verdict };
  const leftMs = policy.deadline - nowMs;
  // Whatever kept it from an answer, it was under way when the time was up.
  if (leftMs <= 0)
    return { kind: 'done', state, ...resultAtDeadline(result.kind === 'answer' ? state : before, true, policy) };
  const delayMs = delayOf(item, state, policy, leftMs);
  if (delayMs === null)
    return { kind: 'done', state, ...resultDuringPause(state.known ?? result, policy, pauseAskedFor(result)) };
  return { kind: 'again', delayMs, state };
}

/**
 * What is left to say when the time is up. A state that was seen counts, then the fault of an earlier look-up; a message
 * that nothing is known of was still under way, or its turn never came.
 */
export function resultAtDeadline(
  state: PollState,
  isInFlight: boolean,
  { expectation }: Pick<PollPolicy, 'expectation'>,
): PollResult {
  const result = state.known ?? state.last ?? faultResult(timeUpFault(isInFlight));
  const { hint } = verdictOf(result, expectation);
  return { result, exit: exitAtTimeout(result, expectation), hint };
}

/** The same when the run is stopped (`--fail-fast`) or aborted; null for a message that was never looked up. */
export function resultWhenStopped(
  state: PollState,
  { expectation }: Pick<PollPolicy, 'expectation'>,
  abortSignal: AbortSignal,
): PollResult | null {
  const result = state.known ?? state.last;
  if (result === null) return null;
  const verdict = verdictOf(result, expectation);
  return abortSignal.aborted ? { result, exit: exitOfAbort(abortSignal) } : { result, ...verdict };
}

function timeUpFault(isInFlight: boolean): Fault {
  const message = isInFlight
    ? 'the time was up before the answer came'
    : 'the time was up before it was this id’s turn';
  return new Fault('time-up', { message });
}

function stateAfter(
  { provider }: LookupItem,
  before: PollState,
  result: LookupResult,
  {
    confirming,
    nowMs,
    untilFinal,
  }: { readonly confirming: boolean; readonly nowMs: number; readonly untilFinal: boolean },
): PollState {
  const { operation } = before;
  const next = result.kind === 'fault' ? null : operationOf({ provider, operation }).nextOperation?.(result.value);
  return {
    lookups: before.lookups + 1,
    known: result.kind === 'answer' ? result : before.known,
    last: result,
    confirming,
    firstResultAt: before.firstResultAt ?? nowMs,
    lastResultAt: nowMs,
    seen: untilFinal && result.kind === 'answer' ? seenAfter(before, result.value, nowMs) : before.seen,
    operation: next ?? operation,
  };
}

function seenAfter(before: PollState, { status, providerState }: MessageStatus, at: number): readonly SeenState[] {
  const { state } = status;
  if (before.seen.at(-1)?.state === state) return before.seen;
  return [...before.seen, { state, providerState, at, notYetAt: before.lastResultAt }];
}

/** What a further look-up can mend, if there is time; every other fault ends a wait at once. */
const transientExits: readonly ExitName[] = ['network', 'provider-unavailable', 'rate-limited', 'wait-timeout'];

/** `elapsedMs`: since the first result. */
function ends(result: LookupResult, verdict: Verdict, elapsedMs: number, policy: PollPolicy): boolean {
  if (result.kind === 'answer') return verdict.final || !policy.untilFinal;
  if (verdict.exit === 'not-found') return elapsedMs >= policy.notFoundGraceMs;
  return !policy.untilFinal || !isTransient(verdict.exit);
}

function isProvisional(result: LookupResult, { exit }: Verdict): boolean {
  return result.kind === 'answer' && result.value.provisional === true && exit === 'failed';
}

/** The provider asks for a pause that lasts longer than the wait may. */
function resultDuringPause(result: LookupResult, { expectation }: PollPolicy, pauseMs: number): PollResult {
  const exit = exitAtTimeout(result, expectation);
  if (result.kind === 'fault') return { result, exit };
  return {
    result,
    exit,
    hint: `the provider asks to retry after ${formatDuration(pauseMs)}, later than the wait may last`,
  };
}

/** Milliseconds to the next look-up, at most to the deadline; null: the provider asks for a longer pause. */
function delayOf({ provider }: LookupItem, state: PollState, policy: PollPolicy, leftMs: number): number | null {
  const pauseMs = state.last === null ? 0 : pauseAskedFor(state.last);
  if (pauseMs >= leftMs) return null;
  const leastMs = Math.max(provider.pace.floorMs, pauseMs);
  const growingMs = Math.min(longestMs, shortestMs * 1.5 ** (state.lookups - 1)) * (1 - 0.2 * policy.random());
  const wantedMs = state.confirming ? confirmationMs : (policy.intervalMs ?? growingMs);
  const delayMs = Math.max(wantedMs, leastMs);
  const lastChanceMs = leftMs - lastLookupMs;
  if (delayMs < lastChanceMs) return delayMs;
  return lastChanceMs >= leastMs ? lastChanceMs : leftMs;
}

/** Whether a further look-up can mend it. */
export function isTransient(exit: ExitName): boolean {
  return transientExits.includes(exit);
}

/**
 * Milliseconds to the next round over all that is waited for: a fifth of the time so far, 2 to 30 s. The last one begins so
 * early that it ends before the deadline. `roundMs`: how long one takes.
 */
export function roundDelay(
  { item: { provider }, policy }: { readonly item: LookupItem; readonly policy: PollPolicy },
  elapsedMs: number,
  roundMs: number,
  nowMs: number,
): number {
  const growingMs = Math.min(longestMs, Math.max(shortestMs, elapsedMs / 5));
  const { floorMs } = provider.pace;
  const delayMs = Math.max(policy.intervalMs ?? growingMs, floorMs);
  const lastChanceMs = policy.deadline - nowMs - roundMs - lastLookupMs;
  return delayMs < lastChanceMs ? delayMs : Math.max(lastChanceMs, floorMs);
}

function pauseAskedFor(result: LookupResult): number {
  return result.kind === 'fault' ? (result.fault.retryAfterSeconds ?? 0) * 1000 : 0;
}
