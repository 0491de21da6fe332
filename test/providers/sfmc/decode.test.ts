import { describe, expect, it, test } from 'vitest';
import { readLookup } from '../../../src/providers/sfmc/api.ts';
import { carrierCodes } from '../../../src/providers/sfmc/codes.ts';
import { decode } from '../../../src/providers/sfmc/decode.ts';
import { faultOf, fixture, settingsOf } from './support.ts';

const settings = settingsOf();
const read = (event: unknown) => decode(event, settings);
const event = (word: string, info: object = {}) => ({
  eventCategoryType: `TransactionalSendEvents.${word}`,
  info: { messageKey: 'key', ...info },
});

it('reads every field of a delivered event', () => {
  expect(read(fixture('event-delivered'))).toEqual({
    id: 'bcX0qaEp0USGciEnUJTW0w',
    finding: {
      status: { state: 'delivered', outcome: 'success', terminal: true },
      providerState: 'TransactionalSendEvents.SmsDelivered',
      channel: 'sms',
      downgraded: null,
      direction: 'outbound',
      from: '55501',
      to: '+15555550134',
      createdAt: null,
      sentAt: null,
      updatedAt: '2018-08-03T19:41:18.550Z',
      reason: null,
      timeline: [],
      details: {
        messageKey: 'bcX0qaEp0USGciEnUJTW0w',
        contactKey: 'Astro25',
        compositeId: '1F3631D4-5497-E811-80E4-1402EC6B9540.214435.228431.1.231481617',
        composite: { jobId: '214435', listId: '228431', batchId: '1', subscriberId: '231481617' },
        definitionKey: 'order-shipped',
        definitionId: '1f3631d4-5497-e811-80e4-1402ec6b9540',
        mid: '7000001',
        eid: '7000000',
        ordinal: '1',
        countryCode: 'US',
        statusCode: '4000',
        statusMessage: 'Delivered',
        reason: null,
      },
      warnings: [],
    },
  });
});

it('reads a message that was not sent by the catalogue of sends', () => {
  expect(read(fixture('event-not-sent')).finding).toMatchObject({
    status: { state: 'failed', outcome: 'failure', terminal: true },
    reason: { code: '47', name: 'Mobile Address not found', class: 'invalid-recipient' },
    details: { reason: 'Mobile Address not found', statusMessage: 'Mobile Address not found' },
  });
});

it('reads a bounce by the carriers’ catalogue, Info with a capital, the time as text', () => {
  expect(read(fixture('event-bounced'))).toMatchObject({
    id: 'bcX0qaEp0USGciEnUJTW0w',
    finding: {
      status: { state: 'failed', outcome: 'failure', terminal: true },
      updatedAt: '2018-08-03T19:41:18.550Z',
      reason: { code: '4504', name: 'FailedDueToUnknownSubscriber', message: 'Unknown subscriber' },
      details: { contactKey: 'Astro25', ordinal: '0', composite: null, definitionId: null },
    },
  });
});

describe('the catalogue depends on the event', () => {
  it('1000 not sent is an opt-out, 1000 bounced is not', () => {
    expect(read(event('SmsNotSent', { statusCode: '1000' })).finding.reason?.class).toBe('opted-out');
    expect(read(event('SmsBounced', { statusCode: '1000' })).finding.reason?.class).toBe('unknown');
  });

  it.each([
    ['SmsTransient', '3000', null],
    ['SmsTransient', '2600', 'provider'],
    ['SmsDelivered', '4000', null],
    ['SmsBounced', '4500', 'unreachable'],
    ['SmsBounced', '9999', 'unknown'],
    ['SmsNotSent', '25', 'account'],
  ])('%s %s', (word, statusCode, reasonClass) => {
    expect(read(event(word, { statusCode })).finding.reason?.class ?? null).toBe(reasonClass);
  });
});

describe('the same status as the look-up', () => {
  it.each([
    ['SMSQueued', undefined],
    ['SMSNotSent', 16],
    ['SMSNotSent', 25],
    ['SMSDelivered', 4000],
    ['SMSBounced', 4500],
    ['SMSTeleported', undefined],
  ])('%s %s', (word, statusCode) => {
    const body = event(word, { statusCode });
    expect(read(body).finding.status).toEqual(readLookup(body, { id: 'key', settings }).status);
  });

  it('but sent, after which events may still say more', () => {
    expect(read(event('SmsSent')).finding.status).toEqual({ state: 'sent', outcome: 'pending', terminal: false });
  });
});

