import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { compact } from '../../src/engine/resume/lines.ts';
import { builtBin, runBin } from '../support/bin.ts';
import { mockEnv } from '../support/mock.ts';
import { needs } from '../support/needs.ts';
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

const lockOf = (pid: number) => JSON.stringify({ host: hostname(), pid, unique: 'aa', since: Date.now() });
const lookUp = ['sendblue', 'get', 'delivered', '--mock', '-q', '--resume', 'out.ndjson'];

needs('Linux').test('a killed run that nobody waited for, a zombie, holds no file', async () => {
  const { cwd, file, lines } = scene();
  // The shell becomes a program that asks no child for its code, before the child has ended.
  const parent = spawn('bash', ['-c', 'sleep 2 & echo $!; exec sleep 100'], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const pid = Number(await new Promise<Buffer>((resolve) => parent.stdout.once('data', resolve)));
  const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8');
  while (!stat().includes(') Z ')) await pause(20);
  writeFileSync(`${file}.sbstatus-lock`, lockOf(pid), { mode: 0o600 });
  expect(await runBin(builtBin(), lookUp, { cwd })).toMatchObject({ code: 0, stdout: '', stderr: '' });
  expect(lines()).toHaveLength(1);
});

test.each(['EPERM', 'ENOTSUP', 'EACCES', 'ENOSYS'])(
  'a file system without hard links (%s) has locks all the same',
  async (code) => {
    const { cwd, file, lines } = scene();
    const plan = join(cwd, 'no-links.cjs');
    writeFileSync(
      plan,
      `require('node:fs').linkSync = () => { throw Object.assign(new Error('no links'), { code: '${code}' }); };`,
    );
    const env = { NODE_OPTIONS: `--require=${JSON.stringify(plan)}` };
    const bin = builtBin();
    expect(await runBin(bin, lookUp, { cwd, env })).toMatchObject({ code: 0, stdout: '', stderr: '' });
    writeFileSync(`${file}.sbstatus-lock`, lockOf(process.pid), { mode: 0o777 });
    expect((await runBin(bin, lookUp, { cwd, env })).stderr).toMatch(/^error: another run is writing /);
    writeFileSync(`${file}.sbstatus-lock`, lockOf(2 ** 30), { mode: 0o777 });
    expect(await runBin(bin, lookUp, { cwd, env })).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(lines()).toHaveLength(1);
    expect(readdirSync(cwd).sort()).toEqual(['no-links.cjs', 'out.ndjson']);
  },
);

test('what killed runs left on the way to the lock is gone after the next run', async () => {
  const { cwd, file } = scene();
  for (const name of ['a1', 'b2', 'c3'])
    writeFileSync(`${file}.sbstatus-lock.${name}.tmp`, lockOf(2 ** 30), { mode: 0o600 });
  expect((await runBin(builtBin(), lookUp, { cwd })).code).toBe(0);
  expect(readdirSync(cwd)).toEqual(['out.ndjson']);
});

test('300 MB without a line end are refused in little memory', async () => {
  const { cwd, file } = scene();
  const beginning = '{"schema":"sbstatus.result/1","id":"';
  writeFileSync(file, beginning);
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  for (let i = 0; i < 300; i += 1) appendFileSync(file, chunk);
  const peak = join(cwd, 'peak');
  const preload = fileURLToPath(new URL('../bench/rivals/peak.cjs', import.meta.url));
  const env = { PEAK_REPORT: peak, NODE_OPTIONS: `--require=${JSON.stringify(preload)}` };
  const { code, stderr } = await runBin(builtBin(), lookUp, { cwd, env });
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/^error: line 1 of \S+ is not an sbstatus record, so nothing/),
  ]);
  expect(statSync(file).size).toBe(beginning.length + 300 * chunk.length);
  // Kilobytes; 667 MB were taken before.
  expect(Number(readFileSync(peak, 'utf8'))).toBeLessThan(250_000);
});

needs('Linux').test(
  'Windows replaces no file that is open: both are closed before one takes the other’s place',
  async () => {
    const { cwd, file } = scene();
    writeFileSync(file, 'one\ntwo\n');
    const from = await open(file, 'r+');
    let content = '';
    const close = from.close.bind(from);
    from.close = async () => {
      content = readFileSync(file, 'utf8');
      await close();
    };
    await compact(file, from, [{ offset: 4, length: 4 }], () => true);
    expect([content, readFileSync(file, 'utf8'), from.fd]).toEqual(['one\ntwo\n', 'two\n', -1]);
    expect(readdirSync(cwd)).toEqual(['out.ndjson']);
    // No descriptor of this process leads to either.
    const descriptors = readdirSync('/proc/self/fd').map((fd) => readlinkOrNone(`/proc/self/fd/${fd}`));
    expect(descriptors.filter((path) => path.startsWith(cwd))).toEqual([]);
  },
);

function readlinkOrNone(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

needs('Linux').test('no report takes the place of the input that the shell redirects', () => {
  const { cwd } = scene();
  const script = '"$0" "$1" sendblue get - --mock --junit ids < ids';
  writeFileSync(join(cwd, 'ids'), 'delivered\n');
  const { status, stderr } = spawnSync('/bin/sh', ['-c', script, process.execPath, builtBin()], { cwd });
  expect([status, stderr.toString()]).toEqual([
    2,
    'error: standard input and --junit name one file, ids; hint: name another one: this would write over it\n',
  ]);
  expect(readFileSync(join(cwd, 'ids'), 'utf8')).toBe('delivered\n');
});

needs('Linux').test('no report takes the place of the output that the shell redirects', () => {
  const { cwd } = scene();
  const sh = (words: string) => {
    const script = `"$0" "$1" sendblue get delivered --mock ${words}`;
    const env = { GITHUB_STEP_SUMMARY: join(cwd, 's') };
    const { status, stderr } = spawnSync('/bin/sh', ['-c', script, process.execPath, builtBin()], { cwd, env });
    return [status, stderr.toString()];
  };
  for (const [words, name] of [
    ['--junit out > out', 'standard output and --junit'],
    ['--markdown out >> out', 'standard output and --markdown'],
    ['--resume out > out', 'standard output and --resume'],
  ] as const) {
    expect(sh(words)).toEqual([2, expect.stringContaining(`error: ${name} name one file, out; hint: `)]);
    expect(readFileSync(join(cwd, 'out'), 'utf8')).toBe('');
  }
  expect(sh('--junit log 2> log')).toEqual([2, '']);
  expect(readFileSync(join(cwd, 'log'), 'utf8')).toMatch(/^error: standard error and --junit name one file, log; /);
  // Added to, by both.
  expect(sh('--github >> s')[0]).toBe(0);
  expect(sh('--junit /dev/stdout --quiet > j')[0]).toBe(0);
  expect(readFileSync(join(cwd, 'j'), 'utf8')).toContain('<testsuites');
});
