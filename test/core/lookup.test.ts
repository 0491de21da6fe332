import { describe, expect, test } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import type { HttpRequest, Reply, Send } from '../../src/core/http.ts';
import { idProblemOf, type LookupItem, lookUp, operationOf } from '../../src/core/lookup.ts';
import type { Authorization, MessageStatus, Operation, Provider } from '../../src/core/provider.ts';
import { type AccountConnection, mockHeader } from '../../src/core/question.ts';
import { Settings } from '../../src/core/settings.ts';
import { statuses } from '../../src/core/state.ts';

const finding: MessageStatus = {
  status: statuses.delivered,
  providerState: 'DELIVERED',
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
  details: {},
  warnings: ['first'],
};

function providerWith(get: Partial<Operation> = {}, more: Partial<Provider> = {}): Provider {
  const operation: Operation = {
    summary: 'look up',
    idName: 'id',
    example: 'a',
    target: (id) => ({ path: ['messages', id] }),
    read: () => finding,
    ...get,
  };
  return {
    id: 'acme',
    title: 'Acme',
    settings: {},
    credentials: [],
    operations: { get: operation },
    pace: { perSecond: 1, floorMs: 0 },
    privateDetails: { values: [], sentences: [] },
    check: { what: 'nothing', target: { path: [] }, proof: 'success' },
    codes: [],
    connect: () => ({ canRenew: false, authorize: async () => authorization('1') }),
    mock: () => Promise.reject(new Error('not here')),
    decoder: () => Promise.reject(new Error('not here')),
    ...more,
  };
}

function authorization(token: string): Authorization {
  return { base: new URL('https://api.acme.example/v1/'), headers: { authorization: token } };
}

function reply(status: number, body = '{}', headers: Record<string, string> = {}): Reply {
  return { status, headers, bytes: new TextEncoder().encode(body) };
}

/** Answers in turn, and remembers what it was asked. */
function answering(...replies: readonly (Reply | Fault)[]) {
  const asked: HttpRequest[] = [];
  const send: Send = async (request) => {
    asked.push(request);
    return { reply: replies[asked.length - 1]!, attempts: asked.length, durationMs: 10.4 };
  };
  return { asked, send };
}

/** `canRenew`: whether a second authorization can be had. */
function lineOf(canRenew = false): AccountConnection & { readonly refusals: (Authorization | null)[] } {
  const refusals: (Authorization | null)[] = [];
  const authorize = async (_: unknown, refused: Authorization | null) => {
    refusals.push(refused);
    return authorization(String(refusals.length));
  };
  return { settings: new Settings(new Map()), connection: { canRenew: canRenew, authorize }, refusals };
}

const clock = { now: () => 0, monotonic: () => 0, sleep: async () => undefined, alarm: () => () => undefined };
const bounds = { signal: new AbortController().signal, deadline: 1000 };

function ask(provider: Provider, more: Partial<LookupItem> = {}): LookupItem {
  return { index: 0, provider, operation: 'get', id: 'a/b', ...more };
}

async function look(what: LookupItem, line: AccountConnection, send: Send) {
  return lookUp(what, line, { send, clock }, bounds);
}

describe('an answer', () => {
  test('is read, with how it was asked', async () => {
    const { asked, send } = answering(reply(200, '{"a":1}', { 'x-request-id': 'r1' }));
    const mayRetry = () => false;
    const answer = await look(ask(providerWith({}, { mayRetry })), lineOf(), send);
    expect(answer).toEqual({
      result: finding,
      request: {
        url: 'https://api.acme.example/v1/messages/a%2Fb',
        httpStatus: 200,
        requestId: 'r1',
        attempts: 1,
        durationMs: 10,
      },
      mock: false,
      body: { a: 1 },
    });
    expect(asked).toEqual([
      {
        method: 'GET',
        url: new URL('https://api.acme.example/v1/messages/a%2Fb'),
        headers: { authorization: '1' },
        mayRetry,
      },
    ]);
  });

  test('is told what was asked and with which settings', async () => {
    const line = lineOf();
    let told: unknown;
    const read: Operation['read'] = (body, about) => {
      told = [body, about];
      return finding;
    };
    await look(ask(providerWith({ read })), line, answering(reply(200, '[1]')).send);
    expect(told).toEqual([[1], { id: 'a/b', settings: line.settings }]);
  });

  test('of the mock server says so', async () => {
    const { send } = answering(reply(200, '{}', { [mockHeader]: '1' }));
    expect((await look(ask(providerWith()), lineOf(), send)).mock).toBe(true);
    const failing = answering(reply(500, '{}', { [mockHeader]: '1' }));
    expect((await look(ask(providerWith()), lineOf(), failing.send)).mock).toBe(true);
  });

  test('may name its own request', async () => {
    const provider = providerWith({ read: () => ({ ...finding, requestId: 'own' }) });
    const { send } = answering(reply(200, '{}', { 'x-request-id': 'header' }));
    expect((await look(ask(provider), lineOf(), send)).request?.requestId).toBe('own');
    const silent = await look(ask(providerWith()), lineOf(), answering(reply(200)).send);
    expect(silent.request?.requestId).toBeNull();
  });

  test.each([
    [199, 'unexpected-status'],
    [200, null],
    [299, null],
    [300, 'redirect'],
  ])('with status %i is %s', async (status, code) => {
    const { result } = await look(ask(providerWith()), lineOf(), answering(reply(status)).send);
    expect(result instanceof Fault ? result.code : null).toBe(code);
  });
});

