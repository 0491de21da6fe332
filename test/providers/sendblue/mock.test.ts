import { describe, expect, test } from 'vitest';
import type { MockReply, MockRequest, MockRoute } from '../../../src/core/mock.ts';
import { Settings } from '../../../src/core/settings.ts';
import { sendblue } from '../../../src/providers/sendblue/index.ts';
import { fixture } from './fixture.ts';

const mock = await sendblue.mock();
const [statusRoute, getRoute] = mock.routes as readonly [MockRoute, MockRoute];
const routes: Record<string, MockRoute> = { status: statusRoute, get: getRoute };
const settings = new Settings(new Map());
const now = Date.UTC(2026, 2, 11, 19, 51, 40);

function request(id: string, asked = 0, headers: Record<string, string> = {}): MockRequest {
  const times = { firstAsked: now, started: now, now };
  return { method: 'GET', path: '', query: new URLSearchParams(), headers, body: '', id, asked, origin: '', ...times };
}

function read(operation: string, id: string, asked = 0) {
  const { status, body } = routes[operation]!.answer(request(id, asked));
  expect(status).toBe(200);
  return sendblue.operations[operation]!.read(JSON.parse(JSON.stringify(body)), { id, settings });
}

test('the routes', () => {
  expect(mock.routes.map(({ method, path, idParameter }) => [method, path, idParameter])).toEqual([
    ['GET', '/api/status', 'handle'],
    ['GET', '/api/v2/messages/:id', undefined],
    ['GET', '/api/v2/messages', undefined],
    ['POST', '/api/send-message', undefined],
  ]);
});

test('a message that is sent gets a handle of its own, which then moves', () => {
  const wanted = { number: '+15550100142', from_number: '+15550100100', content: 'Hello 👋' };
  const send = (body: string) => mock.routes[3]!.answer({ ...request(''), method: 'POST', body });
  const { status, body } = send(JSON.stringify(wanted));
  expect({ status, body }).toMatchObject({ status: 200, body: { ...wanted, status: 'QUEUED' } });
  const { message_handle: handle } = body as { message_handle: string };
  expect([0, 2, 4].map((asked) => read('get', handle, asked).status.state)).toEqual(['queued', 'sent', 'delivered']);
  expect(send(JSON.stringify(wanted)).body).not.toMatchObject({ message_handle: handle });
  for (const wrong of ['', 'null', '[]', '{"content":"Hello"}', JSON.stringify({ ...wanted, content: '' })]) {
    expect(send(wrong).status).toBe(400);
  }
});

/** The routes of an account of its own. */
async function newAccount() {
  const { routes } = await sendblue.mock();
  return routes as [statusRoute: MockRoute, getRoute: MockRoute, listRoute: MockRoute, sendRoute: MockRoute];
}

test('what was sent is what every route then shows', async () => {
  const [statusRoute, getRoute, listRoute, sendRoute] = await newAccount();
  const post = (wanted: object) => sendRoute.answer({ ...request(''), method: 'POST', body: JSON.stringify(wanted) });
  const wanted = { number: '+15550100199', from_number: '+15550100111', send_style: 'confetti', seat_id: 'seat-1' };
  const media_url = 'https://media.example.com/cat.png';
  for (const sent of [
    { ...wanted, content: 'Hello 👋' },
    { ...wanted, media_url },
    { ...wanted, content: 'x', media_url },
  ]) {
    const { message_handle: handle } = post(sent).body as { message_handle: string };
    const expected = { content: '', media_url: '', ...sent };
    expect(statusRoute.answer(request(handle)).body).toMatchObject({ ...expected, status: 'QUEUED' });
    expect(getRoute.answer(request(handle, 4)).body).toMatchObject({
      data: { ...expected, to_number: sent.number, sendblue_number: sent.from_number, status: 'DELIVERED' },
    });
    const query = new URLSearchParams({ number: sent.number, limit: '1' });
    const { data } = listRoute.answer({ ...request(''), query }).body as { data: unknown[] };
    expect({ data: data[0], status: 'OK' }).toEqual(getRoute.answer(request(handle, 4)).body);
  }
  expect(post({ ...wanted, content: 'x', send_style: 'sparkles' })).toMatchObject({
    status: 400,
    body: { error_code: 4000, error_message: 'invalid send_style' },
  });
  expect(post(wanted)).toMatchObject({
    status: 400,
    body: { error_message: 'missing required parameter: content or media_url' },
  });
});

