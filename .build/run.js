// Runs a TypeScript program of this repository: node .build/run.js FILE [arguments...]
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from './bundle.js';

const [file = '', ...argv] = process.argv.slice(2);
// Inside the repository, so that packages are found.
const folder = mkdtempSync(join(root, 'node_modules/.run-'));
const outfile = join(folder, 'main.mjs');
try {
  await build({
    entryPoints: [resolve(file)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: 'inline',
  });
  process.argv = [process.execPath, file, ...argv];
  process.chdir(root);
  const { main } = await import(pathToFileURL(outfile).href);
  await main(argv);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
