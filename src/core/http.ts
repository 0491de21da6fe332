import { Fault } from './fault.ts';
import type { Secret } from './secret.ts';
import { formatDuration } from './time.ts';

/** What the core asks of an HTTP client. `src/http/client.ts` keeps this contract over got. */

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** Beside those that every request has. One object for all requests with the same credentials is the least work. */
  readonly headers: Readonly<Record<string, string | Secret>>;
  /** Sent as JSON. Secrets inside are revealed on the wire and nowhere else. */
  readonly json?: Readonly<Record<string, string | number | Secret>>;
  /**
   * A 2xx reply brings a secret to be used, such as a token: its bytes are left as they are, and whoever reads them shows
   * nothing of them that `redact` has not been over.
   */
  readonly replyIsSecret?: true;
  /** A last word on replies that the client would ask again for (429, 5xx): false ends it. */
  readonly mayRetry?: (reply: Reply) => boolean;
  /** Every attempt takes its turn here, so that a batch is slowed as a whole. */
  readonly limiter?: Limiter;
}

/** Spaces the attempts of everybody who shares it. */
export interface Limiter {
  /** True when it is this attempt's turn; false when the bounds end first, or are to end before a pause does. */
  acquire(bounds: Limits): Promise<boolean>;
  /** Nobody's turn comes for so many milliseconds: the provider asked for it. */
  pauseFor(ms: number): void;
  /** For how many milliseconds nobody's turn comes; 0 without a pause. */
  readonly pausedMs: number;
}

export interface Reply {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decompressed, at most 2 MiB, with every secret that the client ever sent struck out. */
  readonly bytes: Uint8Array;
  /**
   * Strikes the same secrets out of what was decoded from the bytes, texts and keys, where an escape may have hidden them.
   * `found`: a secret that the reply itself brought; it is struck from now on. Absent: there is nothing to strike.
   */
  redact?(value: unknown, found?: Secret): unknown;
}

/** Bounds of one look-up over all its attempts. */
export interface Limits {
  /** Aborts at once whatever is under way. */
  readonly signal: AbortSignal;
  /** Monotonic milliseconds (`Clock.monotonic`) after which nothing may go on. */
  readonly deadline: number;
}

/** What became of a request: an answer of whatever status, or the fault that kept it away. */
export interface Exchange {
  readonly reply: Reply | Fault;
  readonly attempts: number;
  /** From the first attempt to the end of the last; no loading and no waiting for a turn before it. */
  readonly durationMs: number;
}

/** Never rejects but for a bug: faults of the network are values. */
export type Send = (request: HttpRequest, bounds: Limits) => Promise<Exchange>;

export interface Clock {
  /** Wall clock, epoch milliseconds. */
  now(): number;
  /** Milliseconds that only ever grow. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when the signal aborts; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Rings once after `ms`, never earlier; returns how to keep it from ringing. Cheaper than a sleep that hardly ever ends by itself. */
  alarm(ms: number, ring: () => void): () => void;
}

/** The fault of an aborted signal. Whoever aborts may say why, with a fault as the reason. */
export function abortFault(signal: AbortSignal): Fault {
  const reason: unknown = signal.reason;
  return reason instanceof Fault ? reason : new Fault('interrupted', { message: 'interrupted before the answer came' });
}

/** Why an attempt got no turn; `who` was to be asked. */
export function noTurnFault(limiter: Limiter, { signal }: Pick<Limits, 'signal'>, who: string): Fault {
  if (signal.reason instanceof Fault) return signal.reason;
  if (limiter.pausedMs === 0) return new Fault('time-up', { message: 'the time was up before it was this id’s turn' });
  return new Fault('rate-limited', {
    message: `${who} asks to retry after ${formatDuration(limiter.pausedMs)}, later than this run may wait`,
    retryAfterSeconds: Math.ceil(limiter.pausedMs / 1000),
  });
}
