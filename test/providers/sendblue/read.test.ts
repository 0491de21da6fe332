import { describe, expect, test } from 'vitest';
import { Settings } from '../../../src/core/settings.ts';
import { readRetrieved, readStatus } from '../../../src/providers/sendblue/api.ts';
import { sendblue } from '../../../src/providers/sendblue/index.ts';
import { type Body, faultFrom, fixture } from './fixture.ts';

const noSettings = new Settings(new Map());

const noDetails = {
  content: null,
  mediaUrl: null,
  messageType: null,
  sendStyle: null,
  service: null,
  number: null,
  sendblueNumber: null,
  recipients: null,
  groupId: null,
  groupDisplayName: null,
  participants: null,
  optedOut: null,
  plan: null,
  accountEmail: null,
  seatId: null,
  senderEmail: null,
  replyTo: null,
  threadOriginator: null,
  appCard: null,
  location: null,
  errorCode: null,
  errorMessage: null,
  errorReason: null,
  errorDetail: null,
  replyStatus: null,
};

describe('fixtures', () => {
  test('status-documented', () => {
    expect(readStatus(fixture('status-documented'), { id: 'msg_abc123def456' })).toEqual({
      status: { state: 'queued', outcome: 'pending', terminal: false },
      providerState: 'QUEUED',
      channel: null,
      downgraded: null,
      direction: 'outbound',
      from: '+19998887777',
      to: '+18887776666',
      createdAt: '2023-10-01T12:00:00.000Z',
      sentAt: null,
      updatedAt: '2023-10-01T12:00:01.000Z',
      reason: null,
      timeline: [],
      details: {
        ...noDetails,
        content: 'Hello, World!',
        mediaUrl: 'https://cdn.sendblue.co/media/abc123.jpg',
        sendStyle: 'celebration',
        number: '+18887776666',
        accountEmail: '[email protected]',
        errorMessage: 'error_message',
      },
      warnings: [],
    });
  });

  test('retrieve-documented', () => {
    expect(readRetrieved(fixture('retrieve-documented'), { id: 'msg_abc123def456' })).toEqual({
      status: { state: 'sent', outcome: 'pending', terminal: false },
      providerState: 'SENT',
      channel: 'imessage',
      downgraded: false,
      direction: 'outbound',
      from: '+19998887777',
      to: '+18887776666',
      createdAt: null,
      sentAt: '2024-01-01T12:00:00.000Z',
      updatedAt: '2024-01-01T12:00:01.000Z',
      reason: null,
      timeline: [],
      details: {
        ...noDetails,
        content: 'Hello, World!',
        messageType: 'message',
        sendStyle: 'celebration',
        service: 'iMessage',
        number: '+18887776666',
        sendblueNumber: '+19998887777',
        participants: ['string'],
        optedOut: false,
        plan: 'premium',
        accountEmail: '[email protected]',
        replyStatus: 'OK',
      },
      warnings: [],
    });
  });

  test('status-bare, as recorded from a live account', () => {
    expect(readStatus(fixture('status-bare'), { id: 'anything' })).toEqual({
      status: { state: 'queued', outcome: 'pending', terminal: false },
      providerState: 'PENDING',
      channel: null,
      downgraded: null,
      direction: null,
      from: null,
      to: null,
      createdAt: null,
      sentAt: null,
      updatedAt: null,
      reason: null,
      timeline: [],
      details: noDetails,
      warnings: [],
    });
  });

  test('status-camel, the spelling of the send reply', () => {
    expect(readStatus(fixture('status-camel'), { id: 'dcd2e3a5-5e0c-4d0e-8f2f-5a1d7b3c9e10' })).toEqual({
      status: { state: 'failed', outcome: 'failure', terminal: true },
      providerState: 'ERROR',
      channel: null,
      downgraded: null,
      direction: 'outbound',
      from: '+15550100100',
      to: '+15550100111',
      createdAt: null,
      sentAt: '2026-03-11T19:51:02.123Z',
      updatedAt: '2026-03-11T19:51:03.456Z',
      reason: {
        code: '4002',
        name: null,
        message: 'Blacklisted number',
        class: 'invalid-recipient',
        resendable: false,
        hint: 'check the number: this one is refused every time',
      },
      timeline: [],
      details: {
        ...noDetails,
        content: 'Your table is booked for noon',
        messageType: 'message',
        number: '+15550100111',
        participants: [],
        optedOut: false,
        plan: 'blue',
        accountEmail: 'account@example.com',
        errorCode: '4002',
        errorMessage: 'Blacklisted number',
      },
      warnings: [],
    });
  });
});

