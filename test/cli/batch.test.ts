import { expect, onTestFinished, test } from 'vitest';
import { startMock } from '../../src/mock/server.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { realClock } from '../../src/world.ts';
import { mockEnv } from '../support/mock.ts';
import { type Outcome, run } from '../support/run.ts';

const providers = await loadProviders();

test('the first record is out before the last id is in', async () => {
  let seen = (): void => undefined;
  const first = new Promise<void>((resolve) => {
    seen = resolve;
  });
  async function* ids() {
    yield 'delivered-1\n';
    await first;
    yield 'delivered-2\n';
  }
  const { code, stdout } = await run(['sendblue', 'get', '-', '--mock', '-o', 'ndjson'], {
    stdin: ids(),
    onStdout: () => seen(),
  });
  expect([code, stdout.trim().split('\n').length]).toEqual([0, 2]);
});

test('records keep the order of the ids, however long each takes', async () => {
  const slow = await startMock({ providers, host: '127.0.0.1', port: 0, clock: realClock, latencyMs: 1 });
  onTestFinished(() => slow.close());
  const { apiKeyId = '', apiSecretKey = '', baseUrl = '' } = slow.settingsOf('sendblue');
  const env = { SENDBLUE_API_API_KEY: apiKeyId, SENDBLUE_API_API_SECRET: apiSecretKey, SENDBLUE_API_BASE_URL: baseUrl };
  // A fault that is asked again takes longest.
  const ids = Array.from({ length: 200 }, (_, i) => `${i % 20 === 0 ? 'http-503' : 'delivered'}-${i}`);
  const flags = ['--field', 'id', '--rate', 'off', '--concurrency', '20'];
  const { stdout } = await run(['sendblue', 'get', '-', ...flags], { env, stdin: ids.join('\n'), speed: 10 });
  expect(stdout.trim().split('\n')).toEqual(ids);
});

test('a refusal slows everybody: one 429 for eight at once, not eight', async () => {
  const { env, requests } = await mockEnv();
  const ids = ['http-429-1', ...Array.from({ length: 30 }, (_, i) => `delivered-${i}`)];
  const { code } = await run(['sent', 'get', ...ids, '-q', '--rate', '20/s', '--retries', '1'], { env, speed: 5 });
  expect(code).toBe(31);
  // Between the refusal and the second try a second passed, in which at 20/s twenty others would have been asked.
  const refusals = requests.flatMap((line, i) => (line.endsWith('429') ? [i] : []));
  expect(refusals).toHaveLength(2);
  expect((refusals[1] ?? 99) - (refusals[0] ?? 0)).toBeLessThanOrEqual(9);
});

test('a provider that is slow to be asked does not keep another one waiting', async () => {
  const { env, requests } = await mockEnv();
  const refs = Array.from({ length: 12 }, (_, i) => [`sfmc:queued-${i}`, `sendblue:delivered-${i}`]).flat();
  await run(['check', ...refs, '-q', '--concurrency', '2'], { env, speed: 10 });
  const order = requests.filter((line) => line.startsWith('GET')).map((line) => (line.includes('/sfmc/') ? 'f' : 's'));
  expect(order).toHaveLength(24);
  // SFMC at 1/s with a burst of 5, Sendblue at 5/s: Sendblue's last is asked before SFMC's last but one.
  expect(order.lastIndexOf('s')).toBeLessThan(order.lastIndexOf('f') - 1);
});

const two = ['sendblue', 'get', 'delivered', 'failed', '--mock'];

test('a pipe gets tsv, in CI too; a table asked for by name is aligned everywhere, and tsv is tabs everywhere', async () => {
  const piped = await run(two);
  expect(piped.stdout).toMatch(/^provider\toperation\tid\t.*\nsendblue\tget\tdelivered\t/);
  expect((await run(two, { env: { CI: 'true' } })).stdout).toMatch(/^provider\toperation\tid\t/);
  const named = await run([...two, '-o', 'table']);
  expect(named.stdout).toMatch(/^provider │ id {8}│ result .*\n─+┼─/);
  expect(named.stdout).not.toContain('\t');
  expect((await run([...two, '-o', 'table'], { env: { CI: 'true' } })).stdout).toMatch(/^provider │ id {8}│ /);
  expect((await run([...two, '-o', 'tsv'], { columns: 80 })).stdout.split('\n')[0]?.split('\t')).toHaveLength(10);
  expect((await run([...two.slice(0, 3), '--mock', '-o', 'table'])).stdout).toMatch(/^✓ delivered {2}imessage to/);
  const codes = [piped, named].map(({ code }) => code);
  expect(codes).toEqual([20, 20]);
});

test('on a terminal a wait shows each message when it is done, in a pipe in order', async () => {
  const argv = [
    'sendblue',
    'get',
    'queued',
    'delivered',
    '--mock',
    '--wait',
    '--timeout',
    '3s',
    '-o',
    'table',
    '--fields',
    'id',
  ];
  const ids = ({ stdout }: Outcome) => stdout.match(/queued|delivered/g);
  expect(ids(await run(argv, { columns: 120, speed: 20 }))).toEqual(['delivered', 'queued']);
  expect(ids(await run(argv, { speed: 20 }))).toEqual(['queued', 'delivered']);
});
