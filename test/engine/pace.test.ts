import { beforeAll, expect, test } from 'vitest';
import { busiest, ids, recordsIn, runBy, warmUp } from '../support/figures.ts';
import { tempHome } from '../support/home.ts';
import { startSendblue, startSfmc } from '../support/servers.ts';
import { steppedClock } from '../support/stepped-clock.ts';

/** Each account has one pace, whatever names it goes by. Times are the program's: the servers share its clock. */

const limit = 60_000;

beforeAll(warmUp, limit);

test('one key under three profile names is one account', async () => {
  const clock = steppedClock();
  const server = await startSendblue({ clock, latencyMs: 100, answer: () => 'DELIVERED' });
  const { cwd, home, write } = tempHome();
  const key = `{ sendblue: { apiKeyId: same-key-id, apiSecretKey: same-secret-key, baseUrl: '${server.origin}' } }`;
  write('c.yaml', `profiles:\n${['a', 'b', 'c'].map((name) => `  ${name}: ${key}\n`).join('')}`);
  const list = ids('id', 150);
  const messages = list.map((id, i) => `  - { provider: sendblue, id: ${id}, profile: ${'abc'[i % 3]} }\n`);
  write('project/m.yaml', `messages:\n${messages.join('')}`);
  const argv = ['check', '--manifest', 'm.yaml', '-c', '../c.yaml', '--rate', '5/s', '-o', 'ndjson'];
  const { code, stdout, stderr } = await runBy(clock, argv, { cwd, home });
  expect(stderr).not.toMatch(/^error: /m);
  expect(recordsIn(stdout).map(({ id }) => id)).toEqual(list);
  expect(code).toBe(0);
  expect(server.requests).toHaveLength(150);
  expect(busiest(server.requests, 1000)).toBeLessThanOrEqual(5);
  expect(busiest(server.requests, 10_000)).toBeLessThanOrEqual(50);
  // Nor is it asked more slowly than it may be.
  expect(clock.elapsed()).toBeLessThan(32_000);
});

test('two keys are two accounts, each with the whole pace', async () => {
  const clock = steppedClock();
  const server = await startSendblue({ clock, latencyMs: 100, answer: () => 'DELIVERED' });
  const { cwd, home, write } = tempHome();
  const key = (n: number) =>
    `{ sendblue: { apiKeyId: key-id-number-${n}, apiSecretKey: secret-key-number-${n}, baseUrl: '${server.origin}' } }`;
  write('c.yaml', `profiles:\n  a: ${key(1)}\n  b: ${key(2)}\n`);
  const messages = ids('id', 100).map((id, i) => `  - { provider: sendblue, id: ${id}, profile: ${'ab'[i % 2]} }\n`);
  write('project/m.yaml', `messages:\n${messages.join('')}`);
  const argv = ['check', '--manifest', 'm.yaml', '-c', '../c.yaml', '--rate', '5/s', '-o', 'ndjson'];
  const { code } = await runBy(clock, argv, { cwd, home });
  expect(code).toBe(0);
  expect(clock.elapsed()).toBeLessThan(12_000);
});

test('a token that takes 8 s is followed by no burst', async () => {
  const clock = steppedClock();
  const server = await startSfmc({ clock, latencyMs: 50, token: { delayMs: 8000 }, answer: () => 'SMSSent' });
  const { home } = tempHome();
  const argv = ['sfmc', 'get', '-', '--concurrency', '50', '--rate', '1/s', '-o', 'ndjson'];
  const { code, stdout } = await runBy(clock, argv, { env: server.env, home, stdin: ids('key', 60).join('\n') });
  expect([code, recordsIn(stdout).length, server.tokens.length]).toEqual([0, 60, 1]);
  expect(server.requests).toHaveLength(60);
  expect(server.requests[0]?.at).toBeGreaterThanOrEqual(8000);
  // One more than the pace: a turn that is free at the start may be taken at once.
  expect(busiest(server.requests, 1000)).toBeLessThanOrEqual(2);
  expect(busiest(server.requests, 10_000)).toBeLessThanOrEqual(11);
});

/** The ids of a report, in its order. */
function idsIn(output: string, stdout: string): string[] {
  if (output === 'json') return JSON.parse(stdout).results.map(({ id }: { id: string }) => id);
  return [...stdout.matchAll(/\b[fs]-id-\d+/g)].map(([id]) => id);
}

test.each(['table', 'json'])('a slow account does not stop a fast one, in a %s in order neither', async (output) => {
  const clock = steppedClock();
  const [sendblue, sfmc] = await Promise.all([
    startSendblue({ clock, latencyMs: 50, answer: () => 'DELIVERED' }),
    startSfmc({ clock, latencyMs: 50, answer: () => 'SMSSent' }),
  ]);
  const { home } = tempHome();
  const refs = ids('id', 60).flatMap((id) => [`sfmc:f-${id}`, `sendblue:s-${id}`]);
  const { code, stdout } = await runBy(clock, ['check', '-', '-o', output], {
    env: { ...sendblue.env, ...sfmc.env },
    home,
    stdin: refs.join('\n'),
    columns: 120,
  });
  expect(code).toBe(0);
  expect(idsIn(output, stdout)).toEqual(refs.map((ref) => ref.slice(ref.indexOf(':') + 1)));
  expect([sendblue.requests.length, sfmc.requests.length]).toEqual([60, 60]);
  // From SFMC's 5th to its 10th request 5 s pass at 1/s, in which Sendblue is asked 25 times at 5/s.
  const from = sfmc.requests[4]?.at ?? 0;
  const to = sfmc.requests[9]?.at ?? 0;
  expect(to - from).toBeGreaterThan(4900);
  expect(to - from).toBeLessThan(5200);
  expect(sendblue.requests.filter(({ at }) => at >= from && at < to).length).toBeGreaterThanOrEqual(20);
  expect(sendblue.requests.at(-1)?.at).toBeLessThan(15_000);
  // SFMC's own pace is the same as alone.
  expect(sfmc.requests.at(-1)?.at).toBeLessThan(62_000);
});

test('a 429 on one id pauses the account once', async () => {
  const clock = steppedClock();
  const server = await startSendblue({
    clock,
    latencyMs: 20,
    answer: (id, asked) =>
      id === 'id-20' && asked === 0 ? { status: 429, headers: { 'retry-after': '3' }, body: {} } : 'DELIVERED',
  });
  const argv = ['sendblue', 'get', '-', '--rate', '10/s', '-o', 'ndjson'];
  const { code, stdout } = await runBy(clock, argv, { env: server.env, stdin: ids('id', 50).join('\n') });
  expect(recordsIn(stdout).map(({ state }) => state)).toEqual(Array.from({ length: 50 }, () => 'delivered'));
  expect(code).toBe(0);
  expect(server.requests).toHaveLength(51);
  const refusedAt = (server.requests.find(({ id }) => id === 'id-20')?.at ?? 0) + 20;
  expect(server.requests.filter(({ at }) => at > refusedAt && at < refusedAt + 3000)).toEqual([]);
  const pauses = server.requests.filter(({ at }, i) => at - (server.requests[i - 1]?.at ?? at) > 1000);
  expect(pauses).toHaveLength(1);
  // 50 ids take 5 s, and the pause 3 s more.
  expect(clock.elapsed()).toBeGreaterThan(7_500);
  expect(clock.elapsed()).toBeLessThan(9_000);
});
