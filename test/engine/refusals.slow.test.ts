import { beforeAll, expect, test } from 'vitest';
import { builtBin, runBin } from '../support/bin.ts';
import { ids, recordsIn, runBy, warmUp } from '../support/figures.ts';
import { tempHome } from '../support/home.ts';
import { refusedKey, startSendblue, startSfmc } from '../support/servers.ts';
import { steppedClock } from '../support/stepped-clock.ts';

/** Credentials that are refused are confirmed once; a token endpoint that fails is left alone. */

const limit = 120_000;
const get = ['sendblue', 'get', '-', '-o', 'ndjson'];

beforeAll(warmUp, limit);

test(
  'one stray 401 among 1,000 ids costs one request',
  async () => {
    const clock = steppedClock();
    const server = await startSendblue({
      clock,
      latencyMs: 20,
      answer: (id, asked) => (id === 'id-500' && asked === 0 ? refusedKey : 'DELIVERED'),
    });
    const { code, stdout, stderr } = await runBy(clock, [...get, '--rate', 'off'], {
      env: server.env,
      stdin: ids('id', 1000).join('\n'),
    });
    const records = recordsIn(stdout);
    expect(records.find(({ id }) => id === 'id-500')).toMatchObject({ state: 'delivered', exit: { code: 0 } });
    expect(records.filter(({ state }) => state === 'delivered')).toHaveLength(1000);
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/^error: /m);
    expect(server.requests).toHaveLength(1001);
    expect(server.requests.filter(({ id }) => id === 'id-500')).toHaveLength(2);
  },
  limit,
);

test('a stray 401 on the only id costs one request', async () => {
  const clock = steppedClock();
  const server = await startSendblue({ clock, answer: (_, asked) => (asked === 0 ? refusedKey : 'DELIVERED') });
  const { code, stdout } = await runBy(clock, ['sendblue', 'get', 'one', '--json'], { env: server.env });
  expect([code, JSON.parse(stdout).state, server.requests.length]).toEqual([0, 'delivered', 2]);
});

test.each([
  ['one at a time', ['--rate', 'off', '--concurrency', '1'], 2],
  ['at a pace', ['--rate', '5/s'], 2],
  // All that are under way at once may be refused before the first answer is there.
  ['several at once', ['--rate', 'off', '--concurrency', '8'], 9],
])('a key that is always refused is not asked with again, %s', async (_, flags, most) => {
  const clock = steppedClock();
  const server = await startSendblue({ clock, latencyMs: 20, answer: () => refusedKey });
  const list = ids('id', 200);
  const { code, stdout, stderr } = await runBy(clock, [...get, ...flags], { env: server.env, stdin: list.join('\n') });
  const records = recordsIn(stdout);
  expect(records.map(({ id }) => id)).toEqual(list);
  expect([...new Set(records.map(({ error, exit }) => `${error?.code} ${exit.code}`))]).toEqual(['unauthorized 40']);
  expect(code).toBe(40);
  expect(stderr).toMatch(/^error: /m);
  expect(server.requests.length).toBeGreaterThanOrEqual(2);
  expect(server.requests.length).toBeLessThanOrEqual(most);
});

test.each([
  ['from the first on, by a server that takes 3 s', 0, 3000, 51],
  ['after 100 answers', 100, 20, 151],
])(
  'a key that is refused %s is asked with by all who are under way, and once more',
  async (_, answers, latencyMs, most) => {
    const clock = steppedClock();
    let count = 0;
    const answer = () => {
      count += 1;
      return count > answers ? refusedKey : 'DELIVERED';
    };
    const server = await startSendblue({ clock, latencyMs, answer });
    const argv = [...get, '--rate', 'off', '--concurrency', '50'];
    const { code, stdout } = await runBy(clock, argv, { env: server.env, stdin: ids('id', 300).join('\n') });
    const records = recordsIn(stdout);
    expect([code, records.length, records.filter(({ exit }) => exit.code === 0).length]).toEqual([40, 300, answers]);
    expect(server.requests.length).toBeLessThanOrEqual(most);
  },
);

