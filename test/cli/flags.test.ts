import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command, Option } from 'commander';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ListOption } from '../../src/cli/flags.ts';
import { createProgram } from '../../src/cli/program.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { realWorld } from '../../src/world.ts';
import { recordsIn } from '../support/figures.ts';
import { mockEnv } from '../support/mock.ts';
import { run } from '../support/run.ts';

const providers = await loadProviders();
const program = createProgram({ world: realWorld(), providers, setExit: () => undefined });

interface Flag {
  readonly path: readonly string[];
  readonly option: Option;
  readonly name: string;
}

function flagsBelow(command: Command, path: readonly string[] = []): Flag[] {
  const own = command.options.map((option) => ({ path, option, name: [...path, option.long].join(' ') }));
  return [...own, ...command.commands.flatMap((child) => flagsBelow(child, [...path, child.name()]))];
}

const flags = flagsBelow(program);
const valued = flags.filter(({ option }) => option.required || option.optional);

/** Two values that each flag takes. */
const values: Readonly<Record<string, readonly [string, string]>> = {
  '--bulk': ['2h', '3h'],
  '--concurrency': ['2', '3'],
  '--expect-channel': ['sms', 'imessage'],
  '--interval': ['2s', '3s'],
  '--junit-pending': ['failure', 'skipped'],
  '--latency': ['1ms', '2ms'],
  '--limit': ['2', '3'],
  '--max-failed': ['1', '2'],
  '--min-success': ['50%', '60%'],
  '--not-found-grace': ['1s', '2s'],
  '--output': ['table', 'csv'],
  '--port': ['0', '1'],
  '--rate': ['5/s', 'off'],
  '--request-timeout': ['2s', '3s'],
  '--retries': ['1', '2'],
  '--timeout': ['2s', '3s'],
};

function twoValues({ long, argChoices }: Option): readonly [string, string] {
  const [one, other = one] = argChoices ?? [];
  return values[long ?? ''] ?? (one === undefined || other === undefined ? ['a', 'b'] : [one, other]);
}

