import { describe, expect, test } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import type { HttpRequest, Reply, Send } from '../../src/core/http.ts';
import type { LookupItem, LookupResult } from '../../src/core/item.ts';
import { mockHeader } from '../../src/core/mock.ts';
import type { Authorization, MessageStatus, Operation, Provider } from '../../src/core/provider.ts';
import { Settings } from '../../src/core/settings.ts';
import { RateLimiter } from '../../src/engine/accounts.ts';
import { type Client, execute, lookUp } from '../../src/engine/request.ts';
import { authorization, lookupItem, messageStatus, never, providerWith } from '../support/engine.ts';

const finding = messageStatus('delivered', { warnings: ['first'] });

function providerReading(get: Partial<Operation> = {}, more: Partial<Provider> = {}): Provider {
  return providerWith({ read: () => finding, ...get }, more);
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

const clock = { now: () => 0, monotonic: () => 0, sleep: async () => undefined, alarm: () => () => undefined };
const limiter = new RateLimiter(clock, null);
const bounds = { signal: never, deadline: 1000 };

/** `canRenew`: whether a second authorization can be had. */
function clientWith(canRenew = false, provider = providerReading()) {
  const refusals: (Authorization | null)[] = [];
  const authorize = async (_: unknown, refused: Authorization | null) => {
    refusals.push(refused);
    return authorization(String(refusals.length));
  };
  const account: Client['account'] = { provider, limiter, refusal: null, confirmation: null, isProven: false };
  return { account, settings: new Settings(new Map()), connection: { canRenew, authorize }, refusals };
}

function ask(provider: Provider, more: Partial<LookupItem> = {}): LookupItem {
  return lookupItem('a/b', { provider, ...more });
}

async function look(item: LookupItem, client: Client, send: Send) {
  return lookUp(item, item.operation, client, { send, clock, limiter }, bounds);
}

describe('an answer', () => {
  test('is read, with how it was asked', async () => {
    const { asked, send } = answering(reply(200, '{"a":1}', { 'x-request-id': 'r1' }));
    const mayRetry = () => false;
    const result = await look(ask(providerReading({}, { mayRetry })), clientWith(), send);
    expect(result).toEqual({
      kind: 'answer',
      value: finding,
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
        limiter,
        mayRetry,
      },
    ]);
    expect(asked[0]?.limiter).toBe(limiter);
  });

  test('is told what was asked and with which settings', async () => {
    const client = clientWith();
    let told: unknown;
    const read: Operation['read'] = (body, about) => {
      told = [body, about];
      return finding;
    };
    await look(ask(providerWith({ read })), client, answering(reply(200, '[1]')).send);
    expect(told).toEqual([[1], { id: 'a/b', settings: client.settings }]);
  });

  test('comes from the operation that is looked up, whatever was asked for', async () => {
    const get = providerReading().operations['get']!;
    const more: Operation = { ...get, target: (id) => ({ path: ['more', id] }) };
    const provider = providerWith({}, { operations: { get, more } });
    const { asked, send } = answering(reply(200));
    await lookUp(ask(provider), 'more', clientWith(), { send, clock, limiter }, bounds);
    expect(asked.map(({ url }) => url.pathname)).toEqual(['/v1/more/a%2Fb']);
  });

  test('of the mock server says so', async () => {
    const { send } = answering(reply(200, '{}', { [mockHeader]: '1' }));
    expect((await look(ask(providerReading()), clientWith(), send)).mock).toBe(true);
    const failing = answering(reply(500, '{}', { [mockHeader]: '1' }));
    expect((await look(ask(providerReading()), clientWith(), failing.send)).mock).toBe(true);
  });

  test('may name its own request', async () => {
    const provider = providerWith({ read: () => ({ ...finding, requestId: 'own' }) });
    const { send } = answering(reply(200, '{}', { 'x-request-id': 'header' }));
    expect((await look(ask(provider), clientWith(), send)).request?.requestId).toBe('own');
    const silent = await look(ask(providerReading()), clientWith(), answering(reply(200)).send);
    expect(silent.request?.requestId).toBeNull();
  });

  test.each([
    [199, 'unexpected-status'],
    [200, null],
    [203, null],
    [205, 'unexpected-status'],
    [206, 'unexpected-status'],
    [299, 'unexpected-status'],
    [300, 'redirect'],
  ])('with status %i is %s', async (status, code) => {
    const result = await look(ask(providerReading()), clientWith(), answering(reply(status)).send);
    expect(result.kind === 'fault' ? result.fault.code : null).toBe(code);
  });
});

