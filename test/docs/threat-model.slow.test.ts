import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Case {
  readonly file: string;
}

test('there are no fewer cases of each kind than the threat model says', { timeout: 120_000 }, () => {
  const text = readFileSync(`${root}docs/threat-model.md`, 'utf8');
  const rows = [...text.matchAll(/^\| ([^|]+) \| [^|]+ \| (\d+) \| (.+) \|$/gm)].map(([, kind, count, files = '']) => ({
    kind,
    count: Number(count),
    files: [...files.matchAll(/`([^`]+)`/g)].map(([, file]) => file ?? ''),
  }));
  expect(rows.length).toBeGreaterThan(8);
  const folder = mkdtempSync(join(tmpdir(), 'sbstatus-threats-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const list = join(folder, 'list.json');
  const argv = ['node_modules/vitest/vitest.mjs', 'list', ...rows.flatMap(({ files }) => files), `--json=${list}`];
  spawnSync(process.execPath, argv, { cwd: root, env: { PATH: process.env['PATH'] } });
  const cases = JSON.parse(readFileSync(list, 'utf8')) as Case[];
  const countOf = (files: readonly string[]) =>
    cases.filter(({ file }) => files.some((each) => file.endsWith(each))).length;
  // Some are made for each shell that is there.
  expect(rows.filter(({ count, files }) => countOf(files) < count)).toEqual([]);
});
