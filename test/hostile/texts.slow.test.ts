import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, onTestFailed, onTestFinished, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { readCsv } from '../render/csv-reader.ts';
import { hostilePieces, hostileText } from '../render/hostile.ts';
import { needs } from '../support/needs.ts';
import { withSeed } from '../support/random.ts';
import { run } from '../support/run.ts';
import { type Reply, startSendblue } from '../support/servers.ts';

/** A thousand texts of providers, in every place that a provider fills, through every format and to other people's readers. */

const count = 1000;
const ids = Array.from({ length: count }, (_, i) => `m${i}`);
let texts: readonly string[] = [];
let seed = 0;

beforeAll(async () => {
  await withSeed(async (random, used) => {
    seed = used;
    const drawn = fc.sample(hostileText, { numRuns: count, seed: Math.floor(random() * 2 ** 31) });
    texts = [...hostilePieces, ...drawn].slice(0, count);
  });
});

const textOf = (id: string) => texts[Number(id.slice(1))] ?? '';
const isRefusal = (id: string) => Number(id.slice(1)) % 5 === 4;

function reply(id: string): Reply {
  const text = textOf(id);
  // No retries, and no fault of the account: this message is refused.
  if (isRefusal(id)) return { status: 400, body: { status: 'ERROR', error_message: text, message: text } };
  const facts = { content: text, media_url: [text, text], app_card: { [`k${text}`]: text }, send_style: text };
  const failure = { status: 'ERROR', error_code: `c${text}`, error_message: text, error_detail: text };
  const isFailure = Number(id.slice(1)) % 5 === 3;
  const status = isFailure ? failure : { status: Number(id.slice(1)) % 5 === 2 ? `w${text}` : 'DELIVERED' };
  return {
    body: { status: 'OK', data: { message_handle: id, service: 'iMessage', from_number: text, ...facts, ...status } },
  };
}

