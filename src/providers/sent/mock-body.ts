import { codeEntry } from './codes.ts';
import type { Stage } from './mock-lives.ts';

/** The steps before a status; of other words: QUEUED. */
const before: Readonly<Record<string, readonly string[]>> = {
  QUEUED: [],
  ACCEPTED: [],
  RECEIVED: [],
  PROCESSED: ['QUEUED'],
  ROUTED: ['QUEUED', 'PROCESSED'],
  SCHEDULED: ['QUEUED', 'PROCESSED'],
  SENT: ['QUEUED', 'ROUTED'],
  DELIVERED: ['QUEUED', 'ROUTED', 'SENT'],
  READ: ['QUEUED', 'ROUTED', 'SENT', 'DELIVERED'],
  FAILED: ['QUEUED', 'ROUTED'],
  CANCELLED: ['QUEUED', 'SCHEDULED'],
};

const tenMinutes = 600_000;

/** The envelope of a message in the newest documented shape. `now` is epoch milliseconds. */
export function bodyOf(id: string, stage: Stage, now: number): unknown {
  // Anchored, so that looks close together tell of the same message.
  const created = now - (now % tenMinutes) - 60_000;
  return {
    success: true,
    data: { ...whatIsSent(id, stage), ...whatBecameOfIt(stage, created, now) },
    error: null,
    meta: { request_id: 'req_mock', timestamp: timestamp(now), version: 'v3' },
  };
}

function whatIsSent(id: string, { status, channel }: Stage) {
  const inbound = status.toUpperCase() === 'RECEIVED';
  const media = channel === 'mms' ? [{ url: 'https://media.example.com/ticket.png', mediaType: 'image/png' }] : null;
  return {
    id,
    customer_id: '0f8fad5b-d9cb-469f-a165-70867728950e',
    contact_id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
    phone: '+12025550142',
    phone_international: '+1 202-555-0142',
    region_code: 'US',
    template_id: inbound ? null : '1b4e28ba-2fa1-41d2-883f-0016d3cca427',
    template_name: inbound ? null : 'Parcel on its way',
    template_category: inbound ? null : 'UTILITY',
    channel,
    message_body: {
      header: null,
      content: inbound ? 'Please leave it with the neighbour.' : 'Your parcel will arrive today between 2 and 4 pm.',
      footer: null,
      buttons: null,
      headerMedia: null,
      media,
      subject: null,
    },
    direction: inbound ? 'INBOUND' : 'OUTBOUND',
  };
}

function whatBecameOfIt(stage: Stage, created: number, now: number) {
  const { status, code } = stage;
  const why = code === undefined ? {} : { reason_code: code, reason: sentence(code) };
  const held = ['SCHEDULED', 'CANCELLED'].includes(status);
  return {
    status,
    created_at: timestamp(created),
    price: stage.channel === 'auto' ? null : 0.0079,
    active_contact_price: stage.channel === 'auto' ? null : 0.015,
    events: [...stepsBefore(status), status].map((step, index, steps) => ({
      status: step,
      timestamp: timestamp(created + index * 5000),
      description: null,
      ...(index === steps.length - 1 ? why : {}),
    })),
    ...(held ? { scheduled_at: `${new Date(now + 6 * tenMinutes).toISOString().slice(0, 19)}Z` } : {}),
    ...why,
  };
}

function stepsBefore(status: string): readonly string[] {
  return (Object.hasOwn(before, status) ? before[status] : undefined) ?? ['QUEUED'];
}

function sentence(code: string): string {
  return codeEntry(code)?.meaning ?? 'the message was not delivered';
}

/** Sent writes up to seven digits of a second. */
function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '1755+00:00');
}
