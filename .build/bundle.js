import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { chunkOf, closure, graphOf } from './graph.js';
import { slimDependencies } from './slim.js';

export const root = join(import.meta.dirname, '..');

/** What every bundle of this program has in common. */
export const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  // Comments and blanks go; names stay, so that the frames of a crash can be read.
  minifySyntax: true,
  minifyWhitespace: true,
  lineLimit: 200,
  legalComments: 'none',
  metafile: true,
};

/**
 * What is always loaded together, by the modules where it begins. A file costs more than what is in it, and esbuild
 * cuts as finely as it can.
 */
const parts = {
  main: ['src/main.ts', 'src/world.ts'],
  lookup: ['src/cli/program.ts', 'src/cli/commands/lookup-run.ts', 'src/render/json.ts'],
  http: ['src/http/attempt.ts', 'src/http/agents.ts'],
  table: ['src/render/table.ts', 'src/render/tsv.ts'],
  card: ['src/render/card.ts'],
};

/** One file a provider, since a look-up loads one of them. */
const providers = Object.fromEntries(
  readdirSync(join(root, 'src/providers'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => [name, [`src/providers/${name}/index.ts`]]),
);

/**
 * The package's bundle: split, so that an invocation loads only what it shows. Returns esbuild's metafile of the split
 * and, for each of its chunks, the file that it went into.
 */
export async function bundlePackage(outdir) {
  const { outputFiles, metafile } = await split();
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const graph = graphOf(metafile);
  const homes = homesOf(graph);
  await Promise.all([...new Set(homes.values())].map((file) => emit(file, { outdir, texts, homes, graph })));
  return { metafile, homes };
}

/** The same split as ES modules that can be read and measured: nothing minified, and source maps. Nothing ships it. */
export function bundleReadable(outdir) {
  // esbuild's stand-in for `require`, which CommonJS packages call, passes on to one that is there.
  const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  return split({
    outdir,
    write: true,
    minifySyntax: false,
    minifyWhitespace: false,
    sourcemap: true,
    banner: { js: banner },
    outExtension: { '.js': '.mjs' },
  });
}

function split(options = {}) {
  return build({
    ...common,
    entryPoints: parts.main,
    outdir: 'split',
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    write: false,
    splitting: true,
    format: 'esm',
    // cosmiconfig's loader for .ts files; ours are shut.
    external: ['typescript'],
    // One copy for cosmiconfig, which requires it, and for us, who import it.
    alias: { 'js-yaml': join(root, 'node_modules/js-yaml/index.js') },
    plugins: [slimDependencies],
    ...options,
  });
}

/**
 * Chunk → the file that it goes into: that of the first part that needs it, that of the only provider that needs it (what
 * several need is with the look-ups), else one of its own.
 */
function homesOf(graph) {
  const homes = new Map();
  const settle = (chunk, home) => homes.has(chunk) || homes.set(chunk, home);
  for (const [name, modules] of Object.entries(parts)) {
    for (const chunk of closure(graph, modules)) settle(chunk, `${name}.cjs`);
  }
  const needs = Object.entries(providers).map(([name, modules]) => [name, closure(graph, modules)]);
  for (const [name, chunks] of needs) {
    const isShared = (chunk) => needs.some(([other, theirs]) => other !== name && theirs.has(chunk));
    for (const chunk of chunks) settle(chunk, isShared(chunk) ? 'lookup.cjs' : `${name}.cjs`);
  }
  for (const chunk of graph.keys()) settle(chunk, fileOf(chunk));
  return homes;
}

/**
 * One file of the package. CommonJS: it loads faster than ES modules do, Node's own modules above all, whose ESM facade
 * evaluates every export (that of node:http loads fetch and WebSocket from Node 22 on).
 */
function emit(file, { outdir, texts, homes, graph }) {
  const chunks = [...homes].filter(([, home]) => home === file).map(([chunk]) => chunk);
  const usesUrl = chunks.some((chunk) => texts.get(chunk).includes('import.meta.url'));
  return build({
    ...common,
    entryPoints: [{ in: 'part', out: file.replace(/\.cjs$/, '') }],
    outdir,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '$url' },
    banner: usesUrl ? { js: 'const $url=require("node:url").pathToFileURL(__filename).href;' } : {},
    external: ['typescript'],
    plugins: [joined({ file, chunks, texts, homes, graph })],
  });
}

/** Puts the chunks of one file together; those of other files are asked from there. */
function joined({ file, chunks, texts, homes, graph }) {
  return {
    name: 'joined chunks',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^part$/ }, () => ({ path: file, namespace: 'part' }));
      onResolve({ filter: /^\.\/.*\.js$/ }, ({ path, kind }) => {
        const chunk = basename(path);
        const home = homes.get(chunk);
        // A chunk that is also imported dynamically would be wrapped, and so be parsed twice.
        if (home === file && kind !== 'dynamic-import') return { path: chunk, namespace: 'chunk' };
        return isPart(home) ? { path: chunk, namespace: 'elsewhere' } : { path: `./${home}`, external: true };
      });
      onResolve({ filter: /^\.\/.*\.cjs$/ }, ({ path }) => ({ path, external: true }));
      onLoad({ filter: /./, namespace: 'part' }, () => ({ contents: partText(file, chunks, graph) }));
      onLoad({ filter: /./, namespace: 'chunk' }, ({ path }) => ({ contents: texts.get(path) }));
      onLoad({ filter: /./, namespace: 'elsewhere' }, ({ path }) => ({
        contents: `module.exports = require('./${homes.get(path)}')['${path}'];`,
      }));
    },
  };
}

/** What a file exports: its only chunk, or each of them by its name; the first part also what the program begins with. */
function partText(file, chunks, graph) {
  if (!isPart(file)) return `module.exports = require('./${chunks[0]}');`;
  const named = chunks.map((chunk) => `export * as '${chunk}' from './${chunk}';`);
  const entries = file === 'main.cjs' ? parts.main : [];
  return [...named, ...entries.map((module) => `export * from './${chunkOf(graph, module)}';`)].join('\n');
}

function isPart(file) {
  return Object.keys({ ...parts, ...providers }).some((name) => file === `${name}.cjs`);
}

function fileOf(chunk) {
  return chunk.replace(/js$/, 'cjs');
}
