import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

test.each(['18.20.8', '16.20.2', '12.22.12', '6.17.1'])(
  'Node %s is told in one line that it is too old',
  async (version) => {
    const folder = mkdtempSync(join(tmpdir(), 'sbstatus-old-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const old = join(folder, 'old.cjs');
    const properties = `{ versions: { value: { node: '${version}' } }, version: { value: 'v${version}' } }`;
    writeFileSync(old, `Object.defineProperties(process, ${properties});`);
    const env = { NODE_OPTIONS: `--require=${JSON.stringify(old)}` };
    for (const argv of [['--version'], ['sendblue', 'get', 'delivered', '--mock', '-q'], []]) {
      const { code, stdout, stderr } = await runBin(builtBin(), argv, { env });
      expect([code, stdout, stderr]).toEqual([
        41,
        '',
        `error: sbstatus needs Node 20 or newer, and this is v${version}; hint: install it from https://nodejs.org, or use the executable that needs no Node\n`,
      ]);
    }
  },
);

test('Node 4 and 6 can read the file that tells them so', () => {
  const text = readFileSync(builtBin(), 'utf8').replaceAll(/\/\/.*/g, '');
  expect(text).not.toMatch(/,\s*[)]/);
  expect(text).not.toMatch(/\b(?:const|let|var) *[{[]/);
});
