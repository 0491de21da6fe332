import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Copies the files of the repository into a new folder, and of its packages those that a build needs. */
export function copyTree(folder: string): void {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
  const deleted = execFileSync('git', ['ls-files', '-d'], { cwd: root, encoding: 'utf8' }).split('\n');
  const files = listed
    .split('\n')
    .filter((path) => path !== '' && !path.startsWith('test/') && !deleted.includes(path));
  for (const path of [...files, ...packagesOfBuild()]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
}

/** esbuild, and what it read for the last build. */
function packagesOfBuild(): string[] {
  const builders = readdirSync(join(root, 'node_modules/@esbuild')).map((name) => `node_modules/@esbuild/${name}`);
  return [...new Set([...bundledFolders(), 'node_modules/esbuild', ...builders])];
}

/** The folders of all packages that esbuild read for the last build. */
export function bundledFolders(): string[] {
  const { metafile } = JSON.parse(readFileSync(join(root, 'reports/bundle.json'), 'utf8'));
  const folders = Object.keys(metafile.inputs).map((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  return [...new Set(folders.filter((path) => path !== undefined))].sort();
}
