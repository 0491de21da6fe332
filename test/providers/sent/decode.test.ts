import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/providers/sent/decode.ts';
import { answer, faultOf, fixture, id, read, settingsOf } from './support.ts';

const decoded = (event: unknown) => decode(event, settingsOf());

const failedEvent = (payload: object) => ({
  field: 'message',
  event: 'message.failed',
  timestamp: '2026-08-14T07:20:00Z',
  payload: { message_id: '0f3c2b1a-5d4e-4f60-8a7b-9c0d1e2f3a4b', channel: 'whatsapp', ...payload },
});

describe('why a message failed', () => {
  it.each([
    ['a list of Meta’s errors', { error: [{ code: 131026, title: 'Message undeliverable' }] }],
    ['one of Meta’s errors', { error: { code: '131026', message: 'Message undeliverable' } }],
    ['a text', { reason: 'Meta 131026: Message undeliverable' }],
  ])('is found in %s', (_, payload) => {
    expect(decoded(failedEvent(payload)).finding.reason).toMatchObject({
      code: '131026',
      name: 'Message undeliverable',
      class: 'unreachable',
      resendable: false,
    });
  });

  it('is looked for in the activities where the event names none', () => {
    const { reason } = decoded(failedEvent({})).finding;
    expect(reason?.hint).toContain('sbstatus sent get --activities 0f3c2b1a-5d4e-4f60-8a7b-9c0d1e2f3a4b');
  });
});

it.each(['contact', 'channel', 'call', 'link', 'template', 'templates'])('%s events are about no message', (field) => {
  const payload = { message_id: id, message_status: 'DELIVERED' };
  for (const event of [`${field}.updated`, undefined]) {
    expect(faultOf(() => decoded({ field, event, payload })).code).toBe('wrong-shape');
  }
  expect(faultOf(() => decoded({ event: `${field}.updated`, payload })).code).toBe('wrong-shape');
});

describe('webhook events', () => {
  it('reads message.delivered', () => {
    expect(decoded(fixture('webhook-delivered'))).toEqual({
      id,
      finding: {
        status: { state: 'delivered', outcome: 'success', terminal: true },
        providerState: 'DELIVERED',
        channel: 'whatsapp',
        downgraded: null,
        direction: 'outbound',
        from: null,
        to: '+12025550142',
        createdAt: null,
        sentAt: null,
        updatedAt: '2026-10-02T08:05:10.000Z',
        reason: null,
        timeline: [
          { state: 'delivered', providerState: 'DELIVERED', at: '2026-10-02T08:05:10.000Z', description: null },
        ],
        details: {
          providerChannel: 'whatsapp',
          accountId: '550e8400-e29b-41d4-a716-446655440000',
          agentId: null,
          templateId: '7ba7b820-9dad-11d1-80b4-00c04fd430c8',
          templateName: 'Welcome Message',
          messageBody: { content: 'Welcome!', media: null },
          receivedAt: null,
          scheduledAt: null,
          scheduleReason: null,
          event: 'message.delivered',
          emittedAt: '2026-10-02T08:05:12.000Z',
        },
        warnings: [],
        requestId: 'req_hook',
      },
    });
  });

  it('reads message.failed with its reason, as provisional as the look-up', () => {
    const { id: about, finding } = decoded(fixture('webhook-failed'));
    expect(about).toBe('c3d4e5f6-0718-4293-a4b5-c6d7e8f90a1b');
    expect(finding).toMatchObject({
      status: { state: 'failed', outcome: 'failure', terminal: true },
      provisional: true,
      reason: {
        code: 'DELIVERY_007',
        class: 'unreachable',
        message: 'The recipient is not registered on this channel',
      },
      details: { agentId: 'agent_7' },
      warnings: [expect.stringContaining('automatic routing')],
      requestId: null,
    });
  });

  it('reads the old envelope, and why a message is held', () => {
    expect(decoded(fixture('webhook-scheduled-old')).finding).toMatchObject({
      status: { state: 'scheduled', outcome: 'pending', terminal: false },
      details: {
        event: 'message.scheduled',
        scheduledAt: '2026-05-02T07:00:00.000Z',
        scheduleReason: 'QUIET_HOURS',
      },
    });
  });

  it('reads message.received, which has no status of its own', () => {
    expect(decoded(fixture('webhook-received')).finding).toMatchObject({
      status: { state: 'received', outcome: 'success', terminal: true },
      providerState: 'received',
      channel: 'mms',
      direction: 'inbound',
      from: '+12025550142',
      to: '+12025550199',
      updatedAt: '2026-10-02T09:00:00.000Z',
      details: {
        receivedAt: '2026-10-02T09:00:00.000Z',
        messageBody: {
          content: 'See photo',
          media: [
            {
              url: 'https://carrier.example.com/1.jpg',
              mediaType: 'image/jpeg',
              sizeBytes: 2048,
              sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
            },
          ],
        },
      },
    });
  });

  it('tells when a message was sent', () => {
    const event = { payload: { message_id: id, message_status: 'SENT', updated_at: '2026-10-02T08:05:10Z' } };
    expect(decoded(event).finding.sentAt).toBe('2026-10-02T08:05:10.000Z');
  });

  const words = ['queued', 'routed', 'scheduled', 'sent', 'delivered', 'read', 'failed', 'filtered', 'blocked'];

  it.each([...words, 'cancelled', 'received', 'teleported'])('gives message.%s the status of the look-up', (word) => {
    const looked = read(answer({ status: word.toUpperCase() }));
    const status = { message_id: id, message_status: word.toUpperCase() };
    const byStatus = decoded({ field: 'message', event: `message.${word}`, payload: status }).finding;
    const byName = decoded({ field: 'message', event: `message.${word}`, payload: { message_id: id } }).finding;
    for (const finding of [byStatus, byName]) {
      expect(finding.status).toEqual(looked.status);
      expect(finding.provisional).toBe(looked.provisional);
      // An event cannot be looked at once more, which the warning of FAILED says.
      expect(finding.warnings).toHaveLength(looked.warnings.length);
    }
    expect(byStatus.providerState).toBe(looked.providerState);
  });

  it.each([
    ['nothing', null, 'not a JSON object'],
    ['a list', [fixture('webhook-delivered')], 'not a JSON object'],
    [
      'another family',
      { field: 'contact', event: 'contact.opt_out', payload: { message_id: id } },
      'not about a message',
    ],
    [
      'a call',
      { event: 'call.completed', payload: { message_id: id, message_status: 'DELIVERED' } },
      'not about a message',
    ],
    ['no payload', { field: 'message', event: 'message.sent' }, 'no payload'],
    ['no id', { field: 'message', payload: { message_status: 'SENT' } }, 'no payload.message_id'],
    [
      'an id that is no text',
      { field: 'message', payload: { message_id: 5, message_status: 'SENT' } },
      'no payload.message_id',
    ],
    ['no status', { field: 'message', payload: { message_id: id } }, 'no payload.message_status'],
    ['an answer of the look-up', fixture('message-documented'), 'no payload'],
  ])('refuses %s', (_, event, message) => {
    const fault = faultOf(() => decoded(event));
    expect(fault.code).toBe('wrong-shape');
    expect(fault.message).toContain(message);
  });
});
