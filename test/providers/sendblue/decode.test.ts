import { describe, expect, test } from 'vitest';
import { Settings } from '../../../src/core/settings.ts';
import { readRetrieved } from '../../../src/providers/sendblue/api.ts';
import { sendblue } from '../../../src/providers/sendblue/index.ts';
import { type Body, faultFrom, fixture } from './fixture.ts';

const settings = new Settings(new Map());
const decode = await sendblue.decoder();

test('an inbound message', () => {
  const { id, finding } = decode(fixture('webhook-inbound'), settings);
  expect(id).toBe('0B1F6F0C-7A43-4E1F-9D77-2C1B4F6A8E55');
  expect(finding).toMatchObject({
    status: { state: 'received', outcome: 'success', terminal: true },
    direction: 'inbound',
    channel: 'imessage',
    from: '+15550100142',
    to: '+15550100100',
    sentAt: '2026-03-11T19:55:10.001Z',
    updatedAt: '2026-03-11T19:55:10.640Z',
    warnings: [],
  });
});

test('a message in data', () => {
  const wrapped = { type: 'message.updated', data: fixture('webhook-inbound') };
  expect(decode(wrapped, settings)).toEqual(decode(fixture('webhook-inbound'), settings));
});

test.each(['retrieve-documented', 'retrieve-full'])('%s stands as the look-up says', (name) => {
  const body = fixture(name);
  const message = body['data'] as Body;
  const { id, finding } = decode(message, settings);
  const { status, warnings, reason } = readRetrieved(body, { id });
  expect(finding).toMatchObject({ status, warnings, reason });
});

test('SENT without a service says that it may be the end', () => {
  const { finding } = decode({ status: 'SENT', message_handle: 'x' }, settings);
  expect(finding.status.outcome).toBe('pending');
  expect(finding.warnings).toEqual([expect.stringContaining('no service is named')]);
});

describe('what is no message event', () => {
  test.each([
    null,
    'SENT',
    [],
    {},
    { status: 'SENT' },
    { status: 'SENT', message_handle: '' },
    { message_handle: 'x' },
    { number: '+15550100142', is_typing: true, timestamp: '2026-03-11T19:55:10Z' },
    { data: { status: 'SENT' } },
    { status: 'SENT', message_handle: 'x', error_code: {} },
    { event_type: 'call_log', message_handle: 'x', status: 'completed', direction: 'inbound' },
    { type: 'call_log', data: { message_handle: 'x', status: 'SENT' } },
    { message_type: 'call', message_handle: 'x', status: 'RECEIVED' },
    { event: 'call_log', message_handle: 'x', status: 'completed', duration: 12 },
    { event: 'call.completed', message_handle: 'x', status: 'completed' },
    { webhook_type: 'call_log', data: { message_handle: 'x', status: 'completed' } },
    { event_type: 'line_blocked', message_handle: 'x', status: 'ERROR' },
    { message_handle: 'x', status: 'completed', call_id: 'y', duration: 5 },
    { data: { message_handle: 'x', status: 'SENT', call_status: 'missed' } },
  ])('%j', (event) => {
    expect(faultFrom(() => decode(event, settings)).code).toBe('wrong-shape');
  });
});
