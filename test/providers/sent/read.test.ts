import { describe, expect, it } from 'vitest';
import { answer, fixture, id, read } from './support.ts';

describe('the documented bodies', () => {
  it('reads the reference page’s message', () => {
    expect(read(fixture('message-documented'))).toEqual({
      status: { state: 'delivered', outcome: 'success', terminal: true },
      providerState: 'delivered',
      channel: 'sms',
      downgraded: null,
      direction: null,
      from: null,
      to: '+14155551234',
      createdAt: '2026-03-11T19:50:50.175Z',
      sentAt: '2026-03-11T19:50:55.175Z',
      updatedAt: '2026-03-11T19:51:00.175Z',
      reason: null,
      timeline: [
        {
          state: 'queued',
          providerState: 'queued',
          at: '2026-03-11T19:50:50.175Z',
          description: 'Message queued for sending',
        },
        {
          state: 'sent',
          providerState: 'sent',
          at: '2026-03-11T19:50:55.175Z',
          description: 'Message sent via SMS',
        },
        {
          state: 'delivered',
          providerState: 'delivered',
          at: '2026-03-11T19:51:00.175Z',
          description: 'Message delivered to recipient',
        },
      ],
      details: {
        providerChannel: 'sms',
        customerId: '550e8400-e29b-41d4-a716-446655440000',
        contactId: '550e8400-e29b-41d4-a716-446655440002',
        phoneInternational: '+1 415-555-1234',
        regionCode: 'US',
        templateId: '7ba7b820-9dad-11d1-80b4-00c04fd430c8',
        templateName: 'Welcome Message',
        templateCategory: 'UTILITY',
        messageBody: {
          header: null,
          content: "Welcome to our service, John! We're excited to have you.",
          footer: null,
          buttons: null,
          headerMedia: null,
          media: null,
          subject: null,
        },
        price: 0.0055,
        activeContactPrice: 0.015,
        scheduledAt: null,
        metadata: null,
        eventReasons: [],
        activities: null,
        answeredAt: '2026-03-11T21:50:50.175Z',
        apiVersion: 'v3',
        responseTimeMs: null,
      },
      warnings: [],
      requestId: 'req_7X9zKp2jDw',
    });
  });

  it('reads the newest shape', () => {
    const newest = 'c3d4e5f6-0718-4293-a4b5-c6d7e8f90a1b';
    const unregistered = 'The recipient is not registered on this channel';
    expect(read(fixture('message-newest'), newest)).toEqual({
      status: { state: 'failed', outcome: 'failure', terminal: true },
      providerState: 'FAILED',
      provisional: true,
      channel: 'mms',
      downgraded: null,
      direction: 'outbound',
      from: null,
      to: '+12025550142',
      createdAt: '2026-10-02T08:00:00.100Z',
      sentAt: '2026-10-02T08:05:02.123Z',
      updatedAt: '2026-10-02T08:05:09.000Z',
      reason: {
        code: 'DELIVERY_007',
        name: null,
        message: unregistered,
        class: 'unreachable',
        resendable: false,
        hint: 'send over another channel, or leave the choice of channel to Sent',
      },
      timeline: [
        { state: 'queued', providerState: 'QUEUED', at: '2026-10-02T08:00:00.123Z', description: null },
        {
          state: 'scheduled',
          providerState: 'SCHEDULED',
          at: '2026-10-02T08:00:01.000Z',
          description: 'Held until 08:05',
        },
        { state: 'sent', providerState: 'SENT', at: '2026-10-02T08:05:02.123Z', description: null },
        { state: 'failed', providerState: 'FAILED', at: '2026-10-02T08:05:09.000Z', description: unregistered },
      ],
      details: {
        providerChannel: 'mms',
        customerId: '550e8400-e29b-41d4-a716-446655440000',
        contactId: '550e8400-e29b-41d4-a716-446655440002',
        phoneInternational: '+1 202-555-0142',
        regionCode: 'US',
        templateId: null,
        templateName: null,
        templateCategory: null,
        messageBody: {
          header: 'Order 1234',
          content: 'Your tickets are attached.',
          footer: 'Reply STOP to opt out',
          buttons: [{ type: 'QUICK_REPLY', value: 'Thanks', text: 'Thanks', postbackData: 'thanks-1' }],
          headerMedia: { type: 'image', url: 'https://media.example.com/header.png' },
          media: [
            { url: 'https://media.example.com/ticket.png', mediaType: 'image/png' },
            { url: 'https://media.example.com/map.png', mediaType: null },
          ],
          subject: 'Tickets',
        },
        price: 0.02,
        activeContactPrice: null,
        scheduledAt: '2026-10-02T08:05:00.000Z',
        metadata: { order: '1234' },
        activities: null,
        eventReasons: [
          { at: '2026-10-02T08:05:09.000Z', providerState: 'FAILED', code: 'DELIVERY_007', message: unregistered },
        ],
        answeredAt: '2026-10-02T08:06:00.000Z',
        apiVersion: 'v3',
        responseTimeMs: 42,
      },
      warnings: [expect.stringContaining('automatic routing')],
      requestId: 'req_n3w',
    });
  });

  it('reads an inbound message, whose phone is the sender’s', () => {
    const finding = read(fixture('message-inbound'), 'd4e5f607-1829-4a3b-b4c5-d6e7f8091a2b');
    expect(finding).toMatchObject({
      status: { state: 'received', outcome: 'success', terminal: true },
      channel: 'sms',
      direction: 'inbound',
      from: '+12025550142',
      to: null,
      timeline: [],
      sentAt: null,
      updatedAt: null,
    });
    expect(finding.details).toMatchObject({ messageBody: null, price: null, regionCode: null, contactId: null });
  });

  it('knows from RECEIVED that a message is inbound where nothing says so', () => {
    expect(read(answer({ status: 'received', phone: '+12025550142' }))).toMatchObject({
      direction: 'inbound',
      from: '+12025550142',
      to: null,
    });
  });
});

