import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, onTestFinished, test } from 'vitest';
import { resultSchema } from '../../src/core/record.ts';
import { recordIn } from '../../src/engine/resume/entry.ts';
import { mockEnv } from '../support/mock.ts';
import { run } from '../support/run.ts';

/** Written by release 0.1.0. */
const fixture = new URL('../fixtures/journal/release-0.1.0.ndjson', import.meta.url);
const lines = readFileSync(fixture, 'utf8').trimEnd().split('\n');

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

test('fields that a later release adds are filled: null where they may be, empty where they are lists', () => {
  const later = v.object({
    ...resultSchema.entries,
    carrier: v.nullable(v.string()),
    attempts: v.array(v.string()),
    billing: v.nullable(v.object({ parts: v.nullable(v.number()) })),
  });
  for (const line of lines) {
    expect(recordIn(Buffer.from(line), later)).toEqual({
      ...(JSON.parse(line) as object),
      name: null,
      timing: null,
      carrier: null,
      attempts: [],
      billing: null,
    });
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