describe('a fault', () => {
  test('of the network is the result, without a status', async () => {
    const fault = new Fault('timeout', { message: 'no answer' });
    const result = await look(ask(providerReading()), clientWith(), answering(fault).send);
    expect(result).toEqual({
      kind: 'fault',
      fault,
      request: expect.objectContaining({ httpStatus: null, requestId: null, attempts: 1 }),
      mock: false,
    });
  });

  test('of the reading says who answered what, and keeps its hint', async () => {
    const read = () => {
      throw new Fault('wrong-shape', { message: 'no message', hint: 'look closer' });
    };
    const { send } = answering(reply(200, '{"a":1}', { 'x-request-id': 'r1' }));
    const result = await look(ask(providerWith({ read })), clientWith(), send);
    expect(result).toMatchObject({
      fault: {
        code: 'wrong-shape',
        message: 'Acme: no message (HTTP 200)',
        hint: 'look closer',
        httpStatus: 200,
        requestId: 'r1',
      },
    });
    expect([result.request?.requestId, result.body]).toEqual(['r1', { a: 1 }]);
  });

  test('that knows its status and its request keeps them', async () => {
    const own = new Fault('not-found', { message: 'gone', httpStatus: 404, requestId: 'own' });
    const read = () => {
      throw own;
    };
    expect(faultOf(await look(ask(providerWith({ read })), clientWith(), answering(reply(200)).send))).toBe(own);
    const named = () => {
      throw new Fault('not-found', { message: 'gone', requestId: 'own' });
    };
    const { send } = answering(reply(200, '{}', { 'x-request-id': 'r1' }));
    expect(faultOf(await look(ask(providerWith({ read: named })), clientWith(), send))).toMatchObject({
      requestId: 'own',
    });
  });

  test('that is none is a bug and let out', async () => {
    const read = () => {
      throw new TypeError('a bug');
    };
    const send = answering(reply(200)).send;
    await expect(look(ask(providerWith({ read })), clientWith(), send)).rejects.toThrow('a bug');
  });

  test('of an id that must not go out asks nobody', async () => {
    const { asked, send } = answering();
    const result = await look(ask(providerReading(), { id: '..' }), clientWith(), send);
    expect(result).toMatchObject({ kind: 'fault', fault: { code: 'bad-id' }, request: null, mock: false });
    expect(asked).toEqual([]);
  });

  test('of an operation that there is not is a bug', async () => {
    const item = ask(providerReading(), { operation: 'nope' });
    await expect(look(item, clientWith(), answering().send)).rejects.toThrow('acme has no operation nope');
  });

  test('of the authorization is the result', async () => {
    const fault = new Fault('credentials-missing', { message: 'none' });
    const client = { ...clientWith(), connection: { canRenew: false, authorize: () => Promise.reject(fault) } };
    expect(await look(ask(providerReading()), client, answering().send)).toEqual({
      kind: 'fault',
      fault,
      request: null,
      mock: false,
    });
    expect(client.account.refusal).toBeNull();
  });

  test('of the authorization that is none is a bug and let out', async () => {
    const connection = { canRenew: false, authorize: () => Promise.reject(new TypeError('a bug')) };
    const client = { ...clientWith(), connection };
    await expect(look(ask(providerReading()), client, answering().send)).rejects.toThrow('a bug');
  });
});