/** Every documented field, a value for it, and where it must turn up. */
const fields: readonly (readonly [field: string, value: unknown, path: string, found: unknown])[] = [
  ['customer_id', 'c-1', 'details.customerId', 'c-1'],
  ['contact_id', 'c-2', 'details.contactId', 'c-2'],
  ['phone', '+12025550142', 'to', '+12025550142'],
  ['phone_international', '+1 202', 'details.phoneInternational', '+1 202'],
  ['region_code', 'US', 'details.regionCode', 'US'],
  ['template_id', 't-1', 'details.templateId', 't-1'],
  ['template_name', 'Hello', 'details.templateName', 'Hello'],
  ['template_category', 'MARKETING', 'details.templateCategory', 'MARKETING'],
  ['channel', 'rcs', 'channel', 'rcs'],
  ['channel', 'auto', 'details.providerChannel', 'auto'],
  ['message_body', { header: 'h' }, 'details.messageBody.header', 'h'],
  ['message_body', { content: 'c' }, 'details.messageBody.content', 'c'],
  ['message_body', { footer: 'f' }, 'details.messageBody.footer', 'f'],
  ['message_body', { subject: 's' }, 'details.messageBody.subject', 's'],
  ['message_body', { buttons: [{ type: 'URL' }] }, 'details.messageBody.buttons.0.type', 'URL'],
  ['message_body', { buttons: [{ value: 'v' }] }, 'details.messageBody.buttons.0.value', 'v'],
  ['message_body', { buttons: [{ text: 't' }] }, 'details.messageBody.buttons.0.text', 't'],
  ['message_body', { buttons: [{ postbackData: 'p' }] }, 'details.messageBody.buttons.0.postbackData', 'p'],
  ['message_body', { headerMedia: { type: 'image' } }, 'details.messageBody.headerMedia.type', 'image'],
  ['message_body', { headerMedia: { url: 'u' } }, 'details.messageBody.headerMedia.url', 'u'],
  ['message_body', { media: [{ url: 'u' }] }, 'details.messageBody.media.0.url', 'u'],
  ['message_body', { media: [{ mediaType: 'image/png' }] }, 'details.messageBody.media.0.mediaType', 'image/png'],
  ['status', 'Sent', 'providerState', 'Sent'],
  ['direction', 'OUTBOUND', 'direction', 'outbound'],
  ['created_at', '2026-03-11T19:50:50.17532+00:00', 'createdAt', '2026-03-11T19:50:50.175Z'],
  ['price', 0.0055, 'details.price', 0.0055],
  ['price', '0.0055', 'details.price', 0.0055],
  ['active_contact_price', 0.015, 'details.activeContactPrice', 0.015],
  ['active_contact_price', '0.0150', 'details.activeContactPrice', 0.015],
  ['events', [{ status: 'QUEUED' }], 'timeline.0.providerState', 'QUEUED'],
  ['events', [{ status: 'SENT', timestamp: '2026-03-11T19:50:50Z' }], 'timeline.0.at', '2026-03-11T19:50:50.000Z'],
  ['events', [{ status: 'SENT', description: 'off' }], 'timeline.0.description', 'off'],
  ['events', [{ status: 'FAILED', reason_code: 'DELIVERY_003' }], 'details.eventReasons.0.code', 'DELIVERY_003'],
  ['events', [{ status: 'FAILED', reason: 'why' }], 'details.eventReasons.0.message', 'why'],
  ['scheduled_at', '2026-03-12T07:00:00Z', 'details.scheduledAt', '2026-03-12T07:00:00.000Z'],
  ['reason_code', 'DELIVERY_003', 'reason.code', 'DELIVERY_003'],
  ['reason', 'the carrier said no', 'reason.message', 'the carrier said no'],
  ['metadata', { a: [1] }, 'details.metadata.a.0', 1],
];

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce((inner, key) => (inner as Record<string, unknown> | null)?.[key], value);
}

