import type { TimelineEntry } from '../../core/record.ts';
import { utc } from '../../core/time.ts';
import { standingOf } from './status.ts';
import type { Step } from './wire.ts';

/** Steps as a timeline, oldest first. Steps without a status are left out: nothing can be result about them. */
export function timelineOf(steps: readonly (Step | null)[]): readonly TimelineEntry[] {
  return oldestFirst(steps.flatMap((step) => entryOf(step) ?? []));
}

/** How many steps `timelineOf` leaves out. */
export function unreadable(steps: readonly (Step | null)[]): number {
  return steps.filter((step) => entryOf(step) === null).length;
}

function entryOf(step: Step | null): TimelineEntry | null {
  if (step === null || step.status === null) return null;
  return {
    state: standingOf(step.status).state,
    providerState: step.status,
    at: utc(step.timestamp),
    description: step.description ?? step.reason,
  };
}

/** Entries of the same millisecond keep their order; one without a time stays behind the one before it. */
export function oldestFirst(entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  let latest = '';
  const keyed = entries.map((entry) => {
    latest = entry.at ?? latest;
    return { entry, key: latest };
  });
  return keyed.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))).map(({ entry }) => entry);
}
