import { spawn } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { startMock } from '../../src/mock/server.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { builtBin } from '../support/bin.ts';
import { fastClock } from '../support/fast-clock.ts';
import { mockEnv } from '../support/mock.ts';
import { run } from '../support/run.ts';

const providers = await loadProviders();

/** The clock runs faster than the machine does. */
const generous = ['--request-timeout', '10m', '--timeout', '2h'];

/** Sent's 200 a minute, as a server that counts by the same clock. */
async function askSent(count: number, speed: number, ...flags: string[]) {
  const clock = fastClock(speed);
  onTestFinished(clock.stop);
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
    clock,
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

// The records of half of them would not fit; what V8 takes beside its heap depends on the machine's mood.
test('memory does not grow with the number of ids: 20,000 in a heap of 24 MB', { timeout: 600_000 }, async () => {
  const { env } = await mockEnv();
  const count = 20_000;
  const get = ['sendblue', 'get', '-', '-o', 'ndjson', '--concurrency', '50', '--rate', 'off'];
  const child = spawn(process.execPath, ['--max-old-space-size=24', builtBin(), ...get], {
    env: { PATH: process.env['PATH'], HOME: '/dev/null/sbstatus-test', ...env },
  });
  child.stdin.on('error', () => undefined).end(Array.from({ length: count }, (_, i) => `delivered-${i}\n`).join(''));
  let lines = 0;
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    lines += chunk.toString('latin1').split('\n').length - 1;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', (exit, signal) => resolve(exit ?? signal)));
  expect([code, lines, stderr.match(/heap out of memory/)?.[0]]).toEqual([0, count, undefined]);
});