test('each server has an account of its own', async () => {
  const list = (routes: readonly MockRoute[]) => routes[2]!.answer(request('')).body;
  const [one, other] = [await newAccount(), await newAccount()];
  const body = JSON.stringify({ number: '+15550100199', from_number: '+15550100111', content: 'x' });
  one[3]!.answer({ ...request(''), method: 'POST', body });
  expect([list(one), list(other)]).toMatchObject([{ pagination: { total: 2346 } }, { pagination: { total: 2345 } }]);
});

test('a row of the list is what get says of it, whenever it is asked', async () => {
  const [statusRoute, getRoute, listRoute] = await newAccount();
  const rows = (more: Partial<MockRequest>) =>
    (listRoute.answer({ ...request(''), ...more }).body as { data: { message_handle: string }[] }).data;
  const later = { now: now + 3 * 3_600_000, firstAsked: now + 3 * 3_600_000 };
  for (const row of rows({})) {
    for (const look of [{}, later]) {
      expect(getRoute.answer({ ...request(row.message_handle), ...look }).body).toEqual({ data: row, status: 'OK' });
    }
    const status = statusRoute.answer(request(row.message_handle)).body as Record<string, unknown>;
    for (const [name, value] of Object.entries(status)) {
      if (['account_email', 'error_code'].includes(name)) continue;
      expect(row).toMatchObject({ [name]: value });
    }
  }
  expect(rows(later)).toEqual(rows({}));
});

test.each([
  ['limit=1000', 100, 2345],
  ['limit=999999999&offset=2340', 5, 2345],
  ['limit=7', 7, 2345],
  ['account_email=account@example.com', 100, 2345],
  ['account_email=nobody@example.com', 0, 0],
  ['account_email=growing@example.com', 100, 2345],
])('the list, %s', async (query, rows, total) => {
  const [, , listRoute] = await newAccount();
  const { body } = listRoute.answer({ ...request(''), query: new URLSearchParams(query) });
  const { data, pagination } = body as { data: { accountEmail: string }[]; pagination: Record<string, unknown> };
  expect([data.length, pagination['total']]).toEqual([rows, total]);
  expect(Number(pagination['limit'])).toBeLessThanOrEqual(100);
  const email = new URLSearchParams(query).get('account_email');
  if (email !== null) for (const row of data) expect(row.accountEmail).toBe(email);
});

test('no date of a message lies ahead', () => {
  const body = JSON.stringify({ number: '+15550100199', from_number: '+15550100111', content: 'x' });
  const message = mock.routes[3]!.answer({ ...request(''), method: 'POST', body }).body as Record<string, string>;
  for (const name of ['date_created', 'date_sent', 'date_updated']) {
    expect(Date.parse(message[name] ?? '')).toBeLessThanOrEqual(now);
  }
});

test('the reference pages’ id answers with their bodies', () => {
  expect(statusRoute.answer(request('msg_abc123def456')).body).toEqual(fixture('status-documented'));
  expect(getRoute.answer(request('msg_abc123def456')).body).toEqual(fixture('retrieve-documented'));
  for (const { example } of Object.values(sendblue.operations)) expect(example).toBe('msg_abc123def456');
});