async function ask(...flags: string[]) {
  onTestFailed(() => void process.stderr.write(`SBSTATUS_TEST_SEED=${seed}\n`));
  const cwd = mkdtempSync(join(tmpdir(), 'sbstatus-texts-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  const { env } = await startSendblue({ answer: reply });
  const files = { GITHUB_STEP_SUMMARY: join(cwd, 'summary'), GITHUB_OUTPUT: join(cwd, 'output') };
  const argv = ['sendblue', 'get', '-', '--rate', 'off', '--retries', '0', ...flags];
  const outcome = await run(argv, { cwd, env: { ...env, ...files }, stdin: ids.join('\n') });
  return { ...outcome, read: (name: string) => readFileSync(join(cwd, name), 'utf8') };
}

/** Neither a terminal nor a reader of lines obeys anything but line ends and tabs; no half characters. */
function expectPlain(text: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
  expect(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/.exec(text)).toBeNull();
  expect(text.isWellFormed()).toBe(true);
}

/** Parses as the grammar says, and refuses half characters, as stricter readers than JavaScript's do. */
function parseStrictly(json: string): unknown {
  return JSON.parse(json, (key, value) => {
    if (!key.isWellFormed() || (typeof value === 'string' && !value.isWellFormed()))
      throw new Error('half a character');
    return value;
  });
}

/** What jq reads of values one after the other, a line each. */
function throughJq(json: string): unknown[] {
  const { status, stdout, stderr } = spawnSync('jq', ['-c', '.'], { input: json, maxBuffer: 256 * 1024 * 1024 });
  expect([status, stderr.toString()]).toEqual([0, '']);
  const lines = stdout.toString().split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

function linesOf(text: string): string[] {
  return text.split('\n').slice(0, -1);
}

interface Told {
  readonly id: string;
  readonly details: { readonly content?: string | null };
  readonly raw: { readonly data?: { readonly content: string } };
}

describe('a thousand hostile texts', () => {
  test('as NDJSON, with the provider’s bodies: each record is whole, and tells the text', async () => {
    const { code, stdout, stderr } = await ask('-o', 'ndjson', '--raw');
    expect(code).toBe(20);
    expectPlain(stdout);
    expectPlain(stderr);
    const records = linesOf(stdout).map((line) => parseStrictly(line) as Told);
    expect(records.map(({ id }) => id)).toEqual(ids);
    for (const { id, details, raw } of records) {
      if (isRefusal(id)) continue;
      const text = textOf(id).toWellFormed();
      expect([id, details.content ?? '', raw.data?.content]).toEqual([id, text, text]);
    }
  });

  test('as a report, as CSV, as a table and as bare values', async () => {
    const report = await ask('--json', '--raw');
    expectPlain(report.stdout);
    expect((parseStrictly(report.stdout) as { results: unknown[] }).results).toHaveLength(count);

    const fields = 'id,providerState,details,details.content,reason,error,raw';
    const csv = await ask('-o', 'csv', '--raw', '--fields', fields);
    expectPlain(csv.stdout.replaceAll('\r', ''));
    const rows = readCsv(csv.stdout).slice(1);
    expect(rows.map(([id]) => id)).toEqual(ids);
    for (const row of rows) {
      expect(row).toHaveLength(7);
      for (const place of [2, 4, 5, 6]) if (row[place] !== '') parseStrictly(row[place] ?? '');
    }

    const table = await ask('--raw', '--fields', fields);
    expectPlain(table.stdout);
    expect(linesOf(table.stdout).map((line) => line.split('\t').length)).toEqual(Array(count + 1).fill(7));

    const bare = await ask('--field', 'details.content');
    expectPlain(bare.stdout);
    expect(linesOf(bare.stdout)).toHaveLength(count);
  });

  test('as reports: the JUnit file is valid XML to xmllint', async () => {
    const { stderr, read } = await ask('-q', '--junit', 'junit.xml', '--markdown', 'report.md', '--github');
    const junit = read('junit.xml');
    for (const text of [junit, read('report.md'), read('summary'), read('output'), stderr]) expectPlain(text);
    const schema = readFileSync(new URL('../fixtures/junit/junit.xsd', import.meta.url), 'utf8');
    const { errors } = await validateXML({ xml: { fileName: 'junit.xml', contents: junit }, schema });
    expect(errors).toEqual([]);
    expect(junit.match(/^<testcase /gm)).toHaveLength(count);
    expect(read('report.md').match(/^\| (✅|❌|⏳|⚠️) /gm)).toHaveLength(count);
  });
});

needs('jq').describe('jq reads all of', () => {
  test('NDJSON, a report and the details of CSV, and the same as we wrote', async () => {
    const { stdout } = await ask('-o', 'ndjson', '--raw');
    expect(throughJq(stdout)).toEqual(linesOf(stdout).map((line) => JSON.parse(line)));
    const report = await ask('--json', '--raw');
    expect(throughJq(report.stdout)).toEqual([JSON.parse(report.stdout)]);
    const csv = await ask('-o', 'csv', '--fields', 'id,details,exit');
    const cells = readCsv(csv.stdout)
      .slice(1)
      .flatMap(([, details = '', exit = '']) => [details, exit]);
    expect(throughJq(cells.join('\n'))).toEqual(cells.map((cell) => JSON.parse(cell)));
  });

  test('the file of --resume, and errors', async () => {
    const { read } = await ask('--resume', 'out.ndjson', '-q');
    const lines = linesOf(read('out.ndjson'));
    expect(lines).toHaveLength(count);
    expect(throughJq(read('out.ndjson'))).toEqual(lines.map((line) => parseStrictly(line)));
    for (const text of texts.slice(0, 200)) {
      const { code, stderr } = await run([
        'sendblue',
        'get',
        `..${text}`,
        'x',
        '-f',
        // Not `-`, which would be standard input.
        `f${text.replaceAll('\0', '')}`,
        '--json',
      ]);
      expect(code).toBeGreaterThan(0);
      expect(throughJq(stderr)).toEqual(linesOf(stderr).map((line) => parseStrictly(line)));
    }
  });
});
