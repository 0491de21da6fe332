import { describe, expect, it } from 'vitest';
import { readLookup } from '../../../src/providers/sfmc/api.ts';
import { faultOf, fixture, settingsOf } from './support.ts';

const settings = settingsOf();
const read = (body: unknown, id = 'key') => readLookup(body, { id, settings });
/** A body about the key that is asked for, with `info` beside the key. */
const body = (word: string, { info = {}, ...more }: { info?: unknown } & Record<string, unknown> = {}) => ({
  eventCategoryType: `TransactionalSendEvents.${word}`,
  info: isPlain(info) ? { messageKey: 'key', ...(info as object) } : info,
  ...more,
});
const isPlain = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
const message = (more: Record<string, unknown> = {}) => body('SMSSent', more);
const notSent = (more: Record<string, unknown> = {}) => body('SMSNotSent', more);

const asFarAs =
  'sent is as far as this look-up goes; delivered and bounced come only as events, which sbstatus decode sfmc reads';

/** What no body of this route says. */
const silent = {
  channel: 'sms',
  downgraded: null,
  direction: 'outbound',
  from: null,
  createdAt: null,
  sentAt: null,
  timeline: [],
};

describe('the documented bodies', () => {
  it('sent', () => {
    expect(read(fixture('sent'), 'bcX0qaEp0USGciEnUJTW0w')).toEqual({
      ...silent,
      status: { state: 'sent', outcome: 'success', terminal: true },
      providerState: 'TransactionalSendEvents.SMSSent',
      to: null,
      updatedAt: '2018-08-03T19:41:18.550Z',
      reason: null,
      details: {
        messageKey: 'bcX0qaEp0USGciEnUJTW0w',
        contactKey: 'Astro25',
        compositeId: '1F3631D4-5497-E811-80E4-1402EC6B9540.214435.228431.1.231481617',
        statusCode: null,
        statusMessage: null,
        timestamp: '2018-08-03T13:41:18.55',
      },
      warnings: [asFarAs],
      requestId: '77431635-1b6b-44db-a16d-420361a43dc1',
    });
  });

  it('queued, which names no key', () => {
    expect(read(fixture('queued'), 'any key')).toEqual({
      ...silent,
      status: { state: 'queued', outcome: 'pending', terminal: false },
      providerState: 'TransactionalSendEvents.SMSQueued',
      to: null,
      updatedAt: '2018-08-16T16:44:41.219Z',
      reason: null,
      details: {
        messageKey: null,
        contactKey: null,
        compositeId: null,
        statusCode: null,
        statusMessage: null,
        timestamp: '2018-08-16T10:44:41.2196',
      },
      warnings: ['a message stays queued for as long as its send definition is inactive; check that it is active'],
      requestId: 'fcdbb2f9-438b-4d52-a380-2eade2f46396',
    });
  });

  it('not sent', () => {
    expect(read(fixture('not-sent'), '9a-zUvWf3UKxLpwwIrqTmQ')).toEqual({
      ...silent,
      status: { state: 'failed', outcome: 'failure', terminal: true },
      providerState: 'TransactionalSendEvents.SMSNotSent',
      to: null,
      updatedAt: '2018-07-24T12:26:58.463Z',
      reason: {
        code: '16',
        name: 'InvalidAttributeValue',
        message: 'an attribute has a value of the wrong type',
        class: 'content',
        resendable: false,
        hint: 'correct the attributes of the send request: names, number, types and lengths as the definition has them',
      },
      details: {
        messageKey: '9a-zUvWf3UKxLpwwIrqTmQ',
        contactKey: 'ec25a8c8-6d4e-42f0-84c3-4ea23564cbe5',
        compositeId: '56941A9F-3A8F-E811-80E0-1402EC6B9529.4647028.622338.1.318768528',
        statusCode: '16',
        statusMessage: 'InvalidAttributeValue',
        timestamp: '2018-07-24T06:26:58.463',
      },
      warnings: [],
      requestId: '30486456-ed41-46ba-96eb-06c4ff3b95d9',
    });
  });

  it('not sent with the code beside info, as text, and a recipient', () => {
    expect(read(fixture('not-sent-beside-info'), 'order-4711')).toMatchObject({
      status: { state: 'failed', outcome: 'failure', terminal: true },
      to: '+15555550134',
      updatedAt: '2026-01-15T14:00:00.100Z',
      reason: { code: '129', name: 'PhoneNumberValidationFailed', class: 'invalid-recipient' },
      details: { contactKey: 'contact-0134', statusCode: '129' },
    });
  });
});

