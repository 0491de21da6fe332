import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../src/core/fault.ts';
import type { Clock, Limits } from '../../../src/core/http.ts';
import type { Authorization, ConnectDeps, Connection } from '../../../src/core/provider.ts';
import { Secret } from '../../../src/core/secret.ts';
import { createMemoryTokens, type TokenStore, unfetchedTokens } from '../../../src/core/token-store.ts';
import { sfmc } from '../../../src/providers/sfmc/index.ts';
import { realClock } from '../../../src/world.ts';
import { type Answer, fixture, type Given, type Seen, send, serve, settingsOf } from './support.ts';

type Server = Awaited<ReturnType<typeof serve>>;

let open: { close(): unknown }[] = [];
let skewMs = 0;
/** A wall clock that can be moved; time that passes is real. */
const clock: Clock = { ...realClock, now: () => realClock.now() + skewMs };

beforeEach(() => {
  skewMs = 0;
  open = [];
});

afterEach(async () => {
  for (const each of open) await each.close();
});

const serving = async (answer: (seen: Seen, nth: number) => Answer | Promise<Answer>): Promise<Server> => {
  const server = await serve(answer);
  open.push(server);
  return server;
};

/** Issues `token-1`, `token-2` and so on. */
const issuing = (more: object = {}) =>
  serving((_, nth) => ({ status: 200, body: { access_token: `token-${nth + 1}`, expires_in: 1079, ...more } }));

const client = { clientId: 'client-id', clientSecret: 'client-secret' };
const connect = (given: Given, tokens?: TokenStore): Connection => {
  const tools: ConnectDeps = { send, clock, ...(tokens === undefined ? {} : { tokens }) };
  return sfmc.connect(settingsOf(given), tools);
};
const bounds = (): Limits => ({ signal: new AbortController().signal, deadline: clock.monotonic() + 10_000 });
const tokenIn = ({ headers }: Authorization) => (headers['authorization'] as Secret).reveal();
const faultFrom = async (work: Promise<unknown>): Promise<Fault> => {
  const fault: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (fault instanceof Fault) return fault;
  throw new Error('no fault');
};

describe('a ready token', () => {
  it('is given out as it is, without a request', async () => {
    const connection = connect({ accessToken: 'ready-token', subdomain: 'mc0example' });
    const given = await connection.authorize(bounds(), null);
    expect(connection.canRenew).toBe(false);
    expect(given.base.href).toBe('https://mc0example.rest.marketingcloudapis.com/');
    expect(tokenIn(given)).toBe('Bearer ready-token');
  });

  it.each(['Bearer ready-token', 'ready-token\n', ' ready-token', 'tokén', ''])('cannot be %j', async (accessToken) => {
    const connection = connect({ accessToken, subdomain: 'mc0example' });
    const fault = await faultFrom(connection.authorize(bounds(), null));
    expect(fault.code).toBe('config-invalid');
    expect(fault.hint).toContain('without the word Bearer');
  });
});

describe('the request for a token', () => {
  it('is the documented one', async () => {
    const server = await issuing();
    await connect({ ...client, authUrl: server.origin }).authorize(bounds(), null);
    expect(server.seen).toEqual([
      {
        method: 'POST',
        path: '/v2/token',
        authorization: '',
        json: { grant_type: 'client_credentials', client_id: 'client-id', client_secret: 'client-secret' },
      },
    ]);
  });

  it.each([
    ['7000001', 7000001],
    ['007', 7],
    ['MID 7', 'MID 7'],
    ['12345678901234567890', '12345678901234567890'],
  ])('sends the account id %j as %j', async (accountId, account_id) => {
    const server = await issuing();
    await connect({ ...client, accountId, authUrl: server.origin }).authorize(bounds(), null);
    expect(server.seen[0]?.json).toMatchObject({ account_id });
  });
});

