import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type MockServer, startMock } from '../../src/mock/server.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { realClock } from '../../src/world.ts';
import { builtFolder } from '../support/bin.ts';
import { needs } from '../support/needs.ts';
import { keepSecrets } from '../support/transcript.ts';

// The built program on Node for Windows: there, or in Wine. docs/windows.md lists what this shows, and what it cannot show.

const isWindows = process.platform === 'win32';
const node = isWindows ? process.execPath : (process.env['SBSTATUS_TEST_WINDOWS_NODE'] ?? '');
const providers = await loadProviders();

needs('Node for Windows').describe('on Windows', () => {
  let folder = '';
  let server: MockServer;
  let roaming = '';
  let local = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sbstatus windows '));
    builtFolder(join(folder, 'program'));
    mkdirSync(join(folder, 'work/.git'), { recursive: true });
    server = await startMock({ providers, host: '127.0.0.1', port: 0, clock: realClock });
    if (!isWindows) {
      const key = ['reg', 'add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f'];
      execFileSync('wine', key, { env: environment(), stdio: 'ignore' });
    }
    const shown = await script('console.log(process.env.APPDATA + "\\n" + process.env.LOCALAPPDATA)');
    [roaming = '', local = ''] = shown.stdout.trim().split(/\r?\n/);
  });

  afterAll(async () => {
    await server?.close();
    if (!isWindows) execFileSync('wineserver', ['-k', '-w'], { env: environment(), stdio: 'ignore' });
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  function environment(): Record<string, string> {
    const wine = { WINEPREFIX: join(folder, 'wine'), WINEDEBUG: '-all', NODE_SKIP_PLATFORM_CHECK: '1', HOME: folder };
    const windows = { APPDATA: join(folder, 'roaming'), LOCALAPPDATA: join(folder, 'local'), USERPROFILE: folder };
    return {
      PATH: process.env['PATH'] ?? '',
      SystemRoot: process.env['SystemRoot'] ?? '',
      ...(isWindows ? windows : wine),
    };
  }

  /** What a path of Windows is called here. */
  function here(path: string): string {
    if (isWindows) return path;
    const drives: Readonly<Record<string, string>> = { C: join(folder, 'wine/drive_c'), Z: '' };
    return `${drives[path.charAt(0).toUpperCase()]}${path.slice(2).replaceAll('\\', '/')}`;
  }

  function there(path: string): string {
    return isWindows ? path : `Z:${path.replaceAll('/', '\\')}`;
  }

  /** Output goes to files: the pipes of Wine are none to Node. */
  function start(argv: readonly string[], env: Readonly<Record<string, string>> = {}, stdin: string | null = null) {
    const input = join(folder, `stdin-${Math.random()}`);
    writeFileSync(input, stdin ?? '');
    const files = [join(folder, `stdout-${Math.random()}`), join(folder, `stderr-${Math.random()}`)] as const;
    const descriptors = [openSync(input, 'r'), openSync(files[0], 'w'), openSync(files[1], 'w')] as const;
    const [program, ...rest] = isWindows ? [node, ...argv] : ['wine', node, ...argv];
    for (const [name, value] of Object.entries(env)) keepSecrets(`${name}=${value}`);
    const child: ChildProcess = spawn(program ?? '', rest, {
      cwd: join(folder, 'work'),
      env: { ...environment(), ...env },
      stdio: [...descriptors],
    });
    for (const each of descriptors) closeSync(each);
    const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      child.on('close', (code) => {
        const [stdout = '', stderr = ''] = files.map((file) => readFileSync(file, 'utf8'));
        resolve({ code, stdout, stderr });
      });
    });
    return { child, ended, stdout: () => readFileSync(files[0], 'utf8') };
  }

  const run = (argv: readonly string[], env = {}, stdin: string | null = null) =>
    start([there(join(folder, 'program/bin/sbstatus.js')), ...argv], env, stdin).ended;
  const script = (text: string) => start(['-e', text]).ended;

  const lookup = ['sent', 'get', '8ba7b830-9dad-11d1-80b4-00c04fd430c8', '--mock', '--field', 'state'];

  test('it looks up, and fails, as anywhere', async () => {
    expect(await run(lookup)).toEqual({ code: 0, stdout: 'delivered\n', stderr: '' });
    const failed = await run(['sendblue', 'get', 'failed', '--mock', '--json']);
    expect({ code: failed.code, state: JSON.parse(failed.stdout).state }).toEqual({ code: 20, state: 'failed' });
    expect((await run(['sent', 'fetch'])).code).toBe(2);
  });

  test('your own file lies in %APPDATA%, and nothing is told of modes', async () => {
    const path = `${roaming}\\sbstatus\\config.yaml`;
    onTestFinished(() => rmSync(here(path), { force: true }));
    expect(await run(['config', 'path'])).toEqual({ code: 0, stdout: `${path}\n`, stderr: '' });
    const init = await run(['config', 'init', '--stdin'], {}, 'sent.apiKey=windows-test-key\r\n');
    expect(init).toEqual({ code: 0, stdout: `${path}\n`, stderr: 'note: written; try it: sbstatus doctor\n' });
    expect(readFileSync(here(path), 'utf8')).toContain('windows-test-key');
    const { stdout, stderr } = await run(['config', 'show', '--json']);
    const { files, settings } = JSON.parse(stdout);
    expect({ files, stderr }).toEqual({ files: [{ path, kind: 'user', mode: null }], stderr: '' });
    expect(settings).toContainEqual(expect.objectContaining({ setting: 'apiKey', value: '[redacted]' }));
  });

  test('a token is kept below %LOCALAPPDATA%, and used by the next process', async () => {
    const settings = server.settingsOf('sfmc');
    const env = Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [providers['sfmc']?.settings[key]?.env[0] ?? key, value]),
    );
    const argv = ['sfmc', 'get', 'bcX0qaEp0USGciEnUJTW0w', '--field', 'state'];
    for (let time = 0; time < 2; time += 1) expect(await run(argv, env)).toMatchObject({ code: 0, stdout: 'sent\n' });
    const kept = readdirSync(here(`${local}\\sbstatus\\Cache`)).filter((name) => name.endsWith('.json'));
    expect(kept).toHaveLength(1);
    expect(await run(['sfmc', 'logout'], env)).toMatchObject({ code: 0, stdout: 'removed 1 token\n' });
  });

  test.each(['\\\\server\\share\\key', 'C:\\key', '\\\\.\\pipe\\key', '..\\key', 'NUL', 'sub\\..\\..\\key'])(
    'a project’s file may not name %s',
    async (file) => {
      const path = join(folder, 'work/.sbstatusrc');
      onTestFinished(() => rmSync(path));
      writeFileSync(path, JSON.stringify({ sent: { apiKey: { file } } }));
      const { code, stdout, stderr } = await run(['sent', 'get', 'x', '-q']);
      expect({ code, stdout }).toEqual({ code: 41, stdout: '' });
      expect(stderr).toMatch(/lies outside|is not there|regular file/);
    },
  );

  test('a project’s file names one beside it, with slashes of either kind', async () => {
    const path = join(folder, 'work/.sbstatusrc');
    onTestFinished(() => rmSync(path));
    mkdirSync(join(folder, 'work/keys'), { recursive: true });
    const { apiKey = '', baseUrl = '' } = server.settingsOf('sent');
    keepSecrets(`KEY=${apiKey}`);
    writeFileSync(join(folder, 'work/keys/sent'), `${apiKey}\r\n`);
    for (const file of ['keys/sent', '.\\keys\\sent']) {
      writeFileSync(path, JSON.stringify({ sent: { apiKey: { file } } }));
      const argv = ['sent', 'get', '8ba7b830-9dad-11d1-80b4-00c04fd430c8', '--field', 'state'];
      expect(await run(argv, { SENT_BASE_URL: baseUrl })).toMatchObject({ code: 0, stdout: 'delivered\n' });
    }
  });

  test('ids end with CR LF too', async () => {
    writeFileSync(join(folder, 'work/ids.txt'), 'delivered\r\nread\r\n\r\n');
    const argv = ['sendblue', 'get', '--mock', '-o', 'csv', '--fields', 'id,state'];
    const expected = {
      code: 0,
      stdout: expect.stringMatching(/^id,state\r?\ndelivered,delivered\r?\nread,read\r?\n$/),
    };
    expect(await run([...argv, '--from-file', 'ids.txt'])).toMatchObject(expected);
    expect(await run([...argv, '-'], {}, 'delivered\r\nread\r\n')).toMatchObject(expected);
  });

  test('a report and a config file are replaced while another process has them open', async () => {
    const [report, config] = [join(folder, 'work/out.xml'), join(folder, 'work/own.yaml')];
    for (const path of [report, config]) writeFileSync(path, 'old');
    const open = [report, config].map((path) => `fs.openSync(${JSON.stringify(there(path))}, 'r');`).join('');
    const holder = start([
      '-e',
      `const fs = require('node:fs'); ${open} console.log('open'); setTimeout(() => {}, 60000)`,
    ]);
    onTestFinished(() => void holder.child.kill('SIGKILL'));
    await expect.poll(holder.stdout, { timeout: 60_000 }).toContain('open');
    const checked = await run(['check', 'sent:delivered', '--mock', '--junit', 'out.xml', '-q']);
    const init = await run(
      ['config', 'init', '--stdin', '--force', '--file', 'own.yaml'],
      {},
      'sent.apiKey=windows-test-key\n',
    );
    // Where Windows lets nobody replace an open file, that is said, and the old one stays whole.
    for (const [{ code, stderr }, path, fresh] of [
      [checked, report, '<testsuites'],
      [init, config, 'apiKey'],
    ] as const) {
      const text = readFileSync(path, 'utf8');
      if (code === 0) expect(text).toContain(fresh);
      else
        expect({ text, stderr }).toEqual({
          text: 'old',
          stderr: expect.stringMatching(/(could not|cannot) be written \((EPERM|EACCES|EBUSY)\)/),
        });
    }
    expect(readdirSync(join(folder, 'work')).filter((name) => /tmp|^out\.xml\.|^own\.yaml\./.test(name))).toEqual([]);
  });

  test('a run is gone on with where it was killed', async () => {
    const argv = ['sendblue', 'get', 'delivered', 'queued', '--mock', '--resume', 'state.ndjson', '--exit-zero', '-q'];
    const waiting = start([there(join(folder, 'program/bin/sbstatus.js')), ...argv, '--wait']);
    const journal = join(folder, 'work/state.ndjson');
    await expect
      .poll(() => existsSync(journal) && readFileSync(journal, 'utf8').includes('delivered'), { timeout: 60_000 })
      .toBe(true);
    waiting.child.kill('SIGKILL');
    await waiting.ended;
    if (!isWindows) execFileSync('wineserver', ['-k', '-w'], { env: environment(), stdio: 'ignore' });
    expect(await run(argv)).toMatchObject({ code: 0, stdout: '' });
    const ids = readFileSync(journal, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).id);
    expect(ids.filter((id) => id === 'delivered')).toHaveLength(1);
    expect(ids).toContain('queued');
  });
});