describe('a 401', () => {
  test('is asked again with a fresh authorization, and both attempts count', async () => {
    const client = clientWith(true);
    const { asked, send } = answering(reply(401), reply(200));
    const result = await look(ask(providerReading()), client, send);
    expect(result).toMatchObject({ value: finding, request: { httpStatus: 200, attempts: 3, durationMs: 21 } });
    expect(asked.map(({ headers }) => headers['authorization'])).toEqual(['1', '2']);
    expect(client.refusals).toEqual([null, authorization('1')]);
    expect(client.account.refusal).toBeNull();
  });

  test('that comes again is final for all look-ups of the account', async () => {
    const client = clientWith(true);
    const { asked, send } = answering(reply(401), reply(401));
    const fault = faultOf(await look(ask(providerReading()), client, send));
    expect(fault).toMatchObject({ code: 'unauthorized', httpStatus: 401 });
    expect(client.account.refusal).toBe(fault);
    const other = { ...clientWith(true), account: client.account };
    for (const way of [client, other]) {
      expect(await look(ask(providerReading(), { id: 'next' }), way, send)).toEqual({
        kind: 'fault',
        fault,
        request: null,
        mock: false,
      });
    }
    expect([asked.length, other.refusals.length]).toEqual([2, 0]);
  });

  test('is asked again with the same key where nothing can be renewed: it may be a stray one', async () => {
    const client = clientWith(false);
    const { asked, send } = answering(reply(401), reply(200));
    const result = await look(ask(providerReading()), client, send);
    expect(result).toMatchObject({ kind: 'answer', request: { attempts: 3 } });
    expect([asked.length, client.account.refusal]).toEqual([2, null]);
    // Nobody is told of a refusal who cannot do anything about it.
    expect(client.refusals).toEqual([null, null]);
  });

  test('twice ends the account where nothing can be renewed, too', async () => {
    const client = clientWith(false);
    const { asked, send } = answering(reply(401), reply(401));
    expect(faultOf(await look(ask(providerReading()), client, send)).code).toBe('unauthorized');
    expect([asked.length, client.account.refusal?.code]).toEqual([2, 'unauthorized']);
  });

  test('now and then, with good answers between, ends nothing', async () => {
    const client = clientWith(false);
    const { asked, send } = answering(...[401, 200, 200, 401, 200].map((status) => reply(status)));
    for (const id of ['a', 'b', 'c']) {
      expect((await look(ask(providerReading(), { id }), client, send)).kind).toBe('answer');
    }
    expect([asked.length, client.account.refusal]).toEqual([5, null]);
  });

  test('that turns into another refusal ends nothing', async () => {
    const client = clientWith(false);
    const { send } = answering(reply(401), reply(403));
    expect(faultOf(await look(ask(providerReading()), client, send)).code).toBe('forbidden');
    expect(client.account.refusal).toBeNull();
  });

  const all = ['a', 'b', 'c', 'd'];

  test('on several look-ups at once is confirmed by one request for all of them', async () => {
    const client = clientWith(false);
    const { asked, send } = answering(...[401, 401, 401, 401, 401].map((status) => reply(status)));
    const results = await Promise.all(all.map((id) => look(ask(providerReading(), { id }), client, send)));
    expect(results.map((result) => faultOf(result).code)).toEqual(all.map(() => 'unauthorized'));
    expect([asked.length, client.account.refusal?.code]).toEqual([5, 'unauthorized']);
  });

  test('on several look-ups at once, of which one is then answered, is asked again by each', async () => {
    const client = clientWith(true);
    const { asked, send } = answering(...[401, 401, 401, 401, 200, 200, 200, 200].map((status) => reply(status)));
    const results = await Promise.all(all.map((id) => look(ask(providerReading(), { id }), client, send)));
    expect(results.map(({ kind }) => kind)).toEqual(all.map(() => 'answer'));
    expect([asked.length, client.account.refusal, client.account.confirmation]).toEqual([8, null, null]);
  });

  test('whose confirmation fails otherwise keeps nobody waiting', async () => {
    const client = clientWith(true);
    const lost = new Fault('connection-lost', { message: 'lost' });
    let authorized = 0;
    const authorize = async () => {
      authorized += 1;
      if (authorized === 3) throw lost;
      return authorization(String(authorized));
    };
    const broken = { ...client, connection: { canRenew: true, authorize } };
    const { send } = answering(...[401, 401, 200].map((status) => reply(status)));
    const results = await Promise.all(['a', 'b'].map((id) => look(ask(providerReading(), { id }), broken, send)));
    expect(results.map((result) => (result.kind === 'fault' ? result.fault : result.kind))).toEqual([lost, 'answer']);
  });

  test('that comes when another look-up has ended the account is not asked again', async () => {
    const client = clientWith(false);
    const known = new Fault('unauthorized', { message: 'known' });
    const asked: HttpRequest[] = [];
    const send: Send = async (request) => {
      asked.push(request);
      client.account.refusal = known;
      return { reply: reply(401), attempts: 1, durationMs: 1 };
    };
    expect(faultOf(await look(ask(providerReading()), client, send)).code).toBe('unauthorized');
    expect([asked.length, client.account.refusal]).toEqual([1, known]);
  });

  test('of the token endpoint ends the account at once: it is its own word', async () => {
    const fault = new Fault('unauthorized', { message: 'invalid_client' });
    let authorized = 0;
    const authorize = () => {
      authorized += 1;
      return Promise.reject(fault);
    };
    const client = { ...clientWith(true), connection: { canRenew: true, authorize } };
    const { asked, send } = answering(reply(200));
    for (const id of ['a', 'b']) expect(faultOf(await look(ask(providerReading(), { id }), client, send))).toBe(fault);
    expect([authorized, asked.length]).toEqual([1, 0]);
  });

  test.each([403, 404, 500])('and not a %i', async (status) => {
    const client = clientWith(true);
    const { asked, send } = answering(reply(status), reply(200));
    await look(ask(providerReading()), client, send);
    expect([asked.length, client.account.refusal]).toEqual([1, null]);
  });
});

