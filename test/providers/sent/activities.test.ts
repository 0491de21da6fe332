import { describe, expect, it } from 'vitest';
import { Fault } from '../../../src/core/fault.ts';
import type { MessageStatus } from '../../../src/core/provider.ts';
import { Settings } from '../../../src/core/settings.ts';
import { activities } from '../../../src/providers/sent/activities.ts';
import { readMessage } from '../../../src/providers/sent/api.ts';
import { fixture } from './support.ts';

const id = '8ba7b830-9dad-11d1-80b4-00c04fd430c8';
const ask = { id, settings: new Settings(new Map()) };
const message = readMessage(fixture('message-documented'), ask);

function body(list: readonly unknown[], more: object = {}): unknown {
  return { success: true, data: { message_id: id, activities: list, ...more }, error: null, meta: null };
}

function merged(list: readonly unknown[], more: object = {}, finding: MessageStatus = message): MessageStatus {
  return activities.merge(finding, body(list, more), ask);
}

/** As the page has them: the newest first, prices as text. */
const documented = [
  {
    status: 'DELIVERED',
    description: 'Delivered',
    from: '+12025550100',
    timestamp: '2026-03-11T19:51:00.2Z',
    price: '0.0055',
    active_contact_price: '0.0150',
  },
  { status: 'SENT', description: null, from: '+12025550100', timestamp: '2026-03-11T19:50:55Z', price: '0.0055' },
  { status: 'ROUTED', description: 'Route chosen', from: null, timestamp: '2026-03-11T19:50:53Z', price: null },
  { status: 'ACCEPTED', description: null, from: null, timestamp: '2026-03-11T19:50:50Z', price: null },
];

it('asks below the message', () => {
  expect(activities.target(id)).toEqual({ path: ['v3', 'messages', id, 'activities'] });
  expect(activities.flag).toBe('--activities');
});

it('puts what is new into the timeline, oldest first, each step once', () => {
  const { timeline } = merged(documented);
  expect(timeline.map(({ state, providerState, at }) => [state, providerState, at])).toEqual([
    ['queued', 'ACCEPTED', '2026-03-11T19:50:50.000Z'],
    ['queued', 'queued', '2026-03-11T19:50:50.175Z'],
    ['queued', 'ROUTED', '2026-03-11T19:50:53.000Z'],
    ['sent', 'sent', '2026-03-11T19:50:55.175Z'],
    ['delivered', 'delivered', '2026-03-11T19:51:00.175Z'],
  ]);
  expect(timeline[2]?.description).toBe('Route chosen');
  expect(timeline[4]?.description).toBe('Message delivered to recipient');
});

it('gives prices as numbers, with senders and reasons', () => {
  const held = {
    status: 'SCHEDULED',
    timestamp: '2026-03-11T19:50:51Z',
    scheduled_at: '2026-03-12T07:00:00Z',
    reason_code: 'QUIET_HOURS',
    reason: 'Quiet hours',
  };
  const { details } = merged([...documented.slice(0, 1), held]);
  expect(details['activities']).toEqual([
    {
      at: '2026-03-11T19:50:51.000Z',
      providerState: 'SCHEDULED',
      from: null,
      price: null,
      activeContactPrice: null,
      code: 'QUIET_HOURS',
      message: 'Quiet hours',
      scheduledAt: '2026-03-12T07:00:00.000Z',
    },
    {
      at: '2026-03-11T19:51:00.200Z',
      providerState: 'DELIVERED',
      from: '+12025550100',
      price: 0.0055,
      activeContactPrice: 0.015,
      code: null,
      message: null,
      scheduledAt: null,
    },
  ]);
});

it('changes neither state nor verdict, and fills the times that were missing', () => {
  const bare: MessageStatus = { ...message, timeline: [], sentAt: null, updatedAt: null };
  const { status, sentAt, updatedAt } = merged(documented, {}, bare);
  expect([status, sentAt, updatedAt]).toEqual([message.status, '2026-03-11T19:50:55.000Z', '2026-03-11T19:51:00.200Z']);
});

