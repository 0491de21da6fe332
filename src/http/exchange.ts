import { Fault } from '../core/fault.ts';
import { abortFault, type Clock, type HttpRequest, type Limits, noTurnFault, type Reply } from '../core/http.ts';
import { Secret } from '../core/secret.ts';
import { retryAfterSeconds } from '../core/time.ts';
import type { Attempt, AttemptLimits, PreparedRequest, SendRequest } from './attempt.ts';
import type { Peer } from './network-fault.ts';
import { type Redactor, revealJson } from './redactor.ts';
import type { Trace, TracedRequest } from './trace.ts';

/** What all requests with the same credentials to the same origin have in common; the redactor is every request's. */
export interface Transport {
  readonly peer: Peer;
  readonly sendRequest: SendRequest;
  readonly redactor: Redactor;
  /** What goes out beside the headers of the request. */
  readonly ownHeaders: Readonly<Record<string, string>>;
}

/** A request, the way it takes, and the bounds of all its attempts. */
export interface OutgoingRequest {
  readonly request: HttpRequest;
  readonly transport: Transport;
  readonly bounds: Limits;
}

export interface ExchangeDeps {
  readonly clock: Clock;
  random(): number;
  readonly retries: number;
  readonly requestTimeoutMs: number;
  readonly trace: Trace | null;
  readonly attempt: (prepared: PreparedRequest, limits: AttemptLimits) => Promise<Attempt>;
  /** Closes idle connections. */
  readonly dropIdle: () => void;
}

/** One exchange as it goes on. `number`: from 1, over all exchanges of the client. */
export interface ExchangeState {
  readonly number: number;
  attempts: number;
  /** Monotonic milliseconds when the first attempt was made; null before. */
  beganAt: number | null;
  /** An attempt had all the time that one may have, and had no answer. */
  hasTimedOut: boolean;
}

/** Makes attempts until one need not or may not be repeated. Only the result of the last one counts. */
export async function exchange(
  outgoing: OutgoingRequest,
  deps: ExchangeDeps,
  state: ExchangeState,
): Promise<Reply | Fault> {
  const { bounds, request } = outgoing;
  let last: Attempt | null = null;
  for (;;) {
    const hasTurn = await request.limiter?.acquire(bounds);
    if (bounds.signal.aborted) return abortFault(bounds.signal);
    const leftMs = bounds.deadline - deps.clock.monotonic();
    if (hasTurn === false || leftMs <= 0) return last?.result ?? tooLate(outgoing);
    // Where one idle connection was dead, those that are idle by now may be dead too.
    if (last?.stale === true) deps.dropIdle();
    last = await attemptOnce(outgoing, deps, state, leftMs);
    if (!last.transient) return last.result;
    const pause = pauseMs(last, state.attempts, deps.random, deps.clock.now());
    // Meant for everybody who asks this provider, whatever becomes of this exchange.
    if (isThrottled(last.result)) request.limiter?.pauseFor(pause);
    if (isLastAttempt(last, outgoing, deps, state.attempts, pause)) return last.result;
    deps.trace?.onPause(state.number, pause, last.result);
    await deps.clock.sleep(pause, bounds.signal);
  }
}

/** One attempt, traced, with the secrets struck out of its reply. */
async function attemptOnce(
  outgoing: OutgoingRequest,
  deps: ExchangeDeps,
  state: ExchangeState,
  leftMs: number,
): Promise<Attempt> {
  const { transport, bounds, request } = outgoing;
  const { clock, requestTimeoutMs, trace } = deps;
  state.attempts += 1;
  trace?.onRequest(state.number, traceOf(transport, request));
  const began = clock.monotonic();
  state.beganAt ??= began;
  const isDeadline = leftMs < requestTimeoutMs;
  // More time for the look-up is of no use where each attempt had too little.
  const option = isDeadline && !state.hasTimedOut ? '--timeout' : '--request-timeout';
  const limits = {
    budgetMs: Math.min(leftMs, requestTimeoutMs),
    isDeadline,
    option,
    signal: bounds.signal,
    clock,
  } as const;
  const body = request.json === undefined ? null : revealJson(request.json);
  const attempt = await deps.attempt(
    { url: request.url, body, sendRequest: transport.sendRequest, peer: transport.peer },
    limits,
  );
  const ms = clock.monotonic() - began;
  if (attempt.result instanceof Fault) {
    state.hasTimedOut ||= attempt.result.code === 'timeout' && !isDeadline;
    trace?.onFault(state.number, attempt.result, ms);
    return attempt;
  }
  const isSecret = request.replyIsSecret === true && isSuccess(attempt.result);
  const result = transport.redactor.reply(attempt.result, isSecret);
  trace?.onReply(state.number, result, ms);
  return { ...attempt, result };
}

function isSuccess({ status }: Reply): boolean {
  return status >= 200 && status <= 299;
}

/** A 503 that says when to come back means everybody too. */
function isThrottled(result: Reply | Fault): boolean {
  if (result instanceof Fault) return false;
  return result.status === 429 || (result.status === 503 && result.headers['retry-after'] !== undefined);
}

/** Whether an attempt that may be repeated is the last one all the same. `pause`: milliseconds until the next one. */
function isLastAttempt(
  last: Attempt,
  outgoing: OutgoingRequest,
  deps: ExchangeDeps,
  attempts: number,
  pause: number,
): boolean {
  const { request, bounds } = outgoing;
  if (attempts > deps.retries) return true;
  if (!(last.result instanceof Fault) && request.mayRetry?.(last.result) === false) return true;
  return deps.clock.monotonic() + pause >= bounds.deadline;
}

function tooLate({ request, transport: { peer }, bounds }: OutgoingRequest): Fault {
  if (request.limiter !== undefined) return noTurnFault(request.limiter, bounds, peer.origin);
  return new Fault('time-up', { message: `the time was up before ${peer.origin} was asked` });
}

/** Headers that are not secrets by type may still hold one by mistake, and so may an id. */
function traceOf({ ownHeaders, redactor }: Transport, { method, url, headers }: HttpRequest): TracedRequest {
  const shown = Object.entries({ ...ownHeaders, ...headers }).map(([name, value]) => [
    name,
    value instanceof Secret ? value : redactor.text(value),
  ]);
  return { method, url: redactor.text(url.href), headers: Object.fromEntries(shown) };
}

/** Backoff: 250 ms, doubled each time, at most 8 s, between half and the whole of it. */
const firstBackoffMs = 250;
const longestBackoffMs = 8000;
/** A server may close an idle connection just as we use it: nothing is wrong with it, so there is little to wait for. */
const staleBackoffMs = 20;

/** Milliseconds to wait after the attempt of this number (from 1). `nowMs`: epoch. Never sooner than the server asked. */
export function pauseMs(attempt: Attempt, number: number, random: () => number, nowMs: number): number {
  const full = attempt.stale ? staleBackoffMs : Math.min(longestBackoffMs, firstBackoffMs * 2 ** (number - 1));
  const backoff = full * (0.5 + random() / 2);
  const asked = 'headers' in attempt.result ? retryAfterSeconds(attempt.result.headers['retry-after'], nowMs) : null;
  return Math.max(backoff, (asked ?? 0) * 1000);
}