describe('a fetched token', () => {
  it('serves all who ask, also at once', async () => {
    const server = await issuing();
    const connection = connect({ ...client, authUrl: server.origin });
    const at = Array.from({ length: 50 }, () => connection.authorize(bounds(), null));
    const given = [...(await Promise.all(at)), await connection.authorize(bounds(), null)];
    expect(new Set(given.map(tokenIn))).toEqual(new Set(['Bearer token-1']));
    expect(server.seen).toHaveLength(1);
    expect(connection.canRenew).toBe(true);
  });

  it.each([
    [1079, 1018, 1020],
    ['600', 539, 541],
    [60, 29, 31],
    [undefined, 1019, 1021],
    ['soon', 1019, 1021],
    [-5, 1019, 1021],
  ])('with expires_in %j is good after %i s and not after %i s', async (expires_in, good, bad) => {
    const server = await issuing({ expires_in });
    const connection = connect({ ...client, authUrl: server.origin });
    await connection.authorize(bounds(), null);
    skewMs = good * 1000;
    expect(tokenIn(await connection.authorize(bounds(), null))).toBe('Bearer token-1');
    skewMs = bad * 1000;
    expect(tokenIn(await connection.authorize(bounds(), null))).toBe('Bearer token-2');
    expect(server.seen).toHaveLength(2);
  });

  it('is fetched anew once for all whose look-ups it was refused to', async () => {
    const server = await issuing();
    const connection = connect({ ...client, authUrl: server.origin });
    const first = await connection.authorize(bounds(), null);
    const renewed = await Promise.all(Array.from({ length: 20 }, () => connection.authorize(bounds(), first)));
    expect(new Set(renewed.map(tokenIn))).toEqual(new Set(['Bearer token-2']));
    expect(tokenIn(await connection.authorize(bounds(), first))).toBe('Bearer token-2');
    expect(server.seen).toHaveLength(2);
  });
});

describe('a shared store', () => {
  it('spares the second process a request', async () => {
    const server = await issuing();
    const tokens = createMemoryTokens();
    const given = { ...client, authUrl: server.origin };
    await connect(given, tokens).authorize(bounds(), null);
    expect(tokenIn(await connect(given, tokens).authorize(bounds(), null))).toBe('Bearer token-1');
    expect(server.seen).toHaveLength(1);
  });

  it('lets processes that start at once fetch one', async () => {
    const server = await issuing();
    const tokens = createMemoryTokens();
    const given = { ...client, authUrl: server.origin };
    await Promise.all(Array.from({ length: 20 }, () => connect(given, tokens).authorize(bounds(), null)));
    expect(server.seen).toHaveLength(1);
  });

  it('gives a process whose token was refused the one that another has renewed', async () => {
    const server = await issuing();
    const tokens = createMemoryTokens();
    const given = { ...client, authUrl: server.origin };
    const [one, other] = [connect(given, tokens), connect(given, tokens)];
    const first = await one.authorize(bounds(), null);
    await other.authorize(bounds(), null);
    await other.authorize(bounds(), first);
    expect(tokenIn(await one.authorize(bounds(), first))).toBe('Bearer token-2');
    expect(server.seen).toHaveLength(2);
  });

  it.each<[string, Given]>([
    ['client', { clientId: 'other-client' }],
    ['client secret', { clientSecret: 'rotated-or-wrong' }],
    ['business unit', { accountId: '7000002' }],
  ])('keeps apart what belongs to another %s', async (_, difference) => {
    const server = await issuing();
    const tokens = createMemoryTokens();
    const given = { ...client, accountId: '7000001', authUrl: server.origin };
    await connect(given, tokens).authorize(bounds(), null);
    const other = await connect({ ...given, ...difference }, tokens).authorize(bounds(), null);
    expect(tokenIn(other)).toBe('Bearer token-2');
  });

  it('does not keep a refused token', async () => {
    const server = await serving((_, nth) => (nth === 0 ? { status: 200, body: fixture('token') } : { status: 503 }));
    const tokens = createMemoryTokens();
    const connection = connect({ ...client, authUrl: server.origin, restUrl: server.origin }, tokens);
    const first = await connection.authorize(bounds(), null);
    expect((await faultFrom(connection.authorize(bounds(), first))).code).toBe('provider-error');
    const [id, secret] = [new Secret('client-id', ''), new Secret('client-secret', '')];
    const key = { endpoint: new URL('/v2/token', server.origin), client: id, secret, account: null };
    expect(await tokens.read(key)).toBeNull();
  });

  it('that never fetches shows a request without making one', async () => {
    const server = await issuing();
    const connection = connect({ ...client, authUrl: server.origin }, unfetchedTokens);
    const given = await connection.authorize(bounds(), null);
    expect(given.base.href).toBe(`${server.origin}/`);
    expect(given.headers['authorization']).toMatchObject({ label: 'SFMC_AUTHORIZATION' });
    expect(server.seen).toHaveLength(0);
  });
});