/** Every field that any version of the documentation names → where it is found. */
const places: [field: string, path: string, value: unknown][] = [
  ['accountEmail', 'details.accountEmail', 'account@example.com'],
  ['app_card', 'details.appCard.layout.caption', 'Table 7'],
  ['content', 'details.content', 'Your table is booked'],
  ['date_created', 'createdAt', '2026-03-11T19:50:00.000Z'],
  ['date_sent', 'sentAt', '2026-03-11T19:50:01.100Z'],
  ['date_updated', 'updatedAt', '2026-03-11T19:50:09.900Z'],
  ['error_code', 'reason.code', 'SMS_LIMIT_REACHED'],
  ['error_detail', 'details.errorDetail', 'detail of the error'],
  ['error_message', 'reason.message', 'message of the error'],
  ['error_reason', 'details.errorReason', 'reason of the error'],
  ['from_number', 'from', '+15550100100'],
  ['group_display_name', 'details.groupDisplayName', 'Saturday crew'],
  ['group_id', 'details.groupId', '6b1d7c1e-3f53-4f0e-9d0e-0f2b7c8f4a11'],
  ['is_outbound', 'direction', 'outbound'],
  ['location', 'details.location.latitude', 48.1],
  ['media_url', 'details.mediaUrl', 'https://example.com/a.jpg'],
  ['message_type', 'details.messageType', 'group'],
  ['number', 'details.number', ['+15550100142', '+15550100143']],
  ['opted_out', 'details.optedOut', true],
  ['participants', 'details.participants', ['+15550100100', '+15550100142', '+15550100143']],
  ['plan', 'details.plan', 'premium'],
  ['reply_to', 'details.replyTo', { messageHandle: 'parent-1', partIndex: 2 }],
  ['seat_id', 'details.seatId', '5f0c1d8e-0000-4000-8000-000000000001'],
  ['send_style', 'details.sendStyle', 'confetti'],
  ['sendblue_number', 'details.sendblueNumber', '+15550100101'],
  ['sender_email', 'details.senderEmail', 'seat@example.com'],
  ['service', 'channel', 'sms'],
  ['service, verbatim', 'details.service', 'SMS'],
  ['status', 'providerState', 'SENT'],
  ['status of the reply', 'details.replyStatus', 'OK'],
  ['thread_originator', 'details.threadOriginator', { messageHandle: 'root-1', part: '0:0:4' }],
  ['to_number', 'details.recipients', ['+15550100142', '+15550100143']],
  ['was_downgraded', 'downgraded', true],
];

describe('every documented field', () => {
  const finding = readRetrieved(fixture('retrieve-full'), { id: 'full-1' });

  test.each(places)('%s is in %s', (_, path, value) => {
    expect(finding).toHaveProperty(path, value);
  });

  test('none is forgotten', () => {
    const fields = Object.keys(fixture('retrieve-full')['data'] as Body).filter((name) => name !== 'message_handle');
    expect(places.map(([field]) => field)).toEqual(expect.arrayContaining(fields));
  });

  test('several recipients are no single one', () => {
    expect(finding.to).toBeNull();
  });

  test('the other spelling of the account', () => {
    expect(readStatus({ status: 'SENT', account_email: 'a@example.com' }, { id: 'x' }).details['accountEmail']).toBe(
      'a@example.com',
    );
  });
});

describe('parties', () => {
  test.each([
    [{ is_outbound: true, number: '+1', from_number: '+2' }, '+2', '+1'],
    [{ is_outbound: true, number: '+1', sendblue_number: '+2' }, '+2', '+1'],
    [{ is_outbound: true, number: '+1', to_number: '+3', from_number: '+2' }, '+2', '+3'],
    [{ is_outbound: true, number: ['+1'], from_number: '+2' }, '+2', '+1'],
    [{ is_outbound: false, number: '+1', sendblue_number: '+2' }, '+1', '+2'],
    [{ is_outbound: false, from_number: '+1', to_number: '+2' }, '+1', '+2'],
    [{ number: '+1', from_number: '+2' }, '+2', '+1'],
    [{ number: 15550100142 }, null, '15550100142'],
  ])('%o', (fields, from, to) => {
    expect(readStatus({ status: 'SENT', ...fields }, { id: 'x' })).toMatchObject({ from, to });
  });

  test('RECEIVED is inbound where nothing says so', () => {
    expect(readStatus({ status: 'RECEIVED' }, { id: 'x' }).direction).toBe('inbound');
    expect(readStatus({ status: 'SENT' }, { id: 'x' }).direction).toBeNull();
  });
});