it.each([
  { ...event('EmailSent', { to: 'a@example.test' }), timestampUTC: 1612564224759 },
  event('EmailBounced'),
  { eventCategoryType: 'EngagementEvents.OttDelivered', MessageKey: 'key' },
  { EventCategoryType: 'TransactionalSendEvents.OttNotSent', messageKey: 'key' },
  { eventCategoryType: 'AutomationEvents.AutomationInstanceCompleted' },
  { ...event('SmsSent'), eventCategoryType: 'X.SMSNotSent.SMSSent' },
  { ...event('SmsSent'), eventCategoryType: 'EngagementEvents.SmsSent' },
])('%j is not an SMS event, and no record', (body) => {
  const fault = faultOf(() => read(body));
  expect([fault.code, fault.message]).toEqual(['wrong-shape', expect.stringMatching(/^not an SMS event: /)]);
  expect(fault.message).not.toContain('a@example.test');
});

describe('what is still under way is never to be sent again', () => {
  it.each([...carrierCodes.map(({ code }) => code), '9999'])('SmsTransient %s', (statusCode) => {
    const { status, reason, warnings } = read(event('SmsTransient', { statusCode })).finding;
    expect(status).toEqual({ state: 'sent', outcome: 'pending', terminal: false });
    expect(reason?.resendable ?? false).toBe(false);
    expect(reason?.hint ?? 'do not send').toContain('do not send');
    const isFinal = !['1000', '2000', '3000', '3001', '3002', '3400', '9999'].includes(statusCode);
    expect(warnings).toEqual(isFinal ? [expect.stringMatching(`^code ${statusCode} .* is a final one`)] : []);
    // 4000 is good news, of which nothing needs to be explained.
    if (isFinal && statusCode !== '4000') expect(reason?.hint).toContain('perhaps no event follows');
    else expect(reason?.hint ?? '').not.toContain('no event follows');
  });
});

test.each([
  ['Delivered', '4000'],
  ['expired', '4501'],
])('a transient event that names %s without its code gets the warning too', (statusMessage, code) => {
  const { status, warnings } = read(event('SmsTransient', { statusCode: null, statusMessage })).finding;
  expect(status.state).toBe('sent');
  expect(warnings).toEqual([expect.stringMatching(`^code ${code} .* is a final one`)]);
});

test('a hint names the composite id that support asks for, and where there is none, what else names the send', () => {
  const compositeId = '1F3631D4-5497-E811-80E4-1402EC6B9540.214435.228431.1.231481617';
  const hintOf = (more: object) =>
    read({ ...event('SmsBounced', { statusCode: '9999' }), ...more }).finding.reason?.hint;
  expect(hintOf({ compositeId })).toContain(`give Salesforce support the composite id ${compositeId} `);
  expect(hintOf({})).toContain('give Salesforce support the message key and the time of the send ');
  expect(hintOf({ compositeId: '$& `id`' })).not.toContain('`');
});

describe('a bounce is final: nothing says to wait', () => {
  it.each([...carrierCodes.map(({ code }) => code), '9999', null])('SmsBounced %s', (statusCode) => {
    const { status, reason } = read(event('SmsBounced', { statusCode })).finding;
    expect(status.terminal).toBe(true);
    expect(reason?.hint).toMatch(/^[a-zS].*[^.]$/);
    expect(reason?.hint).not.toMatch(/wait|later event/);
  });
});

it('1501 is Salesforce’s own fault', () => {
  const info = { statusCode: '1501', statusMessage: 'ValidationError', to: '13175550140' };
  expect(read(event('SmsBounced', info)).finding.reason).toMatchObject({
    code: '1501',
    name: 'ValidationError',
    class: 'provider',
    resendable: true,
  });
});

it.each([
  [1533325278550, '2018-08-03T19:41:18.550Z'],
  ['', null],
  [' ', null],
  [-1, null],
  [1e300, null],
  ['2018-08-03', null],
  [[], null],
])('timestampUTC %j is %j', (timestampUTC, updatedAt) => {
  expect(read({ ...event('SmsSent'), timestampUTC }).finding.updatedAt).toBe(updatedAt);
});

it.each([
  ['null', null],
  ['a list', [event('SmsSent')]],
  ['text', 'SmsSent'],
  ['no word', { info: { messageKey: 'key' } }],
  ['no key', { eventCategoryType: 'TransactionalSendEvents.SmsSent', info: {} }],
  ['an empty key', event('SmsSent', { messageKey: '' })],
  ['a key that is a list', event('SmsSent', { messageKey: ['key'] })],
  ['no info', { eventCategoryType: 'TransactionalSendEvents.SmsSent' }],
  ['an info that is text', { eventCategoryType: 'TransactionalSendEvents.SmsSent', info: 'key' }],
])('refuses %s', (_, body) => {
  expect(faultOf(() => read(body)).code).toBe('wrong-shape');
});

it('knows the verification of a callback', () => {
  const fault = faultOf(() => read({ callbackId: 'id', verificationKey: 'key' }));
  expect(fault.code).toBe('wrong-shape');
  expect(fault.hint).toContain('/platform/v1/ens-verify');
});
