// Builds the program as one executable for this platform, at binary/sbstatus or where it is told. It needs no Node.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import postject from 'postject';
import { common, root } from './bundle.js';
import { licenceOfNode, licences } from './licences.js';
import { slimDependencies } from './slim.js';

const isWindows = process.platform === 'win32';
const isMac = process.platform === 'darwin';
const out = resolve(root, process.argv[2] ?? `binary/sbstatus${isWindows ? '.exe' : ''}`);
const workshop = mkdtempSync(join(tmpdir(), 'sbstatus-binary-'));
/** Everything in one script. What is imported dynamically is still run only when it is needed. */
async function bundleAll(outfile) {
  const { metafile } = await build({
    ...common,
    stdin: {
      contents: readFileSync(join(root, 'bin/sbstatus.js'), 'utf8').replace(/^#!.*/, ''),
      resolveDir: join(root, 'bin'),
    },
    outfile,
    format: 'cjs',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': JSON.stringify(ownAddress()) },
    plugins: [slimDependencies, fromSource, withoutTypeScript],
  });
  return metafile;
}

/** Where the program claims to lie: beside the executable there may be anything, here only what root puts there. */
function ownAddress() {
  return isWindows ? 'file:///C:/Windows/System32/sbstatus' : 'file:///dev/sbstatus';
}

/** `bin` begins with what the package's bundle offers. */
const fromSource = {
  name: 'from source',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/dist\/main\.cjs$/ }, ({ path }) => ({ path, namespace: 'source' }));
    onLoad({ filter: /./, namespace: 'source' }, () => ({
      contents: "export { main } from './src/main.ts'; export { realWorld } from './src/world.ts';",
      resolveDir: root,
    }));
  },
};

/** cosmiconfig would import it from the working directory, and with it run what is there. */
const withoutTypeScript = {
  name: 'without TypeScript',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^typescript$/ }, ({ path }) => ({ path, namespace: 'absent' }));
    onLoad({ filter: /./, namespace: 'absent' }, () => ({
      contents: "throw new Error('there is no TypeScript in here');",
    }));
  },
};

function allLicences(metafile) {
  const node = licenceOfNode();
  if (node === null)
    process.stderr.write(`note: add the licence of Node to ${out}.LICENSES.txt before you give it away\n`);
  return [licences(metafile, root), ...(node === null ? [] : [`Node.js ${process.version}\n\n${node}`])].join(
    `\n${'-'.repeat(80)}\n\n`,
  );
}

/** Node itself with the script inside: made by Node where it can (26 and later), else out of its parts. */
async function assemble(main) {
  const sea = { main: basename(main), disableExperimentalSEAWarning: true, useCodeCache: true };
  rmSync(out, { force: true });
  if (canBuild()) runNode('--build-sea', { ...sea, output: out });
  else await inject(runNode('--experimental-sea-config', { ...sea, output: join(workshop, 'sbstatus.blob') }));
  chmodSync(out, 0o755);
  if (isMac) execFileSync('codesign', ['--force', '--sign', '-', out]);
}

function canBuild() {
  return execFileSync(process.execPath, ['--help'], { encoding: 'utf8' }).includes('--build-sea');
}

/** Has Node make `output` as `flag` says → its path. */
function runNode(flag, sea) {
  const file = join(workshop, 'sea.json');
  writeFileSync(file, JSON.stringify(sea));
  // The name of the script stands in the executable: a relative one makes it the same wherever it is built.
  execFileSync(process.execPath, [flag, file], { cwd: workshop, stdio: ['ignore', 'ignore', 'inherit'] });
  return sea.output;
}

async function inject(blob) {
  copyFileSync(process.execPath, out);
  chmodSync(out, 0o755);
  if (isMac) execFileSync('codesign', ['--remove-signature', out]);
  await postject.inject(out, 'NODE_SEA_BLOB', readFileSync(blob), {
    sentinelFuse: 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
    ...(isMac ? { machoSegmentName: 'NODE_SEA' } : {}),
  });
}

try {
  mkdirSync(dirname(out), { recursive: true });
  const metafile = await bundleAll(join(workshop, 'sbstatus.cjs'));
  writeFileSync(`${out}.LICENSES.txt`, allLicences(metafile));
  await assemble(join(workshop, 'sbstatus.cjs'));
  process.stdout.write(`${out}\n`);
} finally {
  rmSync(workshop, { recursive: true, force: true });
}