describe('warnings', () => {
  const unnamed = expect.stringContaining('sbstatus sendblue get with the same handle tells which');
  const asFar = 'sent is as far as an SMS gets: Sendblue reports no delivery for it';

  test('a status SENT points to get, unless the service is known', () => {
    expect(readStatus({ status: 'SENT' }, { id: 'x' }).warnings).toEqual([unnamed]);
    expect(readStatus({ status: 'SENT', service: 'iMessage' }, { id: 'x' }).warnings).toEqual([]);
    expect(readStatus({ status: 'SENT', service: 'SMS' }, { id: 'x' }).warnings).toEqual([asFar]);
    expect(readStatus({ status: 'DELIVERED' }, { id: 'x' }).warnings).toEqual([]);
    expect(readRetrieved({ data: { status: 'SENT', plan: 'blue' } }, { id: 'x' }).warnings).toEqual([]);
  });

  test('SENT over SMS, SUCCESS and DOWNGRADED say why they are the end', () => {
    expect(readRetrieved({ data: { status: 'SENT', was_downgraded: true } }, { id: 'x' }).warnings).toEqual([asFar]);
    expect(readStatus({ status: 'DOWNGRADED' }, { id: 'x' }).warnings).toEqual([asFar]);
    expect(readStatus({ status: 'SUCCESS', message_handle: 'x' }, { id: 'x' }).warnings).toEqual([
      'Sendblue does not explain SUCCESS; it is taken as sent and final',
    ]);
  });

  test('RCS that was downgraded has one channel, and one warning that is about it', () => {
    const message = { message_handle: 'x', status: 'SENT', service: 'RCS', was_downgraded: true };
    const finding = readRetrieved({ data: message }, { id: 'x' });
    expect([finding.channel, finding.downgraded]).toEqual(['rcs', true]);
    expect(finding.warnings).toEqual([expect.stringContaining('downgraded to RCS')]);
    expect(finding.warnings.join()).not.toContain('SMS');
  });

  test('an opt-out is said', () => {
    expect(readStatus({ status: 'QUEUED', opted_out: true }, { id: 'x' }).warnings).toEqual([
      'the recipient has opted out',
    ]);
  });
});

describe('a waiting status goes on with get', () => {
  const { nextOperation: continueWith } = sendblue.operations['status']!;

  test.each([
    ['SENT', 'get'],
    ['QUEUED', null],
    ['DELIVERED', null],
    ['ERROR', null],
    ['TELEPORTED', null],
  ])('%s → %s', (status, operation) => {
    expect(continueWith?.(readStatus({ status }, { id: 'x' }))).toBe(operation);
  });
});

describe('what is no message', () => {
  const readers = { readStatus, readRetrieved };

  test.each([
    null,
    true,
    7,
    'SENT',
    [],
    [{ status: 'SENT' }],
    {},
    { status: null },
    { status: '' },
    { status: ' ' },
    { status: 200 },
    { status: ['SENT'] },
    { status: 'OK' },
    { status: 'OK', data: null },
    { status: 'OK', data: [] },
    { status: 'OK', data: 'SENT' },
    { status: 'OK', data: {} },
    { status: 'OK', data: [{ status: 'SENT' }] },
    { status: 'ERROR', message: 'Invalid Credentials' },
    { status: 'SENT', error_code: true },
    { status: 'SENT', error_code: { code: 4000 } },
    { status: 'SENT', message_handle: { id: 'x' } },
    { data: { status: 'SENT', error_code: [4000] } },
  ])('%j', (body) => {
    for (const [name, read] of Object.entries(readers)) {
      expect(faultFrom(() => read(body, { id: 'x' })).code, name).toBe('wrong-shape');
    }
  });

  test.each([
    { status: 'success', code: 200 },
    { data: { status: 'success' } },
    { status: 'SUCCESS' },
    { status: 'success', message: 'OK' },
    { status: 'OK', data: { status: 'success', code: 200 } },
    { status: 'delivered', code: 200 },
    { status: 'DELIVERED', toString: 1 },
  ] as unknown[])('%j is no success', (body) => {
    for (const [name, read] of Object.entries(readers)) {
      expect(faultFrom(() => read(body, { id: 'x' })).code, name).toBe('wrong-shape');
    }
  });

  test.each([
    { error: { code: 'internal', message: 'oops' } },
    { error: 'oops' },
    { error: true },
    { status: 'ERROR' },
    { status: 'ERROR', message: 'oops' },
    { error_code: 5000 },
  ])('a good message beside %j is no success', (error) => {
    const data = { message_handle: 'x', status: 'DELIVERED', number: '+15550100142' };
    for (const [name, read] of Object.entries(readers)) {
      expect(faultFrom(() => read({ ...error, data }, { id: 'x' })).code, name).toBe('wrong-shape');
    }
    if (!('error' in error)) return;
    expect(faultFrom(() => readStatus({ ...data, ...error }, { id: 'x' })).code).toBe('wrong-shape');
  });

  test.each([{ error: null }, { error: '' }, { error: {} }, { error: { code: null } }, { error: false }])(
    '%j is no error',
    (none) => {
      const data = { message_handle: 'x', status: 'DELIVERED' };
      expect(readRetrieved({ status: 'OK', data, ...none }, { id: 'x' }).status.state).toBe('delivered');
    },
  );

  test('the status of a reply without its message is not the message’s', () => {
    for (const status of ['OK', 'SUCCESS', 'DELIVERED']) {
      expect(faultFrom(() => readRetrieved({ status }, { id: 'x' })).code).toBe('wrong-shape');
    }
  });

  test('a fault names the field, not its value', () => {
    const fault = faultFrom(() => readStatus({ status: 'SENT', error_code: { code: 'private' } }, { id: 'x' }));
    expect(fault.message).toBe('the field error_code is missing or of an unexpected type');
  });
});

