import { existsSync, mkdirSync } from 'node:fs';
import { win32 } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { pathWithin } from '../../src/config/file.ts';
import { runCommand } from '../../src/config/secret.ts';
import { Fault } from '../../src/core/fault.ts';
import { realWorld } from '../../src/world.ts';
import { sendblue, sent } from './providers.ts';
import { scene, unending } from './scene.ts';

const project = 'home/project/.sbstatusrc';
const user = 'home/.sbstatusrc';
const node = process.execPath;
const variable = (name: string) => `\${${name}}`;

test('a variable named in a file is read from the environment', async () => {
  const s = scene();
  const path = s.write(user, { sent: { apiKey: variable('MY_KEY') } });
  const { settings, origins } = await s.settingsOf(sent, { env: { MY_KEY: 'from-my-key' } });
  expect(settings.secret('apiKey')?.reveal()).toBe('from-my-key');
  expect(origins.get('apiKey')).toEqual({ kind: 'env', name: 'MY_KEY', file: path, path: 'sent.apiKey' });
});

test('variables named in a file that are not set are named all at once; no other source steps in', async () => {
  const s = scene();
  const [id, secret] = ['SENDBLUE_API_KEY', 'SENDBLUE_API_SECRET'] as const;
  const path = s.write(project, { sendblue: { apiKeyId: variable(id), apiSecretKey: variable(secret) } });
  s.write(user, { sendblue: { apiKeyId: 'user-id', apiSecretKey: 'user-secret' } });
  const fault = await s.faultOf(sendblue, { env: { [secret]: '' } });
  expect(fault).toMatchObject({ code: 'credentials-missing', hint: `export ${id}=… ${secret}=…` });
  expect(fault.message).toBe(
    `${id}, named in ${path} (sendblue.apiKeyId), is not set; ${secret}, named in ${path} (sendblue.apiSecretKey), is not set`,
  );
});

test.each([
  ['from-file', 'from-file'],
  ['from-file\n', 'from-file'],
  ['from-file\r\n', 'from-file'],
])('a secret in a file of its own: %j', async (content, value) => {
  const s = scene();
  s.write('home/keys/sent', content);
  for (const file of ['keys/sent', '~/keys/sent', s.path('home/keys/sent')]) {
    s.write(user, { sent: { apiKey: { file } } });
    const { settings, notes } = await s.settingsOf(sent);
    expect(settings.secret('apiKey')?.reveal()).toBe(value);
    expect(notes).toEqual([]);
  }
});

test.each([
  ['two-line-ends\n\n', 'holds a blank, a line end or a character that no header can carry'],
  ['', 'is empty'],
  ['\n', 'is empty'],
  ['x'.repeat(5000), 'is longer than 4096 characters'],
])('a file that holds no usable secret: %#', async (content, what) => {
  const s = scene();
  s.write('home/key', content);
  const path = s.write(user, { sent: { apiKey: { file: 'key' } } });
  expect((await s.faultOf(sent)).message).toBe(`the API key from a file named in ${path} (sent.apiKey) ${what}`);
});

test('a file that is not there or no file names the place that asks for it, not its own path', async () => {
  const s = scene();
  const path = s.write(user, { sent: { apiKey: { file: 'hush-hush' } } });
  expect((await s.faultOf(sent)).message).toBe(`a file named in ${path} (sent.apiKey) is not there`);
  mkdirSync(s.path('home/hush-hush'));
  expect((await s.faultOf(sent)).message).toBe(`a file named in ${path} (sent.apiKey) is not a regular file`);
});

test('a key file of mine that others can read gets a note; a mounted one of root’s does not', async () => {
  const s = scene();
  s.write('home/key', 'from-file', 0o644);
  const path = s.write(user, { sent: { apiKey: { file: 'key' } } });
  const me = process.getuid?.() ?? 0;
  const { notes } = await s.settingsOf(sent, { world: { uid: me } });
  expect(notes).toEqual(me === 0 ? [] : [`others can read a file named in ${path} (sent.apiKey): chmod 600 it`]);
});

test('a command in the user’s own file prints the secret; it runs without a shell, in the file’s folder', async () => {
  const s = scene();
  s.write('home/print.js', 'process.stdout.write(process.argv[2] + "-" + process.env.TAIL + "\\n")');
  s.write(user, { sent: { apiKey: { command: [node, './print.js', '$HOME;x'] } } });
  const { settings, origins } = await s.settingsOf(sent, { env: { TAIL: 'tail' } });
  expect(settings.secret('apiKey')?.reveal()).toBe('$HOME;x-tail');
  expect(origins.get('apiKey')?.kind).toBe('command');
  const configFile = s.write('home/project/own.json', { sent: { apiKey: { command: [node, '-p', '"from-config"'] } } });
  expect((await s.settingsOf(sent, { configFile })).settings.secret('apiKey')?.reveal()).toBe('from-config');
});

test.each([
  [[node, '-e', 'console.log("hush-hush"); console.error("hush-hush"); process.exit(3)'], 'ended with exit code 3'],
  [['./not-there-hush-hush'], 'could not be started (ENOENT)'],
  [[node, '-e', 'process.kill(process.pid, "SIGTERM")'], 'was ended by SIGTERM'],
  [[node, '-e', 'process.stdout.write("hush-hush".repeat(100000))'], 'printed more than 64 KiB'],
])('a command that fails shows nothing of itself: %#', async (command, what) => {
  const s = scene();
  const path = s.write(user, { sent: { apiKey: { command } } });
  const fault = await s.faultOf(sent);
  expect(fault.message).toBe(`a command named in ${path} (sent.apiKey) ${what}`);
  expect(`${fault.message} ${fault.hint} ${fault.stack}`).not.toContain('hush-hush');
});

