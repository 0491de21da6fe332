import { chmodSync, chownSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sent } from './providers.ts';
import { scene } from './scene.ts';

const key = (value: string) => `sent: { apiKey: ${value} }\n`;
const root = process.getuid?.() === 0;

test('nothing anywhere is no error until credentials are asked for', async () => {
  const configuration = await scene().load();
  expect(configuration).toMatchObject({ files: [], notes: [], profiles: [] });
  expect(configuration.profile()).toBeNull();
});

test.each([
  'package.json',
  '.sbstatusrc',
  '.sbstatusrc.json',
  '.sbstatusrc.yaml',
  '.sbstatusrc.yml',
  '.config/sbstatusrc',
  '.config/sbstatusrc.json',
  '.config/sbstatusrc.yaml',
  '.config/sbstatusrc.yml',
])('a project file may be called %s', async (name) => {
  const s = scene();
  const block = { sent: { apiKey: 'from-project' } };
  const path = s.write(`home/project/${name}`, name === 'package.json' ? { name: 'x', sbstatus: block } : block);
  const { files } = await s.load();
  expect(files).toMatchObject([{ kind: 'project', path, folder: s.path('home/project'), fault: null, mode: 0o600 }]);
  expect((await s.settingsOf(sent)).settings.secret('apiKey')?.reveal()).toBe('from-project');
});

test.each(['.sbstatusrc.js', '.sbstatusrc.cjs', '.sbstatusrc.ts', 'sbstatus.config.js', '.config/config.js'])(
  'a file called %s is not looked at',
  async (name) => {
    const s = scene();
    s.write(`home/project/${name}`, 'throw new Error("run")');
    expect((await s.load()).files).toEqual([]);
  },
);

test.each([
  'home/.config/sbstatus/config',
  'home/.config/sbstatus/config.json',
  'home/.config/sbstatus/config.yaml',
  'home/.config/sbstatus/config.yml',
  'home/.config/sbstatusrc.yaml',
  'home/.sbstatusrc',
  'home/.sbstatusrc.json',
])('the user’s own file may be %s', async (name) => {
  const s = scene();
  const path = s.write(name, { sent: { apiKey: 'from-user' } });
  expect((await s.load()).files).toMatchObject([{ kind: 'user', path }]);
});

test('XDG_CONFIG_HOME and %APPDATA% move the user’s folder; a relative XDG_CONFIG_HOME does not', async () => {
  const s = scene();
  const path = s.write('elsewhere/sbstatus/config.yaml', key('k1'));
  const there = { XDG_CONFIG_HOME: s.path('elsewhere') };
  expect((await s.load({ env: there })).files).toMatchObject([{ kind: 'user', path }]);
  const windows = { env: { APPDATA: s.path('elsewhere') }, world: { platform: 'win32' } };
  expect((await s.load(windows)).files).toMatchObject([{ kind: 'user', path }]);
  s.write('home/project/relative/sbstatus/config.yaml', key('k2'));
  expect((await s.load({ env: { XDG_CONFIG_HOME: 'relative' } })).files).toEqual([]);
});

test('the search goes up to the repository’s root and no further', async () => {
  const s = scene();
  mkdirSync(s.path('home/project/a/b'), { recursive: true });
  s.write('home/.config/sbstatusrc.yaml', key('user'));
  s.write('home/package.json', { sbstatus: { sent: { apiKey: 'above' } } });
  expect((await s.load({ cwd: 'home/project/a/b' })).files.map((file) => file.kind)).toEqual(['user']);
  const top = s.write('home/project/.sbstatusrc', key('top'));
  expect((await s.load({ cwd: 'home/project/a/b' })).files[0]?.path).toBe(top);
  const near = s.write('home/project/a/.sbstatusrc.yaml', key('near'));
  expect((await s.load({ cwd: 'home/project/a/b' })).files.map((file) => file.path)).toEqual([
    near,
    s.path('home/.config/sbstatusrc.yaml'),
  ]);
});

test('a worktree’s or submodule’s .git file marks the root too', async () => {
  const s = scene();
  rmSync(s.path('home/project/.git'), { recursive: true });
  s.write('home/project/sub/.git', 'gitdir: elsewhere');
  s.write('home/project/.sbstatusrc', key('above'));
  expect((await s.load({ cwd: 'home/project/sub' })).files).toEqual([]);
});

test('without a repository it goes up to home, and outside both it stays in the working directory', async () => {
  const s = scene();
  rmSync(s.path('home/project/.git'), { recursive: true });
  mkdirSync(s.path('home/project/deep'));
  mkdirSync(s.path('shared/deep'), { recursive: true });
  const path = s.write('home/package.json', { sbstatus: { sent: { apiKey: 'home' } } });
  s.write('package.json', { sbstatus: { sent: { apiKey: 'above-home' } } });
  s.write('shared/.sbstatusrc', key('planted'));
  expect((await s.load({ cwd: 'home/project/deep' })).files).toMatchObject([{ kind: 'project', path }]);
  expect((await s.load({ cwd: 'shared/deep' })).files).toEqual([]);
  expect((await s.load({ cwd: 'shared' })).files).toMatchObject([{ path: s.path('shared/.sbstatusrc') }]);
});

