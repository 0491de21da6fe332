import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { builtBin } from '../support/bin.ts';
import { tempHome } from '../support/home.ts';
import { mockEnv } from '../support/mock.ts';
import { needs } from '../support/needs.ts';
import { run } from '../support/run.ts';

// What the program writes beside stdout: nothing of anybody else's is removed, written over or believed.

const get = (...ids: string[]) => ['sendblue', 'get', ...ids];

function scene() {
  const { home: cwd, path, write, link } = tempHome();
  const text = (name: string) => readFileSync(path(name), 'utf8');
  return { cwd, path, write, link, text };
}

test('a lock that --resume takes has a name of its own: another program’s is left alone', async () => {
  const { cwd, path, write, text } = scene();
  write('Gemfile.lock', 'GEM\n');
  write('deploy.lock/state', 'all of it');
  write('Gemfile.compacting', 'precious');
  for (const file of ['Gemfile', 'deploy']) {
    expect((await run([...get('delivered', 'queued'), '--mock', '--resume', file], { cwd })).code).toBe(21);
    // Superseded records are compacted away.
    expect((await run([...get('delivered', 'queued'), '--mock', '--resume', file], { cwd })).code).toBe(21);
  }
  expect([text('Gemfile.lock'), text('deploy.lock/state'), text('Gemfile.compacting')]).toEqual([
    'GEM\n',
    'all of it',
    'precious',
  ]);
  expect(readdirSync(cwd).filter((name) => name.includes('sbstatus'))).toEqual([]);
  expect(existsSync(path('deploy'))).toBe(true);
});

test.each([
  ['a file', (path: string) => writeFileSync(path, 'precious')],
  ['a private file', (path: string) => writeFileSync(path, 'precious', { mode: 0o600 })],
  ['JSON of another kind', (path: string) => writeFileSync(path, '{"pid":1}', { mode: 0o600 })],
  ['a folder', (path: string) => mkdirSync(join(path, 'x'), { recursive: true })],
  ['a link', (path: string) => symlinkSync('nowhere', path)],
])('%s in the place of the lock is not removed, since nobody can prove that it is ours', async (_, plant) => {
  const { cwd, path } = scene();
  plant(path('r.sbstatus-lock'));
  const before = lstatSync(path('r.sbstatus-lock')).ino;
  const { code, stderr } = await run([...get('delivered'), '--mock', '--resume', 'r'], { cwd });
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/^error: another run is writing .*remove .*r\.sbstatus-lock/),
  ]);
  expect(lstatSync(path('r.sbstatus-lock')).ino).toBe(before);
  expect(existsSync(path('r'))).toBe(false);
});

test.each([
  ['empty', ''],
  ['full of zeros', '\0'.repeat(100)],
])('a lock that is %s since a power cut does not keep the next run from its file', async (_, text) => {
  const { cwd, path } = scene();
  const lock = path('r.sbstatus-lock');
  const args = [...get('delivered'), '--mock', '--resume', 'r'];
  writeFileSync(lock, text);
  const { code, stderr } = await run(args, { cwd });
  // It may be one that is just being taken.
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: another run is writing .*r\.sbstatus-lock/)]);
  utimesSync(lock, new Date('2026-01-01'), new Date('2026-01-01'));
  expect((await run(args, { cwd })).code).toBe(0);
  expect(existsSync(lock)).toBe(false);
});

test('a file in the place of the copy that compacting makes is not removed; no record is lost', async () => {
  const { cwd, write, text } = scene();
  const args = [...get('delivered', 'queued'), '--mock', '--resume', 'r'];
  await run(args, { cwd });
  write('r.sbstatus-compacting', 'precious');
  const { code, stderr } = await run(args, { cwd });
  expect([code, stderr]).toEqual([1, expect.stringContaining('r could not be written (EEXIST)')]);
  expect(text('r.sbstatus-compacting')).toBe('precious');
  expect(text('r').trimEnd().split('\n')).toHaveLength(3);
});

