import { Fault } from '../core/fault.ts';

interface Waiter {
  readonly interrupt: () => void;
  place: number;
}

const waiting = new WeakMap<AbortSignal, Waiter[]>();

/**
 * Calls `interrupt` when the signal aborts, at once where it has; returns how to keep it from being called. All who wait
 * share one listener, and a list that forgets who has left: what a removed listener or the table of a Set leaves behind
 * points at those who came later, and V8 would keep thousands of finished requests for it (docs/decisions/memory.md).
 */
export function onAbort(signal: AbortSignal, interrupt: () => void): () => void {
  if (signal.aborted) {
    interrupt();
    return () => undefined;
  }
  const others = waiting.get(signal) ?? watch(signal);
  const own = { interrupt, place: others.length };
  others.push(own);
  return () => leave(others, own);
}

function watch(signal: AbortSignal): Waiter[] {
  const all: Waiter[] = [];
  waiting.set(signal, all);
  const interruptAll = () => {
    for (const waiter of [...all]) if (all[waiter.place] === waiter) waiter.interrupt();
  };
  signal.addEventListener('abort', interruptAll, { once: true });
  return all;
}

/** The last takes the place of who leaves. */
function leave(all: Waiter[], own: Waiter): void {
  if (all[own.place] !== own) return;
  const last = all.pop();
  if (last === undefined || last === own) return;
  all[own.place] = last;
  last.place = own.place;
}

/** The fault of an aborted signal. Whoever aborts may say why, with a fault as the reason. */
export function abortFault(signal: AbortSignal): Fault {
  const reason: unknown = signal.reason;
  return reason instanceof Fault ? reason : new Fault('interrupted', { message: 'interrupted before the answer came' });
}