it('finds the reason of a failure that the message does not name', () => {
  const failed = readMessage({ success: true, data: { id, status: 'FAILED', channel: 'whatsapp' } }, ask);
  const list = [
    { status: 'FAILED', timestamp: '2026-03-11T19:51:00Z', reason_code: 'DELIVERY_007', reason: 'Not registered' },
    { status: 'FAILED', timestamp: '2026-03-11T19:50:00Z', reason_code: 'BUSINESS_003', reason: 'No balance' },
  ];
  expect(merged(list, {}, failed).reason).toMatchObject({
    code: 'DELIVERY_007',
    message: 'Not registered',
    class: 'unreachable',
  });
  expect(merged(list).reason).toBeNull();
});

it('leads nobody to the activities again', () => {
  const failed = readMessage({ success: true, data: { id, status: 'FAILED', channel: 'sms' } }, ask);
  expect(failed.reason?.hint).toContain('--activities');
  const hints = [
    merged([{ status: 'FAILED', description: 'Message updated to FAILED' }], {}, failed),
    merged([], {}, failed),
    merged([{ status: 'FAILED', reason_code: 'DELIVERY_003' }], {}, failed),
    merged([{ status: 'FAILED', reason_code: 'DELIVERY_999' }], {}, failed),
  ].map(({ reason }) => reason?.hint);
  for (const hint of hints) expect(hint).toMatch(/give its support the message id and the request id$/);
  const meta = [{ status: 'FAILED', description: 'Meta: 131047' }];
  expect(merged(meta, {}, failed).reason).toMatchObject({ code: '131047', class: 'template' });
});

it('pairs long lists in one walk, and keeps the newest 1,000 activities', () => {
  const steps = Array.from({ length: 60_000 }, (_, i) => ({
    status: 'ROUTED',
    timestamp: new Date(1_760_000_000_000 + i * 1000).toISOString(),
    description: `step ${i}`,
  }));
  const events = steps.map(({ status, timestamp }) => ({ status, timestamp }));
  const finding = readMessage({ success: true, data: { id, status: 'ROUTED', events } }, ask);
  const { timeline, details, warnings } = merged(steps.toReversed(), {}, finding);
  expect(timeline).toHaveLength(1000);
  expect(timeline.every(({ description }, i) => description === `step ${59_000 + i}`)).toBe(true);
  expect(details['activities']).toHaveLength(1000);
  expect(warnings).toEqual(['59000 older events are left out', '59000 older activities are left out']);
});

it('pairs steps whose times differ by less than a second, each once', () => {
  const at = (ms: number) => new Date(1_760_000_000_000 + ms).toISOString();
  const events = [0, 1500, 1600, 9000].map((ms) => ({ status: 'ROUTED', timestamp: at(ms) }));
  const finding = readMessage(
    { success: true, data: { id, status: 'ROUTED', events: [...events, { status: 'ROUTED' }] } },
    ask,
  );
  const list = [900, 1900, 5000, 8001].map((ms) => ({ status: 'routed', timestamp: at(ms), description: `${ms}` }));
  const { timeline } = merged([...list.toReversed(), { status: 'ROUTED', description: 'timeless' }], {}, finding);
  expect(
    timeline.map(({ at: time, description }) => [time && Date.parse(time) - 1_760_000_000_000, description]),
  ).toEqual([
    [0, '900'],
    [1500, '1900'],
    [1600, null],
    [5000, '5000'],
    [9000, '8001'],
    [null, 'timeless'],
  ]);
});

it('says when something is left out', () => {
  expect(merged([null, 7, ...documented], { pagination: { has_more: true } }).warnings).toEqual([
    '2 of the activities could not be read',
    'Sent has older activities than those in the timeline',
  ]);
  expect(merged(documented, { pagination: null }).warnings).toEqual([]);
});

describe('what is no list of activities', () => {
  it.each([
    ['null', null, 'wrong-shape'],
    ['a list', [], 'wrong-shape'],
    ['no data', { success: true, data: null }, 'wrong-shape'],
    ['no activities', { success: true, data: { message_id: id } }, 'wrong-shape'],
    ['another message', { success: true, data: { message_id: 'x', activities: [] } }, 'wrong-id'],
    ['a refusal', { success: false, error: { code: 'RESOURCE_003', message: 'Message not found' } }, 'not-found'],
  ])('%s', (_, answer, code) => {
    try {
      activities.merge(message, answer, ask);
    } catch (error) {
      expect((error as Fault).code).toBe(code);
      expect(error).toBeInstanceOf(Fault);
      return;
    }
    expect.unreachable();
  });
});
