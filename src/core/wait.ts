import type { ExitName } from './exit.ts';
import { Fault } from './fault.ts';
import type { Clock } from './http.ts';
import type { LookupItem, LookupResult } from './lookup.ts';
import type { MessageStatus } from './provider.ts';
import { formatDuration } from './time.ts';
import { type Expectation, type Verdict, verdictOf } from './verdict.ts';

/** How long and how often to ask again. Times in milliseconds, `deadline` on the monotonic clock. */
export interface Patience {
  /** Ask until the state is final (`--wait`); otherwise one look will do, but for an id that is forgiven. */
  readonly untilFinal: boolean;
  readonly deadline: number;
  /** Constant spacing; null: 2 s growing to 30 s. Never below the provider's floor. */
  readonly intervalMs: number | null;
  /** How long an id that is not there yet is forgiven. */
  readonly notFoundGraceMs: number;
  readonly expectation: Expectation;
  /** Aborted: what is known is returned at once. */
  readonly signal: AbortSignal;
  /** Aborted, with `signal` or without: nothing is asked again. */
  readonly stop: AbortSignal;
}

export interface Watch {
  readonly answer: LookupResult;
  readonly exit: ExitName;
  readonly hint?: string | undefined;
}

export interface Surroundings {
  readonly clock: Clock;
  random(): number;
  /** One look, over the network. */
  look(ask: LookupItem): Promise<LookupResult>;
  /** Told after each look that was not the last; `nextMs`: when the next one is due, from now. */
  onLook?(ask: LookupItem, answer: LookupResult, nextMs: number): void;
}

const shortestMs = 2_000;
const longestMs = 30_000;
/** A failure that may still be mended by itself (Sent reroutes) is looked at once more after this. */
const confirmationMs = 10_000;
/** The last look is begun this long before the deadline, so that it can still be answered. */
const lastLookMs = 1_000;

/** Asks until the answer is final, the expectation is met, the time is up or the user is; docs/waiting.md. */
export async function watch(ask: LookupItem, patience: Patience, around: Surroundings): Promise<Watch> {
  const { clock } = around;
  const course: Course = { known: null, doubted: false, answeredAt: null };
  let current = ask;
  for (let looks = 1; ; looks += 1) {
    const answer = await around.look(current);
    const end = noted(answer, course, patience, clock.monotonic());
    if (end !== null) return end;
    const last = course.known ?? answer;
    const left = patience.deadline - clock.monotonic();
    const moment = { floorMs: ask.provider.pace.floorMs, looks, doubted: course.doubted, left };
    const delay = delayOf(answer, moment, patience, around);
    if (delay === null) return timeUp(last, patience, mustStay(answer));
    if (delay < left) around.onLook?.(ask, answer, delay);
    await clock.sleep(delay, patience.stop);
    if (patience.stop.aborted) return stopped(last, patience);
    if (delay >= left) return timeUp(last, patience, 0);
    current = continued(current, answer);
  }
}

/** What a wait remembers from look to look. */
interface Course {
  /** The last answer that was no fault. */
  known: LookupResult | null;
  /** The last answer is a failure that is to be confirmed. */
  doubted: boolean;
  /** When the first answer came, fault or not. */
  answeredAt: number | null;
}

/** Takes note of an answer; what to say of it where it ends the wait. */
function noted(answer: LookupResult, course: Course, patience: Patience, now: number): Watch | null {
  course.answeredAt ??= now;
  if (!(answer.result instanceof Fault)) course.known = answer;
  const verdict = verdictOf(answer.result, patience.expectation);
  course.doubted = patience.untilFinal && !course.doubted && isProvisional(answer, verdict);
  if (!course.doubted && ends(answer, verdict, now - course.answeredAt, patience)) return { answer, ...verdict };
  return patience.stop.aborted ? stopped(course.known ?? answer, patience) : null;
}

/** What asking again can mend, if there is time; everything else ends a wait at once. */
const passing: readonly ExitName[] = ['network', 'provider-unavailable', 'rate-limited', 'wait-timeout'];

/** `elapsedMs`: since the first answer. */
function ends({ result }: LookupResult, verdict: Verdict, elapsedMs: number, patience: Patience): boolean {
  if (!(result instanceof Fault)) return verdict.final || !patience.untilFinal;
  if (patience.stop.aborted) return false;
  if (result.exit === 'not-found') return elapsedMs >= patience.notFoundGraceMs;
  return !patience.untilFinal || !passing.includes(result.exit);
}

function isProvisional({ result }: LookupResult, verdict: Verdict): boolean {
  return !(result instanceof Fault) && result.provisional === true && verdict.exit === 'failed';
}

/** What is left to say when the user ends it: a state that was seen counts more than the last fault. */
function stopped(answer: LookupResult, { signal, expectation }: Patience): Watch {
  if (signal.aborted) return { answer, exit: exitOfAbort(signal) };
  return { answer, ...verdictOf(answer.result, expectation) };
}

/** The same when the clock does. `stayMs`: for how long the provider asked us to stay away, where that ends the wait. */
function timeUp(answer: LookupResult, { expectation }: Patience, stayMs: number): Watch {
  const verdict = verdictOf(answer.result, expectation);
  const watch = { answer, ...verdict, exit: verdict.exit === 'pending' ? 'wait-timeout' : verdict.exit } as const;
  if (stayMs === 0 || answer.result instanceof Fault) return watch;
  return { ...watch, hint: `${leftAlone} for ${formatDuration(stayMs)}, which is longer than the wait may last` };
}

/** How the hint of a wait begins that the provider cut short. */
export const leftAlone = 'the provider asked to be left alone';

/** Whoever aborts says why: the abort's reason is an `interrupted` or `terminated` fault. */
export function exitOfAbort(signal: AbortSignal): ExitName {
  return signal.reason instanceof Fault ? signal.reason.exit : 'interrupted';
}

/** A provider may know more elsewhere (Sendblue's status names no channel); the record stays under what was asked. */
function continued(ask: LookupItem, { result }: LookupResult): LookupItem {
  if (result instanceof Fault) return ask;
  const operation = ask.provider.operations[ask.operation]?.nextOperation?.(result as MessageStatus);
  return operation == null ? ask : { ...ask, operation };
}

interface Moment {
  readonly floorMs: number;
  readonly looks: number;
  readonly doubted: boolean;
  /** Milliseconds to the deadline. */
  readonly left: number;
}

/** Milliseconds to the next look, at most to the deadline; null: the provider wants to be left alone for longer. */
function delayOf(answer: LookupResult, moment: Moment, patience: Patience, around: Surroundings): number | null {
  const stay = mustStay(answer);
  if (stay >= moment.left) return null;
  const least = Math.max(moment.floorMs, stay);
  const growing = Math.min(longestMs, shortestMs * 1.5 ** (moment.looks - 1)) * (1 - 0.2 * around.random());
  const wanted = moment.doubted ? confirmationMs : (patience.intervalMs ?? growing);
  const delay = Math.max(wanted, least);
  if (delay < moment.left - lastLookMs) return delay;
  const lastChance = moment.left - lastLookMs;
  return lastChance >= least ? lastChance : moment.left;
}

/** Milliseconds that the provider asked us to stay away. */
function mustStay({ result }: LookupResult): number {
  return result instanceof Fault ? (result.retryAfterSeconds ?? 0) * 1000 : 0;
}
