import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, onTestFinished, test } from 'vitest';
import { resultSchema } from '../../src/core/record.ts';
import { recordIn } from '../../src/engine/resume/entry.ts';
import { mockEnv } from '../support/mock.ts';
import { run } from '../support/run.ts';

const linesOf = (file: string) =>
  readFileSync(new URL(`../fixtures/journal/${file}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');

/** Written by release 0.1.0. */
const lines = linesOf('release-0.1.0.ndjson');
/** Written on that day, by --wait: with a name, a timing, the account, and a timeline that says who saw what. */
const later = linesOf('2026-11-28.ndjson');

test('a run goes on with the file of release 0.1.0: what is final there is not asked for again', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'sbstatus-older-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  const { env, requests, origin } = await mockEnv();
  // Of the same host, since these records do not say which account was asked.
  const older = lines.map((line) => line.replace('http://127.0.0.1:45323', origin));
  writeFileSync(join(cwd, 'out.ndjson'), older.map((line) => `${line}\n`).join(''));
  const { code } = await run(['sendblue', 'get', 'delivered', 'failed', 'read', '--resume', 'out.ndjson'], {
    cwd,
    env,
  });
  expect(code).toBe(20);
  expect(requests.map((line) => /messages\/(\S+)/.exec(line)?.[1])).toEqual(['read']);
  const kept = readFileSync(join(cwd, 'out.ndjson'), 'utf8').trimEnd().split('\n');
  expect(kept.slice(0, lines.length)).toEqual(older);
  expect(kept.length).toBe(lines.length + 1);
});

test('a run goes on with the file of a later day: what has ended there is not asked for again', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'sbstatus-older-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  writeFileSync(join(cwd, 'out.ndjson'), later.map((line) => `${line}\n`).join(''));
  // Asked again, `moving` would be queued.
  const ids = ['moving', 'failed', 'read'];
  const { code } = await run(['sendblue', 'get', ...ids, '--mock', '--resume', 'out.ndjson'], { cwd });
  expect(code).toBe(20);
  const kept = readFileSync(join(cwd, 'out.ndjson'), 'utf8').trimEnd().split('\n');
  expect(kept.slice(0, later.length)).toEqual(later);
  expect(kept.slice(later.length).map((line) => JSON.parse(line).id)).toEqual(['read']);
});

test('fields that a later release adds are filled: null where they may be, empty where they are lists', () => {
  const newer = v.object({
    ...resultSchema.entries,
    carrier: v.nullable(v.string()),
    attempts: v.array(v.string()),
    billing: v.nullable(v.object({ parts: v.nullable(v.number()) })),
  });
  for (const line of [...lines, ...later]) {
    const written = JSON.parse(line) as object;
    const added = { carrier: null, attempts: [], billing: null };
    // What the record itself has gained since is filled too, whatever it is.
    const { raw: _, ...entries } = resultSchema.entries;
    const record = recordIn(Buffer.from(line), newer);
    expect(record).toMatchObject({ ...written, ...added });
    expect(Object.keys(record ?? {})).toEqual(expect.arrayContaining(Object.keys(entries)));
  }
});

test('so are the fields of what a list holds', () => {
  const entry = { state: 'sent', providerState: 'SENT', at: null, description: null };
  const line = { ...(JSON.parse(lines[0] ?? '') as object), timeline: [entry] };
  expect(recordIn(Buffer.from(JSON.stringify(line)))?.timeline).toEqual([{ ...entry, source: null }]);
});

test('a line with a field of another kind is no record', () => {
  const line = { ...(JSON.parse(lines[0] ?? '') as object), id: 7 };
  expect(recordIn(Buffer.from(JSON.stringify(line)))).toBeNull();
});