test.each([
  ['empty', ''],
  ['full of zeros', '\0'.repeat(5000)],
])('a copy that is %s since a power cut is written over', async (_, zeros) => {
  const { cwd, write, text } = scene();
  const args = [...get('delivered', 'queued'), '--mock', '--resume', 'r'];
  await run(args, { cwd });
  write('r.sbstatus-compacting', zeros);
  expect((await run(args, { cwd })).code).toBe(21);
  expect(text('r').trimEnd().split('\n')).toHaveLength(2);
  expect(readdirSync(cwd).filter((name) => name.includes('sbstatus'))).toEqual([]);
});

test.each([
  ['--resume', 'r'],
  ['--junit', 'r'],
  ['--markdown', 'r'],
])('%s does not follow a link', async (flag, name) => {
  for (const target of ['precious', 'absent']) {
    const { cwd, path, write, link, text } = scene();
    write('precious', 'precious');
    link(name, target);
    const { code, stdout, stderr } = await run([...get('delivered'), '--mock', flag, name], { cwd });
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(/^error: .*r is a link, .*; hint: /)]);
    expect([text('precious'), existsSync(path('absent')), lstatSync(path(name)).isSymbolicLink()]).toEqual([
      'precious',
      false,
      true,
    ]);
  }
});

test.each(['GITHUB_STEP_SUMMARY', 'GITHUB_OUTPUT'])('%s does not lead through a link', async (name) => {
  const { cwd, path, write, link, text } = scene();
  write('precious', 'precious');
  link('l', 'precious');
  const { code } = await run([...get('delivered'), '--mock', '--github'], { cwd, env: { [name]: path('l') } });
  expect([code, text('precious')]).toEqual([2, 'precious']);
});

test('a report is still written to what is reached by a descriptor', async () => {
  const { cwd } = scene();
  expect((await run([...get('delivered'), '--mock', '--junit', '/dev/null'], { cwd })).code).toBe(0);
});

type Shared = [how: string, args: readonly string[], prepare?: (path: (name: string) => string) => void];

const shared: Shared[] = [
  ['two reports', ['--junit', 'x', '--markdown', 'x']],
  ['two reports, spelt differently', ['--junit', 'x', '--markdown', './d/../x']],
  ['two names of one file', ['--junit', 'x', '--markdown', 'y'], (path) => linkSync(path('x'), path('y'))],
  ['a report and the journal', ['--junit', 'x', '--resume', 'x']],
  ['a report and the journal, both new', ['--markdown', 'new', '--resume', 'new']],
  ['a report and the input', ['--from-file', 'ids', '--junit', 'ids']],
  [
    'a report and another name of the input',
    ['--from-file', 'ids', '--junit', 'y'],
    (path) => linkSync(path('ids'), path('y')),
  ],
  ['a report and a link to the input', ['--from-file', 'l', '--junit', 'ids'], (path) => symlinkSync('ids', path('l'))],
  ['a report and the lock of the journal', ['--resume', 'x', '--junit', 'x.sbstatus-lock']],
  ['a report and the copy of the journal', ['--markdown', 'x.sbstatus-compacting', '--resume', 'x']],
  ['the journal and the input', ['--from-file', 'x', '--resume', 'x']],
  ['a report and the config file', ['--config', 'c.json', '--junit', 'c.json']],
  ['the journal and the config file', ['--config', 'c.json', '--resume', 'c.json']],
];

test.each<Shared>(shared)('%s may not be one file', async (_, args, prepare) => {
  const { cwd, path, write, text } = scene();
  for (const name of ['x', 'd/z']) write(name, '');
  write('ids', 'delivered\n');
  write('c.json', { sendblue: { apiKeyId: 'abcdefgh', apiSecretKey: 'ijklmnop' } });
  prepare?.(path);
  const before = readdirSync(cwd);
  const { code, stdout, stderr } = await run(['sendblue', 'get', 'delivered', '--mock', ...args], { cwd });
  expect([code, stdout, stderr]).toEqual([
    2,
    '',
    expect.stringMatching(/^error: --\S+ and --\S+ name one file, .*; hint: /),
  ]);
  expect([text('x'), text('ids'), text('c.json').length > 20, readdirSync(cwd)]).toEqual([
    '',
    'delivered\n',
    true,
    before,
  ]);
});

