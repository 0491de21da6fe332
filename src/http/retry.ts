import type { Fault } from '../core/fault.ts';
import type { Reply } from '../core/http.ts';
import { retryAfterSeconds } from '../core/retry-after.ts';

/** Backoff: 250 ms, doubled each time, at most 8 s, between half and the whole of it. */
const firstBackoffMs = 250;
const longestBackoffMs = 8000;
/** A server may close an idle connection just as we use it: nothing is wrong with it, so there is little to wait for. */
const staleBackoffMs = 20;

/** 501 and 505 will not change; 596 is SFMC's gateway that knows no such service. */
const finalServerErrors: readonly number[] = [501, 505, 596];

/** Whether the same request may get another answer to this status. */
export function isTransientStatus(status: number): boolean {
  if (status === 408 || status === 429) return true;
  return status >= 500 && status <= 599 && !finalServerErrors.includes(status);
}

/** What one attempt came to. */
export interface Attempt {
  readonly result: Reply | Fault;
  /** Asking again may help. */
  readonly transient: boolean;
  /** The connection was an idle one, and broke before any answer. */
  readonly stale: boolean;
}

/** Milliseconds to wait after the attempt of this number (from 1). `nowMs`: epoch. Never sooner than the server asked. */
export function pauseMs(attempt: Attempt, number: number, random: () => number, nowMs: number): number {
  const full = attempt.stale ? staleBackoffMs : Math.min(longestBackoffMs, firstBackoffMs * 2 ** (number - 1));
  const backoff = full * (0.5 + random() / 2);
  const asked = 'headers' in attempt.result ? retryAfterSeconds(attempt.result.headers['retry-after'], nowMs) : null;
  return Math.max(backoff, (asked ?? 0) * 1000);
}