describe('every documented field', () => {
  it.each(fields)('%s %j is found at %s', (field, value, path, found) => {
    expect(at(read(answer({ [field]: value })), path)).toEqual(found);
  });

  it.each([
    ['request_id', 'req_1', 'requestId', 'req_1'],
    ['timestamp', '2026-03-11T19:50:50Z', 'details.answeredAt', '2026-03-11T19:50:50.000Z'],
    ['version', 'v3', 'details.apiVersion', 'v3'],
    ['response_time_ms', 12, 'details.responseTimeMs', 12],
  ])('meta.%s %j is found at %s', (field, value, path, found) => {
    expect(at(read(answer({}, { meta: { [field]: value } })), path)).toEqual(found);
  });

  it.each([...new Set(fields.map(([field]) => field))].filter((field) => field !== 'status'))(
    'a null, empty or odd %s is no obstacle',
    (field) => {
      for (const odd of [null, '', [], {}, 7, true, [null], [[]], { media: 5, buttons: {} }]) {
        expect(read(answer({ [field]: odd })).status.state).toBe('queued');
      }
    },
  );
});

describe('the timeline', () => {
  it('is oldest first whatever the order of the events', () => {
    const events = [
      { status: 'DELIVERED', timestamp: '2026-03-11T19:51:00Z' },
      { status: 'SENT', timestamp: '2026-03-11T19:50:55+00:00' },
      { status: 'QUEUED', timestamp: '2026-03-11T20:50:50.1755079+01:00' },
    ];
    const finding = read(answer({ status: 'DELIVERED', events }));
    expect(finding.timeline.map((entry) => entry.state)).toEqual(['queued', 'sent', 'delivered']);
    expect(finding.updatedAt).toBe('2026-03-11T19:51:00.000Z');
    expect(finding.sentAt).toBe('2026-03-11T19:50:55.000Z');
  });

  it('keeps the order of events of one millisecond and of events without a time', () => {
    const events = [
      { status: 'QUEUED', timestamp: '2026-03-11T19:50:50.1750001Z' },
      { status: 'PROCESSED', timestamp: 'soon' },
      { status: 'ROUTED', timestamp: '2026-03-11T19:50:50.1759999Z' },
      { status: 'SENT' },
    ];
    const finding = read(answer({ status: 'SENT', events }));
    expect(finding.timeline.map((entry) => entry.providerState)).toEqual(['QUEUED', 'PROCESSED', 'ROUTED', 'SENT']);
    expect(finding.updatedAt).toBe('2026-03-11T19:50:50.175Z');
    expect(finding.sentAt).toBeNull();
  });

  it('takes the first of several SENT, as after a reroute', () => {
    const events = [
      { status: 'SENT', timestamp: '2026-03-11T19:00:00Z' },
      { status: 'FAILED', timestamp: '2026-03-11T19:01:00Z' },
      { status: 'SENT', timestamp: '2026-03-11T19:02:00Z' },
    ];
    expect(read(answer({ status: 'SENT', events })).sentAt).toBe('2026-03-11T19:00:00.000Z');
  });

  it('says how many events could not be read', () => {
    const finding = read(answer({ events: [{ status: 'QUEUED' }, 5, { description: 'no status' }] }));
    expect(finding.timeline).toHaveLength(1);
    expect(finding.warnings).toEqual(['2 of the answer’s events could not be read']);
  });

  it('keeps the newest 1,000 events and counts the others', () => {
    const events = Array.from({ length: 60_000 }, (_, i) => ({
      status: i === 0 ? 'SENT' : 'ROUTED',
      timestamp: new Date(1_760_000_000_000 + i * 1000).toISOString(),
      reason: 'why',
    }));
    const finding = read(answer({ status: 'SENT', events }));
    expect(finding.timeline).toHaveLength(1000);
    expect(finding.timeline.at(-1)?.at).toBe(events.at(-1)?.timestamp);
    expect(finding.sentAt).toBe(events[0]?.timestamp);
    expect(finding.details['eventReasons']).toHaveLength(1000);
    expect(finding.warnings).toEqual(['59000 older events are left out']);
  });

  it('keeps an unknown word of an event as unknown', () => {
    expect(read(answer({ events: [{ status: 'REROUTED' }] })).timeline).toEqual([
      { state: 'unknown', providerState: 'REROUTED', at: null, description: null },
    ]);
  });
});

describe('the id of the answer', () => {
  it('may be absent, with a warning', () => {
    for (const none of [undefined, null, '']) {
      expect(read(answer({ id: none, phone: '+12025550142' })).warnings).toEqual([
        expect.stringContaining('names no id'),
      ]);
    }
  });

  it.each([
    ['in upper case', id.toUpperCase()],
    ['in braces', `{${id}}`],
    ['without hyphens', id.replaceAll('-', '')],
  ])('is the same UUID when it was asked for %s', (_, asked) => {
    expect(read(answer({ id }), asked).warnings).toEqual([]);
  });
});