test.each([
  ['a config file', ['--junit', '.sbstatusrc']],
  ['a config file', ['--resume', '.sbstatusrc']],
  ['a config file', ['--markdown', '../.config/sbstatus/config.yaml']],
  ['the file of a key', ['--junit', 'keys/secret']],
  ['the file of a key', ['--markdown', '../key']],
])('%s that no option names is not written over: %j', async (what, args) => {
  const { cwd: home, path, write, text } = scene();
  const cwd = path('project');
  write(
    'project/.sbstatusrc',
    'profiles: { p: { sendblue: { apiKeyId: abcdefgh, apiSecretKey: { file: keys/secret } } } }',
  );
  write('project/keys/secret', 'ijklmnop\n');
  write('.config/sbstatus/config.yaml', 'sent: { apiKey: { file: ~/key } }\n');
  write('key', 'a-key-of-sent\n');
  const file = join('project', args[1] ?? '');
  const before = text(file);
  const outcome = await run([...get('delivered'), '--mock', ...args], { cwd, home });
  expect(outcome).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(new RegExp(`^error: ${what} and ${args[0]} name one file, .*; hint: `)),
  });
  expect(text(file)).toBe(before);
});

test('the manifest and the file of the step summary count too', async () => {
  const { cwd, path, write, text } = scene();
  const manifest = '{"messages":[{"provider":"sendblue","id":"delivered"}]}';
  write('m.json', manifest);
  write('s', '');
  for (const flag of ['--junit', '--resume']) {
    expect((await run(['check', '--manifest', 'm.json', '--mock', flag, 'm.json'], { cwd })).code).toBe(2);
  }
  const env = { GITHUB_STEP_SUMMARY: path('s') };
  expect((await run([...get('delivered'), '--mock', '--github', '--junit', 's'], { cwd, env })).code).toBe(2);
  expect([text('m.json'), text('s')]).toEqual([manifest, '']);
});

needs('root').test('a journal of another user is not used', async () => {
  const { cwd, path, write } = scene();
  write('r', '');
  chownSync(path('r'), 12_345, 12_345);
  const { code, stderr } = await run([...get('delivered'), '--mock', '--resume', 'r'], { cwd });
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: .*r belongs to another user/)]);
});

interface Stored {
  [key: string]: unknown;
}

/** A journal of a run over two ids, and what the next run asks for once it was changed. */
async function resumed(change: (record: Stored) => Stored, other: Readonly<Record<string, string>> = {}) {
  const { cwd, path, text } = scene();
  const { env, requests } = await mockEnv();
  const args = [...get('delivered', 'read'), '--resume', 'r'];
  expect((await run(args, { cwd, env })).code).toBe(0);
  const lines = text('r').trimEnd().split('\n');
  writeFileSync(path('r'), lines.map((line) => `${JSON.stringify(change(JSON.parse(line)))}\n`).join(''));
  requests.length = 0;
  const { code, stderr } = await run(args, { cwd, env: { ...env, ...other } });
  return { code, stderr, asked: requests.length };
}

test('a note says how many answers came from the file', async () => {
  const { code, stderr, asked } = await resumed((record) => record);
  expect([code, asked]).toEqual([0, 0]);
  expect(stderr).toContain('note: 2 answers are from r, of an earlier run\n');
});

test.each<[string, (record: Stored) => Stored]>([
  ['of the mock server of a run', (record) => ({ ...record, account: 'mock' })],
  ['of another account', (record) => ({ ...record, account: 'a'.repeat(32) })],
  [
    'of nobody knows which account, at another host',
    ({ account: _, ...record }) => ({
      ...record,
      request: { ...(record['request'] as object), url: `https://other.example/${record['id']}` },
    }),
  ],
  ['without a request', (record) => ({ ...record, request: null })],
  [
    'about another id',
    (record) => ({
      ...record,
      request: {
        ...(record['request'] as object),
        url: String((record['request'] as Stored)['url']).replace(/[^/]*$/, 'other'),
      },
    }),
  ],
  ['with an outcome that its state does not have', (record) => ({ ...record, outcome: 'failure' })],
  ['with a final state, called not final', (record) => ({ ...record, terminal: false })],
  ['with a success that is pending', (record) => ({ ...record, outcome: 'pending', terminal: false })],
  ['with neither a state nor an error', (record) => ({ ...record, state: null, outcome: null, terminal: null })],
  [
    'with a state and an error',
    (record) => ({
      ...record,
      error: {
        code: 'timeout',
        message: 'no answer',
        hint: null,
        retryable: true,
        retryAfterSeconds: null,
        httpStatus: null,
        requestId: null,
      },
    }),
  ],
  ['with a state that is not final, called final', (record) => ({ ...record, state: 'queued', outcome: 'pending' })],
])('a record %s settles nothing', async (_, change) => {
  const { code, stderr, asked } = await resumed(change);
  expect([code, asked]).toEqual([0, 2]);
  expect(stderr).not.toContain('answers are from');
  expect(stderr).toContain('note: 2 records of r settle nothing: ');
});

