import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { schemaNames } from '../../src/cli/commands/schema.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { run } from '../support/run.ts';

const providers = await loadProviders();

async function help(...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(['help', ...words]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** The table of the design, by hand. */
const codes = [0, 1, 2, 20, 21, 22, 23, 24, 25, 26, 30, 31, 32, 40, 41, 42, 43, 130, 143];

test('help exit-codes lists every code, as a table and as JSON', async () => {
  const table = JSON.parse(await help('exit-codes', '--json'));
  expect(table.map(({ code }: { code: number }) => code)).toEqual(codes);
  expect(table[4]).toEqual({
    code: 21,
    name: 'pending',
    retryable: true,
    when: 'not final yet, and no wait was asked for',
  });
  const text = await help('exit-codes');
  for (const { code, name, when } of table) {
    expect(text).toMatch(new RegExp(`^ +${code}  ${name} +`, 'm'));
    expect(text).toContain(when);
  }
});

test('help environment names every variable that the source looks at, and which hold secrets', async () => {
  const table: { names: string[]; secret: boolean }[] = JSON.parse(await help('environment', '--json'));
  const text = await help('environment');
  const wanted = [
    ...registryNames(),
    ...namesInSource(),
    'HTTPS_PROXY',
    'NO_PROXY',
    'NODE_EXTRA_CA_CERTS',
    'GITHUB_OUTPUT',
  ];
  expect(wanted).toContain('SBSTATUS_PROFILE');
  expect(table.flatMap(({ names }) => names)).toEqual(expect.arrayContaining(wanted));
  for (const name of wanted) expect(text).toContain(name);
  const secrets = table.filter(({ secret }) => secret).flatMap(({ names }) => names[0] ?? []);
  expect(secrets.filter((name) => /^(SENDBLUE|SENT|SFMC)_/.test(name))).toEqual([
    'SENDBLUE_API_API_KEY',
    'SENDBLUE_API_API_SECRET',
    'SENT_DM_API_KEY',
    'SFMC_CLIENT_ID',
    'SFMC_CLIENT_SECRET',
    'SFMC_ACCESS_TOKEN',
  ]);
});

function registryNames(): string[] {
  return Object.values(providers).flatMap(({ settings }) => Object.values(settings).flatMap(({ env }) => env));
}

function namesInSource(): string[] {
  const folder = fileURLToPath(new URL('../../src', import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const texts = files.map((name) => readFileSync(join(folder, name), 'utf8'));
  return texts.flatMap((text) => [...text.matchAll(/\benv\['([A-Z_]+)'\]/g)].map(([, name]) => name ?? ''));
}

test('help on a command is what --help prints, examples included', async () => {
  for (const path of [['check'], ['sent', 'get'], ['mock'], []]) {
    const { code, stdout, stderr } = await run([...path, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await help(...path)).toBe(stdout);
  }
  expect(await help('check')).toContain('Examples:\n  sbstatus check ');
});

test.each([
  ['exitcodes', 'did you mean exit-codes'],
  ['chek', 'did you mean check'],
  ['__proto__', `topics are ${Object.keys(providers).join(', ')}, `],
])('help on %s tells what there is', async (word, hint) => {
  const { code, stdout, stderr } = await run(['help', word]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(`error: no help on "${word}"`);
  expect(stderr).toContain(hint);
  expect(stderr).not.toContain('__complete');
});

test('help --json is a command with all below it, hidden commands left out', async () => {
  const { schema, command } = JSON.parse(await help('--json'));
  expect(schema).toBe('sbstatus.help/1');
  expect(command).toMatchObject({ name: 'sbstatus', path: ['sbstatus'], usage: 'sbstatus [options] [command]' });
  const names = command.commands.map(({ name }: { name: string }) => name);
  expect(names).toEqual(expect.arrayContaining([...Object.keys(providers), 'check', 'help']));
  expect(names).not.toContain('__complete');
  const get = JSON.parse(await help('sent', 'get', '--json')).command;
  expect(command.commands.find(({ name }: { name: string }) => name === 'sent').commands).toContainEqual(get);
  expect(get.path).toEqual(['sbstatus', 'sent', 'get']);
  expect(get.options).toContainEqual({
    flags: '-o, --output <format>',
    short: '-o',
    long: '--output',
    value: 'format',
    description: 'format of the answer',
    choices: ['table', 'tsv', 'json', 'ndjson', 'csv'],
    default: 'table on a terminal, else tsv',
    group: 'Common',
  });
  expect(get.notes[0]).toMatchObject({ title: 'Examples', lines: expect.arrayContaining([expect.any(String)]) });
});

interface Tree {
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly { readonly long: string; readonly group: string }[];
  readonly notes: readonly { readonly title: string | null; readonly lines: readonly string[] }[];
  readonly commands: readonly Tree[];
}

const withAllBelow = (tree: Tree): Tree[] => [tree, ...tree.commands.flatMap(withAllBelow)];

test('every --help has examples before arguments and options, below usage and description', async () => {
  const trees = withAllBelow(JSON.parse(await help('--json')).command);
  expect(trees.length).toBeGreaterThan(20);
  for (const { path, notes } of trees) {
    const { code, stdout } = await run([...path.slice(1), '--help']);
    const [usage, , examples, next] = stdout.split('\n\n');
    expect({ code, usage }).toMatchObject({ code: 0, usage: expect.stringMatching(`^Usage: ${path.join(' ')}\\b`) });
    expect(notes[0]?.title).toBe('Examples');
    expect(examples).toBe(['Examples:', ...(notes[0]?.lines ?? []).map((line) => `  ${line}`)].join('\n'));
    expect(notes[0]?.lines.join('\n')).toContain('sbstatus ');
    expect(next).toMatch(/^(Arguments|Options|Common|Filters|Input):\n/);
    expect(stdout.match(/^Examples?:$/gm)).toHaveLength(1);
  }
});

const common = [
  '--wait',
  '--timeout',
  '--expect',
  '--output',
  '--json',
  '--quiet',
  '--details',
  '--from-file',
  '--profile',
  '--mock',
];

test('the help of a look-up groups its flags, the ten common ones first', async () => {
  const trees = withAllBelow(JSON.parse(await help('--json')).command);
  const lookups = trees.filter(({ options }) => options.some(({ long }) => long === '--wait'));
  expect(lookups.map(({ path }) => path.slice(1).join(' '))).toEqual([
    ...Object.values(providers).flatMap(({ id, operations }) => Object.keys(operations).map((name) => `${id} ${name}`)),
    'check',
  ]);
  for (const { path, options } of lookups) {
    expect(options.filter(({ group }) => group === 'Common').map(({ long }) => long)).toEqual(common);
    expect(options.slice(0, 10).map(({ long }) => long)).toEqual(common);
    const [, afterCommon] = (await help(...path.slice(1))).split('\nCommon:\n');
    expect(afterCommon).toMatch(/^Input:$/m);
  }
});

test('a common flag is below the same heading in every command that has the group', async () => {
  for (const { path, options } of withAllBelow(JSON.parse(await help('--json')).command)) {
    if (!options.some(({ group }) => group === 'Common')) continue;
    const strays = options.filter(({ long, group }) => common.includes(long) && !['Common', 'Input'].includes(group));
    expect({ path, strays }).toEqual({ path, strays: [] });
  }
});

test('schema says which there are', async () => {
  const { code, stdout, stderr } = await run(['schema', 'rslt']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(schemaNames.join(', '));
});
