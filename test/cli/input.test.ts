import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { recordsIn } from '../support/figures.ts';
import { run } from '../support/run.ts';
import { startSendblue } from '../support/servers.ts';

const get = ['sendblue', 'get', '--mock', '--exit-zero', '-o', 'csv', '--fields', 'index,id,exit.code'];

function rows(stdout: string): string[] {
  return stdout.trim().split('\n').slice(1);
}

function fileOf(contents: string | Uint8Array): { cwd: string; name: string } {
  const cwd = mkdtempSync(join(tmpdir(), 'sbstatus-ids-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  writeFileSync(join(cwd, 'ids.txt'), contents);
  return { cwd, name: 'ids.txt' };
}

test('arguments, standard input and a file, in this order', async () => {
  const { cwd, name } = fileOf('delivered-4\ndelivered-5');
  const { stdout } = await run([...get, 'delivered-1', '-', 'delivered-3', '-f', name], {
    cwd,
    stdin: 'delivered-2\n',
  });
  expect(rows(stdout)).toEqual([
    '0,delivered-1,0',
    '1,delivered-2,0',
    '2,delivered-3,0',
    '3,delivered-4,0',
    '4,delivered-5,0',
  ]);
});

test('blank lines, blanks at the edges, Windows line ends and a byte order mark are no part of an id', async () => {
  const { stdout } = await run([...get, '-'], { stdin: '\ufeffdelivered-1\r\n\r\n   \n  delivered-2\t\ndelivered-3' });
  expect(rows(stdout).map((row) => row.split(',')[1])).toEqual(['delivered-1', 'delivered-2', 'delivered-3']);
});

test('a key of SFMC keeps its blanks, and with -0 its line ends', async () => {
  const id = async (stdin: string, ...flags: string[]) => {
    const { stdout } = await run(['sfmc', 'get', '-', '--mock', '-o', 'ndjson', '--exit-zero', ...flags], { stdin });
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).id);
  };
  expect(await id(' queued \nqueued\r\n')).toEqual([' queued ', 'queued']);
  // Where blanks belong to the key, nothing else takes the mark away.
  expect(await id('\ufeffqueued\n\ufeffqueued\n')).toEqual(['queued', '\ufeffqueued']);
  expect(await id('a\nb\0 c\0', '-0')).toEqual(['a\nb', ' c']);
});

test('the byte order mark of a file of keys is no part of the first key', async () => {
  const { cwd, name } = fileOf('\ufeffqueued\nsent\n');
  const { stdout } = await run(['sfmc', 'get', '-f', name, '--mock', '--exit-zero', '--field', 'id'], { cwd });
  expect(stdout).toBe('queued\nsent\n');
});

test('each id once, at its first place', async () => {
  const { stdout } = await run([...get, 'delivered-1', 'sent', 'delivered-1', '-'], { stdin: 'sent\ndelivered-2\n' });
  expect(rows(stdout)).toEqual(['0,delivered-1,0', '1,sent,0', '4,delivered-2,0']);
});

test('a line that cannot be an id is a row, and the rest go on', async () => {
  const stdin = Buffer.concat([
    Buffer.from('delivered-1\n'),
    Buffer.from([0xff, 0xfe, 0x0a]),
    Buffer.from(`${'x'.repeat(100_000)}\n..\ndelivered-2\n`),
  ]);
  const { code, stdout, stderr } = await run([...get, '-'], { stdin });
  expect(rows(stdout).map((row) => [row.split(',')[0], row.split(',').at(-1)])).toEqual([
    ['0', '0'],
    ['1', '2'],
    ['2', '2'],
    ['3', '2'],
    ['4', '0'],
  ]);
  expect(code).toBe(2);
  expect(stderr).toContain('3 of 5 not ok (3 usage)');
});

test('a bad argument ends it before anything is asked', async () => {
  const { code, stdout, stderr } = await run([...get, 'delivered-1', '..']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^error: ".." is not a valid message id/);
});

test('what was answered before the input broke is told', async () => {
  async function* broken() {
    yield 'delivered-1\nread-1\n';
    await new Promise((resolve) => setTimeout(resolve, 50));
    throw Object.assign(new Error('the pipe broke'), { code: 'EIO' });
  }
  const { code, stdout } = await run(['sendblue', 'get', '--mock', '-', '--field', 'state'], { stdin: broken() });
  expect([code, stdout]).toEqual([1, 'delivered\nread\n']);
});

test('a file that is not there is a usage error', async () => {
  expect(await run([...get, '-f', 'absent.txt'], { cwd: tmpdir() })).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/cannot read ids from .*absent\.txt \(ENOENT\)/),
  });
});

test('nothing to ask for is said', async () => {
  expect(await run(['sendblue', 'get', '--mock'])).toMatchObject({ code: 2, stdout: '' });
});

