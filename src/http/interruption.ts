import { Fault } from '../core/fault.ts';

/** The fault of an aborted signal. Whoever aborts may say why, with a fault as the reason. */
export function interruption(signal: AbortSignal): Fault {
  const reason: unknown = signal.reason;
  return reason instanceof Fault ? reason : new Fault('interrupted', { message: 'interrupted before the answer came' });
}
