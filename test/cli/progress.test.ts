import { expect, test } from 'vitest';
import { mockEnv } from '../support/mock.ts';
import { run } from '../support/run.ts';

const slowly = ['--rate', '20/s'];
const ids = Array.from({ length: 20 }, (_, i) => (i % 3 === 0 ? `failed-${i}` : `delivered-${i}`));

test('a long batch on a terminal shows what is done, by outcome, how fast, and how long it may take', async () => {
  const { env } = await mockEnv();
  const { stderr } = await run(['sendblue', 'get', ...ids, ...slowly, '--no-color'], { env, columns: 120 });
  expect(stderr).toMatch(/\d+\/20 done \((\d+ (success|failure)(, )?)+\), [\d.]+\/s, \d s left/);
  // The cursor is never hidden, and the last word is a line of its own.
  expect(stderr).not.toContain('\u001b[?25');
  expect(stderr).toMatch(/note: 20 messages: 7 failed, 13 delivered\nerror: .*\n/);
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

test('elsewhere a wait says each change once', async () => {
  const { stderr } = await run(['sendblue', 'get', 'moving', 'moving-2', '--mock', '--wait'], { speed: 40 });
  const said = stderr.split('\n').filter((line) => line !== '');
  expect(said.map((line) => /note: (.*); checking/.exec(line)?.[1]).sort()).toEqual([
    'moving-2: queued',
    'moving-2: sent',
    'moving: queued',
    'moving: sent',
  ]);
});
