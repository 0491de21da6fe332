// Makes and tries all that a release gives away, out of what is committed, in release/:
//   node .build/release.js [v1.2.3]     the tag that is released, which the version must fit; without it, a dry run
// It publishes nothing. docs/releasing.md says what comes before and after.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './bundle.js';
import { billOf } from './sbom.js';

const [tag = null] = process.argv.slice(2);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const out = join(root, 'release');
// A blank, because users have such folders too.
const workshop = mkdtempSync(join(tmpdir(), 'sbstatus release '));
const lookup = ['sent', 'get', '8ba7b830-9dad-11d1-80b4-00c04fd430c8', '--mock', '--field', 'state'];

try {
  const missing = missingFor(tag);
  for (const each of missing) say('missing', each);
  if (missing.length > 0 && tag !== null) throw new Error(`${tag} cannot be released like this`);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  const tarball = packTwice();
  tryInstalled(tarball);
  writeBill();
  copyFileSync(join(workshop, 'one/docs/man/sbstatus.1'), join(out, 'sbstatus.1'));
  buildExecutable();
  writeChecksums();
  run('npm', ['publish', '--dry-run', tarball], { cwd: out });
  say('published', 'nothing: npm publish was run dry, and would have taken the file');
} finally {
  rmSync(workshop, { recursive: true, force: true });
}

/** What somebody must do before this can be released. */
function missingFor(version) {
  const changes = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
  const wanted = version ?? `v${manifest.version}`;
  const found = [
    [
      manifest.repository === undefined,
      'package.json names no repository: pictures and links of the README are left out',
    ],
    [wanted !== `v${manifest.version}`, `package.json says ${manifest.version}, the tag ${wanted}`],
    [!changes.includes(`\n## [${manifest.version}] - 20`), `CHANGELOG.md has no "## [${manifest.version}] - DATE"`],
    [/^## \[Unreleased\]\n+###/m.test(changes), 'CHANGELOG.md has entries under Unreleased'],
    [git('status', '--porcelain') !== '', 'what is not committed is not in this release'],
  ];
  return found.flatMap(([isMissing, what]) => (isMissing ? [what] : []));
}

/** Builds and packs what is committed in two folders, which must give the same bytes → the file. */
function packTwice() {
  const [one, two] = ['one', 'two'].map((name) => {
    const folder = checkOut(name);
    run('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: folder });
    const [{ filename, files, size }] = JSON.parse(run('npm', ['pack', '--json'], { cwd: folder }).stdout);
    return { path: join(folder, filename), filename, files, size };
  });
  if (digest(one.path) !== digest(two.path)) throw new Error('two builds in different folders differ');
  say('packed', `${one.filename}, ${one.size} bytes, the same in two folders: sha256 ${digest(one.path)}`);
  for (const { path, size } of one.files) process.stdout.write(`            ${String(size).padStart(8)} ${path}\n`);
  copyFileSync(one.path, join(out, one.filename));
  return join(out, one.filename);
}

function checkOut(name) {
  const folder = join(workshop, name);
  mkdirSync(folder);
  const archive = execFileSync('git', ['archive', 'HEAD'], { cwd: root, maxBuffer: 2 ** 28 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  return folder;
}

/** Installs the file without a network, and asks the mock. */
function tryInstalled(tarball) {
  const prefix = join(workshop, 'where it is installed');
  run('npm', ['install', '--global', '--offline', '--prefix', prefix, tarball]);
  const env = { PATH: `${join(prefix, 'bin')}:${process.env.PATH}`, HOME: workshop };
  const version = run('sbstatus', ['--version'], { env }).stdout.trim();
  if (version !== manifest.version) throw new Error(`it says that it is ${version}`);
  if (!existsSync(join(prefix, 'share/man/man1/sbstatus.1'))) throw new Error('the man page was not installed');
  say('installed', `offline, into "${prefix}": ${version}, ${run('sbstatus', lookup, { env }).stdout.trim()}`);
}

function writeBill() {
  const folder = join(workshop, 'one');
  const { metafile } = JSON.parse(readFileSync(join(folder, 'reports/bundle.json'), 'utf8'));
  const bill = billOf(metafile, folder);
  writeFileSync(join(out, 'sbstatus.cdx.json'), `${JSON.stringify(bill, null, 2)}\n`);
  say('sbom', `sbstatus.cdx.json: ${bill.components.length} packages are inside`);
}

/** For this platform; the release has one for each. */
function buildExecutable() {
  const file = join(out, `sbstatus-${process.platform}-${process.arch}`);
  run(process.execPath, ['.build/binary.js', file], { cwd: join(workshop, 'one') });
  const env = { PATH: '/nonexistent', HOME: workshop };
  say('executable', `${file.slice(out.length + 1)}, without Node: ${run(file, lookup, { env }).stdout.trim()}`);
}

/** In the form that `sha256sum --check` reads. */
function writeChecksums() {
  const lines = readdirSync(out)
    .sort()
    .map((name) => `${digest(join(out, name))}  ${name}\n`);
  writeFileSync(join(out, 'SHA256SUMS'), lines.join(''));
  say('checksums', `SHA256SUMS of ${lines.length} files in ${out}`);
}

function digest(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function git(...argv) {
  return execFileSync('git', argv, { cwd: root, encoding: 'utf8' }).trim();
}

function run(program, argv, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, argv, { cwd: workshop, encoding: 'utf8', ...options });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${argv.join(' ')} ended with ${status}\n${stdout}${stderr}`);
  return { stdout, stderr };
}

function say(what, text) {
  process.stdout.write(`${what.padEnd(12)}${text}\n`);
}
