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
  return { method: 'GET', path: '', query: new URLSearchParams(), headers, body: '', id, asked, origin: '', now };
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
