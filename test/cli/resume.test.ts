import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { mockEnv } from '../support/mock.ts';
import { run } from '../support/run.ts';

interface Line {
  readonly id: string;
  readonly state: string | null;
  readonly exit: { readonly code: number };
}

function scene() {
  const cwd = mkdtempSync(join(tmpdir(), 'sbstatus-resume-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  const file = join(cwd, 'out.ndjson');
  const lines = () =>
    readFileSync(file, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  return { cwd, file, lines, ends: () => lines().map(({ id, exit }) => [id, exit.code]) };
}

const get = (...ids: string[]) => ['sendblue', 'get', ...ids, '--resume', 'out.ndjson'];

test('records go to the file and nothing to stdout; what is final is not asked for again', async () => {
  const { cwd, ends } = scene();
  const { env, requests } = await mockEnv();
  const first = await run(get('delivered', 'queued', 'failed', 'not-found'), { cwd, env });
  expect([first.code, first.stdout, requests.length]).toEqual([20, '', 4]);
  requests.length = 0;
  const second = await run(get('delivered', 'queued', 'failed', 'not-found', 'read'), { cwd, env });
  expect(requests.map((line) => /messages\/(\S+)/.exec(line)?.[1]).sort()).toEqual(['not-found', 'queued', 'read']);
  expect(second).toMatchObject({ code: 20, stdout: '', stderr: expect.stringContaining('3 of 5 not ok') });
  expect(ends().sort()).toEqual([
    ['delivered', 0],
    ['failed', 20],
    ['not-found', 24],
    ['queued', 21],
    ['read', 0],
  ]);
});

test('the verdict covers the whole file, and reports do too', async () => {
  const { cwd } = scene();
  await run([...get('failed', 'delivered'), '--mock'], { cwd });
  const { code } = await run([...get('read'), '--mock', '--markdown', 'report.md'], { cwd });
  expect(code).toBe(20);
  expect(readFileSync(join(cwd, 'report.md'), 'utf8')).toContain('failed');
});

test('with another expectation what was final is judged anew, and what may still change is asked for again', async () => {
  const { cwd, ends } = scene();
  const { env, requests } = await mockEnv();
  await run(get('sms', 'delivered'), { cwd, env });
  expect(ends()).toEqual([
    ['sms', 0],
    ['delivered', 0],
  ]);
  requests.length = 0;
  expect((await run([...get('sms', 'delivered'), '--expect', 'delivered', '-q'], { cwd, env })).code).toBe(23);
  expect(requests).toEqual([]);
  expect(Object.fromEntries(ends())).toEqual({ sms: 23, delivered: 0 });
  expect((await run([...get('delivered'), '--expect', 'read', '-q'], { cwd, env })).code).toBe(23);
  expect(requests).toHaveLength(1);
});

test('a last line that was cut off is dropped, and its id asked for again', async () => {
  const { cwd, file, lines } = scene();
  const { env, requests } = await mockEnv();
  await run(get('delivered-1', 'delivered-2'), { cwd, env });
  const text = readFileSync(file, 'utf8');
  for (const cut of [text.length - 1, text.length - 100, text.indexOf('\n') + 2]) {
    writeFileSync(file, text.slice(0, cut));
    requests.length = 0;
    expect((await run(get('delivered-1', 'delivered-2'), { cwd, env })).code).toBe(0);
    expect([requests.length, lines().map(({ id }) => id)]).toEqual([1, ['delivered-1', 'delivered-2']]);
  }
});

test.each([
  ['ids', 'delivered-1\ndelivered-2\n'],
  ['an id without a line end', 'delivered-1'],
  ['other JSON', '{"a":1}\n'],
  ['records of CSV', 'provider,operation\n'],
  ['a record and then a note', 'RECORD# checked by Ann\n'],
  ['zeros and more', '\0\0\0more'],
  ['words and zeros', 'SQLite format 3\0\0\0\n'],
])('a file of %s is not touched', async (_, contents) => {
  const { cwd, file } = scene();
  await run([...get('delivered'), '--mock'], { cwd });
  const text = contents.replace('RECORD', readFileSync(file, 'utf8'));
  writeFileSync(file, text);
  const { code, stderr } = await run([...get('delivered'), '--mock'], { cwd });
  expect([code, readFileSync(file, 'utf8')]).toEqual([2, text]);
  expect(stderr).toMatch(/^error: line \d of .*out\.ndjson is not an sbstatus record, so nothing was changed; hint: /);
});

test.each<[string, (text: string) => string, readonly string[]]>([
  ['behind the last line', (text) => `${text}${'\0'.repeat(8192)}`, ['read']],
  ['in the last record', (text) => `${text}${text.slice(0, 300)}${'\0'.repeat(500)}`, ['read']],
  ['and nothing else', () => '\0'.repeat(4096), ['delivered', 'read']],
  ['on a line of their own', (text) => `${'\0'.repeat(64)}\n${text}`, ['read']],
  ['between two records', (text) => `${text}${text.slice(0, 90)}${'\0'.repeat(99)}${text.slice(200)}`, ['read']],
  ['in place of a beginning', (text) => `${text}${'\0'.repeat(99)}${text.slice(99)}${text}`, ['read']],
])('zeros that a power cut left %s cost no record but theirs', async (_, spoil, asked) => {
  const { cwd, file, lines } = scene();
  const { env, requests } = await mockEnv();
  await run(get('delivered'), { cwd, env });
  writeFileSync(file, spoil(readFileSync(file, 'utf8')));
  requests.length = 0;
  expect((await run(get('delivered', 'read'), { cwd, env })).code).toBe(0);
  expect(requests.map((line) => /messages\/(\S+)/.exec(line)?.[1])).toEqual(asked);
  expect(readFileSync(file, 'utf8')).not.toContain('\0');
  expect(lines().map(({ id }) => id)).toEqual(['delivered', 'read']);
});

test('a line of a later release, with fields that this one does not know, is a record and stays as it is', async () => {
  const { cwd, file } = scene();
  const { env, requests } = await mockEnv();
  await run(get('delivered'), { cwd, env });
  const later = readFileSync(file, 'utf8').replace('"id":', '"carrier":{"name":"x"},"id":');
  writeFileSync(file, later);
  requests.length = 0;
  expect((await run(get('delivered'), { cwd, env })).code).toBe(0);
  expect([requests, readFileSync(file, 'utf8')]).toEqual([[], later]);
});

test('a file that two runs made twice over is made whole', async () => {
  const { cwd, file, lines } = scene();
  await run([...get('delivered', 'queued'), '--mock'], { cwd });
  appendFileSync(file, readFileSync(file));
  await run([...get(), '-', '--mock', '-q'], { cwd, stdin: '' });
  expect(lines().map(({ id }) => id)).toEqual(['delivered', 'queued']);
});

test('new files are the user’s alone, others keep their mode', async () => {
  const { cwd, file } = scene();
  await run([...get('queued'), '--mock', '-q'], { cwd });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await run([...get('queued', 'read'), '--mock', '-q'], { cwd });
  expect([statSync(file).mode & 0o777, readFileSync(file, 'utf8').trim().split('\n').length]).toEqual([0o600, 2]);
  expect(readdirSync(cwd)).toEqual(['out.ndjson']);
});

test('two runs never write one file; a lock that a dead run left is passed over', async () => {
  const { cwd, file } = scene();
  const lock = (pid: number, host: string) =>
    writeFileSync(`${file}.sbstatus-lock`, JSON.stringify({ host, pid, unique: 'aa', since: Date.now() }), {
      mode: 0o600,
    });
  lock(1, 'test');
  expect(await run([...get('delivered'), '--mock'], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /^error: another run is writing .*out\.ndjson; hint: .*remove .*out\.ndjson\.sbstatus-lock/,
    ),
  });
  expect(existsSync(file)).toBe(false);
  // In a container all runs have the same number.
  lock(process.pid, 'test');
  expect((await run([...get('delivered'), '--mock'], { cwd })).code).toBe(0);
});

test.each([[['-o', 'csv']], [['--json']], [['--fields', 'id']], [['--field', 'id']]])(
  '%j is no form for such a file',
  async (flags) => {
    const { cwd, file } = scene();
    expect(await run([...get('delivered'), '--mock', ...flags], { cwd })).toMatchObject({ code: 2, stdout: '' });
    expect(existsSync(file)).toBe(false);
  },
);

test('a folder, a device and a folder that is not there are usage errors', async () => {
  const { cwd } = scene();
  for (const path of ['.', '/dev/null', 'absent/out.ndjson']) {
    const { code, stderr } = await run(['sendblue', 'get', 'delivered', '--mock', '--resume', path], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: cannot use .*hint: check the path of --resume/)]);
  }
  expect(existsSync('/dev/null.sbstatus-lock')).toBe(false);
});

