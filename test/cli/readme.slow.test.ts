import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { builtBin } from '../support/bin.ts';
import { needs } from '../support/needs.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const blocks = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
/** What sets a machine up is tried by `.ci/run` and `test/package`, and what waits by `docs/waiting.md`’s test. */
const pasted = blocks.filter((block) => !/npm |--wait/.test(block));

for (const [place, block] of pasted.entries()) {
  needs(...(block.includes('jq ') ? ['jq'] : [])).test(`the README’s lines can be pasted (block ${place})`, () => {
    const cwd = mkdtempSync(join(tmpdir(), 'sbstatus-readme-'));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    const wrapper = join(cwd, 'sbstatus');
    writeFileSync(wrapper, `#!/bin/sh\nexec "${process.execPath}" "${builtBin()}" "$@"\n`);
    chmodSync(wrapper, 0o755);
    const env = { PATH: [cwd, dirname(process.execPath), process.env['PATH']].join(delimiter), HOME: cwd };
    const { status, stderr } = spawnSync('sh', ['-c', block], { cwd, env });
    // Verdicts are answers; 1, 2 and 127 would mean that a line cannot be typed like that.
    expect([0, 20, 21, 24]).toContain(status);
    expect(stderr.toString()).not.toMatch(/usage|unknown option|unknown command|internal error|not found\n/);
  });
}

test('every page that the README links to is there', () => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)|(?:src|srcset)="([^"]+)"/g)].map(
    ([, page, image]) => page ?? image ?? '',
  );
  expect(links.length).toBeGreaterThan(20);
  for (const link of links) expect([link, existsSync(new URL(`../../${link}`, import.meta.url))]).toEqual([link, true]);
});

test('what people are told to run is what CI runs, and is there', () => {
  const textOf = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
  expect(readme).toContain('npm ci && npm run test:all ');
  expect(textOf('.ci/run')).toMatch(/^npm run test:all /m);
  expect(textOf('.github/workflows/ci.yml')).toContain('run: bash .ci/run');
  const { scripts } = JSON.parse(textOf('package.json'));
  const told = [readme, textOf('CONTRIBUTING.md'), textOf('.ci/run'), textOf('.github/workflows/ci.yml')].flatMap(
    (text) => [...text.matchAll(/npm run (?:-s |--silent )?([a-z:]+)/g)].map(([, name = '']) => name),
  );
  expect(told.length).toBeGreaterThan(10);
  expect(told.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});