describe('a fault', () => {
  test('of the network is the answer, without a status', async () => {
    const fault = new Fault('timeout', { message: 'no answer' });
    const answer = await look(ask(providerWith()), lineOf(), answering(fault).send);
    expect(answer).toEqual({
      result: fault,
      request: expect.objectContaining({ httpStatus: null, requestId: null, attempts: 1 }),
      mock: false,
    });
  });

  test('of the reading says who answered what, and keeps its hint', async () => {
    const read = () => {
      throw new Fault('wrong-shape', { message: 'no message', hint: 'look closer' });
    };
    const { send } = answering(reply(200, '{"a":1}', { 'x-request-id': 'r1' }));
    const { result, request, body } = await look(ask(providerWith({ read })), lineOf(), send);
    expect(result).toMatchObject({
      code: 'wrong-shape',
      message: 'Acme: no message (HTTP 200)',
      hint: 'look closer',
      httpStatus: 200,
      requestId: 'r1',
    });
    expect([request?.requestId, body]).toEqual(['r1', { a: 1 }]);
  });

  test('that knows its status and its request keeps them', async () => {
    const own = new Fault('not-found', { message: 'gone', httpStatus: 404, requestId: 'own' });
    const read = () => {
      throw own;
    };
    const { result } = await look(ask(providerWith({ read })), lineOf(), answering(reply(200)).send);
    expect(result).toBe(own);
    const named = () => {
      throw new Fault('not-found', { message: 'gone', requestId: 'own' });
    };
    const { send } = answering(reply(200, '{}', { 'x-request-id': 'r1' }));
    expect((await look(ask(providerWith({ read: named })), lineOf(), send)).result).toMatchObject({ requestId: 'own' });
  });

  test('that is none is a bug and let out', async () => {
    const read = () => {
      throw new TypeError('a bug');
    };
    await expect(look(ask(providerWith({ read })), lineOf(), answering(reply(200)).send)).rejects.toThrow('a bug');
  });

  test('of an id that must not go out asks nobody', async () => {
    const { asked, send } = answering();
    const answer = await look(ask(providerWith(), { id: '..' }), lineOf(), send);
    expect(answer).toMatchObject({ result: { code: 'bad-id' }, request: null, mock: false });
    expect(asked).toEqual([]);
  });

  test('of an id that only this provider refuses asks nobody either', async () => {
    const { asked, send } = answering();
    expect((await look(ask(providerWith(), { id: ' a' }), lineOf(), send)).result).toMatchObject({ code: 'bad-id' });
    expect(asked).toEqual([]);
    const what = ask(providerWith(), { operation: 'nope' });
    await expect(look(what, lineOf(), send)).rejects.toThrow('acme has no operation nope');
  });

  test('of the authorization is the answer', async () => {
    const fault = new Fault('credentials-missing', { message: 'none' });
    const line = { ...lineOf(), connection: { canRenew: false, authorize: () => Promise.reject(fault) } };
    expect(await look(ask(providerWith()), line, answering().send)).toEqual({
      result: fault,
      request: null,
      mock: false,
    });
  });
});

