import { beforeAll, expect, test } from 'vitest';
import { ids, recordsIn, runBy, warmUp } from '../support/figures.ts';
import { never, startSendblue } from '../support/servers.ts';
import { type SteppedClock, steppedClock } from '../support/stepped-clock.ts';

/** The deadline ends everything, and under --wait it never looks like a fault of the network. */

const limit = 60_000;

beforeAll(warmUp, limit);

/** Runs until the time is up, which must not take a second more than that. */
async function runFor(seconds: number, argv: readonly string[], clock: SteppedClock, setting: object) {
  const outcome = await runBy(clock, [...argv, '--timeout', `${seconds}s`], setting);
  expect(clock.elapsed()).toBeGreaterThanOrEqual(seconds * 1000 - 1);
  expect(clock.elapsed()).toBeLessThan(seconds * 1000 + 1000);
  return outcome;
}

test.each([
  ['ndjson', []],
  ['in the order of the ids', ['--fields', 'id,exit,state,error']],
])(
  '200 ids that take 700 ms each and never end: 22, and no record says network (%s)',
  async (name, flags) => {
    const clock = steppedClock();
    const server = await startSendblue({ clock, latencyMs: 700, answer: () => 'QUEUED' });
    const format = name === 'ndjson' ? ['-o', 'ndjson'] : ['--json'];
    const argv = ['sendblue', 'get', '-', '--wait', ...format, ...flags];
    const setting = { env: server.env, stdin: ids('id', 200).join('\n') };
    const { code, stdout } = await runFor(15, argv, clock, setting);
    const records = name === 'ndjson' ? recordsIn(stdout) : JSON.parse(stdout).results;
    const exits = new Set(records.map((record: { exit: { name: string } }) => record.exit.name));
    expect([...exits]).toEqual(['wait-timeout']);
    expect(records).toHaveLength(200);
    expect(code).toBe(22);
  },
  limit,
);

test.each([
  ['that has a request’s time left', []],
  ['that may take long', ['--request-timeout', '1m']],
])('exactly one look %s is in flight when the time is up', async (_, flags) => {
  const clock = steppedClock();
  const server = await startSendblue({ clock, answer: (_id, asked) => (asked === 0 ? 'QUEUED' : never) });
  const argv = ['sendblue', 'get', 'one', '--wait', '--json', ...flags];
  const { code, stdout, stderr } = await runFor(8, argv, clock, { env: server.env });
  expect(server.requests).toHaveLength(2);
  expect(JSON.parse(stdout)).toMatchObject({ id: 'one', state: 'queued', exit: { code: 22, name: 'wait-timeout' } });
  expect(stderr).toContain('still queued when the time was up');
  expect(code).toBe(22);
});

test('one of 20 looks is in flight when the time is up', async () => {
  const clock = steppedClock();
  const answer = (id: string, asked: number) => (id === 'id-7' && asked === 1 ? never : 'QUEUED');
  const server = await startSendblue({ clock, answer });
  const argv = ['sendblue', 'get', '-', '--wait', '-o', 'ndjson', '--rate', 'off', '--request-timeout', '1m'];
  const { code, stdout } = await runFor(15, argv, clock, { env: server.env, stdin: ids('id', 20).join('\n') });
  expect(recordsIn(stdout).map(({ state, exit }) => `${state} ${exit.name}`)).toEqual(
    Array.from({ length: 20 }, () => 'queued wait-timeout'),
  );
  expect(code).toBe(22);
});

test('an id whose first look is in flight when the time of a wait is up', async () => {
  const clock = steppedClock();
  const server = await startSendblue({ clock, answer: () => never });
  const argv = ['sendblue', 'get', 'one', '--wait', '--json'];
  const { code, stdout } = await runFor(5, argv, clock, { env: server.env });
  expect(server.requests).toHaveLength(1);
  expect(JSON.parse(stdout)).toMatchObject({ state: null, exit: { code: 22, name: 'wait-timeout' } });
  expect(code).toBe(22);
});

test('without a wait, a look-up that has no answer in time is a fault of the network', async () => {
  const clock = steppedClock();
  const server = await startSendblue({ clock, answer: () => never });
  const { code, stdout, stderr } = await runFor(2, ['sendblue', 'get', 'one', '--json'], clock, { env: server.env });
  const record = JSON.parse(stdout);
  expect(record).toMatchObject({ state: null, exit: { code: 30, name: 'network' }, error: { code: 'timeout' } });
  expect(record.error.message).toContain('before the time was up');
  expect(stderr).toContain('before the time was up');
  expect(code).toBe(30);
});

test('without a wait, a list that does not answer is told of at the first id that it was read for', async () => {
  const clock = steppedClock();
  const server = await startSendblue({ clock, answer: () => never });
  const argv = ['sendblue', 'get', ...ids('id', 3), '--bulk', '-o', 'ndjson'];
  const { code, stdout, stderr } = await runFor(5, argv, clock, { env: server.env });
  const told = recordsIn(stdout).map(({ id, exit, error }) => `${id} ${exit.name} ${error?.message}`);
  expect(told).toEqual([
    `id-0 network no answer from ${server.origin} before the time was up`,
    'id-1 wait-timeout the time was up before it was this id’s turn',
    'id-2 wait-timeout the time was up before it was this id’s turn',
  ]);
  expect(stderr).toContain('no answer from');
  expect(code).toBe(30);
});
