import { describe, expect, test } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import type { HttpRequest, Send } from '../../src/core/http.ts';
import { mockHeader } from '../../src/core/mock.ts';
import type { ConnectDeps, Provider } from '../../src/core/provider.ts';
import { Secret } from '../../src/core/secret.ts';
import { Settings } from '../../src/core/settings.ts';
import { createMemoryTokens } from '../../src/core/token-store.ts';
import { type AccountOptions, Accounts, type AccountsDeps } from '../../src/engine/accounts.ts';
import { startCancellation } from '../../src/engine/cancellation.ts';
import type { Client } from '../../src/engine/request.ts';
import { lookupItem, messageStatus, outside, providerWith } from '../support/engine.ts';
import { virtualClock } from '../support/virtual-clock.ts';

interface Profile {
  readonly key?: string;
  readonly baseUrl?: string;
  readonly unit?: string;
}

const profiles: Readonly<Record<string, Profile>> = {
  one: { key: 'k1', baseUrl: 'https://a.example/' },
  same: { key: 'k1', baseUrl: 'https://a.example' },
  unit: { key: 'k1', baseUrl: 'https://a.example', unit: '7' },
  key: { key: 'k2', baseUrl: 'https://a.example' },
  address: { key: 'k1', baseUrl: 'https://b.example' },
  path: { key: 'k1', baseUrl: 'https://a.example/v1' },
  slash: { key: 'k1', baseUrl: 'https://a.example/v1/' },
};

const opened: ConnectDeps[] = [];
const acme = providerWith(
  {},
  {
    settings: {
      key: { kind: 'secret', env: ['ACME_KEY'], what: 'the key' },
      baseUrl: { kind: 'url', env: ['ACME_URL'], what: 'the address' },
      unit: { kind: 'text', env: ['ACME_UNIT'], what: 'the business unit' },
    },
    pace: { perSecond: 5, floorMs: 0 },
    connect: (_settings, deps) => {
      opened.push(deps);
      return {
        canRenew: false,
        authorize: async () => ({ base: new URL('https://a.example/'), headers: {} }),
      };
    },
  },
);

function settingsOf({ key, baseUrl, unit }: Profile): Settings {
  const values = new Map<string, string | URL | Secret>();
  if (key !== undefined) values.set('key', new Secret(key, 'ACME_KEY'));
  if (baseUrl !== undefined) values.set('baseUrl', new URL(baseUrl));
  if (unit !== undefined) values.set('unit', unit);
  return new Settings(values);
}

/** Answers 200, and remembers what it was asked. */
function answering(headers: Readonly<Record<string, string>> = {}) {
  const asked: HttpRequest[] = [];
  const send: Send = async (request) => {
    asked.push(request);
    const bytes = new TextEncoder().encode('{"a":1}');
    return { reply: { status: 200, headers, bytes }, attempts: 1, durationMs: 1 };
  };
  return { asked, send };
}

const clock = virtualClock();
const quick: AccountOptions = { wait: false, timeoutMs: null, perSecond: undefined, mock: false };

function accountsWith(options: Partial<AccountOptions> = {}, deps: Partial<AccountsDeps> = {}) {
  let asked = 0;
  const accounts = new Accounts(
    { ...quick, ...options },
    {
      credentials: {
        settingsOf: async (_provider, profile = 'one') => {
          asked += 1;
          const known = profiles[profile];
          if (known === undefined) throw new Fault('profile-unknown', { message: `no profile ${profile}` });
          return settingsOf(known);
        },
        close: async () => undefined,
      },
      clock,
      send: answering().send,
      tokensFor: async () => undefined,
      ...deps,
    },
  );
  return { accounts, askedForSettings: () => asked };
}

async function clientIn(accounts: Accounts, profile?: string, provider: Provider = acme): Promise<Client> {
  const client = await accounts.open({ provider, profile });
  if (client instanceof Fault) throw client;
  return client;
}

describe('an account', () => {
  test('is one key at one address, whatever profiles and business units it goes by', async () => {
    const { accounts } = accountsWith();
    const [one, same, unit] = await Promise.all(['one', 'same', 'unit'].map((name) => clientIn(accounts, name)));
    expect(same?.account).toBe(one?.account);
    expect(unit?.account).toBe(one?.account);
    expect(unit?.account.limiter).toBe(one?.account.limiter);
    // Each goes its own way into it.
    expect([unit?.settings.text('unit'), one?.settings.text('unit')]).toEqual(['7', null]);
    expect(unit?.connection).not.toBe(one?.connection);
  });

  test('is one, whether its address ends in a slash or not', async () => {
    const { accounts } = accountsWith();
    expect((await clientIn(accounts, 'slash')).account).toBe((await clientIn(accounts, 'path')).account);
  });

  test.each(['key', 'address', 'path'])('is another one with another %s', async (other) => {
    const { accounts } = accountsWith();
    const [one, two] = [await clientIn(accounts, 'one'), await clientIn(accounts, other)];
    expect(two.account).not.toBe(one.account);
    expect(two.account.limiter).not.toBe(one.account.limiter);
  });

  test('is another one at another provider, though the key and the address are the same', async () => {
    const { accounts } = accountsWith();
    const other = { ...acme, id: 'other' };
    expect((await clientIn(accounts, 'one', other)).account).not.toBe((await clientIn(accounts, 'one')).account);
  });

  test('has not been refused, nor proven, when it is opened', async () => {
    const { account } = await clientIn(accountsWith().accounts);
    expect(account).toMatchObject({ provider: acme, refusal: null, isProven: false });
  });
});