describe('times', () => {
  it.each([
    ['2018-08-03T13:41:18.55', '2018-08-03T19:41:18.550Z'],
    ['2026-01-15T13:41:18', '2026-01-15T19:41:18.000Z'],
    ['2026-07-15T13:41:18.1234567', '2026-07-15T19:41:18.123Z'],
    ['2026-07-15T13:41:18Z', '2026-07-15T13:41:18.000Z'],
    ['2026-07-15T13:41:18-07:00', '2026-07-15T20:41:18.000Z'],
    ['yesterday', null],
    ['', null],
    [1533325278550, null],
    [{}, null],
  ])('%j is %j, in summer as in winter', (timestamp, updatedAt) => {
    expect(read(message({ timestamp })).updatedAt).toBe(updatedAt);
  });

  it('takes another offset from the settings', () => {
    const there = settingsOf({ utcOffset: '-07:00' });
    expect(readLookup(message({ timestamp: '2026-07-15T13:41:18' }), { id: 'key', settings: there }).updatedAt).toBe(
      '2026-07-15T20:41:18.000Z',
    );
  });
});

describe('codes', () => {
  it.each([25, '25', ' 25 '])('%j is a blackout window: the message is still to come', (statusCode) => {
    expect(read(notSent({ info: { statusCode, statusMessage: 'SubscriberBlackedOut' } }))).toMatchObject({
      status: { state: 'scheduled', outcome: 'pending', terminal: false },
      reason: { code: '25', resendable: false, hint: expect.stringContaining('do not send again') },
    });
  });

  it('passes on what no catalogue has', () => {
    expect(read(notSent({ info: { statusCode: 48, statusMessage: 'Something new' } })).reason).toEqual({
      code: '48',
      name: null,
      message: 'Something new',
      class: 'unknown',
      resendable: null,
      hint: expect.stringContaining('give Salesforce support the message key and the time of the send'),
    });
  });

  it('prefers the provider’s own sentence where it says more than the name', () => {
    const info = { statusCode: 16, statusMessage: 'Attribute "size" must be a number' };
    expect(read(notSent({ info })).reason).toMatchObject({
      name: 'InvalidAttributeValue',
      message: 'Attribute "size" must be a number',
    });
  });

  it('prefers the code inside info', () => {
    expect(read(notSent({ statusCode: 25, info: { statusCode: 16 } })).reason?.code).toBe('16');
  });

  it('says what to give support where no code is given, and takes the name for one', () => {
    expect(read(notSent()).reason).toMatchObject({
      code: null,
      class: 'unknown',
      hint: expect.stringContaining('give Salesforce support the message key'),
    });
    const reason = read(notSent({ info: { statusMessage: 'phonenumbervalidationfailed' } })).reason;
    expect(reason).toMatchObject({ code: null, name: 'PhoneNumberValidationFailed', class: 'invalid-recipient' });
  });

  it('has a code that is null where there is none, not one that is missing', () => {
    expect(read(notSent({ info: { statusMessage: 'Something new' } })).reason).toStrictEqual({
      code: null,
      name: null,
      message: 'Something new',
      class: 'unknown',
      resendable: null,
      hint: expect.any(String),
    });
  });

  it('warns of a code on a success, which stands', () => {
    expect(read(message({ info: { statusCode: 16, statusMessage: 'InvalidAttributeValue' } }))).toMatchObject({
      status: { state: 'sent', outcome: 'success' },
      reason: null,
      warnings: [expect.stringContaining('16 (InvalidAttributeValue)'), asFarAs],
    });
    expect(read(message({ statusCode: 0 })).warnings).toEqual([asFarAs]);
  });
});

describe('the key', () => {
  it('must be the one asked for, to the byte', () => {
    for (const messageKey of ['Key', 'key ', 'other']) {
      expect(faultOf(() => read(message({ info: { messageKey } }))).code).toBe('wrong-id');
    }
    expect(read(message({ info: { messageKey: ' key ' } }), ' key ').details['messageKey']).toBe(' key ');
    expect(read(message({ info: { messageKey: 42 } }), '42').details['messageKey']).toBe('42');
  });

  it('warns beyond 100 characters', () => {
    const [short, long] = ['k'.repeat(100), 'k'.repeat(101)];
    expect(read(message({ info: { messageKey: short } }), short).warnings).toEqual([asFarAs]);
    expect(read(message({ info: { messageKey: long } }), long).warnings).toEqual([
      'this message key has 101 characters; the provider’s keys have at most 100',
      asFarAs,
    ]);
  });
});