describe('the id in the reply', () => {
  test('must be the one asked for', () => {
    const message = { status: 'DELIVERED', message_handle: 'other' };
    for (const fault of [
      faultFrom(() => readStatus(message, { id: 'x' })),
      faultFrom(() => readRetrieved({ data: message, status: 'OK' }, { id: 'x' })),
      faultFrom(() => readRetrieved(message, { id: 'x' })),
    ]) {
      expect(fault).toMatchObject({ code: 'wrong-id', hint: expect.stringContaining('not a uuid') });
    }
  });

  test('may be absent, empty or a number', () => {
    for (const message_handle of [undefined, null, '', 42]) {
      expect(readStatus({ status: 'READ', message_handle }, { id: '42' }).status.state).toBe('read');
      expect(readRetrieved({ data: { status: 'READ', content: 'a', message_handle } }, { id: '42' }).status.state).toBe(
        'read',
      );
    }
  });

  test('a retrieved message without its wrapping is read, and a status inside one', () => {
    const message = { status: 'READ', message_handle: 'x' };
    expect(readRetrieved(message, { id: 'x' }).status.state).toBe('read');
    expect(readStatus({ data: message, status: 'OK' }, { id: 'x' }).status.state).toBe('read');
    expect(readRetrieved({ ...message, data: null }, { id: 'x' }).status.state).toBe('read');
  });
});

test('media of an inbound message may be a list', () => {
  const media_url = ['https://example.com/a.jpg', 'https://example.com/b.jpg'];
  const read = (value: unknown) =>
    readStatus({ status: 'RECEIVED', message_handle: 'x', media_url: value }, { id: 'x' }).details['mediaUrl'];
  expect(read(media_url)).toEqual(media_url);
  expect([read([]), read([1]), read('')]).toEqual([null, null, null]);
});

test('long lists are cut, and the rest is counted', () => {
  const many = Array.from({ length: 20_000 }, (_, i) => `+1555${String(i).padStart(7, '0')}`);
  const finding = readRetrieved(
    { data: { message_handle: 'x', status: 'SENT', service: 'iMessage', participants: many, to_number: many } },
    { id: 'x' },
  );
  expect(finding.details['participants']).toHaveLength(1000);
  expect(finding.details['recipients']).toHaveLength(1000);
  expect(finding.warnings).toEqual([
    '19000 more participants are left out of the details',
    '19000 more recipients are left out of the details',
  ]);
});

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
  '%s is a word like any other',
  (name) => {
    const message = { message_handle: 'x', status: name, error_code: name, service: name, send_style: name };
    const finding = readRetrieved({ data: message }, { id: 'x' });
    expect([finding.status.state, finding.channel, finding.reason?.class]).toEqual(['unknown', null, 'unknown']);
    const failed = readStatus({ ...message, status: 'ERROR' }, { id: 'x' });
    expect(failed.reason).toMatchObject({ code: name, name: null, class: 'unknown' });
    const bytes = new TextEncoder().encode(JSON.stringify({ error_code: name }));
    const refusal = { reply: { status: 400, headers: {}, bytes }, body: { error_code: name }, settings: noSettings };
    expect(sendblue.mapError?.(refusal)).toMatchObject({ code: undefined, says: name });
  },
);

test('fields of an undocumented type are dropped', () => {
  const odd = [1.5, true, {}, []];
  const names = ['content', 'date_sent', 'from_number', 'is_outbound', 'location', 'opted_out', 'participants'];
  for (const value of odd) {
    for (const name of [...names, 'number', 'reply_to', 'service', 'to_number', 'was_downgraded']) {
      const finding = readStatus({ status: 'SENT', [name]: value }, { id: 'x' });
      expect(finding.status.outcome, `${name}: ${JSON.stringify(value)}`).toBe(
        name === 'was_downgraded' && value === true ? 'success' : 'pending',
      );
    }
  }
  const dates = { date_created: { _seconds: 1 }, date_sent: 'yesterday', date_updated: 1700000000 };
  expect(readStatus({ status: 'SENT', ...dates }, { id: 'x' })).toMatchObject({
    createdAt: null,
    sentAt: null,
    updatedAt: null,
  });
});
