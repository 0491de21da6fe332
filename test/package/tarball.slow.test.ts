import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ran, ran } from './shell.ts';
import { bundledFolders, copyTree, root } from './tree.ts';

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

let folder = '';
/** The file, as it is packed in a folder of its own. */
let tarball = '';
let packed: Packed;

beforeAll(async () => {
  // A blank, because users have such folders too.
  folder = mkdtempSync(join(tmpdir(), 'sbstatus package '));
  [tarball, packed] = await packIn('one');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Builds and packs a copy of the repository, with other fields in its package.json. */
async function packIn(name: string, fields: object = {}): Promise<[string, Packed]> {
  const copy = join(folder, name);
  mkdirSync(copy);
  copyTree(copy);
  const manifest = JSON.parse(readFileSync(join(copy, 'package.json'), 'utf8'));
  if (Object.keys(fields).length > 0) {
    writeFileSync(join(copy, 'package.json'), JSON.stringify({ ...manifest, ...fields }, null, 2));
  }
  const { code, stdout, stderr } = await npm(['pack', '--json'], copy);
  if (code !== 0) throw new Error(stderr);
  const [report] = JSON.parse(stdout) as [Packed];
  return [join(copy, report.filename), report];
}

/** A file of a packed one. */
function unpacked(file: string, path: string): string {
  return execFileSync('tar', ['-xzOf', basename(file), `package/${path}`], { cwd: join(file, '..'), encoding: 'utf8' });
}

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

test('two builds in different folders give the same bytes', async () => {
  const [other] = await packIn('another folder with a longer name');
  expect(readFileSync(other).equals(readFileSync(tarball))).toBe(true);
});

test('packing leaves the papers as they were', () => {
  for (const name of ['README.md', 'SECURITY.md', 'CHANGELOG.md']) {
    expect(readFileSync(join(folder, 'one', name), 'utf8')).toBe(readFileSync(join(root, name), 'utf8'));
  }
});

/** Where a page leads: its links, and the pictures of `<picture>`. */
function linksOf(page: string): string[] {
  const found = page.matchAll(/\]\(([^)\s]+)\)|\b(?:src|srcset)="([^"]+)"/g);
  return [...found].map(([, link, picture]) => link ?? picture ?? '').filter((link) => !link.startsWith('#'));
}

