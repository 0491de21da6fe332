import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mockEnv } from '../support/mock.ts';
import { run } from '../support/run.ts';

const cwd = mkdtempSync(join(tmpdir(), 'sbstatus-table-'));
const table = 'name,message id,phone\r\n"Doe, Ann ""A""",delivered-1,+1555\r\n"two\nlines",delivered-2,\r\n\r\nBob\r\n';
const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);

async function ids(input: string | Buffer, column: string, command = 'sendblue get') {
  const argv = [...command.split(' '), '-', '--column', column, '--mock', '--field', 'id'];
  const { stdout, stderr } = await run(argv, { stdin: input });
  return /^(note: .*\n)*$/.test(stderr) ? stdout.trim().split('\n') : stderr;
}

test.each<[string, string | Buffer, string]>([
  ['by name', table, 'message id'],
  ['by name, in any case', table, 'Message ID'],
  ['by number', table, '2'],
  ['with a byte order mark', `\ufeff${table}`, 'message id'],
  ['in UTF-16', utf16(table), 'message id'],
  ['in UTF-16, most significant byte first', utf16(table).swap16(), 'message id'],
  ['in UTF-16 without a mark', utf16(table).subarray(2), 'message id'],
  ['in UTF-16 without a mark, most significant byte first', utf16(table).swap16().subarray(2), 'message id'],
  ['between semicolons', table.replaceAll(',', ';'), 'message id'],
  ['between tabs', 'name\tkey\nAnn, Doe\tdelivered-1\nBob\tdelivered-2\n', 'key'],
  ['without a header', 'a,delivered-1\nb,delivered-2', '2'],
])('a column %s', async (_, input, column) => {
  expect(await ids(input, column)).toEqual(['delivered-1', 'delivered-2']);
});

test('a file, and check', async () => {
  writeFileSync(join(cwd, 'refs.csv'), 'who,ref\nAnn,sendblue:delivered-1\nBob,sent:delivered-2\n');
  const argv = ['check', '-f', 'refs.csv', '--column', 'ref', '--mock', '--field', 'id'];
  expect(await run(argv, { cwd })).toEqual({
    code: 0,
    stdout: 'delivered-1\ndelivered-2\n',
    stderr: expect.stringMatching(/^note: 2 messages: 2 delivered; .*\n$/),
  });
});

test('rows without an id are counted', async () => {
  writeFileSync(join(cwd, 'gaps.csv'), 'name,ref\nAnn,delivered-1\nBob,\nCid,"  "\nDora,delivered-2\nEve\n');
  const get = (...flags: string[]) => run(['sendblue', 'get', '--mock', '--field', 'id', ...flags], { cwd });
  const { code, stdout, stderr } = await get('-f', 'gaps.csv', '--column', 'ref');
  expect([code, stdout]).toEqual([0, 'delivered-1\ndelivered-2\n']);
  expect(stderr).toMatch(/^note: 2 messages: .*\nnote: 3 rows of gaps.csv have nothing in column "ref"\n$/);
  expect((await get('-f', 'gaps.csv', '--column', '2', '-q')).stderr).toBe('');
  const refs = 'name,ref\nAnn,sendblue:delivered-1\nBob,\n';
  const checked = await run(['check', '-', '--column', '2', '--mock', '--field', 'id'], { stdin: refs });
  expect(checked).toEqual({
    code: 0,
    stdout: 'delivered-1\n',
    stderr: 'note: 1 row of standard input has nothing in column 2\n',
  });
});

test('a table whose column is empty holds no id, and why is told', async () => {
  const { code, stderr } = await run(['sendblue', 'get', '-', '--column', 'ref', '--mock'], {
    stdin: 'name,ref\nAnn,\n',
  });
  expect(code).toBe(2);
  expect(stderr).toBe('error: no ids in the input; hint: 1 row of standard input has nothing in column "ref"\n');
});

