import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { builtBin } from '../support/bin.ts';
import { keepOutput, keepSecrets } from '../support/transcript.ts';

/**
 * That the process ends, whatever it waits for. A thread of libuv's pool that hangs is waited for by `process.exit` too,
 * which only a real process shows.
 */

/**
 * Seconds until the process must have ended: from its start where `--timeout 2s` ends it, from the signal where that does.
 * It takes 2.1 and 0.1 on an idle machine. A hang takes 20 s and more here (a name server that is silent: three of them,
 * and 21 s for c-ares or 28 s for getaddrinfo; a pipe that nobody opens: for ever), so that a busy machine breaks nothing.
 */
const boundSeconds = 8;

const linux = process.platform === 'linux';
const get = ['sendblue', 'get', 'msg_abc123def456'];

interface Case {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Put before the program, which it is to become. */
  readonly prefix?: readonly string[];
  /** Whether it is where it would hang. */
  isThere(child: ChildProcess, output: string): boolean;
  /** Exit code of `--timeout 2s`. */
  readonly timeoutCode: number;
  readonly timeoutText: RegExp;
}

const keys = { SENDBLUE_API_API_KEY: 'endings-key-id', SENDBLUE_API_API_SECRET: 'endings-secret-key' };

interface Ending {
  readonly code: number | null;
  readonly output: string;
  readonly seconds: number;
}

