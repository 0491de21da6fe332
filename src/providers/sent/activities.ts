import { Fault } from '../../core/fault.ts';
import type { Expansion, MessageStatus } from '../../core/provider.ts';
import type { Reason, TimelineEntry } from '../../core/record.ts';
import { utc } from '../../core/time.ts';
import { dataOf, namesId, oldestFirst, timelineOf, unreadable } from './api.ts';
import { reasonOf } from './errors.ts';
import { type Activity, historyEnvelopeOf } from './wire.ts';
/** GET /v3/messages/{id}/activities: the history as Sent bills it, the newest first. */
export const activities: Expansion = {
  flag: '--activities',
  summary: 'add Sent’s activities to the timeline, with prices and senders (one more request a look)',
  target: (id) => ({ path: ['v3', 'messages', id, 'activities'] }),
  merge,
};

function merge(finding: MessageStatus, body: unknown, ask: Parameters<Expansion['merge']>[2]): MessageStatus {
  const envelope = historyEnvelopeOf(body);
  if (envelope === null) throw new Fault('wrong-shape', { message: 'the answer is not a JSON object' });
  const { message_id, activities, pagination } = dataOf(envelope, ask.settings);
  namesId(message_id, ask.id);
  if (activities === null) throw new Fault('wrong-shape', { message: 'the answer has no data.activities' });
  const oldest = activities.toReversed();
  const timeline = mergeTimelines(finding.timeline, timelineOf(oldest));
  return {
    ...finding,
    timeline,
    sentAt: finding.sentAt ?? timeline.find((entry) => entry.state === 'sent')?.at ?? null,
    updatedAt: timeline.findLast((entry) => entry.at !== null)?.at ?? finding.updatedAt,
    reason: reasonIn(finding, activities),
    details: { ...finding.details, activities: oldest.flatMap((activity) => detailOf(activity)) },
    warnings: [...finding.warnings, ...doubts(unreadable(activities), pagination?.has_more === true)],
  };
}

/** Times of one step may differ by this much between the two lists, milliseconds. */
const tolerance = 1000;

/** Each step once, with the words of whichever list has some. */
function mergeTimelines(events: readonly TimelineEntry[], steps: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const left = [...steps];
  const both = events.map((event) => {
    const place = left.findIndex((step) => isSame(event, step));
    const [twin] = place === -1 ? [] : left.splice(place, 1);
    return { ...event, description: event.description ?? twin?.description ?? null };
  });
  return oldestFirst([...both, ...left]);
}

function isSame(one: TimelineEntry, other: TimelineEntry): boolean {
  if (one.providerState.toLowerCase() !== other.providerState.toLowerCase()) return false;
  if (one.at === null || other.at === null) return one.at === other.at;
  return Math.abs(Date.parse(one.at) - Date.parse(other.at)) < tolerance;
}

/** The message's own reason; where it gives no code, that of the newest activity which has one. */
function reasonIn(finding: MessageStatus, newestFirst: readonly (Activity | null)[]): Reason | null {
  const cause = newestFirst.find((activity) => activity !== null && activity.reason_code !== null);
  if (cause == null || finding.status.outcome !== 'failure' || finding.reason?.code != null) return finding.reason;
  const { providerChannel } = finding.details;
  const channel = typeof providerChannel === 'string' ? providerChannel : null;
  return reasonOf({ word: finding.providerState, channel, code: cause.reason_code, says: cause.reason });
}

function detailOf(activity: Activity | null) {
  if (activity === null) return [];
  return {
    at: utc(activity.timestamp),
    providerState: activity.status,
    from: activity.from,
    price: activity.price,
    activeContactPrice: activity.active_contact_price,
    code: activity.reason_code,
    message: activity.reason,
    scheduledAt: utc(activity.scheduled_at),
  };
}

function doubts(skipped: number, more: boolean): string[] {
  return [
    ...(skipped === 0 ? [] : [`${skipped} of the activities could not be read`]),
    ...(more ? ['Sent has older activities than those in the timeline'] : []),
  ];
}
