// Runs one look-up against the mock and lists the functions of src/ that it calls, from V8's coverage:
//   node .build/walk.js [--max-files N] [--max-functions N]      exits with 1 where there are more
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleReadable, root } from './bundle.js';

const lookup = ['sent', 'get', '8ba7b830-9dad-11d1-80b4-00c04fd430c8', '--json'];
const { values: limits } = parseArgs({
  options: { 'max-files': { type: 'string' }, 'max-functions': { type: 'string' } },
});
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sbstatus-walk-')));
try {
  const files = await walk();
  const functions = [...files.values()].reduce((sum, names) => sum + names.length, 0);
  for (const [file, names] of files) process.stdout.write(`${file.padEnd(40)} ${names.join(' ')}\n`);
  process.stdout.write(`walk: ${functions} functions in ${files.size} files\n`);
  const excess = [...overLimit('max-functions', functions), ...overLimit('max-files', files.size)];
  for (const each of excess) process.stderr.write(`${each}\n`);
  process.exitCode = excess.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** File of `src/` → the names of its functions that were called, both in their order. */
async function walk() {
  await bundleReadable(join(folder, 'dist'));
  writeFileSync(join(folder, 'dist/bin.mjs'), binText());
  const coverage = join(folder, 'coverage');
  for (const each of ['home', 'coverage']) mkdirSync(join(folder, each));
  const mock = start(['mock', '--port', '0']);
  try {
    const env = await settingsFrom(mock);
    const child = start(lookup, { ...env, NODE_V8_COVERAGE: coverage });
    child.stdout.resume();
    const [[code], stderr] = await Promise.all([once(child, 'close'), text(child.stderr)]);
    if (code !== 0) throw new Error(`the look-up ended with exit code ${code}: ${stderr}`);
  } finally {
    mock.kill();
  }
  const calls = readdirSync(coverage).flatMap((name) =>
    callsIn(JSON.parse(readFileSync(join(coverage, name), 'utf8'))),
  );
  return byFile(calls);
}

/** What bin/sbstatus.js does, as an ES module. */
function binText() {
  return `import { main } from './main.mjs';
import { realWorld } from './world.mjs';
const world = realWorld();
process.exitCode = await main(process.argv.slice(2), world);
world.stdin.close();
`;
}

/** A process of the bundle that sees nothing of this machine's configuration. */
function start(argv, env = {}) {
  return spawn(process.execPath, [join(folder, 'dist/bin.mjs'), ...argv], {
    cwd: join(folder, 'home'),
    env: { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot, HOME: join(folder, 'home'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The `export NAME='value'` lines that the mock prints once it listens, as an object. */
async function settingsFrom(mock) {
  mock.stderr.resume();
  let lines = '';
  for await (const piece of mock.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    lines += piece;
    if (lines.endsWith("'\n")) break;
  }
  return Object.fromEntries([...lines.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name, value]) => [name, value]));
}

/** The functions of `src/` that one process called, as { file, line, name }. Initial values of fields are no function. */
function callsIn({ result, 'source-map-cache': maps }) {
  return result.flatMap(({ url, functions }) => {
    if (maps[url] === undefined) return [];
    const { data, lineLengths } = maps[url];
    const map = new SourceMap(data);
    // The first is the module itself.
    const written = functions.slice(1).filter(({ functionName }) => !/^<.*_initializer>$/.test(functionName));
    const called = written.filter(({ ranges }) => ranges[0].count > 0);
    return called.flatMap(({ functionName, ranges }) => {
      const origin = map.findEntry(...placeOf(ranges[0].startOffset, lineLengths));
      const file = relative(root, fileURLToPath(new URL(origin.originalSource ?? '', url))).replaceAll('\\', '/');
      const line = origin.originalLine + 1;
      return file.startsWith('src/') ? [{ file, line, name: functionName || `(line ${line})` }] : [];
    });
  });
}

/** An offset as zero-based line and column. */
function placeOf(offset, lineLengths) {
  let line = 0;
  let column = offset;
  while (column > lineLengths[line]) column -= lineLengths[line++] + 1;
  return [line, column];
}

function byFile(calls) {
  const files = new Map([...new Set(calls.map(({ file }) => file))].sort().map((file) => [file, []]));
  for (const { file, name } of calls.sort((one, other) => one.line - other.line)) files.get(file).push(name);
  return files;
}

function overLimit(option, count) {
  const limit = Number(limits[option] ?? Infinity);
  return count <= limit ? [] : [`walk: ${count} is more than --${option} ${limit}`];
}
