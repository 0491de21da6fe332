import { describe, expect, it } from 'vitest';
import type { MockReply, MockRequest } from '../../../src/core/mock.ts';
import { mock } from '../../../src/providers/sent/mock.ts';
import { faultOf, fixture, read, id as referenceId } from './support.ts';

const route = mock.routes[0]!;
const key = { 'x-api-key': mock.settings['apiKey']! };

function request(id: string, asked = 0, headers: Readonly<Record<string, string>> = key): MockRequest {
  return {
    method: 'GET',
    path: `/v3/messages/${encodeURIComponent(id)}`,
    query: new URLSearchParams(),
    headers,
    body: '',
    id,
    asked,
    origin: 'http://127.0.0.1:1/sent',
    now: Date.UTC(2026, 9, 2, 8, 6),
    firstAsked: Date.UTC(2026, 9, 2, 8, 6),
    started: 0,
  };
}

function ask(id: string, asked = 0): MockReply {
  return route.answer(request(id, asked));
}

/** What a client would get: the reply's body through JSON. */
function bodyOf(reply: MockReply): unknown {
  return JSON.parse(JSON.stringify(reply.body));
}

const stateOf = (id: string, asked = 0) => read(bodyOf(ask(id, asked)), id).status.state;

describe('the mock’s messages', () => {
  it('answers the reference page’s id with its body, in upper case too', () => {
    expect(bodyOf(ask(referenceId))).toEqual(fixture('message-documented'));
    expect(read(bodyOf(ask(referenceId.toUpperCase())), referenceId.toUpperCase()).status.state).toBe('delivered');
  });

  it.each([
    ['queued', 'queued', 'QUEUED'],
    ['accepted', 'queued', 'ACCEPTED'],
    ['processed', 'queued', 'PROCESSED'],
    ['routed', 'queued', 'ROUTED'],
    ['scheduled', 'scheduled', 'SCHEDULED'],
    ['sent', 'sent', 'SENT'],
    ['delivered', 'delivered', 'DELIVERED'],
    ['read', 'read', 'READ'],
    ['received', 'received', 'RECEIVED'],
    ['failed', 'failed', 'FAILED'],
    ['canceled', 'canceled', 'CANCELLED'],
    ['filtered', 'failed', 'FILTERED'],
    ['blocked', 'failed', 'BLOCKED'],
    ['unrouted', 'failed', 'FAILED'],
    ['mms', 'delivered', 'DELIVERED'],
    ['rcs', 'read', 'READ'],
    ['unknown', 'unknown', 'TELEPORTED'],
    ['status-DeLiVeReD', 'delivered', 'DeLiVeReD'],
    ['status-constructor', 'unknown', 'constructor'],
    ['status-a-b', 'unknown', 'a-b'],
  ])('%s is %s', (id, state, word) => {
    for (const asked of id.startsWith('status-') ? [id] : [id, `${id}-42`, `${id}-a/b?c`]) {
      const finding = read(bodyOf(ask(asked)), asked);
      expect([finding.status.state, finding.providerState]).toEqual([state, word]);
      expect(finding.timeline.at(-1)?.providerState).toBe(word);
      expect(finding.warnings.filter((warning) => !warning.includes('automatic routing'))).toEqual([]);
    }
  });

  it.each([
    ['code-DELIVERY_007', 'FAILED', 'unreachable'],
    ['code-BUSINESS_003', 'BLOCKED', 'account'],
    ['code-BUSINESS_004', 'FILTERED', 'opted-out'],
    ['code-NEVER_HEARD_OF', 'FAILED', 'unknown'],
  ])('%s is %s', (id, word, kind) => {
    const finding = read(bodyOf(ask(id)), id);
    expect(finding.providerState).toBe(word);
    expect(finding.reason).toMatchObject({ code: id.slice(5), class: kind });
  });

  it.each([
    ['moving', ['queued', 'queued', 'sent', 'sent', 'delivered', 'delivered']],
    ['failing', ['queued', 'queued', 'failed', 'failed']],
    ['rerouted', ['failed', 'sent', 'delivered', 'delivered']],
  ])('%s goes through %j', (id, states) => {
    expect(states.map((_, asked) => stateOf(`${id}-7`, asked))).toEqual(states);
  });

  it('tells of one message however long it is looked up', () => {
    expect(read(bodyOf(ask('moving', 4)), 'moving').createdAt).toBe('2026-10-02T07:59:00.000Z');
    expect(
      read(bodyOf(route.answer({ ...request('moving'), now: Date.UTC(2026, 9, 2, 18, 9) })), 'moving').createdAt,
    ).toBe('2026-10-02T07:59:00.000Z');
  });

  it('fills every field that a message of its kind has', () => {
    expect(read(bodyOf(ask('mms')), 'mms')).toMatchObject({
      channel: 'mms',
      direction: 'outbound',
      to: '+12025550142',
      details: { price: 0.0079, regionCode: 'US', messageBody: { media: [{ mediaType: 'image/png' }] } },
    });
    expect(read(bodyOf(ask('received')), 'received')).toMatchObject({ direction: 'inbound', from: '+12025550142' });
    expect(read(bodyOf(ask('scheduled')), 'scheduled').details['scheduledAt']).toBe('2026-10-02T09:06:00.000Z');
  });

  it('knows no other message', () => {
    const unknown = ask('00000000-0000-4000-8000-000000000000');
    expect(unknown.status).toBe(404);
    expect(bodyOf(unknown)).toEqual(fixture('error-404'));
    for (const bad of ['not-a-uuid', 'DELIVERED', 'status', 'status-', 'code-', 'toString', '__proto__']) {
      expect(ask(bad).status).toBe(400);
      expect(bodyOf(ask(bad))).toEqual(fixture('error-400'));
    }
  });

  it('says no with a 200 to `denied`', () => {
    const reply = ask('denied-1');
    expect(reply.status).toBe(200);
    expect(faultOf(() => read(bodyOf(reply), 'denied-1')).code).toBe('not-found');
  });

  it('lists the ids that it answers', () => {
    for (const { id, means } of mock.ids) {
      const { status } = ask(id);
      expect([id, status]).toEqual([id, /404/.test(means) ? 404 : /400/.test(means) ? 400 : 200]);
      expect([id, means]).toEqual([id, expect.stringMatching(wordOf(id))]);
    }
  });
});