describe('ids', () => {
  test.each([
    ['registered', 'queued', 'pending', null],
    ['queued', 'queued', 'pending', null],
    ['sent', 'sent', 'pending', null],
    ['delivered', 'delivered', 'success', null],
    ['read', 'read', 'success', null],
    ['received', 'received', 'success', null],
    ['failed', 'failed', 'failure', '10001'],
    ['declined', 'failed', 'failure', null],
    ['opted-out', 'failed', 'failure', null],
    ['unknown', 'unknown', 'unknown', null],
    ['unresolved', 'unknown', 'unknown', '10002'],
    ['sms', 'sent', 'success', null],
    ['downgraded', 'sent', 'success', null],
    ['rcs', 'delivered', 'success', null],
    ['group', 'sent', 'pending', null],
    ['bare', 'queued', 'pending', null],
    ['moving', 'queued', 'pending', null],
    ['failing', 'queued', 'pending', null],
    ['code-4002', 'failed', 'failure', '4002'],
    ['code-SMS_LIMIT_REACHED', 'failed', 'failure', 'SMS_LIMIT_REACHED'],
    ['status-DECLINED', 'failed', 'failure', null],
    ['status-Some-Word', 'unknown', 'unknown', null],
  ])('%s is %s', (id, state, outcome, code) => {
    const ids = /^(code|status)-/.test(id) ? [id] : [id, `${id}-42`, `${id}-a/b é`];
    for (const each of ids) {
      const finding = read('get', each);
      expect(finding.status).toMatchObject({ state, outcome });
      expect(finding.reason?.code ?? null).toBe(code);
      expect(finding.details['replyStatus']).toBe('OK');
    }
  });

  test('the status endpoint says the same, but cannot tell SMS', () => {
    for (const id of ['queued', 'delivered', 'read', 'received', 'failed', 'unknown', 'unresolved', 'code-4002']) {
      expect(read('status', id).status).toEqual(read('get', id).status);
    }
    for (const id of ['sent', 'sms', 'downgraded', 'group']) {
      const finding = read('status', id);
      expect(finding.status).toEqual({ state: 'sent', outcome: 'pending', terminal: false });
      expect(finding.warnings).toHaveLength(1);
    }
  });

  test('bare answers a status with nothing but the word', () => {
    expect(statusRoute.answer(request('bare-1')).body).toEqual({ status: 'PENDING' });
  });

  test('bodies are rich, and dated before now', () => {
    expect(read('get', 'delivered')).toMatchObject({
      channel: 'imessage',
      downgraded: false,
      direction: 'outbound',
      from: '+15550100100',
      to: '+15550100142',
      createdAt: '2026-03-11T19:50:00.000Z',
      sentAt: '2026-03-11T19:50:01.250Z',
      updatedAt: '2026-03-11T19:50:03.480Z',
    });
    expect(read('get', 'received')).toMatchObject({ direction: 'inbound', from: '+15550100142', to: '+15550100100' });
    expect(read('get', 'downgraded')).toMatchObject({ channel: 'sms', downgraded: true });
  });

  test.each(['status', 'get'])('%s: messages move as they are asked again', (operation) => {
    const states = (id: string) => [0, 1, 2, 3, 4, 5].map((asked) => read(operation, id, asked).status.state);
    expect(states('moving-1')).toEqual(['queued', 'queued', 'sent', 'sent', 'delivered', 'delivered']);
    expect(states('failing-1')).toEqual(['queued', 'queued', 'failed', 'failed', 'failed', 'failed']);
  });

  test('the list names each once, and each is known where the list says', () => {
    const keys = mock.ids.map(({ id, operation }) => `${operation} ${id}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { id, operation } of mock.ids) expect(read(operation, id).providerState).not.toBe('');
  });

  test.each(['nobody', 'deliveredx', 'status-', 'code-', 'canceled', 'scheduled', 'constructor'])(
    '%s is not there',
    (id) => {
      expect(statusRoute.answer(request(id))).toEqual({ status: 404, body: 'Message not found' });
      expect(getRoute.answer(request(id))).toEqual({
        status: 404,
        body: { status: 'ERROR', message: 'Message not found' },
      });
    },
  );

  test('a status without a handle is refused', () => {
    expect(statusRoute.answer(request('')).status).toBe(400);
  });
});

describe('credentials', () => {
  const good = { 'sb-api-key-id': 'mock-key-id', 'sb-api-secret-key': 'mock-secret-key' };
  const refusal: MockReply = { status: 401, body: { status: 'ERROR', message: 'Invalid Credentials' } };

  test.each(['status', 'get'])('%s', (operation) => {
    const { refuse } = routes[operation]!;
    expect(refuse(request('x', 0, good))).toBeNull();
    for (const name of Object.keys(good)) {
      expect(refuse(request('x', 0, { ...good, [name]: 'wrong' }))).toEqual(refusal);
      expect(refuse(request('x', 0, { ...good, [name]: '' }))).toEqual(refusal);
    }
    expect(refuse(request('x'))).toEqual(refusal);
  });

  test('are those of the settings', () => {
    expect(mock.settings).toEqual({ apiKeyId: 'mock-key-id', apiSecretKey: 'mock-secret-key' });
    expect(mock.urlSettings).toEqual(['baseUrl']);
  });
});

test.each([400, 401, 403, 404, 422, 429, 500, 503, 418])('fault %i keeps its status', (status) => {
  for (const route of mock.routes) expect(route.fail(status)).toMatchObject({ status, body: expect.anything() });
});
