import { Fault } from '../core/fault.ts';

const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `interrupt` when the signal aborts, at once where it has; returns how to keep it from being called. All who wait
 * share one listener: a removed listener still points at the next one, and each at its request, so that V8 would
 * collect thousands of finished requests only with all of its heap.
 */
export function onAbort(signal: AbortSignal, interrupt: () => void): () => void {
  if (signal.aborted) interrupt();
  const others = waiting.get(signal) ?? watch(signal);
  others.add(interrupt);
  return () => others.delete(interrupt);
}

function watch(signal: AbortSignal): Set<() => void> {
  const all = new Set<() => void>();
  waiting.set(signal, all);
  signal.addEventListener('abort', () => all.forEach((interrupt) => void interrupt()), { once: true });
  return all;
}

/** The fault of an aborted signal. Whoever aborts may say why, with a fault as the reason. */
export function interruption(signal: AbortSignal): Fault {
  const reason: unknown = signal.reason;
  return reason instanceof Fault ? reason : new Fault('interrupted', { message: 'interrupted before the answer came' });
}