describe('bodies of the wrong shape', () => {
  it.each([
    ['null', null],
    ['text', 'SMSSent'],
    ['a number', 5],
    ['a list', [{ eventCategoryType: 'SMSSent' }]],
    ['nothing', {}],
    ['no word', { requestId: 'x', timestamp: 'x' }],
    ['a word that is null', { eventCategoryType: null }],
    ['a word that is empty', { eventCategoryType: ' ' }],
    ['a word that is a list', { eventCategoryType: ['SMSSent'] }],
    ['an info that is text', message({ info: 'key' })],
    ['an info that is a list', message({ info: [] })],
    ['a key that is an object', message({ info: { messageKey: {} } })],
    ['a key that is a boolean', message({ info: { messageKey: true } })],
    ['an error with status 200', { message: 'Internal error', errorcode: 30000 }],
  ])('%s', (_, body) => {
    expect(faultOf(() => read(body)).code).toBe('wrong-shape');
  });

  it('drops other fields of the wrong type and says nothing better for it', () => {
    const strange = { requestId: [], timestamp: true, compositeId: {}, statusCode: {}, statusMessage: [], extra: 1 };
    const info = { contactKey: {}, to: [], statusCode: [25], statusMessage: false };
    expect(read(notSent({ ...strange, info }))).toMatchObject({
      status: { state: 'failed', outcome: 'failure', terminal: true },
      requestId: null,
      updatedAt: null,
      to: null,
      reason: { code: null, class: 'unknown' },
      details: { contactKey: null, compositeId: null, statusCode: null, statusMessage: null, timestamp: null },
    });
  });

  it.each([null, ''])('takes an info of %j for none', (info) => {
    expect(read(body('SMSQueued', { info })).status.state).toBe('queued');
  });

  it.each(['SMSSent', 'SMSNotSent', 'SMSDelivered', 'SMSBounced', 'SMSTransient'])(
    'refuses %s without a message key, which only a queued body leaves out',
    (word) => {
      for (const info of [null, '', { messageKey: '' }, { messageKey: null }]) {
        const fault = faultOf(() => read(body(word, { info })));
        expect([fault.code, fault.message]).toEqual([
          'wrong-shape',
          `the answer says ${word} and names no message key`,
        ]);
      }
    },
  );

  it('refuses a good message beside an error', () => {
    for (const error of [
      { errorcode: 20002 },
      { errorcode: '40001', message: 'no' },
      { errorcode: 0, message: 'no' },
    ]) {
      expect(faultOf(() => read(message(error))).code).toBe('wrong-shape');
    }
    expect(read(message({ errorcode: 0 })).status.state).toBe('sent');
    expect(faultOf(() => read(message({ errorcode: 30003 }))).code).toBe('not-found');
  });

  it.each([
    ['EmailSent', 'an email'],
    ['EmailNotSent', 'an email'],
    ['PushSent', 'a push message'],
    ['OttSent', 'an OTT message'],
    ['WhatsAppSent', 'a WhatsApp message'],
  ])('says that the key of %s is of another channel, and keeps its address to itself', (word, what) => {
    const fault = faultOf(() => read(body(word, { info: { to: 'a@example.test' } })));
    expect([fault.code, fault.message]).toEqual(['wrong-shape', `this is the message key of ${what}, not of an SMS`]);
  });

  it('finds nothing where the body says so under status 200', () => {
    const fault = faultOf(() => read({ message: 'Not Found', errorcode: 30003 }));
    expect(fault.code).toBe('not-found');
    expect(fault.hint).toContain('3 days');
  });
});

it('keeps a word that it does not know', () => {
  for (const eventCategoryType of ['TransactionalSendEvents.SMSTeleported', 'X.SMSNotSent.SMSSent', 'X.SMSSent']) {
    expect(read({ eventCategoryType, info: { messageKey: 'key' } })).toMatchObject({
      status: { state: 'unknown', outcome: 'unknown', terminal: false },
      providerState: eventCategoryType,
    });
  }
});

it.each([
  ['TransactionalSendEvents.SMSTeleported', 'sms'],
  ['TransactionalSendEvents.LineSent', null],
  ['EngagementEvents.InAppShown', null],
])('of %s, which is in no row, the channel is %s', (eventCategoryType, channel) => {
  expect(read({ eventCategoryType, info: { messageKey: 'key' } })).toMatchObject({
    status: { state: 'unknown' },
    channel,
  });
});

it('says when a word of the event service turns up here', () => {
  expect(read(body('SmsDelivered'))).toMatchObject({
    status: { state: 'delivered' },
    warnings: [expect.stringContaining('not documented')],
  });
  expect(read(body('SmsBounced', { info: { statusCode: 4504 } })).reason?.name).toBe('FailedDueToUnknownSubscriber');
});