test('two files in one folder: the first of the order wins, an empty one does not count', async () => {
  const s = scene();
  const yaml = s.write('home/project/.sbstatusrc.yaml', key('yaml'));
  s.write('home/project/.config/sbstatusrc', key('nested'));
  expect((await s.load()).files[0]?.path).toBe(yaml);
  s.write('home/project/.sbstatusrc', ' \n');
  s.write('home/project/.sbstatusrc.json', '');
  s.write('home/project/package.json', { name: 'x', keywords: ['sbstatus'], scripts: { sbstatus: 'x' } });
  expect((await s.load()).files[0]?.path).toBe(yaml);
});

test('the user’s own file met in the working directory is the user’s, not the project’s', async () => {
  const s = scene();
  const path = s.write('home/.sbstatusrc', key('own'));
  expect((await s.load({ cwd: 'home' })).files).toMatchObject([{ kind: 'user', path }]);
});

test('a dotfiles folder that ~/.sbstatusrc links into holds the user’s own file', async () => {
  const s = scene();
  const target = s.write('home/project/.sbstatusrc', key('own'));
  const path = s.link('home/.sbstatusrc', target);
  expect((await s.load()).files).toMatchObject([{ kind: 'user', path }]);
});

test('--config replaces the user’s file, ranks as the user’s own, and knows ~', async () => {
  const s = scene();
  s.write('home/.sbstatusrc', key('usual'));
  const path = s.write('home/other.conf', key('other'));
  for (const configFile of [path, '../other.conf', '~/other.conf']) {
    expect((await s.load({ configFile })).files).toMatchObject([{ kind: 'explicit', path }]);
  }
  const project = s.write('home/project/.sbstatusrc', key('project'));
  expect((await s.load({ configFile: '.sbstatusrc' })).files).toMatchObject([{ kind: 'explicit', path: project }]);
  expect((await s.load({ configFile: path, cwd: 'home' })).files).toMatchObject([{ kind: 'explicit', path }]);
});

test.each([
  ['absent.yaml', 'there is no such file'],
  ['home/project', 'is not a regular file'],
  ['home/code.js', 'is code, which is never run'],
  ['home/code.mts', 'is code, which is never run'],
  ['home/loop', 'it is a link that leads nowhere'],
  ['home/latin', 'is not UTF-8 text'],
])('--config %s: %s', async (name, what) => {
  const s = scene();
  s.write('home/code.js', 'throw new Error("run")');
  s.write('home/code.mts', 'throw new Error("run")');
  s.link('home/loop', s.path('home/loop'));
  s.write('home/latin', Uint8Array.of(0x61, 0x3a, 0x20, 0xe9));
  const fault = await s.faultOf(sent, { configFile: s.path(name), env: { SENT_DM_API_KEY: 'from-env' } });
  expect(fault).toMatchObject({ code: 'config-invalid', exit: 'config' });
  expect(fault.message).toContain(s.path(name));
  expect(fault.message).toContain(what);
});

test('a file over 1 MiB is refused', async () => {
  const s = scene();
  const path = s.write('home/.sbstatusrc', `${key('k')}${'#'.repeat(1024 * 1024)}`);
  expect((await s.faultOf(sent)).message).toBe(`${path} is larger than 1 MiB`);
});

test('a file found but closed to us is an error, not silence', async () => {
  const s = scene();
  const path = s.link('home/project/.sbstatusrc', s.path('home/project/.sbstatusrc'));
  expect((await s.faultOf(sent)).message).toBe(`${path} cannot be read: it is a link that leads nowhere`);
});

test.skipIf(root)('a file without read permission is an error', async () => {
  const s = scene();
  const path = s.write('home/project/.sbstatusrc', key('k'), 0o000);
  expect((await s.faultOf(sent)).message).toBe(`${path} cannot be read: permission denied`);
});

test('a package.json that cannot be read or parsed is none of our business unless it names us', async () => {
  const s = scene();
  s.write('home/project/package.json', '{ broken');
  expect((await s.load()).files).toEqual([]);
  const path = s.write('home/project/package.json', '{ "sbstatus": ');
  expect((await s.faultOf(sent)).message).toBe(`${path}, line 1: invalid JSON: a [ or { is not closed`);
});

