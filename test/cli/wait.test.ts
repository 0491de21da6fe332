import { expect, onTestFinished, test } from 'vitest';
import { startMock } from '../../src/mock/server.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { realClock } from '../../src/world.ts';
import { mockEnv } from '../support/mock.ts';
import { run } from '../support/run.ts';

const providers = await loadProviders();

/** The program's clock is made fast; every figure below is in its time. */
const speed = 40;

interface Record {
  readonly state: string | null;
  readonly exit: { readonly code: number };
  readonly warnings: readonly string[];
  readonly error: { readonly code: string; readonly retryAfterSeconds: number | null } | null;
}

async function waited(argv: readonly string[], more: Parameters<typeof run>[1] = {}) {
  const began = performance.now();
  const { code, stdout, stderr } = await run([...argv, '--wait', '--json'], { speed, ...more });
  const seconds = ((performance.now() - began) / 1000) * speed;
  return { code, stderr, seconds, record: JSON.parse(stdout) as Record };
}

test('a message that becomes delivered after four asks ends the wait with 0', async () => {
  const { env, requests } = await mockEnv();
  const { code, record, stderr } = await waited(['sendblue', 'get', 'moving', '--interval', '2s'], { env });
  expect([code, record.state]).toEqual([0, 'delivered']);
  // Twice queued, twice sent: no look after the one that said delivered.
  expect(requests).toHaveLength(5);
  const said = stderr.split('\n').filter((line) => line.includes('moving:'));
  expect(said).toEqual([
    'note: moving: queued; checking again in 2 s',
    'note: moving: sent; checking again in 2 s',
    'note: moving: delivered (final)',
  ]);
});

test('what was seen of a message whose provider keeps no history is its timeline', async () => {
  const { env } = await mockEnv();
  const argv = ['sendblue', 'get', 'moving', '--interval', '2s', '--wait', '--json'];
  const { timeline, timing } = JSON.parse((await run(argv, { env, speed })).stdout);
  expect(timeline).toEqual([
    {
      state: 'queued',
      providerState: 'QUEUED',
      at: expect.any(String),
      description: 'seen at the first look',
      source: 'observed',
    },
    {
      state: 'sent',
      providerState: 'SENT',
      at: expect.any(String),
      description: expect.any(String),
      source: 'observed',
    },
    {
      state: 'delivered',
      providerState: 'DELIVERED',
      at: expect.any(String),
      description: expect.stringMatching(/^seen by sbstatus, at most \d+ s late$/),
      source: 'observed',
    },
  ]);
  const times = timeline.map(({ at }: { at: string }) => at);
  expect(times).toEqual([...times].sort());
  expect(timing).toMatchObject({ toDeliveredSource: 'provider' });
  // One look is no history, and Sent has one of its own.
  const once = JSON.parse((await run(argv.slice(0, 3).concat('--json'), { env })).stdout);
  expect(once.timeline).toEqual([]);
  const sent = JSON.parse((await run(['sent', 'get', 'delivered', '--wait', '--json'], { env, speed })).stdout);
  expect(new Set(sent.timeline.map(({ source }: { source: string }) => source))).toEqual(new Set(['provider']));
});

test('a message that fails ends the wait at once with 20', async () => {
  const { env, requests } = await mockEnv();
  const { code, record } = await waited(['sendblue', 'get', 'failing', '--timeout', '5m'], { env });
  expect([code, record.state, requests.length]).toEqual([20, 'failed', 3]);
});

test('Sent’s failure is confirmed once', async () => {
  const { env, requests } = await mockEnv();
  expect(await waited(['sent', 'get', 'failed'], { env })).toMatchObject({ code: 20, record: { state: 'failed' } });
  expect(requests).toHaveLength(2);
  expect(await waited(['sent', 'get', 'rerouted'], { env })).toMatchObject({ code: 0, record: { state: 'delivered' } });
});

test('a message that never moves ends with 22 when the time is up, and not before', async () => {
  const { code, record, stderr, seconds } = await waited(['sendblue', 'get', 'queued', '--mock', '--timeout', '60s']);
  expect([code, record.state]).toEqual([22, 'queued']);
  expect(stderr).toContain('still queued when the time was up; raise --timeout');
  expect(seconds).toBeGreaterThanOrEqual(60);
});

