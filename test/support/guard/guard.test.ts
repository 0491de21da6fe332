import { execFileSync, spawn, spawnSync } from 'node:child_process';
import dns from 'node:dns';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { spawn as spawnTerminal } from '@lydell/node-pty';
import { expect, onTestFinished, test } from 'vitest';
import { builtBin } from '../bin.ts';

const nowhere = '/dev/null/sbstatus-test';
const tellHome = "const os = require('os'); console.log(os.userInfo().homedir + ' ' + os.homedir())";

/** What is tried in this file is no reason to fail the run. */
function ownRecord(): { SBSTATUS_TEST_ESCAPES: string; read(): string } {
  const folder = mkdtempSync(join(tmpdir(), 'sbstatus-guard-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'escapes');
  return { SBSTATUS_TEST_ESCAPES: file, read: () => readFileSync(file, 'utf8') };
}

test('nobody has a home: neither this process nor, whatever its environment, one that a test starts', async () => {
  expect(userInfo().homedir).toBe(nowhere);
  const env = { PATH: process.env['PATH'] };
  const argv = ['-e', tellHome];
  const homes = [
    spawnSync(process.execPath, argv, { env }).stdout.toString(),
    spawnSync('sh', ['-c', `env -u HOME "${process.execPath}" -e "${tellHome}"`]).stdout.toString(),
    execFileSync(process.execPath, argv, { env }).toString(),
    await text(spawn(process.execPath, argv, { env }).stdout),
    await text(spawn(process.execPath, argv, { env: { ...env, NODE_OPTIONS: '--no-warnings' } }).stdout),
    await shownBy([process.execPath, ...argv]),
  ];
  expect(homes.map((home) => home.trim())).toEqual(homes.map(() => `${nowhere} ${nowhere}`));
  expect(homedir()).toBe(nowhere);
});

test('the program finds no config file where HOME is not set', async () => {
  const env = { PATH: process.env['PATH'] };
  const { stdout } = spawnSync(process.execPath, [builtBin(), 'config', 'path'], { env });
  expect(stdout.toString()).toBe(`${nowhere}/.config/sbstatus/config.yaml\n`);
});

test('no address but loopback is reached, and whoever tries is written down', async () => {
  const { read, ...record } = ownRecord();
  const before = process.env['SBSTATUS_TEST_ESCAPES'];
  process.env['SBSTATUS_TEST_ESCAPES'] = record.SBSTATUS_TEST_ESCAPES;
  try {
    const error = await new Promise((resolve) => connect(443, '192.0.2.1').on('error', resolve));
    expect(error).toMatchObject({ code: 'ENETUNREACH' });
    await expect(dns.promises.lookup('api.sendblue.co')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(dns.promises.resolve4('api.sendblue.co')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(fetch('https://api.sent.dm/v3/me')).rejects.toThrow('fetch failed');
  } finally {
    process.env['SBSTATUS_TEST_ESCAPES'] = before;
  }
  const found = read().split('\n');
  expect(found.map((line) => line.replace(/, by .*/, ''))).toEqual([
    'a connection to 192.0.2.1',
    'the address of api.sendblue.co',
    'records of api.sendblue.co',
    'the address of api.sent.dm',
    '',
  ]);
});

test('nor by the shipped program, with keys that it would believe', () => {
  const { read, ...record } = ownRecord();
  const env = { PATH: process.env['PATH'], SENT_DM_API_KEY: 'key-of-nobody', ...record };
  const argv = [builtBin(), 'sent', 'get', 'x', '--json', '--retries', '0'];
  const { status, stdout } = spawnSync(process.execPath, argv, { env });
  expect([status, JSON.parse(stdout.toString()).error.code]).toEqual([30, 'unknown-host']);
  // First its own resolver, then the system's.
  expect(read()).toMatch(/^records of api\.sent\.dm, by .*sbstatus\.js sent get x/);
  expect(read()).toMatch(/^the address of api\.sent\.dm, by .*sbstatus\.js sent get x/m);
});

function shownBy([file = '', ...args]: readonly string[]): Promise<string> {
  const terminal = spawnTerminal(file, args, { env: { PATH: process.env['PATH'] }, cols: 200 });
  let shown = '';
  terminal.onData((data) => {
    shown += data;
  });
  return new Promise((resolve) => terminal.onExit(() => resolve(shown)));
}
