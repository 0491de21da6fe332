import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { builtBin, runBin } from '../support/bin.ts';
import { mockEnv } from '../support/mock.ts';
import { withSeed } from '../support/random.ts';
import { run } from '../support/run.ts';

interface Line {
  readonly id: string;
  readonly exit: { readonly code: number };
}

function scene() {
  const cwd = mkdtempSync(join(tmpdir(), 'sbstatus-resume-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  const file = join(cwd, 'out.ndjson');
  /** The whole lines of it: what is behind the last line end was cut off. */
  const lines = () =>
    (existsSync(file) ? readFileSync(file, 'utf8') : '')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  return { cwd, file, lines };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('kill -9 at random moments: nothing final is asked for again, and in the end every id is there once', async () => {
  const { cwd, file, lines } = scene();
  const { env, requests } = await mockEnv();
  const bin = builtBin();
  const ids = Array.from({ length: 3000 }, (_, i) => `${i % 10 === 0 ? 'queued' : 'delivered'}-${i}`);
  writeFileSync(join(cwd, 'ids'), ids.join('\n'));
  const argv = ['sendblue', 'get', '-f', 'ids', '--resume', 'out.ndjson', '-q', '--rate', 'off'];
  const size = () => (existsSync(file) ? statSync(file).size : 0);
  const finalIds = () => lines().flatMap(({ id, exit }) => (exit.code === 0 ? [id] : []));
  const askedAgain: string[] = [];
  const expectResumed = (settled: readonly string[]) => {
    const known = new Set(settled);
    askedAgain.push(...requests.map((line) => /messages\/(\S+)/.exec(line)?.[1] ?? '').filter((id) => known.has(id)));
    requests.length = 0;
  };
  await withSeed(async (random) => {
    let settled: string[] = [];
    for (let kills = 0; kills < 8; kills += 1) {
      const before = size();
      const child = spawn(process.execPath, [bin, ...argv], { cwd, env: { HOME: cwd, ...env }, stdio: 'ignore' });
      const ended = new Promise((resolve) => child.on('close', resolve));
      // Somewhere within the next fourteenth of the file, at whatever speed the machine writes it.
      const enough = before + random() * 150_000;
      while (child.exitCode === null && size() < enough) await pause(2);
      await pause(random() * 20);
      child.kill('SIGKILL');
      await ended;
      expectResumed(settled);
      settled = finalIds();
    }
    expect(settled.length).toBeGreaterThan(0);
    const { code, stderr } = await runBin(bin, argv, { cwd, env });
    expectResumed(settled);
    expect(askedAgain).toEqual([]);
    expect(code).toBe(21);
    expect(stderr).not.toMatch(/error|^ {4}at /m);
    expect(
      lines()
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...ids].sort());
  });
});

test('where there is no room for more the file is whole, and the error says so', async () => {
  const { cwd, file, lines } = scene();
  const { env } = await mockEnv();
  const ids = Array.from({ length: 60 }, (_, i) => `delivered-${i}`);
  const argv = ['sendblue', 'get', ...ids, '--resume', file, '--rate', 'off'];
  // Kilobytes that a file may grow to; without the trap the signal would kill.
  const script = `trap '' XFSZ; ulimit -f 24; exec "$0" "$@"`;
  const child = spawn('bash', ['-c', script, process.execPath, builtBin(), ...argv], { env: { HOME: cwd, ...env } });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(1);
  expect(stderr).toMatch(/error: .*out\.ndjson could not be written \(EFBIG\)/);
  const kept = lines().length;
  expect(kept).toBeGreaterThan(2);
  expect(kept).toBeLessThan(60);
  expect((await run(['sendblue', 'get', ...ids, '--resume', file, '-q'], { env, cwd })).code).toBe(0);
  expect(lines()).toHaveLength(60);
});