test('an interruption keeps what was known, and the next run asks for the rest', async () => {
  const { cwd, ends } = scene();
  const { env, requests } = await mockEnv();
  let signal = (_name: 'SIGINT'): void => undefined;
  let stderr = '';
  const running = run([...get('delivered', 'queued', 'slow'), '--wait'], {
    cwd,
    env,
    onStart: (send) => {
      signal = send;
    },
    onStderr: (text) => {
      stderr += text;
    },
  });
  const areTwoAnswered = () => requests.length > 2 && stderr.includes('queued: queued') && ends().length === 1;
  await expect.poll(areTwoAnswered, { timeout: 100_000 }).toBe(true);
  signal('SIGINT');
  expect((await running).code).toBe(130);
  expect(Object.fromEntries(ends())).toEqual({ delivered: 0, queued: 21 });
  expect((await run([...get('delivered', 'queued'), '-q'], { cwd, env })).code).toBe(21);
});

test('--redact works: the records in the file are masked, and are known again', async () => {
  const { cwd, file } = scene();
  const { env, requests } = await mockEnv();
  await run([...get('delivered'), '--redact'], { cwd, env });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ id: 'delivered', redacted: true });
  expect((await run([...get('delivered'), '--redact'], { cwd, env })).code).toBe(0);
  expect(requests).toHaveLength(1);
});