test('nothing is settled by what was asked with another key', async () => {
  const { asked, stderr } = await resumed((record) => record, { SENDBLUE_API_API_SECRET: 'another-secret-key' });
  expect(stderr).toContain('note: 2 records of r settle nothing: ');
  // The mock server refuses the key.
  expect(asked).toBeGreaterThan(0);
});

test('a record of the same host that names no account settles: it is from stdout, or an earlier release', async () => {
  const { code, asked } = await resumed(({ account: _, ...record }) => record);
  expect([code, asked]).toEqual([0, 0]);
});

test('two final records of one message that contradict each other settle nothing', async () => {
  const { cwd, path, text } = scene();
  const { env, requests } = await mockEnv();
  const args = [...get('delivered'), '--resume', 'r'];
  await run(args, { cwd, env });
  const record = JSON.parse(text('r'));
  appendFileSync(path('r'), `${JSON.stringify({ ...record, state: 'failed', outcome: 'failure' })}\n`);
  requests.length = 0;
  expect((await run(args, { cwd, env })).code).toBe(0);
  expect(requests).toHaveLength(1);
});

test('records of the mock server settle nothing for a real account, and the other way round', async () => {
  const { cwd } = scene();
  const { env, requests } = await mockEnv();
  const args = [...get('delivered'), '--resume', 'r'];
  await run([...args, '--mock'], { cwd });
  await run(args, { cwd, env });
  expect(requests).toHaveLength(1);
  const again = await run([...args, '--mock'], { cwd });
  expect(again.stderr).not.toContain('are from r');
  expect((await run([...args, '--mock'], { cwd })).stderr).toContain('note: 1 answer is from r, of an earlier run\n');
});

test('with a umask that takes every right, what is kept is readable by its owner, and no lock stays', async () => {
  const { cwd, path } = scene();
  const { env } = await mockEnv();
  const argv = ['sfmc', 'get', 'sent', '--resume', 'r', '--junit', 'j'];
  const child = spawn('sh', ['-c', 'umask 777 && exec "$@"', 'sh', process.execPath, builtBin(), ...argv], {
    cwd,
    env: { ...env, PATH: process.env['PATH'], HOME: cwd, XDG_CACHE_HOME: path('.') },
    stdio: 'ignore',
  });
  expect(await once(child, 'close')).toEqual([0, null]);
  const modes = (folder: string) =>
    Object.fromEntries(
      readdirSync(path(folder)).map((name) => [name, statSync(path(`${folder}/${name}`)).mode & 0o777]),
    );
  expect(modes('.')).toEqual({ j: 0, project: expect.any(Number), r: 0o600, sbstatus: 0o700 });
  expect(Object.values(modes('sbstatus'))).toEqual([0o600]);
});

test('a link that is put in the place of a report while the run goes on is not followed', async () => {
  const { cwd, path, write, text } = scene();
  write('precious', 'precious');
  write('j', '');
  const { code, stderr } = await run([...get('delivered'), '--mock', '--junit', 'j'], {
    cwd,
    onStdout: () => {
      renameSync(path('j'), path('old'));
      symlinkSync('precious', path('j'));
    },
  });
  expect([code, text('precious')]).toEqual([1, 'precious']);
  expect(stderr).toContain('j could not be written (ELOOP)');
});
