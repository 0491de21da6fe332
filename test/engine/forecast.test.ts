import { beforeAll, expect, test } from 'vitest';
import { ids, runBy, warmUp } from '../support/figures.ts';
import { startSendblue, startSfmc } from '../support/servers.ts';
import { steppedClock } from '../support/stepped-clock.ts';

/** A wait that cannot even ask each id once says so before it begins. */

const limit = 60_000;
const sentence = /about (\d[\d,]*) .*can be looked up/;
const flags = ['--wait', '--rate', '2/s', '--timeout', '20s', '-o', 'ndjson'];

beforeAll(warmUp, limit);

/** Runs it; the lines of stderr with a forecast, and when each was written. */
async function forecasts(
  argv: readonly string[],
  env: Record<string, string>,
  clock: ReturnType<typeof steppedClock>,
  stdin = '',
) {
  const lines: { readonly line: string; readonly at: number }[] = [];
  const onStderr = (text: string): void => {
    for (const line of text.split('\n')) if (sentence.test(line)) lines.push({ line, at: clock.elapsed() });
  };
  const { code } = await runBy(clock, [...argv, ...flags], { env, stdin, onStderr });
  return { code, lines };
}

const figureIn = (line: string): number => Number(sentence.exec(line)?.[1]?.replaceAll(',', ''));

test.each([
  ['as arguments', true],
  ['on stdin', false],
])('200 ids %s, of which the time is enough for about 40', async (_, asArguments) => {
  const clock = steppedClock();
  const server = await startSendblue({ clock, answer: () => 'QUEUED' });
  const list = ids('id', 200);
  const argv = ['sendblue', 'get', ...(asArguments ? list : ['-'])];
  const { code, lines } = await forecasts(argv, server.env, clock, asArguments ? '' : list.join('\n'));
  expect(code).toBe(22);
  expect(lines).toHaveLength(1);
  const [{ line, at } = { line: '', at: Number.NaN }] = lines;
  expect(figureIn(line)).toBeGreaterThanOrEqual(38);
  expect(figureIn(line)).toBeLessThanOrEqual(42);
  expect(at).toBeLessThan(5_000);
});

test('two accounts are told about once each', async () => {
  const clock = steppedClock();
  const [sendblue, sfmc] = await Promise.all([
    startSendblue({ clock, answer: () => 'QUEUED' }),
    startSfmc({ clock, answer: () => 'SMSQueued' }),
  ]);
  const refs = ids('id', 100).flatMap((id) => [`sendblue:${id}`, `sfmc:${id}`]);
  const { lines } = await forecasts(['check', '-'], { ...sendblue.env, ...sfmc.env }, clock, refs.join('\n'));
  expect(lines).toHaveLength(2);
  expect(lines.filter(({ at }) => at >= 5_000)).toEqual([]);
});

test('nothing is said where the time is enough', async () => {
  const clock = steppedClock();
  const server = await startSendblue({ clock, answer: () => 'DELIVERED' });
  const { code, lines } = await forecasts(['sendblue', 'get', ...ids('id', 20)], server.env, clock);
  expect([code, lines]).toEqual([0, []]);
});