describe('an input without ids', () => {
  const noIds = 'no ids in the input';
  const flagsOf: readonly (readonly string[])[] = [
    [],
    ['-q'],
    ['-q', '--expect', 'delivered'],
    ['--max-failed', '3'],
    ['--min-success', '90%'],
    ['--exit-zero'],
    ['--wait', '--timeout', '5m'],
    ['-o', 'csv'],
    ['--field', 'state'],
    ['--junit', 'report.xml'],
  ];

  test.each(flagsOf)('is a usage error: %j', async (...flags) => {
    const { cwd, name } = fileOf('');
    for (const [argv, stdin] of [
      [['sendblue', 'get', '-'], ''],
      [['sendblue', 'status', '-'], '\n\r\n  \n'],
      [['sfmc', 'get', '-'], '\n   \n'],
      [['sent', 'get', '-', '-0'], ''],
      [['sent', 'get', '-f', name], undefined],
      [['check', '-'], '\n'],
    ] as const) {
      const stderr = `error: ${noIds}; hint: check where the ids come from, or add --allow-empty\n`;
      const outcome = await run([...argv, '--mock', ...flags], { cwd, ...(stdin === undefined ? {} : { stdin }) });
      expect(outcome).toEqual({ code: 2, stdout: '', stderr });
    }
    expect(readdirSync(cwd)).toEqual([name]);
  });

  test.each(['json', 'ndjson'])('is told as JSON where that is asked for: %s', async (output) => {
    const { code, stdout, stderr } = await run(['sendblue', 'get', '-', '--mock', '-o', output], { stdin: '\n\n' });
    expect([code, stdout]).toEqual([2, '']);
    expect(JSON.parse(stderr)).toMatchObject({ schema: 'sbstatus.error/1', message: noIds, exit: { code: 2 } });
  });

  test.each(flagsOf)('is fine with --allow-empty, whatever the gates say: %j', async (...flags) => {
    const { cwd } = fileOf('');
    const { code } = await run(['sendblue', 'get', '-', '--mock', '--allow-empty', ...flags], { cwd, stdin: '\n' });
    expect(code).toBe(0);
  });

  test('is then an empty report', async () => {
    const argv = ['sendblue', 'get', '-', '--mock', '--json', '--allow-empty'];
    const { code, stdout, stderr } = await run(argv, { stdin: '' });
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { results: [], summary: { total: 0 }, exit: { code: 0 } }]);
    expect(stderr).toBe('note: no ids in the input\n');
  });

  test('is an empty manifest too', async () => {
    const argv = ['check', '-m', '-', '--mock', '-q'];
    expect((await run(argv, { stdin: 'messages: []' })).code).toBe(2);
    expect(await run([...argv, '--allow-empty'], { stdin: 'messages: []' })).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  test('is none where a line cannot be an id', async () => {
    expect((await run([...get, '-', '-0'], { stdin: '\0' })).code).toBe(2);
    expect((await run([...get, '-', '--allow-empty'], { stdin: '..\n' })).code).toBe(2);
  });

  test('is what a list or a log may well be', async () => {
    const server = await startSendblue({ answer: () => ({ body: { status: 'OK', data: [] } }) });
    expect((await run(['sendblue', 'list', '-q', '--expect', 'delivered'], { env: server.env })).code).toBe(0);
    expect((await run(['decode', 'sendblue', '-q', '--max-failed', '0'], { stdin: '\n' })).code).toBe(0);
  });

  test('is no news about a run that goes on: what the file of --resume holds counts', async () => {
    const { cwd } = fileOf('');
    const resume = (stdin: string) => run(['sendblue', 'get', '-', '--mock', '--resume', 'r'], { cwd, stdin });
    expect((await resume('')).code).toBe(2);
    expect((await resume('delivered\nfailed\n')).code).toBe(20);
    expect((await resume('')).code).toBe(20);
  });
});

test('a key that begins with a dash goes after two of them', async () => {
  const { stdout } = await run(['sfmc', 'get', '--mock', '--exit-zero', '--json', '--', '-queued']);
  expect(JSON.parse(stdout)).toMatchObject({ id: '-queued' });
});

test.each([
  ['a\u0007b', 'the id holds a control character'],
  ['x'.repeat(257), 'the id is longer than 256 characters'],
  ['..', 'the id is a path segment that leads to another address'],
])('an id that must not go out, %j, is asked of nobody when it comes on standard input', async (id, message) => {
  const server = await startSendblue({ answer: () => 'DELIVERED' });
  const { code, stdout } = await run(['sendblue', 'get', '-', '-o', 'ndjson'], {
    env: server.env,
    stdin: `${id}\nid-1\n`,
  });
  const [bad, good] = recordsIn(stdout);
  expect(bad).toMatchObject({ error: { code: 'bad-id', message }, exit: { code: 2 } });
  expect(good).toMatchObject({ id: 'id-1', state: 'delivered' });
  expect(server.requests.map((request) => request.id)).toEqual(['id-1']);
  expect(code).toBe(2);
});

test.each([
  ['', 'the id is empty'],
  [' a', 'the id begins or ends with a blank'],
  ['b\u0007c', 'the id holds a control character'],
  ['b\nc', 'it looks like several ids'],
])('nor is %j when it comes verbatim', async (id, message) => {
  const server = await startSendblue({ answer: () => 'DELIVERED' });
  const { code, stdout } = await run(['sendblue', 'get', '-', '-0', '-o', 'ndjson'], {
    env: server.env,
    stdin: `${id}\0id-1\0`,
  });
  expect(recordsIn(stdout)[0]).toMatchObject({ error: { code: 'bad-id', message }, exit: { code: 2 } });
  expect(server.requests.map((request) => request.id)).toEqual(['id-1']);
  expect(code).toBe(2);
});
