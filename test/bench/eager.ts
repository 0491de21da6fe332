import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformSync } from 'esbuild';
import type { Bench } from './bench.ts';

/** What the source imports only when it is needed. */
const lazy = ['got', 'ora', 'cosmiconfig', 'cli-table3', 'chalk', 'commander'];

/**
 * The program as a plain compiler would leave it: a file a module, packages from node_modules, and everything imported at
 * the start. Returns the script to run.
 */
export function buildEager({ root, folder }: Bench): string {
  const place = join(folder, 'eager');
  mkdirSync(place);
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const modules = files.filter((name) => name.endsWith('.ts'));
  for (const name of modules) {
    const text = readFileSync(join(root, 'src', name), 'utf8');
    const { code } = transformSync(text, { loader: 'ts', format: 'esm', target: 'node20.10' });
    const file = join(place, 'src', jsName(name));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code.replace(/(["']\.{1,2}\/[^"']+)\.ts(?=["'])/g, '$1.js'));
  }
  cpSync(join(root, 'package.json'), join(place, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'));
  const imports = [...lazy, ...modules.map((name) => `./src/${jsName(name)}`)];
  const script = join(place, 'eager.mjs');
  writeFileSync(script, `${imports.map((name) => `import '${name}';`).join('\n')}\n${start}`);
  return script;
}

function jsName(name: string): string {
  return name.replace(/ts$/, 'js');
}

const start = `
import { main } from './src/main.js';
import { realWorld } from './src/world.js';
const world = realWorld();
process.exitCode = await main(process.argv.slice(2), world);
world.stdin.close();
`;