describe('the address in the reply', () => {
  it('is asked where it is the issuer’s own', async () => {
    const server: Server = await serving(() => ({
      status: 200,
      body: { access_token: 'token', rest_instance_url: `${server.origin}/sfmc/` },
    }));
    const given = await connect({ ...client, authUrl: server.origin }).authorize(bounds(), null);
    expect(given.base.href).toBe(`${server.origin}/sfmc/`);
  });

  it('is refused where it is foreign, asked nothing, and the token kept nowhere', async () => {
    const thief = await issuing();
    const server = await issuing({ rest_instance_url: thief.origin.replace('127.0.0.1', 'localhost.evil.example') });
    const tokens = createMemoryTokens();
    const connection = connect({ ...client, authUrl: server.origin }, tokens);
    for (let i = 0; i < 3; i += 1) {
      const fault = await faultFrom(connection.authorize(bounds(), null));
      expect(fault.code).toBe('origin-refused');
      expect(fault.message).toContain('localhost.evil.example');
      expect(fault.message).not.toContain('token-1');
    }
    expect(thief.seen).toHaveLength(0);
    expect(server.seen).toHaveLength(1);
  });
});

describe('an endpoint that gives no token', () => {
  it('is not asked again with credentials that it refused', async () => {
    const server = await serving(() => ({ status: 401, body: fixture('error-token') }));
    const connection = connect({ ...client, authUrl: server.origin });
    for (let i = 0; i < 5; i += 1) {
      const fault = await faultFrom(connection.authorize(bounds(), null));
      expect(fault).toMatchObject({ code: 'unauthorized', httpStatus: 401 });
      expect(fault.message).toBe(
        'Salesforce’s token endpoint answered HTTP 401: invalid_client: Client authentication failed',
      );
    }
    expect(server.seen).toHaveLength(1);
  });

  it('is asked again after a fault that may pass, once a pause is over', async () => {
    const server = await serving((_, nth) => (nth === 0 ? { status: 503 } : { status: 200, body: fixture('token') }));
    const connection = connect({ ...client, authUrl: server.origin, restUrl: server.origin });
    expect((await faultFrom(connection.authorize(bounds(), null))).code).toBe('provider-error');
    const paused = await faultFrom(connection.authorize(bounds(), null));
    expect(paused).toMatchObject({ code: 'provider-error', retryAfterSeconds: 15 });
    expect(server.seen).toHaveLength(1);
    skewMs += 15_001;
    expect(tokenIn(await connection.authorize(bounds(), null))).toBe('Bearer fixture-access-token');
  });

  it.each<[string, unknown, string]>([
    ['no token', { token_type: 'Bearer' }, 'wrong-shape'],
    ['a token that is a number', { access_token: 5 }, 'wrong-shape'],
    ['a token with a line break', { access_token: 'a\r\nx-evil: 1' }, 'wrong-shape'],
    ['an empty token', { access_token: '' }, 'wrong-shape'],
    ['a list', [], 'wrong-shape'],
    ['a page', '<!doctype html><title>proxy</title>', 'not-json'],
    ['half a body', '{"access_token": "abc', 'not-json'],
  ])('but %s', async (_, body, code) => {
    const server = await serving(() => ({ status: 200, body }));
    const fault = await faultFrom(connect({ ...client, authUrl: server.origin }).authorize(bounds(), null));
    expect(fault.code).toBe(code);
    expect(fault.message).toMatch(/^token endpoint: .* \(HTTP 200\)$/);
    expect(fault.httpStatus).toBe(200);
  });

  it('says that a host which does not exist is a wrong subdomain', async () => {
    const unknown = new Fault('unknown-host', { message: 'no such host' });
    const lost: ConnectDeps['send'] = async () => ({ reply: unknown, attempts: 1, durationMs: 1 });
    const tenant = sfmc.connect(settingsOf({ ...client, subdomain: 'mc0wrong' }), { send: lost, clock });
    expect((await faultFrom(tenant.authorize(bounds(), null))).hint).toContain('SFMC_SUBDOMAIN');
    const other = sfmc.connect(settingsOf({ ...client, authUrl: 'https://auth.example' }), { send: lost, clock });
    expect((await faultFrom(other.authorize(bounds(), null))).hint).toContain('SFMC_AUTH_BASE_URL');
  });
});

it('fetches for a look-up with time left when the one that fetched was called off', async () => {
  const first = new AbortController();
  const server = await serving(async (_, nth) => {
    if (nth > 0) return { status: 200, body: fixture('token') };
    first.abort();
    return new Promise(() => undefined);
  });
  const connection = connect({ ...client, authUrl: server.origin, restUrl: server.origin });
  const hasty = faultFrom(connection.authorize({ ...bounds(), signal: first.signal }, null));
  const patient = connection.authorize(bounds(), null);
  expect((await hasty).exit).not.toBe('ok');
  expect(tokenIn(await patient)).toBe('Bearer fixture-access-token');
});

it('needs credentials', () => {
  expect(() => connect({ subdomain: 'mc0example', clientId: 'client-id' })).toThrow(Fault);
});