test.each([
  [
    'no such column',
    table,
    'handle',
    'standard input has no column "handle"; hint: its columns are name, message id, phone',
  ],
  ['no such number', 'a,b1\nc,d1\n', '3', 'standard input has no column "3"; hint: its columns are 1 to 2'],
  ['an open quote', 'id\n"delivered', 'id', 'standard input is not a table: Quote Not Closed'],
  [
    'no text',
    Buffer.from([0x69, 0x64, 0x0a, 0xff, 0xfe, 0xfd]),
    'id',
    'standard input is neither UTF-8 nor UTF-16 text',
  ],
])('%s is a usage error', async (_, input, column, message) => {
  expect(await ids(input, column)).toContain(`error: ${message}`);
});

test.each<[string, string | Buffer, string]>([
  ['a header', table, '--column "message id"'],
  ['rows', 'Ann,delivered-1,+1555\n', '--column N'],
  ['tabs', 'Name\tKey\nAnn\tdelivered-1\n', '--column Key'],
])('a table without --column, by %s: nothing is asked, and a hint', async (_, stdin, hint) => {
  const { env, requests } = await mockEnv();
  const { code, stdout, stderr } = await run(['sendblue', 'get', '-', '--json'], { env, stdin });
  expect([code, stdout, requests]).toEqual([2, '', []]);
  expect(JSON.parse(stderr).error ?? JSON.parse(stderr)).toMatchObject({
    message: 'standard input looks like a table, not like one id a line',
    hint: expect.stringContaining(hint),
  });
});

test.each([
  ['with a mark', utf16('delivered-1\n')],
  ['without one', utf16('delivered-1\n').subarray(2)],
  ['of a table', utf16(table)],
])('UTF-16 %s without --column: nothing is asked, and a hint', async (_, stdin) => {
  const { env, requests } = await mockEnv();
  const { code, stdout, stderr } = await run(['sfmc', 'get', '-'], { env, stdin });
  expect([code, stdout, requests]).toEqual([2, '', []]);
  expect(stderr).toBe(
    'error: standard input is UTF-16 text; hint: save it as UTF-8, or read a column of it: --column 1\n',
  );
  const read = await run(['sendblue', 'get', '-', '--column', '1', '--mock', '--field', 'id'], {
    stdin: utf16('delivered-1\n'),
  });
  expect(read).toEqual({ code: 0, stdout: 'delivered-1\n', stderr: '' });
});

test.each([
  ['a record a line', '{"schema":"sbstatus.result/1","id":"delivered-1"}\n'],
  ['a long record', `{"id":"delivered-1","raw":"${'x'.repeat(5000)}"}\n`],
  ['a record over many lines', '{\n  "id": "delivered-1"\n}\n'],
  ['a list', '["delivered-1","delivered-2"]\n'],
])('JSON is no list of ids, such as %s: nothing is asked, and a hint', async (_, stdin) => {
  const { env, requests } = await mockEnv();
  for (const provider of ['sendblue', 'sfmc']) {
    const outcome = await run([provider, 'get', '-'], { env, stdin });
    expect([outcome, requests]).toEqual([
      {
        code: 2,
        stdout: '',
        stderr:
          'error: standard input looks like JSON, not like one id a line; hint: take the ids out of it, such as with jq -r .id\n',
      },
      [],
    ]);
  }
});

test.each([[[]], [['--column', 'id']]])('a spreadsheet is told %j', async (flags) => {
  const stdin = Buffer.from('PK\u0003\u0004\u0014\0\u0006\0\n[Content_Types].xml');
  expect(await run(['sendblue', 'get', '-', '--mock', ...flags], { stdin })).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'error: standard input is a spreadsheet or another zip file; hint: save it as CSV, and name the column: --column\n',
  });
});

test('where an id may hold any character, a comma in it makes no table', async () => {
  const { stdout } = await run(['sfmc', 'get', '-', '--mock', '--field', 'id'], { stdin: 'order-1,2\nplain\n' });
  expect(stdout).toBe('order-1,2\nplain\n');
  expect((await run(['sfmc', 'get', '-', '--mock'], { stdin: 'Key,Name\na1,b\n' })).code).toBe(2);
});
