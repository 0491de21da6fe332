import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readRegular } from '../../src/disk/regular-file.ts';
import { type Ran, ran } from '../package/shell.ts';

/**
 * Each in a process of its own, which must end by itself. A worker thread of the test runner would keep count of the
 * descriptors that are handed to sockets, and close them a second time.
 */

const program = `
  import { Fault } from './src/core/fault.ts';
  import { fileBytes } from './src/cli/file-bytes.ts';
  import { writeToPipe } from './src/terminal/pipe-writer.ts';
  import { realClock } from './src/world.ts';
  const [kind, path, option, left, abortAfter] = process.argv.slice(2);
  const controller = new AbortController();
  const abort = () => controller.abort(new Fault('terminated', { message: 'ended by SIGTERM' }));
  if (abortAfter !== undefined) setTimeout(abort, Number(abortAfter)).unref();
  const deadline = realClock.monotonic() + Number(left ?? Infinity);
  try {
    if (kind === 'write') await writeToPipe(path, 'x'.repeat(Number(option)), { abortSignal: controller.signal, deadline }, realClock);
    else for await (const chunk of fileBytes(path, controller.signal, option)) process.stdout.write(chunk);
  } catch (error) {
    process.stdout.write((error.code ?? error.name) + ': ' + error.message);
  }
`;

const linux = process.platform === 'linux';
const hasPipes = process.platform !== 'win32';
let folder = '';
const pipe = () => join(folder, 'pipe');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sbstatus-pipe-'));
  await build({
    stdin: { contents: program, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile: join(folder, 'program.mjs'),
    logLevel: 'silent',
  });
  writeFileSync(join(folder, 'file'), 'some text');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(() => {
  rmSync(pipe(), { force: true });
  if (hasPipes) execFileSync('mkfifo', [pipe()]);
});

/** A shell script in which `program` is ours, beside the pipe `pipe`. */
function shell(script: string): Promise<Ran> {
  const text = `program() { "$NODE" program.mjs "$@"; }\n${script}`;
  return ran('sh', ['-c', text], { cwd: folder, env: { PATH: process.env['PATH'], NODE: process.execPath } });
}

test.each([
  ['file', 'some text'],
  ['/dev/null', ''],
  ['file/below', 'ENOTDIR: '],
  ['.', 'EISDIR: '],
])('reading %s gives “%s”', async (path, said) => {
  expect((await shell(`program read ${path} linux`)).stdout).toMatch(new RegExp(`^${said}`));
});

// Elsewhere than on Linux a pipe that nobody has opened yet looks as if it had ended, so it is looked at again and again.
describe.skipIf(!hasPipes).each(linux ? ['linux', 'darwin'] : ['darwin'])('a pipe, as on %s,', (system) => {
  test('is read when its writer comes, however slowly it writes', async () => {
    const { stdout } = await shell(
      `(sleep 0.4; (printf 'first '; sleep 0.4; printf second) > pipe) & program read pipe ${system}; wait`,
    );
    expect(stdout).toBe('first second');
  });

  test('is read to its end, however much it is', async () => {
    const { stdout } = await shell(`head -c 300000 /dev/zero > pipe & program read pipe ${system} | wc -c; wait`);
    expect(Number(stdout)).toBe(300_000);
  });

  test.each([0, 300])('that nobody opens ends when the signal aborts after %i ms', async (ms) => {
    expect(await shell(`program read pipe ${system} 0 ${ms}`)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('that has no name and was closed without a word is empty', async () => {
    expect((await shell(`true | (sleep 0.4; program read /dev/fd/0 ${system})`)).stdout).toBe('');
  });
});

test.skipIf(!linux)('a pipe that its writer closes without a word is empty', async () => {
  expect(await shell('(sleep 0.4; : > pipe) & program read pipe linux; wait')).toMatchObject({ code: 0, stdout: '' });
});

describe.skipIf(!hasPipes)('a report for a pipe', () => {
  test('is written when its reader comes, and to its end', async () => {
    const { stdout } = await shell('(sleep 0.4; wc -c < pipe) & program write pipe 200000; wait');
    expect(Number(stdout)).toBe(200_000);
  });

  test('is written where the time was up before, if there is a reader', async () => {
    // 3: the reader is there before the writer is.
    const { stdout } = await shell('exec 3<>pipe; program write pipe 5 -1000; head -c 5 <&3');
    expect(stdout).toBe('xxxxx');
  });

  test.each([-1, 300])('that nobody reads fails when the time is up (%i ms)', async (left) => {
    const { stdout } = await shell(`program write pipe 5 ${left}`);
    expect(stdout).toBe('UnwritableError: pipe could not be written (nobody reads it)');
  });

  test('that nobody reads ends with the run', async () => {
    const { stdout } = await shell('program write pipe 5 Infinity 300');
    expect(stdout).toBe('terminated: ended before pipe was written: nobody reads it');
  });

  test('that is not read to its end fails when the time is up', async () => {
    const { stdout } = await shell('exec 3<>pipe; program write pipe 5000000 300');
    expect(stdout).toBe('UnwritableError: pipe could not be written (nobody reads it)');
  });
});

test.skipIf(!hasPipes)('only a regular file is read at once', () => {
  const text = ['file', 'pipe', 'absent'].map((name) => readRegular(join(folder, name)));
  expect([...text, readRegular('/dev/null')]).toEqual(['some text', null, null, null]);
});
