import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { builtBin } from '../support/bin.ts';
import { needs } from '../support/needs.ts';

for (const page of ['waiting', 'batches']) {
  const text = readFileSync(new URL(`../../docs/${page}.md`, import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
  if (blocks.length < 2) throw new Error(`docs/${page}.md has hardly a block`);
  for (const [place, block] of blocks.entries()) {
    needs(...(block.includes('jq ') ? ['jq'] : [])).test(
      `block ${place} of docs/${page}.md ends well, as printed`,
      () => {
        const cwd = mkdtempSync(join(tmpdir(), 'sbstatus-pages-'));
        onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
        writeFileSync(join(cwd, 'sbstatus'), `#!/bin/sh\nexec "${process.execPath}" "${builtBin()}" "$@"\n`);
        chmodSync(join(cwd, 'sbstatus'), 0o755);
        const env = { PATH: [cwd, dirname(process.execPath), process.env['PATH']].join(delimiter), HOME: cwd };
        const { status, stderr } = spawnSync('sh', ['-e', '-c', block], { cwd, env });
        expect([block, status, stderr.toString()]).toEqual([block, 0, expect.not.stringMatching(/^ {4}at /m)]);
      },
    );
  }
}
