import { beforeAll, expect, test } from 'vitest';
import { mockEnv } from '../support/mock.ts';
import { run } from '../support/run.ts';

const slowly = ['--rate', '8/s'];
const ids = Array.from({ length: 20 }, (_, i) => (i % 3 === 0 ? `failed-${i}` : `delivered-${i}`));

// Loading it may take longer than a run on a busy machine.
beforeAll(() => import('ora'));

test('a long batch on a terminal shows what is done, by outcome, how fast, and how long it may take', async () => {
  const { env } = await mockEnv();
  const { stderr } = await run(['sendblue', 'get', ...ids, ...slowly, '--no-color'], { env, columns: 120 });
  expect(stderr).toMatch(/\d+\/20 done \((\d+ (success|failure)(, )?)+\), [\d.]+\/s, \d+ s left/);
  // The cursor is never hidden, and the last word is a line of its own.
  expect(stderr).not.toContain('\u001b[?25');
  expect(stderr).toMatch(
    /note: 20 messages: 13 delivered, 7 failed\n {2}delivered {2}█+ 13\n {2}failed {5}█+ 7\n {2}7 × 10001: .*\n {2}delivered after .*\nerror: .*\n/,
  );
});

test('the live line comes back after every row, and not only when it is drawn anew', async () => {
  const { env } = await mockEnv();
  const { stderr } = await run(['sendblue', 'get', ...ids, ...slowly, '--no-color'], { env, columns: 120 });
  // Some 2.5 s: drawn anew each second it would be seen three times.
  expect(stderr.match(/\d+\/20 done/g)?.length).toBeGreaterThan(8);
});

test('a wait on a terminal shows the state, its age and when the next look is due', async () => {
  const { env } = await mockEnv();
  const { stderr } = await run(['sendblue', 'get', 'queued', '--wait', '--timeout', '5s'], {
    env,
    columns: 120,
    speed: 4,
  });
  expect(stderr).toMatch(/queued for \d+ s, checking again in \d+ s: queued/);
});

test.each([
  ['no terminal', [], {}],
  ['-q', ['-q'], { columns: 120 }],
  ['a terminal that does not tell its width', [], { columns: 0 }],
  ['a dumb terminal', [], { columns: 120, env: { TERM: 'dumb' } }],
])('with %s there is no live line', async (_, flags, setting) => {
  const { env } = await mockEnv();
  const merged = { ...setting, env: { ...env, ...('env' in setting ? setting.env : {}) } };
  const { stderr } = await run(['sendblue', 'get', ...ids.slice(0, 15), '--rate', '20/s', ...flags], merged);
  expect(stderr).not.toContain('done');
  expect(stderr).not.toContain('\u001b[?25');
});

test('a short run on a terminal shows none either', async () => {
  const { stderr } = await run(['sendblue', 'get', 'delivered', '--mock'], { columns: 120 });
  expect(stderr).toBe('');
});

test('elsewhere a wait says each change once, and the final state', async () => {
  const { stderr } = await run(['sendblue', 'get', 'moving', 'moving-2', '--mock', '--wait'], { speed: 40 });
  const notes = stderr.split('\n').filter((line) => line !== '');
  expect(notes.map((line) => /note: ([^;]*)/.exec(line)?.[1]).sort()).toEqual([
    '2 messages: 2 delivered',
    'moving-2: delivered (final)',
    'moving-2: queued',
    'moving-2: sent',
    'moving: delivered (final)',
    'moving: queued',
    'moving: sent',
  ]);
});

test('a log has a heartbeat a minute, and the names of a manifest', async () => {
  const { env } = await mockEnv();
  const manifest =
    '{ messages: [{ provider: sendblue, id: queued, name: welcome }, { provider: sendblue, id: delivered }] }';
  const argv = ['check', '--manifest', '-', '--wait', '--timeout', '150s', '--interval', '60s'];
  const { code, stdout, stderr } = await run([...argv, '-o', 'ndjson'], { env, speed: 100, stdin: manifest });
  expect(code).toBe(22);
  expect(stderr.match(/^note: still waiting: 1\/2 done \(1 success\), waiting for 1 queued$/gm)).toHaveLength(2);
  expect(stderr).toContain('note: welcome: queued; checking again in 1 min\n');
  expect(stderr).toContain('note: welcome: queued (wait-timeout)\n');
  expect(stderr).toContain('messages still pending when the time was up (welcome: queued)');
  const names = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).name);
  expect(names.sort()).toEqual([null, 'welcome'].sort());
});

test('under --wait what is done is counted as it is done, and no time is guessed', async () => {
  const { env } = await mockEnv();
  const argv = ['sendblue', 'get', 'queued', 'delivered', 'read', '--wait', '--timeout', '8s', '--json', '--no-color'];
  const { stderr } = await run(argv, { env, columns: 120, speed: 4 });
  expect(stderr).toMatch(/2\/3 done \(2 success\), waiting for 1 queued/);
  expect(stderr).not.toContain(' left');
});

test('ids of a file have a total too, and those that came before are counted', async () => {
  const { env } = await mockEnv();
  const stdin = `${[...ids, ...ids.slice(0, 3)].join('\n')}\n`;
  const { stderr } = await run(['sendblue', 'get', '-f', '-', ...slowly, '--no-color'], { env, columns: 120, stdin });
  expect(stderr).toMatch(/\d+\/20 done .*\d s left/);
  expect(stderr).toContain('note: 20 messages, 3 duplicates left out: 13 delivered, 7 failed\n');
});

test('a summary is one line where no terminal is, and tells the most frequent reasons', async () => {
  const failing = ['failed-1', 'failed-2', 'opted-out', 'not-found', 'delivered'];
  const argv = ['sendblue', 'get', ...failing, '--mock', '-o', 'ndjson'];
  const head =
    'note: 5 messages: 1 delivered, 3 failed, 1 not-found; 2 × 10001: Message failed to send; 1 × The recipient has opted out; 1 × Sendblue answered HTTP 404: Message not found';
  for (const env of [{}, { CI: 'true' }]) expect((await run(argv, { env })).stderr.split('\n')[0]).toBe(head);
  expect((await run([...argv, '-q'])).stderr).toBe('');
});
