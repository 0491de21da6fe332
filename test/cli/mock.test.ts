import { expect, test } from 'vitest';
import { faultIds } from '../../src/mock/faults.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { run } from '../support/run.ts';

test('mock --list names every id and what it does, a line each, for a script as for a person', async () => {
  const { code, stdout, stderr } = await run(['mock', '--list']);
  expect([code, stderr]).toEqual([0, '']);
  const rows: (readonly string[])[] = [['provider', 'operation', 'id', 'means']];
  for (const { id, mock } of Object.values(await loadProviders())) {
    const { ids } = await mock();
    rows.push(...ids.map((each) => [id, each.operation, each.id, each.means]));
  }
  rows.push(...Object.entries(faultIds).map(([id, { means }]) => ['any', 'any', id, means]));
  rows.push(['any', 'any', 'http-<status>', 'any other status from 300 to 599']);
  rows.push(['any', 'any', 'html-<status>', 'the same as a web page']);
  rows.push(['any', 'any', '<id>-<anything>', 'the same as <id>']);
  expect(stdout).toBe(rows.map((row) => `${row.join('\t')}\n`).join(''));
  // No cell may be empty, or hold what would tear the line apart.
  for (const row of rows) for (const cell of row) expect(cell).toMatch(/^[^\s](?:[^\t\r\n]*[^\s])?$/);
});