/** What the list must say of an id: the word that Sent's own answer has at first, or else the code, or what it is. */
function wordOf(id: string): RegExp {
  if (id === referenceId) return /reference page: delivered/;
  if (/^(status|code)-/.test(id)) return /<WORD>|<CODE>/;
  const { data, error } = bodyOf(ask(id)) as { data: { status: string } | null; error: { code: string } | null };
  return new RegExp(`\\b${id.startsWith('00000000') ? 'UUID' : (data?.status ?? error?.code)}\\b`);
}

describe('the mock’s refusals', () => {
  it.each([
    [{}, 401, 'AUTH_001'],
    [{ 'x-api-key': '' }, 401, 'AUTH_001'],
    [{ 'x-api-key': 'wrong' }, 401, 'AUTH_002'],
    [{ ...key, 'x-profile-id': '' }, 400, 'VALIDATION_003'],
    [{ ...key, 'x-profile-id': '550e8400-e29b-41d4-a716-446655440009' }, 404, 'RESOURCE_003'],
  ])('%j is refused with %i %s', (headers, status, code) => {
    const refused = route.refuse(request('delivered', 0, headers));
    expect(refused?.status).toBe(status);
    expect(refused?.body).toMatchObject({ success: false, data: null, error: { code } });
  });

  it('takes the key alone, and with the profile of its organisation, which it echoes', () => {
    expect(route.refuse(request('delivered'))).toBeNull();
    const headers = { ...key, 'x-profile-id': '5f0c1a2e-6d1b-4c55-9a57-2f8f1f1f0001' };
    expect(route.refuse(request('delivered', 0, headers))).toBeNull();
    expect(route.answer(request('delivered', 0, headers)).headers).toMatchObject({
      'x-profile-id': '5f0c1a2e-6d1b-4c55-9a57-2f8f1f1f0001',
    });
  });

  it.each([
    [400, 'VALIDATION_001'],
    [404, 'RESOURCE_003'],
    [409, 'CONFLICT_001'],
    [422, 'VALIDATION_001'],
    [429, 'BUSINESS_002'],
    [500, 'INTERNAL_001'],
    [502, 'INTERNAL_003'],
    [503, 'INTERNAL_005'],
    [504, 'INTERNAL_004'],
  ])('HTTP %i is worded with %s', (status, code) => {
    const reply = route.fail(status);
    expect(reply.status).toBe(status);
    expect(reply.body).toMatchObject({ success: false, error: { code } });
  });

  it('words the documented failures as documented', () => {
    for (const status of [400, 404, 500]) expect(bodyOf(route.fail(status))).toEqual(fixture(`error-${status}`));
  });

  it.each([401, 403, 418])('HTTP %i has no body', (status) => {
    expect(route.fail(status)).toMatchObject({ status, body: undefined });
  });
});
