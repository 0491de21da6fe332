import { expect, onTestFinished, test } from 'vitest';
import { builtBin } from '../support/bin.ts';
import { contextSwitches, noProc, start } from '../support/process.ts';
import { openTerminal } from '../terminal/terminal.ts';

/** A run that waits for something does not wake before it comes. */

const windowMs = 10_000;
/** In a window, of all threads. */
const mostSwitches = 20;
/** Node itself collects garbage once, some 8 s after the last work: the quietest window of this time is what counts. */
const watchedMs = 30_000;
const sampleMs = 2_000;

const commands: Readonly<Record<string, readonly string[]>> = {
  'decode of a stream that says nothing': ['decode', 'sendblue'],
  'ids on stdin that do not come': ['sendblue', 'get', '-', '--mock', '-o', 'ndjson'],
  'a wait between two looks': ['sendblue', 'get', 'queued', '--wait', '--interval', '60s', '--mock'],
  'a wait for several messages': ['sendblue', 'get', 'queued-1', 'queued-2', '--wait', '--interval', '60s', '--mock'],
};

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** There it has a live line. Standard input is a pipe that says nothing all the same. */
function startOnTerminal(argv: readonly string[]) {
  const terminal = openTerminal(['/bin/bash', '-c', 'exec "$@" < <(exec sleep 600)', 'bash', ...argv]);
  onTestFinished(() => terminal.kill('SIGKILL'));
  return terminal;
}

/** The least that a count grows by in one window. */
function quietest(counts: readonly number[]): number {
  const length = windowMs / sampleMs;
  const growth = counts.slice(length).map((count, i) => count - (counts[i] ?? 0));
  return Math.min(...growth);
}

test('an idle run wakes for nothing', async ({ skip }) => {
  if (noProc !== null) skip(noProc);
  const bin = builtBin();
  const runs = Object.entries(commands).flatMap(([name, argv]) => [
    { name, ...start(process.execPath, [bin, ...argv]) },
    { name: `${name}, on a terminal`, ...startOnTerminal([process.execPath, bin, ...argv]) },
  ]);
  const samples: number[][] = [];
  for (let passed = 0; passed < watchedMs; passed += sampleMs) {
    await pause(sampleMs);
    samples.push(runs.map(({ pid }) => contextSwitches(pid)));
  }
  for (const run of runs) if ('text' in run) expect(run.text()).toContain('\x1b[1G');
  expect(samples.flat().filter((count) => count === 0)).toEqual([]);
  const woken = runs.map(({ name }, i) => [name, quietest(samples.map((counts) => counts[i] ?? 0))] as const);
  expect(woken.filter(([, count]) => count >= mostSwitches)).toEqual([]);
}, 120_000);
