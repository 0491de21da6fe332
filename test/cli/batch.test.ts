import { spawn } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { startMock } from '../../src/mock/server.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { realClock } from '../../src/world.ts';
import { builtBin } from '../support/bin.ts';
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

/** The clock runs faster than the machine does. */
const generous = ['--request-timeout', '10m', '--timeout', '2h'];

/** Sent's 200 a minute, as a server that counts; both clocks run faster. */
async function askSent(count: number, speed: number, ...flags: string[]) {
  const began = realClock.monotonic();
  const now = () => Math.round((realClock.monotonic() - began) * speed);
  const clock = {
    now,
    monotonic: now,
    sleep: (ms: number, signal: AbortSignal) => realClock.sleep(ms / speed, signal),
    alarm: (ms: number, ring: () => void) => realClock.alarm(ms / speed, ring),
  };
  const statuses: string[] = [];
  const mock = await startMock({
    providers,
    host: '127.0.0.1',
    port: 0,
    clock,
    limit: { count: 200, windowMs: 60_000 },
    log: (line) => statuses.push(line.slice(-3)),
  });
  onTestFinished(() => mock.close());
  const { apiKey = '', baseUrl = '' } = mock.settingsOf('sent');
  const stdin = Array.from({ length: count }, (_, i) => `delivered-${i}`).join('\n');
  const { code, stdout } = await run(['sent', 'get', '-', '--field', 'id', ...generous, ...flags], {
    env: { SENT_DM_API_KEY: apiKey, SENT_BASE_URL: baseUrl },
    stdin,
    speed,
  });
  return { code, lost: stdout.trim() !== stdin, refused: statuses.filter((status) => status === '429').length };
}

test('600 ids at Sent’s whole limit: none is lost, and at most five requests are refused', async () => {
  const { code, lost, refused } = await askSent(600, 40, '--rate', '200/min');
  expect([code, lost]).toEqual([0, false]);
  expect(refused).toBeLessThanOrEqual(5);
});

test('at the default rate none is refused', async () => {
  expect(await askSent(250, 40)).toEqual({ code: 0, lost: false, refused: 0 });
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

// V8 has taken what it wants by then; what grows on would be ours.
test('memory does not grow with the number of ids', async () => {
  const { env } = await mockEnv();
  const bin = builtBin();
  const few = await memoryOf(bin, 10_000, env);
  const many = await memoryOf(bin, 30_000, env);
  expect(many / few).toBeLessThan(1.3);
}, 90_000);

/** Resident memory at its peak, kB. */
function memoryOf(bin: string, count: number, env: Record<string, string>): Promise<number> {
  const get = ['sendblue', 'get', '-', '-o', 'ndjson', '--concurrency', '50', '--rate', 'off'];
  const tell = `process.on('exit',()=>process.stderr.write('peak '+process.resourceUsage().maxRSS))`;
  const child = spawn(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(tell)}`, bin, ...get], {
    env: { PATH: process.env['PATH'], HOME: '/dev/null/sbstatus-test', ...env },
  });
  child.stdin.end(Array.from({ length: count }, (_, i) => `delivered-${i}\n`).join(''));
  let lines = 0;
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    lines += chunk.toString('latin1').split('\n').length - 1;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      expect([code, lines]).toEqual([0, count]);
      resolve(Number(/peak (\d+)/.exec(stderr)?.[1]));
    });
  });
}