test.each([50, 700, 2500])('while a refusal is being confirmed nobody else asks, at %i ms', async (latencyMs) => {
  const clock = steppedClock();
  let count = 0;
  const answer = () => {
    count += 1;
    return count > 20 ? refusedKey : 'DELIVERED';
  };
  const server = await startSendblue({ clock, latencyMs, answer });
  const stdin = ids('id', 200).join('\n');
  const { code } = await runBy(clock, [...get, '--rate', '5/s'], { env: server.env, stdin });
  expect(code).toBe(40);
  const refusedAt = (server.requests[20]?.at ?? 0) + latencyMs;
  // The second request of the one who was refused, and one who had its turn already.
  const later = server.requests.filter(({ at }) => at >= refusedAt - 0.001);
  expect(later.length).toBeGreaterThan(0);
  expect(later.length).toBeLessThanOrEqual(2);
});

test('the only id’s key that is always refused is asked with twice', async () => {
  const clock = steppedClock();
  const server = await startSendblue({ clock, answer: () => refusedKey });
  const { code, stdout } = await runBy(clock, ['sendblue', 'get', 'one', '--json'], { env: server.env });
  expect([code, JSON.parse(stdout).error.code, server.requests.length]).toEqual([40, 'unauthorized', 2]);
});

test.each([
  ['500', 500, {}, []],
  ['429', 429, {}, []],
  ['429 and asks to come back soon', 429, { 'retry-after': '1' }, []],
  ['500, whatever the retries', 500, {}, ['--retries', '10']],
  ['503 at no pace', 503, {}, ['--rate', 'off', '--concurrency', '50']],
])(
  'a token endpoint that answers %s is asked fewer than 10 times in 80 s, for 1,000 ids',
  async (_, status, headers, flags) => {
    const clock = steppedClock();
    const token = { status, headers, body: { error: 'server_error' } };
    const server = await startSfmc({ clock, latencyMs: 20, token, answer: () => 'SMSSent' });
    const { home } = tempHome();
    const argv = ['sfmc', 'get', '-', '--wait', '--timeout', '80s', '-o', 'ndjson', ...flags];
    const { code, stdout, stderr } = await runBy(clock, argv, {
      env: server.env,
      home,
      stdin: ids('key', 1000).join('\n'),
    });
    expect(server.tokens.length).toBeGreaterThan(1);
    expect(server.tokens.length).toBeLessThan(10);
    expect(server.requests).toEqual([]);
    const records = recordsIn(stdout);
    expect(records).toHaveLength(1000);
    expect(records.filter(({ exit }) => exit.code === 0)).toEqual([]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/^error: /m);
    expect(clock.elapsed()).toBeLessThan(81_000);
  },
  limit,
);

test('a token endpoint that recovers is found again by all', async () => {
  const clock = steppedClock();
  let failures = 3;
  const server = await startSfmc({
    clock,
    latencyMs: 20,
    token: () => (failures-- > 0 ? { status: 503, body: {} } : {}),
    answer: () => 'SMSSent',
  });
  const { home } = tempHome();
  const argv = ['sfmc', 'get', '-', '--wait', '--timeout', '3m', '-o', 'ndjson'];
  const { code, stdout } = await runBy(clock, argv, { env: server.env, home, stdin: ids('key', 50).join('\n') });
  expect(recordsIn(stdout).filter(({ state }) => state === 'sent')).toHaveLength(50);
  expect([code, server.tokens.length]).toEqual([0, 4]);
});

test(
  '20 processes at once ask a token endpoint that fails fewer than 10 times in 20 s',
  async () => {
    const server = await startSfmc({ token: { status: 500, body: {} }, answer: () => 'SMSSent' });
    const { home, path } = tempHome();
    const bin = builtBin();
    const env = { ...server.env, HOME: home, XDG_CACHE_HOME: path('cache') };
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => runBin(bin, ['sfmc', 'get', 'k', '--wait', '--timeout', '20s'], { env })),
    );
    expect(outcomes.filter(({ code }) => code === 0 || code === null)).toEqual([]);
    expect(server.requests).toEqual([]);
    expect(server.tokens.length).toBeGreaterThan(0);
    expect(server.tokens.length).toBeLessThan(10);
  },
  limit,
);
