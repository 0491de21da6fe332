import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { ran } from './shell.ts';
import { copyTree, root } from './tree.ts';

/** The program as its users have it. */
export interface Installed {
  /** For PATH: `sbstatus`, Node, and what this machine has. */
  readonly path: string;
  /** For npm in the clone: nothing of the user's, and no network. */
  readonly env: Readonly<Record<string, string>>;
  /** The clone that it was packed in. */
  readonly clone: string;
  remove(): void;
}

/** Does in a copy of the repository what the README says under Install, but for `npm ci`, and without a network. */
export async function install(): Promise<Installed> {
  const folder = mkdtempSync(join(tmpdir(), 'sbstatus installed '));
  const [clone, prefix] = [join(folder, 'clone'), join(folder, 'prefix')];
  mkdirSync(clone);
  copyTree(clone);
  const path = [join(prefix, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter);
  const env = {
    PATH: path,
    HOME: folder,
    npm_config_cache: join(folder, 'cache'),
    npm_config_userconfig: join(folder, 'npmrc'),
    npm_config_update_notifier: 'false',
    npm_config_offline: 'true',
    npm_config_prefix: prefix,
  };
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const line = /^npm ci && (npm install --global .*)$/m.exec(readme)?.[1] ?? 'exit 1';
  const { code, stdout, stderr } = await ran('sh', ['-c', line], {
    cwd: clone,
    env,
  });
  if (code !== 0) throw new Error(`${line}: ${stdout}${stderr}`);
  return { path, env, clone, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