describe('a flag that is given twice', () => {
  test('is one of a list, or any other', () => {
    const lists = valued.filter(({ option }) => option instanceof ListOption).map(({ option }) => option.long);
    expect([...new Set(lists)].sort()).toEqual(['--env', '--expect', '--fields', '--from-file', '--manifest']);
    expect(valued.length).toBeGreaterThan(150);
    const bulks = Object.values(providers).flatMap(({ id, bulk }) => (bulk ? [`${id} ${bulk.operation} --bulk`] : []));
    expect(valued.filter(({ option }) => option.optional).map(({ name }) => name)).toEqual(bulks);
  });

  test.each(valued.filter(({ option }) => !(option instanceof ListOption)))('is refused: $name', async (flag) => {
    const [one, other] = filterValues(flag) ?? twoValues(flag.option);
    const { long } = flag.option;
    const { env, requests } = await mockEnv();
    for (const second of [one, other]) {
      expect(await run([...flag.path, `${long}=${one}`, `${long}=${second}`], { env })).toEqual({
        code: 2,
        stdout: '',
        stderr: `error: ${long} is given twice; hint: give it once: only one value can count\n`,
      });
    }
    expect(requests).toEqual([]);
  });

  test('is refused whatever stands between, in its short form too, and as JSON where that is asked for', async () => {
    const argv = ['sendblue', 'get', 'delivered', '--mock', '-p', 'a', 'sent', '--profile=b', '--json'];
    const { code, stdout, stderr } = await run(argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(JSON.parse(stderr)).toMatchObject({ schema: 'sbstatus.error/1', message: '--profile is given twice' });
  });

  test('means the same as once where it takes no value', async () => {
    const argv = ['sendblue', 'get', 'delivered', '--mock', '-q', '-q', '--utc', '--utc', '--no-color', '--no-color'];
    expect(await run(argv)).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

test('every flag that excludes another one names a flag of the same command, and is refused beside it', async () => {
  const pairs = flags.flatMap(({ path, option }) => {
    const { conflictsWith: names } = option as Option & { readonly conflictsWith: readonly string[] };
    return names.map((name) => ({ path, option, name }));
  });
  expect(pairs.length).toBeGreaterThan(50);
  for (const { path, option, name } of pairs) {
    const other = flags.find((flag) => flag.path === path && flag.option.attributeName() === name);
    expect([...path, option.long, name, other?.option.attributeName()]).toEqual([...path, option.long, name, name]);
  }
  const { code, stdout, stderr } = await run(['sendblue', 'get', '--column', 'id', '-0', '--mock'], {
    stdin: 'id\na\n',
  });
  expect([code, stdout, stderr]).toEqual([
    2,
    '',
    expect.stringContaining("option '--column <name|n>' cannot be used with option '-0, --null'"),
  ]);
});

/** Filters of a list take words of their own. */
function filterValues({ path, option }: Flag): readonly [string, string] | null {
  const words = / *: ([a-z0-9]+), ([a-z0-9]+)/i.exec(option.description);
  return path[1] === 'list' && words !== null ? [words[1] ?? '', words[2] ?? ''] : null;
}

function folderWith(files: Readonly<Record<string, string>>): string {
  const cwd = mkdtempSync(join(tmpdir(), 'sbstatus-flags-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  return cwd;
}

describe('a list that is given in parts', () => {
  const get = ['sendblue', 'get', '--mock', '-o', 'ndjson'];

  test('of files of ids: all are read, in this order', async () => {
    const cwd = folderWith({ a: 'failed', b: 'delivered-1\ndelivered-2' });
    const { code, stdout } = await run([...get, '-f', 'a', '--from-file', 'b', '-f', '-'], { cwd, stdin: 'read\n' });
    expect(recordsIn(stdout).map(({ index, id }) => [index, id])).toEqual([
      [0, 'failed'],
      [1, 'delivered-1'],
      [2, 'delivered-2'],
      [3, 'read'],
    ]);
    expect(code).toBe(20);
  });

  test('of files of events', async () => {
    const event = (id: string) => JSON.stringify({ message_handle: id, status: 'DELIVERED' });
    const cwd = folderWith({ a: event('a'), b: `${event('b')}\n` });
    const argv = ['decode', 'sendblue', '-f', 'a', '-f', 'b', '-f', '-', '--field', 'id'];
    expect(await run(argv, { cwd, stdin: event('c') })).toEqual({
      code: 0,
      stdout: 'a\nb\nc\n',
      stderr: 'note: 3 messages: 3 delivered\n',
    });
  });

  test('of manifests: what failed in the first is not forgotten', async () => {
    const message = (id: string, name: string) => `messages: [{ provider: sendblue, id: ${id}, name: ${name} }]`;
    const cwd = folderWith({ a: message('failed', 'first'), b: message('delivered', 'second') });
    const argv = ['check', '--manifest', 'a', '-m', 'b', 'sent:read', '--mock', '-o', 'ndjson', '--junit', 'x.xml'];
    const { code, stdout } = await run(argv, { cwd });
    expect([code, recordsIn(stdout).map(({ index, id }) => [index, id])]).toEqual([
      20,
      [
        [0, 'failed'],
        [1, 'delivered'],
        [2, 'read'],
      ],
    ]);
    const report = readFileSync(join(cwd, 'x.xml'), 'utf8');
    expect(report.match(/testcase name="[^"]*"/g)).toEqual(
      ['first', 'second', 'sent get read'].map((name) => `testcase name="${name}"`),
    );
  });

  test('of names of variables', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the manifest's variables
    const manifest = "messages: [{ provider: sent, id: 'delivered-${ONE}-${OTHER}' }]";
    const argv = ['check', '-m', '-', '--env', 'ONE', '--env', 'OTHER', '--mock', '--field', 'id'];
    const { code, stdout } = await run(argv, { stdin: manifest, env: { ONE: '1', OTHER: '2' } });
    expect([code, stdout]).toEqual([0, 'delivered-1-2\n']);
  });

  test('of expected states: any of them will do', async () => {
    const codes = ['failed', 'delivered', 'queued'].map(async (id) => {
      const { code } = await run([
        'sendblue',
        'get',
        id,
        '--mock',
        '-q',
        '--expect',
        'failed',
        '--expect',
        'delivered',
      ]);
      return code;
    });
    expect(await Promise.all(codes)).toEqual([0, 0, 21]);
  });

  test('of fields', async () => {
    const { stdout } = await run([...get, 'delivered', '--fields', 'id', '--fields', 'state,outcome']);
    expect(JSON.parse(stdout)).toEqual({ id: 'delivered', state: 'delivered', outcome: 'success' });
  });
});

test.each([
  [['sendblue', 'get', '-', '-']],
  [['sendblue', 'get', '-', '-f', '-']],
  [['sendblue', 'get', '-f', '-', '-f', '-']],
  [['check', '-', '-m', '-']],
  [['check', '-m', '-', '-m', '-']],
  [['decode', 'sendblue', '-f', '-', '-f', '-']],
])('standard input is read by one alone: %j', async (argv) => {
  expect(await run(argv, { stdin: 'delivered\n' })).toMatchObject({
    code: 2,
    stdout: '',
    stderr: 'error: standard input is named twice, and can be read once; hint: name - once\n',
  });
});