test('a file with secrets that others can read gets a note, one without secrets does not', async () => {
  const s = scene();
  const path = s.write('home/project/.sbstatusrc', key('literal'), 0o644);
  expect((await s.load()).notes).toEqual([`${path} holds secrets and others can read it: chmod 600 ${path}`]);
  chmodSync(path, 0o640);
  expect((await s.load()).notes).toHaveLength(1);
  expect((await s.load({ world: { platform: 'win32' } })).notes).toEqual([]);
  chmodSync(path, 0o600);
  expect((await s.load()).notes).toEqual([]);
  s.write('home/project/.sbstatusrc', `sent: { apiKey: "\${SENT_DM_API_KEY}", profileId: p }`, 0o644);
  expect((await s.load()).notes).toEqual([]);
});

test.each([0o620, 0o602, 0o666])('a file with secrets of mode %o is refused', async (mode) => {
  const s = scene();
  const path = s.write('home/project/.sbstatusrc', key('literal'), mode);
  const fault = await s.faultOf(sent);
  expect(fault).toMatchObject({ code: 'config-invalid', hint: `make it yours alone: chmod 600 ${path}` });
  expect(fault.message).toBe(`${path} is not used, because others can write to it`);
  const windows = await s.settingsOf(sent, { world: { platform: 'win32' } });
  expect(windows.settings.secret('apiKey')?.reveal()).toBe('literal');
});

test('the user’s own file is believed, so nobody else may write to it, secrets or not', async () => {
  const s = scene();
  s.write('home/.sbstatusrc', 'sent: { profileId: p }', 0o622);
  expect((await s.faultOf(sent)).message).toContain('others can write to it');
});

test('a project file without secrets may be checked out world-writable and by another user', async () => {
  const s = scene();
  const path = s.write('home/project/.sbstatusrc', 'sent: { profileId: committed }', 0o666);
  if (root) chownSync(path, 12345, 12345);
  const { settings } = await s.settingsOf(sent, { env: { SENT_DM_API_KEY: 'from-env' } });
  expect(settings.text('profileId')).toBe('committed');
});

test('a file with secrets that belongs to neither me nor root is refused', async () => {
  const s = scene();
  const path = s.write('home/project/.sbstatusrc', key('literal'));
  if (root) chownSync(path, 12345, 12345);
  const me = root ? 0 : 54321;
  expect((await s.faultOf(sent, { world: { uid: me } })).message).toContain('it belongs to another user');
});

test.runIf(root)('a file of root’s is as good as mine: secrets are mounted like that', async () => {
  const s = scene();
  s.write('home/project/.sbstatusrc', key('literal'), 0o444);
  expect((await s.settingsOf(sent, { world: { uid: 54321 } })).settings.secret('apiKey')?.reveal()).toBe('literal');
});

test.each([
  'home/.sbstatusrc',
  'home/.sbstatusrc.yml',
  'home/.config/sbstatusrc.json',
  'home/.config/sbstatus/config.yaml',
])('in a home that is a checkout, %s is a project’s file: whoever wrote the repository wrote it', async (name) => {
  const s = scene();
  mkdirSync(s.path('home/.git'));
  mkdirSync(s.path('home/a/b'), { recursive: true });
  const path = s.write(name, { sent: { baseUrl: 'https://evil.example' } });
  for (const cwd of ['home', 'home/a/b', 'home/project']) {
    expect((await s.load({ cwd })).files).toMatchObject([{ kind: 'project', path }]);
    const fault = await s.faultOf(sent, { cwd, env: { SENT_DM_API_KEY: 'from-env' } });
    expect(fault).toMatchObject({ code: 'origin-refused' });
  }
  s.write(name, { sent: { apiKey: { command: ['touch', s.path('ran')] } } });
  expect(await s.faultOf(sent, { cwd: 'home' })).toMatchObject({ code: 'config-invalid' });
  expect(existsSync(s.path('ran'))).toBe(false);
});

test('a home within a checkout is no better, and a worktree’s .git file marks one too', async () => {
  const s = scene();
  s.write('.git', 'gitdir: elsewhere');
  s.write('home/.sbstatusrc', key('own'));
  expect((await s.load()).files).toMatchObject([{ kind: 'project' }]);
});

test('with a home that is a checkout, own files lie outside of it or are named', async () => {
  const s = scene();
  mkdirSync(s.path('home/.git'));
  const named = s.write('home/.sbstatusrc', key('named'));
  expect((await s.load({ configFile: named })).files).toMatchObject([{ kind: 'explicit', path: named }]);
  const outside = s.write('elsewhere/sbstatus/config.yaml', key('outside'));
  const { files } = await s.load({ env: { XDG_CONFIG_HOME: s.path('elsewhere') } });
  expect(files).toMatchObject([{ kind: 'user', path: outside }]);
});

test('a folder of configuration that is a checkout does not make home one', async () => {
  const s = scene();
  mkdirSync(s.path('home/.config/.git'), { recursive: true });
  const own = s.write('home/.sbstatusrc', key('own'));
  expect((await s.load()).files).toMatchObject([{ kind: 'user', path: own }]);
  const path = s.write('home/.config/sbstatus/config.yaml', key('cloned'));
  expect((await s.load()).files).toMatchObject([{ kind: 'project', path }]);
});