describe('an expansion', () => {
  const expansions: NonNullable<Operation['expansions']> = {
    activities: {
      flag: '--activities',
      summary: 'what happened',
      target: (id) => ({ path: ['messages', id, 'activities'] }),
      merge: (had, body, { id }) => ({ ...had, details: { ...had.details, [id]: body } }),
    },
  };
  const wanted = (names: readonly string[] = ['activities']) =>
    ask(providerReading({ expansions }), { expansions: names });

  test('is asked for when it is wanted, and merged', async () => {
    const { asked, send } = answering(reply(200, '1'), reply(200, '2'));
    const result = await look(wanted(['activities', 'unheard-of']), clientWith(), send);
    expect(result).toMatchObject({ kind: 'answer', body: 1 });
    expect(statusOf(result)).toEqual({ ...finding, details: { 'a/b': 2 } });
    expect(asked.map(({ url }) => url.pathname)).toEqual(['/v1/messages/a%2Fb', '/v1/messages/a%2Fb/activities']);
  });

  test('is not asked for when nobody wants it', async () => {
    const { asked, send } = answering(reply(200));
    await look(ask(providerReading({ expansions })), clientWith(), send);
    expect(asked).toHaveLength(1);
  });

  test('that cannot be had is a warning', async () => {
    const { send } = answering(reply(200), reply(404, '{"message":"no such route"}'));
    const result = await look(wanted(), clientWith(), send);
    const warning = 'no activities: Acme answered HTTP 404: no such route';
    expect(statusOf(result)).toEqual({ ...finding, warnings: ['first', warning] });
  });

  test('is pointless without an answer', async () => {
    const { asked, send } = answering(reply(404), reply(200));
    const result = await look(wanted(), clientWith(), send);
    expect([faultOf(result).code, asked.length]).toEqual(['not-found', 1]);
  });
});

test('an id that changes the address is refused before anything is sent', async () => {
  const target = (id: string) => ({ path: ['messages', id, '..'] });
  const { asked, send } = answering(reply(200));
  const result = await look(ask(providerReading({ target })), clientWith(), send);
  expect(faultOf(result)).toEqual(new Fault('bad-id', { message: 'this id would lead to another address' }));
  expect(asked).toEqual([]);
});

test('a request about no single message is read by whoever makes it', async () => {
  const client = clientWith();
  const provider = providerReading();
  const { asked, send } = answering(reply(200, '[1,2]'));
  const read = (body: unknown) => ({ rows: body });
  const target = { path: ['list'], query: { limit: '2' } };
  const result = await execute({ provider, target, read }, client, { send, clock, limiter }, bounds);
  expect(result).toMatchObject({ kind: 'answer', value: { rows: [1, 2] }, body: [1, 2] });
  expect(asked[0]?.url.href).toBe('https://api.acme.example/v1/list?limit=2');
});

function faultOf(result: LookupResult): Fault {
  if (result.kind === 'fault') return result.fault;
  throw new Error('no fault');
}

function statusOf(result: LookupResult): MessageStatus {
  if (result.kind === 'answer') return result.value;
  throw result.fault;
}