describe('a client', () => {
  test('is opened once for each profile, though many ask at once', async () => {
    const { accounts, askedForSettings } = accountsWith();
    const many = await Promise.all(Array.from({ length: 9 }, () => clientIn(accounts)));
    expect([new Set(many).size, askedForSettings()]).toEqual([1, 1]);
    expect(await accounts.clientOf({ provider: { id: 'acme' } })).toBe(many[0]);
  });

  test('that cannot be opened is a fault for all who ask, and is tried once', async () => {
    const { accounts, askedForSettings } = accountsWith();
    const [first, second] = [
      await accounts.open({ provider: acme, profile: 'nobody' }),
      await accounts.open({ provider: acme, profile: 'nobody' }),
    ];
    expect(first).toMatchObject({ code: 'profile-unknown' });
    expect([second === first, askedForSettings()]).toEqual([true, 1]);
    expect(await accounts.clientOf({ provider: acme, profile: 'nobody' })).toBeNull();
    expect(await accounts.clientOf({ provider: acme, profile: 'one' })).toBeNull();
  });

  test('that a bug keeps from opening is no fault', async () => {
    const provider = {
      ...acme,
      connect: () => {
        throw new TypeError('a bug');
      },
    };
    await expect(accountsWith().accounts.open({ provider })).rejects.toThrow('a bug');
  });

  test('has the tokens of its provider, where there are some', async () => {
    const tokens = createMemoryTokens();
    await clientIn(accountsWith({}, { tokensFor: async ({ id }) => (id === 'acme' ? tokens : undefined) }).accounts);
    expect(opened.at(-1)?.tokens).toBe(tokens);
    await clientIn(accountsWith().accounts);
    expect(opened.at(-1)).not.toHaveProperty('tokens');
  });

  test('fetches its tokens at the pace of its account', async () => {
    const { asked, send } = answering();
    const client = await clientIn(accountsWith({}, { send }).accounts);
    const limits = { signal: new AbortController().signal, deadline: 1000 };
    await opened.at(-1)?.send({ method: 'POST', url: new URL('https://a.example/token'), headers: {} }, limits);
    expect(asked[0]?.limiter).toBe(client.account.limiter);
  });
});

describe('the pace', () => {
  test.each<[Partial<AccountOptions>, number | null]>([
    [{}, 5],
    [{ perSecond: 2 }, 2],
    [{ perSecond: Number.POSITIVE_INFINITY }, null],
    [{ mock: true }, null],
    [{ mock: true, perSecond: 2 }, 2],
  ])('with %j is %j', async (options, perSecond) => {
    const { account } = await clientIn(accountsWith(options).accounts);
    expect(account.limiter.perSecond).toBe(perSecond);
  });

  test.each<[Partial<AccountOptions>, boolean]>([
    [{}, false],
    [{ wait: true }, true],
    [{ timeoutMs: 60_000 }, true],
  ])('with %j waits for a pause of more than 30 s: %s', async (options, waits) => {
    const { limiter } = (await clientIn(accountsWith(options).accounts)).account;
    limiter.pauseFor(30_001);
    const limits = { signal: new AbortController().signal, deadline: clock.monotonic() + 60_000 };
    expect(await clock.run(limiter.acquire(limits))).toBe(waits);
  });
});

describe('a request', () => {
  const request = { provider: acme, target: { path: ['list'] }, read: (body: unknown) => ({ body }) };
  const cancellation = startCancellation(quick, outside(clock).world);
  const limits = cancellation.lookupLimits(0);

  test('takes its turns at the account’s pace, and a look-up where it is told', async () => {
    const { asked, send } = answering();
    const { accounts } = accountsWith({}, { send });
    const client = await clientIn(accounts);
    expect(await accounts.execute(request, cancellation)).toMatchObject({ value: { body: { a: 1 } }, mock: false });
    const limiter = { acquire: async () => true, pauseFor: () => undefined, pausedMs: 0 };
    const result = await accounts.lookUp(lookupItem('x', { provider: acme }), 'get', client, limiter, limits);
    expect(result).toMatchObject({ value: messageStatus(), mock: false });
    expect(asked.map((each) => each.limiter)).toEqual([client.account.limiter, limiter]);
  });

  test('without a client is its fault', async () => {
    const fault = new Fault('credentials-missing', { message: 'none' });
    const settingsOf = () => Promise.reject(fault);
    const { accounts } = accountsWith({}, { credentials: { settingsOf, close: async () => undefined } });
    expect(await accounts.execute(request, cancellation)).toEqual({
      kind: 'fault',
      fault,
      request: null,
      mock: false,
    });
  });

  test('under --mock says so, whoever answered, and whoever did not', async () => {
    const { accounts } = accountsWith({ mock: true });
    const client = await clientIn(accounts);
    expect((await accounts.execute(request, cancellation)).mock).toBe(true);
    const bad = lookupItem('..', { provider: acme });
    const { limiter } = client.account;
    expect(await accounts.lookUp(bad, 'get', client, limiter, limits)).toMatchObject({ kind: 'fault', mock: true });
    const told = accountsWith({}, { send: answering({ [mockHeader]: '1' }).send });
    expect((await told.accounts.execute(request, cancellation)).mock).toBe(true);
  });
});