describe('a 401', () => {
  test('is asked again with a fresh authorization, and both attempts count', async () => {
    const line = lineOf(true);
    const { asked, send } = answering(reply(401), reply(200));
    const answer = await look(ask(providerWith()), line, send);
    expect(answer).toMatchObject({ result: finding, request: { httpStatus: 200, attempts: 3, durationMs: 21 } });
    expect(asked.map(({ headers }) => headers['authorization'])).toEqual(['1', '2']);
    expect(line.refusals).toEqual([null, authorization('1')]);
    expect(line.refused).toBeUndefined();
  });

  test('that comes again is final for all look-ups of the line', async () => {
    const line = lineOf(true);
    const { asked, send } = answering(reply(401), reply(401));
    const { result } = await look(ask(providerWith()), line, send);
    expect(result).toMatchObject({ code: 'unauthorized', httpStatus: 401 });
    expect(await look(ask(providerWith(), { id: 'next' }), line, send)).toEqual({ result, request: null, mock: false });
    expect(asked).toHaveLength(2);
  });

  test('is not asked again where nothing can be renewed', async () => {
    const line = lineOf(false);
    const { asked, send } = answering(reply(401), reply(200));
    expect((await look(ask(providerWith()), line, send)).result).toMatchObject({ code: 'unauthorized' });
    expect([asked.length, line.refused?.code]).toEqual([1, 'unauthorized']);
  });

  test.each([403, 404, 500])('and not a %i', async (status) => {
    const line = lineOf(true);
    const { asked, send } = answering(reply(status), reply(200));
    await look(ask(providerWith()), line, send);
    expect([asked.length, line.refused]).toEqual([1, undefined]);
  });
});

describe('an extra', () => {
  const extras: NonNullable<Operation['expansions']> = {
    activities: {
      flag: '--activities',
      summary: 'what happened',
      target: (id) => ({ path: ['messages', id, 'activities'] }),
      merge: (had, body, { id }) => ({ ...had, details: { ...had.details, [id]: body } }),
    },
  };

  test('is asked for when it is wanted, and merged', async () => {
    const { asked, send } = answering(reply(200, '1'), reply(200, '2'));
    const answer = await look(
      ask(providerWith({ expansions: extras }), { expansions: ['activities', 'unheard-of'] }),
      lineOf(),
      send,
    );
    expect(answer.result).toEqual({ ...finding, details: { 'a/b': 2 } });
    expect(answer.body).toBe(1);
    expect(asked.map(({ url }) => url.pathname)).toEqual(['/v1/messages/a%2Fb', '/v1/messages/a%2Fb/activities']);
  });

  test('is not asked for when nobody wants it', async () => {
    const { asked, send } = answering(reply(200));
    await look(ask(providerWith({ expansions: extras })), lineOf(), send);
    expect(asked).toHaveLength(1);
  });

  test('that cannot be had is a warning', async () => {
    const { send } = answering(reply(200), reply(404, '{"message":"no such route"}'));
    const { result } = await look(
      ask(providerWith({ expansions: extras }), { expansions: ['activities'] }),
      lineOf(),
      send,
    );
    const warning = 'no activities: Acme answered HTTP 404: no such route';
    expect(result).toEqual({ ...finding, warnings: ['first', warning] });
  });

  test('is pointless without an answer', async () => {
    const { asked, send } = answering(reply(404), reply(200));
    const { result } = await look(
      ask(providerWith({ expansions: extras }), { expansions: ['activities'] }),
      lineOf(),
      send,
    );
    expect([result, asked.length]).toEqual([expect.objectContaining({ code: 'not-found' }), 1]);
  });
});

describe('an id', () => {
  test.each([
    ['', 'the id is empty'],
    [' a', 'the id begins or ends with a blank'],
    ['a\nb', 'the id holds a control character'],
  ])('such as %j is refused', (id, message) => {
    expect(idProblemOf(ask(providerWith(), { id }))).toBe(message);
  });

  test('that is refused is not asked for', async () => {
    const { asked, send } = answering(reply(200));
    const { result, request } = await look(ask(providerWith(), { id: '' }), lineOf(), send);
    expect(result).toEqual(new Fault('bad-id', { message: 'the id is empty' }));
    expect([request, asked]).toEqual([null, []]);
  });

  test('may hold anything where the provider’s ids do', () => {
    expect(idProblemOf(ask(providerWith({ anyCharacter: true }), { id: ' a\n' }))).toBeNull();
  });

  test('that changes the address is refused before anything is sent', async () => {
    const target = (id: string) => ({ path: ['messages', id, '..'] });
    const { asked, send } = answering(reply(200));
    const { result } = await look(ask(providerWith({ target })), lineOf(), send);
    expect(result).toEqual(new Fault('bad-id', { message: 'this id would lead to another address' }));
    expect(asked).toEqual([]);
  });

  test('is of an operation that there is', () => {
    expect(() => operationOf(ask(providerWith(), { operation: 'nope' }))).toThrow('acme has no operation nope');
  });
});
