import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { builtBin } from '../support/bin.ts';
import { needs } from '../support/needs.ts';

/** What a shell can put in the place of the three streams. */

interface Said {
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a line of bash, in which `sbstatus` is the built program. Fails where it does not end within 100 s. */
async function bash(line: string): Promise<Said> {
  const script = `sbstatus() { "$node" "$bin" "$@"; }\n${line}`;
  const env = { PATH: process.env['PATH'], HOME: '/dev/null', node: process.execPath, bin: builtBin() };
  const child = spawn('/bin/bash', ['--norc', '-c', script], { env, cwd: tmpdir(), detached: true });
  // The whole group: what bash started would outlive it.
  const alarm = setTimeout(() => process.kill(-Number(child.pid), 'SIGKILL'), 100_000);
  child.on('close', () => clearTimeout(alarm));
  child.stdin.end();
  const ended = new Promise<number | string | null>((resolve) => {
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

const get = 'sbstatus sendblue get msg_abc123def456 --mock';
const pending = 'still pending: sent; add --wait to keep checking\n';
const record = { id: 'msg_abc123def456', state: 'sent', exit: { code: 21 } };

describe('a stream that is closed', () => {
  test('stdin', async () => {
    const { code, stdout, stderr } = await bash(`${get} --json <&-`);
    expect([code, stderr]).toEqual([21, pending]);
    expect(JSON.parse(stdout)).toMatchObject(record);
  });

  test('stdout', async () => {
    expect(await bash(`${get} >&-`)).toEqual({ code: 21, stdout: '', stderr: pending });
  });

  test('stderr', async () => {
    const { code, stdout, stderr } = await bash(`${get} --json 2>&-`);
    expect([code, stderr]).toEqual([21, '']);
    expect(JSON.parse(stdout)).toMatchObject(record);
  });

  test('all of them', async () => {
    expect(await bash(`${get} <&- >&- 2>&-`)).toEqual({ code: 21, stdout: '', stderr: '' });
  });
});

needs('/dev/full').describe('a disk that is full', () => {
  const lost = 'error: the answer could not be written (ENOSPC); hint: check where the output goes\n';

  test.each([
    'sendblue get msg_abc123def456 --mock',
    'sendblue get msg_abc123def456 --mock -o csv',
    'sendblue get msg_abc123def456 --mock --field state',
    'sendblue get a b c --mock',
    '--version',
    '--help',
    'help exit-codes',
    'explain sfmc',
    'mock --list',
    'mock --port 0',
  ])('stdout of %s', async (argv) => {
    expect(await bash(`sbstatus ${argv} >/dev/full`)).toEqual({ code: 1, stdout: '', stderr: lost });
  });

  test('stdout, where stderr is read as JSON', async () => {
    const { code, stdout, stderr } = await bash(`${get} -o ndjson >/dev/full`);
    expect([code, stdout]).toEqual([1, '']);
    expect(JSON.parse(stderr)).toMatchObject({ schema: 'sbstatus.error/1', exit: { code: 1, name: 'internal' } });
  });

  test('a long batch ends with the first answer that cannot be written, and so does a wait for more ids', async () => {
    const said = { code: 1, stdout: '', stderr: lost };
    const minute = 'sendblue get $(seq -f msg-%g 3000) --mock --rate 50/s';
    expect(await bash(`sbstatus ${minute} --field id >/dev/full`)).toEqual(said);
    const silent = '< <(echo delivered; exec sleep 60 2>/dev/null)';
    expect(await bash(`sbstatus sendblue get - --mock --wait --field id ${silent} >/dev/full`)).toEqual(said);
  });

  test('where the input breaks off too, what was lost counts more', async () => {
    const line = 'sbstatus sendblue get delivered read -f / --mock --field id >/dev/full';
    expect(await bash(line)).toEqual({ code: 1, stdout: '', stderr: lost });
  });

  test('stderr: the answer and the exit code are whole', async () => {
    const { code, stdout } = await bash(`${get} --json 2>/dev/full`);
    expect(code).toBe(21);
    expect(JSON.parse(stdout)).toMatchObject(record);
  });

  test('both', async () => {
    expect(await bash(`${get} >/dev/full 2>/dev/full`)).toEqual({ code: 1, stdout: '', stderr: '' });
  });
});

test.each([
  ['the time is up', 'sendblue get --mock --timeout 1s --field id', 'delivered', 22],
  ['the run fails fast', 'sendblue get --mock --fail-fast --expect failed --field id', 'delivered', 23],
  ['nobody can be told', 'decode sendblue --field id >/dev/full', '{"message_handle":"a","status":"READ"}', 1],
])('a named pipe that says nothing more does not hold the process when %s', async (_, argv, line, code) => {
  const pipe = `<(echo '${line}'; exec sleep 60 2>/dev/null)`;
  expect(await bash(`sbstatus ${argv} -f ${pipe} 2>/dev/null`)).toMatchObject({ code });
});

describe('a reader that goes away', () => {
  test('after the first line: quietly, and before the rest was asked for', async () => {
    const line = `sbstatus sendblue get $(seq -f msg-%g 3000) --mock -o ndjson --concurrency 1 --rate 50/s | head -n 1`;
    const { stdout, stderr } = await bash(line);
    expect(JSON.parse(stdout)).toMatchObject({ index: 0 });
    expect(stderr).toBe('');
  });

  test('before anything was said', async () => {
    expect((await bash(`${get} | true`)).stderr).toBe('');
    expect((await bash('sbstatus --help | true')).stderr).toBe('');
  });

  test('of stderr: the answer and the exit code are whole', async () => {
    const { stdout } = await bash(`{ ${get} --json 2>&3 3>&-; echo "$?" >&4; } 4>&1 3> >(true)`);
    expect(stdout).toMatch(/\n21\n$/);
    expect(JSON.parse(stdout.replace(/21\n$/, ''))).toMatchObject(record);
  });
});

test('a reader that is slow gets all of it, however much waits in the pipe', async () => {
  const ids = '$(seq -f delivered-%g 500) --mock --rate off --concurrency 50';
  const lines = await bash(`sbstatus sendblue get ${ids} -o ndjson | (sleep 1; wc -l); echo "\${PIPESTATUS[0]}"`);
  expect(lines.stdout).toBe('500\n0\n');
  const report = await bash(`sbstatus sendblue get ${ids} --json | (sleep 1; cat)`);
  expect(JSON.parse(report.stdout).results).toHaveLength(500);
});

describe('a standard input that never ends', () => {
  /** A pipe that stays open, with one id in it; `$in` names it. */
  const open = 'd=$(mktemp -d); in="$d/in"; mkfifo "$in"; exec 4<>"$in"; echo msg_abc123def456 >&4';

  test('is not waited for when nobody asked for it', async () => {
    expect(await bash(`${open}; ${get} --field state <"$in" 4>&-; rm -r "$d"`)).toMatchObject({ stdout: 'sent\n' });
  });

  test('does not outlast --timeout', async () => {
    const { code, stdout, stderr } = await bash(
      `${open}; sbstatus sendblue get - --mock --field state --timeout 1s <"$in" 4>&-`,
    );
    expect([code, stdout, stderr]).toEqual([
      22,
      'sent\n',
      'the time was up before the input ended; raise --timeout, or end the input\n',
    ]);
  });

  test('is answered line by line, and a signal ends the waiting', async () => {
    const { code, stdout } =
      await bash(`${open}; "$node" "$bin" sendblue get - --mock --field state <"$in" >"$d/out" 4>&- &
      until [ -s "$d/out" ]; do sleep 0.05; done; cat "$d/out"; rm -r "$d"; kill -TERM $!; wait $!`);
    expect([code, stdout]).toEqual([143, 'sent\n']);
  });
});

describe('a place that is not there', () => {
  const version = expect.stringMatching(/^\d+\.\d+\.\d+/);

  test('a working directory that was removed', async () => {
    const gone = 'd=$(mktemp -d); cd "$d"; rmdir "$d"';
    expect(await bash(`${gone}; sbstatus --version`)).toEqual({ code: 0, stdout: version, stderr: '' });
    expect(await bash(`${gone}; ${get} --field state`)).toEqual({ code: 21, stdout: 'sent\n', stderr: pending });
    const { code, stderr } = await bash(`${gone}; sbstatus sent get x`);
    expect([code, stderr]).toEqual([41, expect.stringMatching(/^error: missing for Sent: .*\n$/)]);
  });

  test.each(['HOME=', 'HOME=relative/home', '-u HOME'])('no home: %s', async (home) => {
    const line = `cd "$(mktemp -d)"; env ${home} "$node" "$bin" sfmc get x -v; code=$?; find . -mindepth 1; exit "$code"`;
    expect(await bash(line)).toMatchObject({ code: 41, stderr: expect.stringMatching(/^error: missing for /m) });
    expect((await bash(line)).stderr).not.toMatch(/^ {4}at /m);
  });

  needs('root', 'setpriv').test('a user whom nobody knows', async () => {
    const line = 'chmod a+rx "$(dirname "$(dirname "$bin")")"; env -u HOME setpriv --reuid 54321 --clear-groups';
    const { code, stderr } = await bash(`${line} "$node" "$bin" sent get x`);
    expect([code, stderr]).toEqual([41, expect.stringMatching(/^error: missing for Sent: .*\n$/)]);
  });
});
