import type { MockId, MockRequest } from '../../core/mock.ts';
import { findCode } from './codes.ts';

/** Where a message of the mock is at one look. */
export interface Stage {
  readonly status: string;
  readonly channel: string;
  readonly code?: string;
}

/** How a message goes on: `asked` counts the looks before this one. */
type Life = (asked: number) => Stage;

interface Known {
  readonly means: string;
  readonly life: Life;
}

const lives: ReadonlyMap<string, Known> = new Map(
  Object.entries({
    queued: always('QUEUED'),
    accepted: always('ACCEPTED'),
    processed: always('PROCESSED'),
    routed: always('ROUTED'),
    scheduled: always('SCHEDULED'),
    sent: always('SENT'),
    delivered: always('DELIVERED'),
    read: always('READ', 'whatsapp'),
    received: always('RECEIVED'),
    failed: always('FAILED', 'whatsapp', 'DELIVERY_007'),
    canceled: always('CANCELLED'),
    filtered: always('FILTERED', 'auto', 'BUSINESS_004'),
    blocked: always('BLOCKED', 'auto', 'BUSINESS_003'),
    unrouted: always('FAILED', 'auto'),
    mms: always('DELIVERED', 'mms'),
    rcs: always('READ', 'rcs'),
    unknown: always('TELEPORTED'),
    moving: {
      means: 'QUEUED twice, then SENT twice, then DELIVERED',
      life: (asked) => ({ status: ['QUEUED', 'QUEUED', 'SENT', 'SENT'][asked] ?? 'DELIVERED', channel: 'sms' }),
    },
    failing: {
      means: 'QUEUED twice, then FAILED with DELIVERY_007',
      life: (asked) => (asked < 2 ? queued : { status: 'FAILED', channel: 'whatsapp', code: 'DELIVERY_007' }),
    },
    rerouted: {
      means: 'FAILED over WhatsApp once, then SENT over SMS, then DELIVERED: automatic routing under the same id',
      life: (asked) =>
        asked === 0
          ? { status: 'FAILED', channel: 'whatsapp', code: 'DELIVERY_007' }
          : { status: asked === 1 ? 'SENT' : 'DELIVERED', channel: 'sms' },
    },
  } satisfies Record<string, Known>),
);

const queued: Stage = { status: 'QUEUED', channel: 'sms' };

/** Where the message of an id is now, or null for an id that is no word of ours. */
export function stageOf(id: string, asked: number): Stage | null {
  const [, kind, rest] = /^(status|code)-(.+)$/s.exec(id) ?? [];
  if (kind === 'status' && rest !== undefined) return { status: rest, channel: 'sms' };
  if (kind === 'code' && rest !== undefined) return { status: statusOf(rest), channel: 'sms', code: rest };
  const name = id.replace(/-.*/s, '');
  return lives.get(name)?.life(asked) ?? null;
}

export const wordIds: readonly MockId[] = [
  ...[...lives].map(([id, { means }]) => ({ id, operation: 'get', means })),
  { id: 'status-ROUTED', operation: 'get', means: 'status-<WORD>: that word as Sent’s status' },
  { id: 'code-DELIVERY_007', operation: 'get', means: 'code-<CODE>: a failure with that reason_code' },
];

function always(status: string, channel = 'sms', code?: string): Known {
  const stage = { status, channel, ...(code === undefined ? {} : { code }) };
  return {
    means: [status, `over ${channel}`, ...(code === undefined ? [] : [`with ${code}`])].join(' '),
    life: () => stage,
  };
}

/** Which status Sent gives a message that it stopped for this code. */
function statusOf(code: string): string {
  const kind = findCode(code)?.class;
  if (kind === 'opted-out') return 'FILTERED';
  return kind === 'account' ? 'BLOCKED' : 'FAILED';
}

/** The bodies of the reference page of March 2026, as they stand there. */

export const referenceId = '8ba7b830-9dad-11d1-80b4-00c04fd430c8';

export const referenceBody = {
  success: true,
  data: {
    id: referenceId,
    customer_id: '550e8400-e29b-41d4-a716-446655440000',
    contact_id: '550e8400-e29b-41d4-a716-446655440002',
    phone: '+14155551234',
    phone_international: '+1 415-555-1234',
    region_code: 'US',
    template_id: '7ba7b820-9dad-11d1-80b4-00c04fd430c8',
    template_name: 'Welcome Message',
    template_category: 'UTILITY',
    channel: 'sms',
    message_body: {
      header: null,
      content: "Welcome to our service, John! We're excited to have you.",
      footer: null,
      buttons: null,
    },
    status: 'delivered',
    created_at: '2026-03-11T19:50:50.175326+00:00',
    price: 0.0055,
    active_contact_price: 0.015,
    events: [
      {
        status: 'queued',
        timestamp: '2026-03-11T19:50:50.1755079+00:00',
        description: 'Message queued for sending',
      },
      { status: 'sent', timestamp: '2026-03-11T19:50:55.1755777+00:00', description: 'Message sent via SMS' },
      {
        status: 'delivered',
        timestamp: '2026-03-11T19:51:00.1755819+00:00',
        description: 'Message delivered to recipient',
      },
    ],
  },
  error: null,
  meta: { request_id: 'req_7X9zKp2jDw', timestamp: '2026-03-11T21:50:50.1756261+00:00', version: 'v3' },
};

export const invalidId = errorBody('VALIDATION_001', 'Invalid message ID format.', '2026-03-11T21:50:50.1756294+00:00');
export const notFound = errorBody('RESOURCE_003', 'Message not found', '2026-03-11T21:50:50.1756299+00:00');
export const unexpected = errorBody(
  'INTERNAL_001',
  'An unexpected error occurred while retrieving the message.',
  '2026-03-11T21:50:50.1756304+00:00',
);

/** An error in the envelope of the reference page. */
export function errorBody(code: string, message: string, timestamp = '2026-03-11T21:50:50.1756304+00:00') {
  return {
    success: false,
    data: null,
    error: { code, message, details: null, doc_url: `https://docs.sent.dm/errors/${code}` },
    meta: { request_id: 'req_7X9zKp2jDw', timestamp, version: 'v3' },
  };
}

/** The steps before a status; of other words: QUEUED. */
const before: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
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
  }),
);

const tenMinutes = 600_000;

/** The envelope of a message in the newest documented shape. `firstAsked` and `now` are epoch milliseconds. */
export function bodyOf(
  id: string,
  stage: Stage,
  { firstAsked, now }: Pick<MockRequest, 'firstAsked' | 'now'>,
): unknown {
  // Anchored, so that runs close together tell of the same message.
  const created = firstAsked - (firstAsked % tenMinutes) - 60_000;
  return {
    success: true,
    data: { ...whatIsSent(id, stage), ...whatBecameOfIt(stage, created, firstAsked + 6 * tenMinutes) },
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

function whatBecameOfIt(stage: Stage, created: number, due: number) {
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
    ...(held ? { scheduled_at: `${new Date(due).toISOString().slice(0, 19)}Z` } : {}),
    ...why,
  };
}

function stepsBefore(status: string): readonly string[] {
  return before.get(status) ?? ['QUEUED'];
}

function sentence(code: string): string {
  return findCode(code)?.meaning ?? 'the message was not delivered';
}

/** Sent writes up to seven digits of a second. */
function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '1755+00:00');
}
