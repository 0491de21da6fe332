import type { Clock } from '../core/http.ts';
import type { Expectation, Item } from '../core/item.ts';
import { type Observed, resultOf, Tally } from '../core/result.ts';
import { applyExitZero, type Gates, isLost, verdictOf } from '../core/verdict.ts';
import type { Cancellation } from './cancellation.ts';
import type { PollResult, SeenState } from './poll-policy.ts';
import type { Finished } from './scheduler.ts';

export interface RecordOptions {
  readonly expectation: Expectation;
  readonly exitZero: boolean;
  readonly raw: boolean;
  readonly failFast: boolean;
  readonly gates: Gates;
}

/** What is expected of an item: what it says for itself counts more than the command line. */
export function expectationOf(item: Item, { expectation }: Pick<RecordOptions, 'expectation'>): Expectation {
  return (item.kind === 'lookup' ? item.expectation : undefined) ?? expectation;
}

/** Makes the record of what an item came to; with `--fail-fast` the first one too many begins the end of the run. */
export function createRecorder(options: RecordOptions, clock: Clock, cancellation: Cancellation) {
  const tally = new Tally();
  return (item: Item, { result, exit, hint }: PollResult, seen: readonly SeenState[]): Finished => {
    const checkedAt = clock.now();
    const observed = seen.length === 0 ? [] : observedAt(seen, checkedAt - clock.monotonic());
    const context = { exit: applyExitZero(exit, options.exitZero), hint, checkedAt, raw: options.raw, observed };
    const record = resultOf(item, result, context);
    if (options.failFast) {
      tally.add(record);
      const isLostCause =
        options.gates.maxFailed === null ? record.exit.name !== 'ok' : isLost(options.gates, tally.counts);
      if (isLostCause) cancellation.stop();
    }
    return { item, record, hint: hint ?? null };
  };
}

/** `epoch`: where the monotonic clock is 0, in epoch milliseconds. */
function observedAt(seen: readonly SeenState[], epoch: number): Observed[] {
  return seen.map(({ state, providerState, at, notYetAt }) => ({
    state,
    providerState,
    at: new Date(epoch + at).toISOString(),
    lateMs: notYetAt === null ? null : at - notYetAt,
  }));
}

/** What an item came to that needs no look-up; null for one that does. */
export function resultWithoutLookup(item: Item, options: Pick<RecordOptions, 'expectation'>): PollResult | null {
  if (item.kind === 'lookup') return null;
  if (item.kind === 'known') return { result: item.result, ...verdictOf(item.result, options.expectation) };
  const { fault } = item;
  return { result: { kind: 'fault', fault, request: null, mock: false }, exit: fault.exit };
}
