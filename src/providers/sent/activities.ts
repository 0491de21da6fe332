import { Fault } from '../../core/fault.ts';
import type { Expansion, MessageStatus } from '../../core/provider.ts';
import type { Reason, TimelineEntry } from '../../core/record.ts';
import { utc } from '../../core/time.ts';
import { countUnreadable, dataOf, namesId, oldestFirst, omissions, timelineOf } from './api.ts';
import { codeInText } from './codes.ts';
import { reasonOf, withoutActivitiesHint } from './errors.ts';
import { type Activity, historyEnvelopeOf, mostEntries } from './wire.ts';

/** GET /v3/messages/{id}/activities: the history as Sent bills it, the newest first. */
export const activities: Expansion = {
  flag: '--activities',
  summary: 'add Sent’s activities to the timeline, with prices and senders (one more request per look-up)',
  target: (id) => ({ path: ['v3', 'messages', id, 'activities'] }),
  merge,
};

function merge(finding: MessageStatus, body: unknown, ask: Parameters<Expansion['merge']>[2]): MessageStatus {
  const envelope = historyEnvelopeOf(body);
  if (envelope === null) throw new Fault('wrong-shape', { message: 'the answer is not a JSON object' });
  const { message_id, activities, pagination } = dataOf(envelope, ask.settings);
  namesId(message_id, ask.id);
  if (activities === null) throw new Fault('wrong-shape', { message: 'the answer has no data.activities' });
  const oldest = activities.toReversed().slice(-mostEntries);
  const timeline = mergeTimelines(finding.timeline, timelineOf(oldest));
  return {
    ...finding,
    timeline,
    sentAt: finding.sentAt ?? timeline.find((entry) => entry.state === 'sent')?.at ?? null,
    updatedAt: timeline.findLast((entry) => entry.at !== null)?.at ?? finding.updatedAt,
    reason: reasonIn(finding, activities, ask.id),
    details: { ...finding.details, activities: oldest.flatMap((activity) => detailOf(activity)) },
    warnings: [
      ...finding.warnings,
      ...omissions('activities', activities.length),
      ...doubts(countUnreadable(activities), pagination?.has_more === true),
    ],
  };
}

/** Times of one step may differ by this much between the two lists, milliseconds. */
const tolerance = 1000;

/** Each step once, with the words of whichever list has some. Both lists are oldest first, so one walk is enough. */
function mergeTimelines(events: readonly TimelineEntry[], steps: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const queues = queuesOf(steps);
  const used = new Set<TimelineEntry>();
  const both = events.map((event) => {
    const twin = takeTwin(event, queues.get(keyOf(event)) ?? []);
    if (twin !== null) used.add(twin);
    return { ...event, description: event.description ?? twin?.description ?? null };
  });
  return oldestFirst([...both, ...steps.filter((step) => !used.has(step))]);
}

/** Steps of one word in their order, the last one first; those without a time have queues of their own. */
function queuesOf(steps: readonly TimelineEntry[]): ReadonlyMap<string, TimelineEntry[]> {
  const queues = new Map<string, TimelineEntry[]>();
  for (const step of steps.toReversed()) {
    const key = keyOf(step);
    const queue = queues.get(key);
    if (queue === undefined) queues.set(key, [step]);
    else queue.push(step);
  }
  return queues;
}

function keyOf({ providerState, at }: TimelineEntry): string {
  return `${at === null ? 'timeless' : 'timed'} ${providerState.toLowerCase()}`;
}

/** Takes the step of the same time from the end of a queue; steps that are too old for this event are for no later one. */
function takeTwin({ at }: TimelineEntry, queue: TimelineEntry[]): TimelineEntry | null {
  for (let step = queue.at(-1); step !== undefined; step = queue.at(-1)) {
    const lead = at === null || step.at === null ? 0 : Date.parse(step.at) - Date.parse(at);
    if (lead >= tolerance) return null;
    queue.pop();
    if (lead > -tolerance) return step;
  }
  return null;
}

/** The message's own reason; where it gives no code, that of the newest activity which has one. */
function reasonIn(finding: MessageStatus, newestFirst: readonly (Activity | null)[], id: string): Reason | null {
  if (finding.status.outcome !== 'failure' || finding.reason?.code != null) {
    return withoutActivitiesHint(finding.reason);
  }
  const activities = newestFirst.filter((activity): activity is Activity => activity !== null);
  const cause = activities.find((activity) => codeOf(activity) !== null);
  if (cause === undefined) return withoutActivitiesHint(finding.reason);
  const { providerChannel } = finding.details;
  const channel = typeof providerChannel === 'string' ? providerChannel : null;
  const says = cause.reason ?? cause.description;
  return withoutActivitiesHint(reasonOf({ id, word: finding.providerState, channel, code: codeOf(cause), says }));
}

function codeOf({ reason_code, reason, description }: Activity): string | null {
  return reason_code ?? codeInText(reason ?? description);
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