/** Runs the built program until it ends, of itself or by a signal that it is sent once it is there. */
async function endingOf(bin: string, { argv, env, prefix = [], isThere }: Case, signal?: NodeJS.Signals) {
  const [command = '', ...args] = [...prefix, process.execPath, bin, ...argv];
  const child = spawn(command, signal === undefined ? [...args, '--timeout', '2s'] : args, {
    env: { PATH: process.env['PATH'], HOME: '/dev/null/sbstatus-test', ...keys, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const [name, value] of Object.entries(keys)) keepSecrets(`${name}=${value}`);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(() => void child.kill('SIGKILL'));
  let began = performance.now();
  if (signal !== undefined) {
    await expect.poll(() => isThere(child, output), { timeout: 20_000 }).toBe(true);
    began = performance.now();
    child.kill(signal);
  }
  const code = await Promise.race([closed, pause(1000 * boundSeconds, 'none' as const)]);
  keepOutput(`endings ${argv.join(' ')}`, output);
  return { code: code === 'none' ? null : code, output, seconds: (performance.now() - began) / 1000 } satisfies Ending;
}

async function expectEndings(one: Case): Promise<void> {
  const bin = builtBin();
  const [byTime, byInterrupt, byTerm] = await Promise.all([
    endingOf(bin, one),
    endingOf(bin, one, 'SIGINT'),
    endingOf(bin, one, 'SIGTERM'),
  ]);
  expect([byTime, byInterrupt, byTerm].map(({ code }) => code)).toEqual([one.timeoutCode, 130, 143]);
  expect(byTime.output).toMatch(one.timeoutText);
  for (const { seconds } of [byTime, byInterrupt, byTerm]) expect(seconds).toBeLessThan(boundSeconds);
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sbstatus-endings-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function pipe(): string {
  const path = join(temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

/** Whether the process has opened the file. */
function holds({ pid }: ChildProcess, path: string): boolean {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((name) => readlinkSync(join(folder, name)) === path);
  } catch {
    return false;
  }
}

describe.skipIf(!linux)('a pipe that nobody opens (looked at through /proc, so on Linux only)', () => {
  test.each([
    ['sendblue get --from-file', ['sendblue', 'get', '--from-file'], /the time was up before the input ended/],
    ['check --from-file', ['check', '--from-file'], /the time was up before the input ended/],
    ['check --manifest', ['check', '--manifest'], /the time was up before .*pipe ended/],
  ])('does not hold %s', async (_, argv, timeoutText) => {
    const path = pipe();
    const isThere = (child: ChildProcess) => holds(child, path);
    await expectEndings({ argv: [...argv, path], isThere, timeoutCode: 22, timeoutText });
  });

  test('does not hold a report', async () => {
    await expectEndings({
      argv: ['sendblue', 'get', 'delivered', '--mock', '--junit', pipe()],
      isThere: (_, output) => output.includes('delivered'),
      timeoutCode: 1,
      timeoutText: /could not be written \(nobody reads it\)/,
    });
  });
});

describe.skipIf(!linux)(
  'a command that never prints its secret (its processes are looked for in /proc, so on Linux only)',
  () => {
    /** A home whose config file asks a script, which asks a program; the ids of all that they started. */
    function hangingCommand() {
      const folder = temporaryFolder();
      const pids = join(folder, 'pids');
      const script = `echo $$ >> ${pids}; sleep 600 & echo $! >> ${pids}; wait`;
      const config = { sendblue: { apiKeyId: 'endings-key-id', apiSecretKey: { command: ['/bin/sh', '-c', script] } } };
      writeFileSync(join(folder, '.sbstatusrc'), JSON.stringify(config), { mode: 0o600 });
      const started = () => (existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n') : []);
      return { folder, started };
    }

    const isRunning = (pid: string) =>
      existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

    test.each([
      ['get', get, 22, /the time was up before it was this id’s turn/],
      ['get --wait', [...get, '--wait'], 22, /the time was up before it was this id’s turn/],
      ['list', ['sendblue', 'list'], 22, /the time was up/],
      ['check', ['check', 'sendblue:msg_abc123def456'], 22, /the time was up/],
    ])('ends with %s, and so does what it started', async (_, argv, timeoutCode, timeoutText) => {
      const { folder, started } = hangingCommand();
      await expectEndings({
        argv,
        // Of a terminal it would not be cut off, and Ctrl-C there reaches everything.
        prefix: ['setsid'],
        env: { HOME: folder, SENDBLUE_API_API_KEY: '', SENDBLUE_API_API_SECRET: '' },
        isThere: () => started().length >= 6,
        timeoutCode,
        timeoutText,
      });
      await expect.poll(() => started().filter(isRunning)).toEqual([]);
    });
  },
);

/** A port whose connections are never accepted, and whose backlog is full: a further one is not even refused. */
async function fullPort(): Promise<number> {
  const program = `
    const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      require('node:fs').writeSync(1, server.address().port + '\\n');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const server = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void server.kill('SIGKILL'));
  const port = await new Promise<number>((resolve) => server.stdout.once('data', (text) => resolve(Number(text))));
  const sockets = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  onTestFinished(() => sockets.forEach((socket) => void socket.destroy()));
  // As many as the backlog takes are connected at once, the others never.
  await expect.poll(() => sockets.filter((socket) => !socket.connecting).length).toBe(2);
  return port;
}

const asking = (_: ChildProcess, output: string) => output.includes('/api/');

describe.skipIf(!linux)('a port whose backlog is full (as Linux keeps it)', () => {
  test.each(['http', 'https'])('does not hold a look-up over %s', async (scheme) => {
    const origin = `${scheme}://127.0.0.1:${await fullPort()}`;
    await expectEndings({
      argv: [...get, '--debug'],
      env: { SENDBLUE_API_BASE_URL: origin },
      isThere: asking,
      timeoutCode: 30,
      timeoutText: new RegExp(`no connection to ${origin} before the time was up`),
    });
  });

  test('does not hold a look-up through a proxy', async () => {
    const origin = `http://127.0.0.1:${await fullPort()}`;
    await expectEndings({
      argv: [...get, '--debug'],
      env: { HTTPS_PROXY: origin },
      isThere: asking,
      timeoutCode: 30,
      timeoutText: new RegExp(`no connection to \\S+ \\(through the proxy ${origin}\\) before the time was up`),
    });
  });
});

/** Why name servers of ours cannot be put before the program, or null. */
const problem = unshareProblem();

function unshareProblem(): string | null {
  if (process.getuid?.() !== 0) return 'only root can mount another /etc/resolv.conf';
  const { status, error } = spawnSync('unshare', ['-m', 'mount', '--bind', '/etc/resolv.conf', '/etc/resolv.conf']);
  return status === 0 ? null : `unshare -m does not work here (${error?.message ?? `exit ${status}`})`;
}

if (problem !== null) process.stderr.write(`skipped: endings with name servers that are silent: ${problem}\n`);

/** An address is used once: a process that another test is about to start may still hold the socket of the last one. */
let lastAddress = 0;

/** Name servers that never answer; what is put before a program so that it knows no others. */
async function silentServers(): Promise<readonly string[]> {
  // By process, since two runs of the tests on one machine cannot have one address.
  const addresses = [1, 2, 3].map((place) => `127.53.${process.pid % 250}.${lastAddress + place}`);
  lastAddress += addresses.length;
  for (const address of addresses) {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => socket.once('error', reject).bind(53, address, resolve));
    onTestFinished(() => new Promise<void>((resolve) => socket.close(() => resolve())));
  }
  const file = join(temporaryFolder(), 'resolv.conf');
  writeFileSync(file, addresses.map((address) => `nameserver ${address}\n`).join(''));
  return ['unshare', '-m', 'sh', '-c', 'mount --bind "$0" /etc/resolv.conf && exec "$@"', file];
}

describe.skipIf(problem !== null)('name servers that never answer', () => {
  test.each([
    ['directly', {}, /no connection to https:\/\/\S+ before the time was up/],
    [
      'through a proxy',
      { HTTPS_PROXY: 'http://proxy.example:3128' },
      /no connection to \S+ \(through the proxy http:\/\/proxy\.example:3128\) before the time was up/,
    ],
  ])('do not hold a look-up %s', async (_, env, timeoutText) => {
    const prefix = await silentServers();
    const own = { ...env, SBSTATUS_TEST_NAME_SERVER: 'own' };
    await expectEndings({ argv: [...get, '--debug'], env: own, prefix, isThere: asking, timeoutCode: 30, timeoutText });
  });
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('a pipe whose reader takes nothing does not hold %s', async (signal, code) => {
  const argv = ['sendblue', 'get', '-', '--mock', '--json'];
  const child = spawn(process.execPath, [builtBin(), ...argv], {
    env: { PATH: process.env['PATH'], HOME: '/dev/null/sbstatus-test' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = new Promise<number | null>((resolve) => child.once('exit', resolve));
  // One piece is taken, so that it is known to have begun; the others fill the pipe.
  child.stdin.on('error', () => undefined).write('delivered\n'.concat(...manyIds()));
  await new Promise((resolve) => child.stdout.once('readable', resolve));
  await pause(1000);
  child.kill(signal);
  expect(await Promise.race([closed, pause(1000 * boundSeconds, 'none' as const)])).toBe(code);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('a trace that nobody reads does not hold %s', async (signal, code) => {
  const pipe = join(temporaryFolder(), 'pipe');
  spawnSync('mkfifo', [pipe]);
  // Open for both, so that it has a reader, which never reads.
  const fd = openSync(pipe, 'r+');
  onTestFinished(() => closeSync(fd));
  const argv = ['sendblue', 'get', '-', '--mock', '--debug', '--rate', 'off', '-o', 'ndjson'];
  const child = spawn(process.execPath, [builtBin(), ...argv], {
    env: { PATH: process.env['PATH'], HOME: '/dev/null/sbstatus-test' },
    stdio: ['pipe', 'ignore', fd],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.stdin?.on('error', () => undefined).write('delivered\n'.concat(...manyIds()));
  await pause(3000);
  child.kill(signal);
  expect(await Promise.race([closed, pause(1000 * boundSeconds, 'none' as const)])).toBe(code);
});

function manyIds(): string[] {
  return Array.from({ length: 20_000 }, (_, i) => `delivered-${i}\n`);
}

test('what is left open does not hold the process once all is said', async () => {
  const file = join(temporaryFolder(), 'hold.cjs');
  writeFileSync(file, 'setInterval(() => undefined, 1000);');
  const env = { NODE_OPTIONS: `--require=${JSON.stringify(file)}` };
  const argv = ['sendblue', 'get', 'delivered', '--mock', '--field', 'state'];
  const { code, output } = await endingOf(builtBin(), { argv, env, isThere: asking, timeoutCode: 0, timeoutText: /./ });
  expect({ code, output }).toEqual({ code: 0, output: 'delivered\n' });
});