const asked = (script: string, limitMs: number, signal = unending) =>
  runCommand({ argv: [node, '-e', script], folder: '/', limitMs, name: 'the command', signal }, realWorld());

test('a command that does not end is killed, its children’s hold on the output notwithstanding', async () => {
  const script = `require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 5000)'], { stdio: 'inherit' })`;
  await expect(asked(script, 300)).rejects.toMatchObject({
    message: 'the command took longer than 0.3 s and was killed',
  });
});

test('a command ends with the run, and with the run’s reason; it is not begun where that is over', async () => {
  const end = new AbortController();
  const reason = new Fault('time-up', { message: 'over' });
  const running = asked('setTimeout(() => {}, 60_000)', 60_000, end.signal);
  end.abort(reason);
  await expect(running).rejects.toBe(reason);
  await expect(asked('throw 1', 60_000, end.signal)).rejects.toBe(reason);
});

test('a command that waits for input gets its end', async () => {
  expect(await asked('process.stdin.resume().on("end", () => console.log("ended"))', 10_000)).toBe('ended\n');
});

test('a command runs only when its secret is needed', async () => {
  const s = scene();
  s.write('home/leave.js', 'require("node:fs").writeFileSync("trace", "")');
  s.write(user, { sent: { apiKey: { command: [node, './leave.js'] } } });
  const configuration = await s.load({ env: { SENT_DM_API_KEY: 'from-env' } });
  configuration.preview(sent, {});
  await configuration.settingsOf(sent, {}, unending);
  expect(existsSync(s.path('home/trace'))).toBe(false);
  await s.faultOf(sent);
  expect(existsSync(s.path('home/trace'))).toBe(true);
});

test('nothing that is printed, inspected or serialised shows a secret', async () => {
  const s = scene();
  s.write(user, { sent: { apiKey: 'hush-hush' } });
  const configuration = await s.load();
  const resolved = await configuration.settingsOf(sent, {}, unending);
  for (const each of [configuration, resolved, resolved.settings.secret('apiKey')]) {
    expect(`${JSON.stringify(each)} ${inspect(each, { depth: 9, showHidden: true })} ${each}`).not.toContain(
      'hush-hush',
    );
  }
});

test('a project’s file may be named through links that stay in the project', async () => {
  const s = scene();
  s.write('home/project/keys/sent', 'inside');
  s.link('home/project/relative', 'keys');
  s.link('home/project/absolute', s.path('home/project/keys/sent'));
  s.link('home/link', s.path('home/project'));
  for (const file of ['relative/sent', './relative/../absolute', s.path('home/project/keys/sent')]) {
    s.write(project, { sent: { apiKey: { file } } });
    for (const cwd of ['home/project', 'home/link']) {
      expect((await s.settingsOf(sent, { cwd })).settings.secret('apiKey')?.reveal()).toBe('inside');
    }
  }
});

test.each(['round', 'keys/out', 'keys/back/keys/sent', '.', '..', 'keys/sent/x'])(
  'a project’s file may not be %s',
  async (file) => {
    const s = scene();
    s.write('home/project/keys/sent', 'inside');
    s.link('home/project/round', 'round');
    s.link('home/project/keys/out', '../../project-2');
    s.link('home/project/keys/back', s.path('home/project/keys/away'));
    s.link('home/project/keys/away', s.path('home'));
    s.write(project, { sent: { apiKey: { file } } });
    const fault = await s.faultOf(sent);
    expect(fault.message).toMatch(/lies outside of|is not there/);
  },
);

const windows = (named: string) => pathWithin(['C:\\proj'], win32.resolve('C:\\proj', named), named, 'win32');

test.each([
  ['key.txt', 'key.txt'],
  ['keys/sent', 'keys\\sent'],
  ['.\\keys\\..\\sent', 'sent'],
  ['C:\\proj\\sent', 'sent'],
  ['c:/PROJ/sent', 'sent'],
  ['console/nulls.txt', 'console\\nulls.txt'],
  ['...sent', '...sent'],
])('on Windows a project may name its file %s', (named, way) => {
  expect(windows(named)).toBe(way);
});

test.each([
  '//host/share',
  '//host/share/../../proj/x',
  '\\\\host\\share\\key',
  '\\/host\\share',
  '\\\\?\\C:\\proj\\sent',
  '\\\\.\\pipe\\sbstatus',
  'D:\\x',
  'D:x',
  'C:x',
  'C:',
  'C:\\Users\\me\\key',
  'C:\\proj-2\\key',
  '\\Users\\me\\key',
  '/Users/me/key',
  '..\\key',
  'keys/../../key',
  '.. \\key',
  'keys\\.. .\\..\\key',
  '.',
  'nul',
  'NUL.txt',
  'keys\\con',
  'com1:',
  'COM¹.key',
  'lpt9 .txt',
  'CONIN$',
  'sent:stream',
  'sent.',
])('on Windows the text alone tells that %s is not for a project to name', (named) => {
  expect(windows(named)).toBeNull();
});
