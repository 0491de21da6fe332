import { expect, onTestFinished, test } from 'vitest';
import { startMock } from '../../src/mock/server.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { realClock } from '../../src/world.ts';
import { mockEnv } from '../support/mock.ts';
import { run } from '../support/run.ts';

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