describe('the page that the registry shows', () => {
  const address = 'https://github.com/acme/sbstatus';
  const hasAddress = 'repository' in JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

  test('has neither pictures nor links into a repository that nobody can find', async () => {
    const [file] = hasAddress ? await packIn('without', { repository: undefined }) : [tarball];
    for (const name of ['README.md', 'SECURITY.md', 'CHANGELOG.md']) {
      const page = unpacked(file, name);
      expect(linksOf(page).filter((link) => !/^https:\/\//.test(link))).toEqual([]);
      expect(page).not.toMatch(/<picture>|<img|!\[/);
    }
    const page = unpacked(file, 'README.md');
    expect(page).toContain('`sbstatus` asks Sendblue, Sent or\nSalesforce Marketing Cloud');
    expect(page).toContain('| docs/commands.md | every command');
    expect(page).not.toMatch(/\n\n\n/);
  });

  test.each([`git+${address}.git`, 'github:acme/sbstatus', address])(
    'leads to the repository %s, at the tag of the version, and to what is there',
    async (repository) => {
      const [file] = await packIn(`with ${repository.replace(/\W+/g, '-')}`, { repository });
      const { version } = JSON.parse(unpacked(file, 'package.json'));
      const pages = `${address}/blob/v${version}/`;
      const files = `https://raw.githubusercontent.com/acme/sbstatus/v${version}/`;
      for (const name of ['README.md', 'SECURITY.md', 'CHANGELOG.md']) {
        const links = linksOf(unpacked(file, name));
        expect(links.filter((link) => !/^https:\/\//.test(link))).toEqual([]);
        const ours = links.filter((link) => link.startsWith(pages) || link.startsWith(files));
        const paths = ours.map((link) => link.replace(pages, '').replace(files, '').replace(/#.*/, ''));
        expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
        const pictures = ours.filter((link) => /\.svg$/.test(link));
        expect(pictures.filter((link) => !link.startsWith(files))).toEqual([]);
        if (name === 'README.md') expect([paths.length > 20, pictures.length]).toEqual([true, 6]);
      }
    },
  );
});

test('cannot be published but as the file that was tried', async () => {
  // From a folder, npm takes the page from the README as it lies there.
  const { code, stdout, stderr } = await npm(['publish', '--dry-run'], join(folder, 'one'));
  expect([code, stdout + stderr]).toEqual([1, expect.stringContaining('docs/releasing.md')]);
});

test('has one YAML library inside', () => {
  const readers = bundledFolders().filter((path) => /yaml/i.test(path));
  expect(readers).toEqual(['node_modules/js-yaml']);
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

test('the bill of materials of a release names what has a licence in it, and nothing that changes by itself', async () => {
  const script = `import { readFileSync } from 'node:fs';
    const { billOf } = await import(process.argv[1]);
    const { metafile } = JSON.parse(readFileSync('reports/bundle.json', 'utf8'));
    console.log(JSON.stringify(billOf(metafile, process.cwd())));`;
  const argv = ['--input-type=module', '-e', script, join(root, '.build/sbom.js')];
  const copy = join(folder, 'one');
  const { code, stdout, stderr } = await ran(process.execPath, argv, { cwd: copy });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const bill = JSON.parse(stdout);
  expect(bill).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'sbstatus' } } });
  expect(stdout).not.toMatch(/"timestamp"|"serialNumber"|urn:uuid/);
  const named = bill.components.map(({ name, version }: Record<string, string>) => `${name} ${version}`);
  const licensed = [...readFileSync(join(copy, 'dist/LICENSES.txt'), 'utf8').matchAll(/^(\S+ \d+\.\S+) \(.+\)$/gm)];
  expect(named.sort()).toEqual([...new Set(licensed.map(([, title]) => title))].sort());
  for (const { purl, hashes, licenses } of bill.components) {
    expect({ purl, hashes, licenses }).toEqual({
      purl: expect.stringMatching(/^pkg:npm\//),
      hashes: [{ alg: 'SHA-512', content: expect.any(String) }],
      licenses: expect.any(Array),
    });
  }
});

test('publint has nothing to say', async () => {
  const { buffer } = new Uint8Array(readFileSync(tarball));
  const { messages } = await publint({ pack: { tarball: buffer }, level: 'suggestion', strict: true });
  expect(messages).toEqual([]);
});

test('installs one package without a network, and works', async () => {
  const prefix = join(folder, 'a prefix');
  const installed = await npm(['install', '--global', '--offline', '--prefix', prefix, tarball], folder);
  expect({ code: installed.code, stderr: installed.stderr }).toEqual({ code: 0, stderr: '' });
  expect(installed.stdout).toContain('added 1 package');
  const modules = join(prefix, process.platform === 'win32' ? '' : 'lib', 'node_modules');
  expect(readdirSync(modules).filter((name) => !name.startsWith('.'))).toEqual(['sbstatus']);
  expect(readdirSync(join(modules, 'sbstatus'))).not.toContain('node_modules');

  if (process.platform !== 'win32') expect(existsSync(join(prefix, 'share/man/man1/sbstatus.1'))).toBe(true);

  const setting = { cwd: folder, env: { PATH: `${join(prefix, 'bin')}:${process.env['PATH']}`, HOME: folder } };
  const answer = await ran(
    'sbstatus',
    ['sent', 'get', '8ba7b830-9dad-11d1-80b4-00c04fd430c8', '--mock', '--field', 'state'],
    setting,
  );
  expect(answer).toEqual({ code: 0, stdout: 'delivered\n', stderr: '' });
});
