import { expect, test } from 'vitest';
import { mockEnv } from '../support/mock.ts';
import { run } from '../support/run.ts';

const batch = (good: number, ...others: string[]) => [
  ...Array.from({ length: good }, (_, i) => `delivered-${i}`),
  ...others,
];
const get = (ids: readonly string[], ...flags: string[]) =>
  run(['sendblue', 'get', ...ids, '--mock', '--json', ...flags]);

test('enough of them are ok: 0, and the summary says what was weighed', async () => {
  const { code, stdout, stderr } = await get(batch(19, 'failed'), '--min-success', '95%');
  expect(code).toBe(0);
  expect(stderr).toBe(
    'note: 20 messages: 19 delivered, 1 failed; 1 × 10001: Message failed to send; delivered after 3 s (median), 3 s (p95); 19 of 20 ok (at least 95%): passed\n',
  );
  expect(JSON.parse(stdout)).toMatchObject({
    summary: { total: 20, byState: { delivered: 19, failed: 1 }, byExit: { ok: 19, failed: 1 } },
    exit: { code: 0, name: 'ok' },
  });
});

test('too few of them are ok: the worst', async () => {
  const { code, stderr } = await get(batch(18, 'failed', 'queued'), '--min-success', '95%');
  expect(code).toBe(20);
  expect(stderr).toContain('18 of 20 ok (at least 95%): not passed');
  expect(stderr).toContain('error: 2 of 20 not ok (1 failed, 1 pending); failed: the message failed');
});

test('--max-failed counts failures, and look-ups that failed are never forgiven', async () => {
  expect((await get(batch(2, 'failed-1', 'failed-2'), '--max-failed', '2', '-q')).code).toBe(0);
  expect((await get(batch(2, 'failed-1', 'failed-2'), '--max-failed', '1', '-q')).code).toBe(20);
  expect((await get(batch(2, 'http-401'), '--max-failed', '1', '-q')).code).toBe(40);
});

test('of nothing there is no success', async () => {
  const { code, stderr } = await run(['decode', 'sendblue', '--min-success', '50%'], { stdin: '' });
  expect(code).toBe(20);
  expect(stderr).toContain('0 of 0 ok (at least 50%): not passed');
});

test('-q keeps the summary to itself', async () => {
  expect(await get(batch(19, 'failed'), '--min-success', '95%', '-q')).toEqual({ code: 0, stdout: '', stderr: '' });
});

test.each([
  [['--min-success', '95']],
  [['--min-success', '101%']],
  [['--min-success', 'most']],
  [['--max-failed', '-1']],
  [['--min-success', '95%', '--exit-zero']],
  [['--max-failed', '1', '--exit-zero']],
])('%j is no gate', async (flags) => {
  expect(await get(['delivered'], ...flags)).toMatchObject({ code: 2, stdout: '' });
});

test('lists and events are weighed too', async () => {
  const event = (status: string) => JSON.stringify({ message_handle: `m-${status}`, status });
  const stdin = [...Array(3).fill(event('DELIVERED')), event('ERROR')].join('\n');
  const decode = (...flags: string[]) => run(['decode', 'sendblue', '-q', ...flags], { stdin });
  expect([
    (await decode()).code,
    (await decode('--min-success', '75%')).code,
    (await decode('--min-success', '76%')).code,
    (await decode('--max-failed', '0')).code,
  ]).toEqual([0, 0, 20, 20]);
});

test('--fail-fast asks for nothing more after the first that is not ok, and after one too many with --max-failed', async () => {
  const { env, requests } = await mockEnv();
  const ids = ['delivered-0', 'failed-1', ...Array.from({ length: 60 }, (_, i) => `delivered-${i + 2}`)];
  const asked = async (all: readonly string[], ...flags: string[]) => {
    requests.length = 0;
    const argv = ['sendblue', 'get', ...all, '-q', '--fail-fast', '--rate', 'off', ...flags];
    const { code } = await run(argv, { env });
    return [code, requests.length];
  };
  const oneByOne = ['--concurrency', '1'];
  expect(await asked(ids, ...oneByOne)).toEqual([20, 2]);
  expect(await asked(ids, ...oneByOne, '--max-failed', '1')).toEqual([0, ids.length]);
  expect(await asked(['failed-0', ...ids], ...oneByOne, '--max-failed', '1')).toEqual([20, 3]);
  // Those under way are finished.
  const [code, count] = await asked(ids, '--concurrency', '4');
  expect(code).toBe(20);
  expect(count).toBeLessThan(10);
});

test('--fail-fast ends the waiting for others', async () => {
  const { code, stdout } = await run(
    ['sendblue', 'get', 'queued', 'failing', '--mock', '--wait', '--fail-fast', '--timeout', '10m', '-o', 'ndjson'],
    { speed: 40 },
  );
  const ends = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ id, exit }) => [id, exit.code]);
  expect(code).toBe(20);
  expect(ends.sort()).toEqual([
    ['failing', 20],
    ['queued', 21],
  ]);
});
