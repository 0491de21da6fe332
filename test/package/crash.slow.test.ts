import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { builtBin, runBin } from '../support/bin.ts';

test('a bug in the shipped program shows frames that name our functions', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sbstatus-crash-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const bug = join(folder, 'bug.cjs');
  // The clock breaks when the run begins to use it.
  writeFileSync(bug, "process.hrtime.bigint = () => { throw new TypeError('planted'); };");
  const { code, stdout, stderr } = await runBin(
    builtBin(),
    ['sendblue', 'get', 'msg_abc123def456', '--mock', '--debug', '--no-color'],
    { env: { NODE_OPTIONS: `--require=${JSON.stringify(bug)}` } },
  );
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('error: internal error: planted');
  expect(stderr).toMatch(/^ +at startCancellation \(.*\/dist\/lookup\.cjs:\d+:\d+\)$/m);
  expect(stderr).toMatch(/^ +at (async )?runLookups \(.*\/dist\/lookup\.cjs:\d+:\d+\)$/m);
  // Not the line of the bundle itself, which is long and says nothing.
  expect(Math.max(...stderr.split('\n').map((line) => line.length))).toBeLessThan(300);
});
