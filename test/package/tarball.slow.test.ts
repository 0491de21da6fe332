import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ran, ran } from './shell.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

let folder = '';
let packed: Packed;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sbstatus-package-'));
  const { stdout } = await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root);
  packed = JSON.parse(stdout)[0];
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** npm with nothing of the user's: another configuration, an empty cache. */
function npm(argv: readonly string[], cwd: string): Promise<Ran> {
  const own = {
    npm_config_cache: join(folder, 'cache'),
    npm_config_userconfig: join(folder, 'npmrc'),
    // Else it asks the registry whether there is a newer npm.
    npm_config_update_notifier: 'false',
  };
  return ran('npm', argv, { cwd, env: { PATH: process.env['PATH'], HOME: folder, ...own } });
}

/** Everything that may be published; what is new must be named here first. */
const allowed = [
  /^(README|CHANGELOG|SECURITY)\.md$/,
  /^LICENSE$/,
  /^package\.json$/,
  /^bin\/(sbstatus\.js|package\.json)$/,
  /^dist\/[\w-]+\.cjs$/,
  /^dist\/LICENSES\.txt$/,
  /^docs\/man\/sbstatus\.1$/,
];

test('holds the program, its papers and nothing else', () => {
  const paths = packed.files.map(({ path }) => path);
  expect(paths.filter((path) => !allowed.some((pattern) => pattern.test(path)))).toEqual([]);
  for (const needed of ['bin/sbstatus.js', 'dist/main.cjs', 'dist/LICENSES.txt', 'LICENSE', 'README.md']) {
    expect(paths).toContain(needed);
  }
});

test('is below 1 MB', () => {
  expect(packed.size).toBeLessThan(1_000_000);
});

test('asks for no other package', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies']) {
    expect(manifest).not.toHaveProperty(kind);
  }
  // npm warns about a script that runs when a package is installed, and runs it.
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) {
    expect(manifest.scripts).not.toHaveProperty(script);
  }
});

test('gives every bundled package’s licence', () => {
  const { metafile } = JSON.parse(readFileSync(join(root, 'reports/bundle.json'), 'utf8'));
  const outputs: { inputs: Record<string, { bytesInOutput: number }> }[] = Object.values(metafile.outputs);
  const used = outputs.flatMap(({ inputs }) => Object.keys(inputs).filter((path) => inputs[path]!.bytesInOutput > 0));
  const names = new Set(used.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []));
  const sections = readFileSync(join(root, 'dist/LICENSES.txt'), 'utf8').split(`\n${'-'.repeat(80)}\n`);
  const titles = sections.map((section) => /^(\S+) \d+\.\d+\.\d+\S* \((.+)\)$/m.exec(section));
  // Some packages are there in two versions.
  expect(new Set(titles.map((title) => title?.[1]))).toEqual(names);
  const permissive = /^(MIT|ISC|BSD-2-Clause|BSD-3-Clause|0BSD|Apache-2\.0|Python-2\.0|BlueOak-1\.0\.0)$/;
  expect(titles.map((title) => title?.[2]).filter((licence) => !permissive.test(licence ?? ''))).toEqual([]);
  for (const section of sections) expect(section).toMatch(/copyright|permission|redistribution/i);
});

test('publint has nothing to say', async () => {
  const { buffer } = new Uint8Array(readFileSync(join(folder, packed.filename)));
  const { messages } = await publint({ pack: { tarball: buffer }, level: 'suggestion', strict: true });
  expect(messages).toEqual([]);
});

test('installs one package without a network, and works', async () => {
  const prefix = join(folder, 'prefix');
  const tarball = join(folder, packed.filename);
  const installed = await npm(['install', '--global', '--offline', '--prefix', prefix, tarball], folder);
  expect({ code: installed.code, stderr: installed.stderr }).toEqual({ code: 0, stderr: '' });
  expect(installed.stdout).toContain('added 1 package');
  const modules = join(prefix, process.platform === 'win32' ? '' : 'lib', 'node_modules');
  expect(readdirSync(modules).filter((name) => !name.startsWith('.'))).toEqual(['sbstatus']);
  expect(readdirSync(join(modules, 'sbstatus'))).not.toContain('node_modules');

  const setting = { cwd: folder, env: { PATH: `${join(prefix, 'bin')}:${process.env['PATH']}`, HOME: folder } };
  const answer = await ran(
    'sbstatus',
    ['sent', 'get', '8ba7b830-9dad-11d1-80b4-00c04fd430c8', '--mock', '--field', 'state'],
    setting,
  );
  expect(answer).toEqual({ code: 0, stdout: 'delivered\n', stderr: '' });
});