test('a provider that wants to be left alone for an hour ends the wait at once, with 31 and the reason', async () => {
  const { env, requests } = await mockEnv();
  const { code, record, stderr } = await waited(['sent', 'get', 'http-429-long', '--timeout', '5m'], { env });
  expect([code, record.state, requests.length]).toEqual([31, null, 1]);
  expect(record.error).toMatchObject({ code: 'rate-limited', retryAfterSeconds: 3600 });
  expect(stderr).toMatch(/error: .*429.*; retry after 1 h; hint: /);
});

test('the same with 22 where a state that is not final was seen before', async () => {
  const limited = await startMock({
    providers,
    host: '127.0.0.1',
    port: 0,
    clock: realClock,
    limit: { count: 1, windowMs: 3_600_000 },
  });
  onTestFinished(() => limited.close());
  const env = {
    SENT_DM_API_KEY: limited.settingsOf('sent')['apiKey'] ?? '',
    SENT_BASE_URL: limited.settingsOf('sent')['baseUrl'] ?? '',
  };
  const { code, record, stderr } = await waited(['sent', 'get', 'queued'], { env });
  expect([code, record.state]).toEqual([22, 'queued']);
  expect(record.warnings.at(-1)).toMatch(/^the provider asks to retry after (1 h|59 min \d+ s)/);
  expect(stderr).toContain('still queued: the provider asks to retry after');
});

test('an interval below the floor is raised, and that is said once', async () => {
  const { code, stderr, seconds } = await waited([
    'sfmc',
    'get',
    'queued',
    '--mock',
    '--interval',
    '1s',
    '--timeout',
    '40s',
  ]);
  expect(code).toBe(22);
  expect(stderr.match(/--interval is raised to 15 s/g)).toHaveLength(1);
  expect(seconds).toBeGreaterThanOrEqual(40);
});

test('an id that is not there yet is forgiven for the grace, with --wait or without', async () => {
  const { env, requests } = await mockEnv();
  const alone = await run(['sendblue', 'get', 'not-found', '-q', '--not-found-grace', '5s'], { env, speed });
  expect([alone.code, requests.length > 1]).toEqual([24, true]);
  requests.length = 0;
  expect(await run(['sendblue', 'get', 'not-found', '-q'], { env, speed })).toMatchObject({ code: 24 });
  expect(requests).toHaveLength(1);
  requests.length = 0;
  expect((await run(['sendblue', 'get', 'not-found', '-q', '--wait'], { env, speed })).code).toBe(24);
  expect(requests.length).toBeGreaterThan(2);
});

test('--expect: at least delivered', async () => {
  const get = (provider: string, id: string, ...more: string[]) =>
    run([provider, 'get', id, '--mock', '--expect', 'delivered', ...more], { speed });
  expect(await get('sendblue', 'read', '-q')).toMatchObject({ code: 0, stderr: '' });
  expect(await get('sfmc', 'bcX0qaEp0USGciEnUJTW0w')).toMatchObject({
    code: 23,
    stderr: expect.stringMatching(/never reports/),
  });
  expect((await get('sendblue', 'queued', '-q')).code).toBe(21);
  expect((await get('sendblue', 'failed', '-q')).code).toBe(20);
  expect((await get('sendblue', 'moving', '-q', '--wait')).code).toBe(0);
});

test('--expect-channel: a silent downgrade is a mismatch', async () => {
  const get = (id: string) => run(['sendblue', 'get', id, '--mock', '--expect-channel', 'imessage'], { speed });
  expect((await get('delivered')).code).toBe(0);
  expect(await get('downgraded')).toMatchObject({
    code: 23,
    stderr: expect.stringContaining('the message went over sms, not imessage'),
  });
});

test('ids whose turn never comes before the time is up end with 22', async () => {
  const ids = Array.from({ length: 30 }, (_, i) => `queued-${i}`);
  const { code, stdout } = await run(
    ['sendblue', 'get', ...ids, '--mock', '--wait', '--rate', '1/s', '--timeout', '10s', '-o', 'ndjson', '-q'],
    { speed },
  );
  expect([code, stdout]).toEqual([22, '']);
});

test('without a wait, waiting for a turn is no part of the time that a look-up may take', async () => {
  const { env } = await mockEnv();
  const ids = Array.from({ length: 40 }, (_, i) => `delivered-${i}`);
  const rate = ['--rate', '60/min', '--concurrency', '40'];
  expect(
    await run(['sendblue', 'get', ...ids, '-q', ...rate, '--request-timeout', '5s'], { env, speed }),
  ).toMatchObject({ code: 0 });
});
