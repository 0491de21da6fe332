import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { builtBin } from '../support/bin.ts';

test.each(['waiting', 'batches'])(
  'every shell block of docs/%s.md ends well, as printed',
  (page) => {
    const text = readFileSync(new URL(`../../docs/${page}.md`, import.meta.url), 'utf8');
    const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
    const cwd = mkdtempSync(join(tmpdir(), 'sbstatus-pages-'));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    writeFileSync(join(cwd, 'sbstatus'), `#!/bin/sh\nexec "${process.execPath}" "${builtBin()}" "$@"\n`);
    chmodSync(join(cwd, 'sbstatus'), 0o755);
    const env = { PATH: [cwd, dirname(process.execPath), process.env['PATH']].join(delimiter), HOME: cwd };
    expect(blocks.length).toBeGreaterThan(1);
    for (const block of blocks.filter((each) => !each.includes('jq ') || spawnSync('jq', ['--version']).status === 0)) {
      const { status, stderr } = spawnSync('sh', ['-e', '-c', block], { cwd, env });
      expect([block, status, stderr.toString()]).toEqual([block, 0, expect.not.stringMatching(/^ {4}at /m)]);
    }
  },
  60_000,
);
