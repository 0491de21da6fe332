import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { keyFile } from '../config/file.ts';
import { isThere } from '../config/index.ts';
import { UsageError } from '../core/fault.ts';
import { type CredentialOptions, configurationFor } from '../engine/credentials.ts';
import type { World } from '../world.ts';

/** The files that a command line names, as typed. */
export interface NamedFiles {
  readonly fromFile: readonly string[];
  readonly manifests?: readonly string[];
  readonly config: string | null;
  readonly profile: string | null;
  readonly resume: string | null;
  readonly junit: string | null;
  readonly markdown: string | null;
  readonly github: boolean;
}

/**
 * Throws a usage error where a file that will be written is named twice, or is read by the run without being named: what
 * it held would be lost.
 */
export async function refuseSharedFiles(files: NamedFiles, world: World): Promise<void> {
  const { cwd, env, platform } = world;
  const ofGithub = (name: string) => (files.github ? (env[name] ?? null) : null);
  const ofShell = (path: string) => (platform === 'win32' ? null : path);
  const rows: [name: string, file: string | null, isWritten?: 'written'][] = [
    ...(await configFiles(files, world)),
    ...files.fromFile.map((file): [string, string] => ['--from-file', file]),
    ...(files.manifests ?? []).map((file): [string, string] => ['--manifest', file]),
    ['--config', files.config ?? env['SBSTATUS_CONFIG'] ?? null],
    ['standard input', ofShell('/dev/stdin')],
    ['GITHUB_STEP_SUMMARY', ofGithub('GITHUB_STEP_SUMMARY'), 'written'],
    ['GITHUB_OUTPUT', ofGithub('GITHUB_OUTPUT'), 'written'],
    // Behind those of GitHub, which are only added to, as the shell may do too.
    ['standard output', ofShell('/dev/stdout')],
    ['standard error', ofShell('/dev/stderr')],
    // With what stands beside it while a run writes it.
    ...['', '.sbstatus-lock', '.sbstatus-compacting'].map((end): [string, string | null, 'written'] => [
      '--resume',
      files.resume && `${files.resume}${end}`,
      'written',
    ]),
    ['--junit', files.junit, 'written'],
    ['--markdown', files.markdown, 'written'],
  ];
  const known = new Map<string, string>();
  for (const [name, file, isWritten] of rows) {
    // What is reached by a descriptor, such as /dev/stdout, is only added to.
    if (file === null || file === '' || file === '-' || (isWritten && file.startsWith('/dev/'))) continue;
    const identity = identityOf(resolve(cwd, file), platform);
    if (identity === null) continue;
    const other = known.get(identity);
    // What is only read may be read twice.
    if (other !== undefined && isWritten) {
      throw new UsageError(`${other} and ${name} name one file, ${file}`, 'name another one: this would write over it');
    }
    known.set(identity, name);
  }
}

/** The config files that are there, and the files that they name for keys. */
async function configFiles(
  options: Pick<CredentialOptions, 'config' | 'profile'>,
  world: World,
): Promise<[name: string, file: string][]> {
  const { places, files } = await configurationFor(options, world);
  const keys = files.flatMap((file) => {
    const blocks = [file.contents.blocks, ...file.contents.profiles.values()].flatMap((each) => [...each.values()]);
    const values = blocks.flatMap((block) => [...block.values()]);
    return values.map((raw) => (raw.kind === 'file' ? keyFile(raw.path, file, world) : null));
  });
  return [
    ...places.filter(isThere).map(({ path }): [string, string] => ['a config file', path]),
    ...keys.filter((path) => path !== null).map((path): [string, string] => ['the file of a key', path]),
  ];
}

/** The same for all names of one file; null for what several may write to, such as a pipe or a terminal. */
function identityOf(path: string, platform: string): string | null {
  try {
    const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
    if (stats !== undefined) return stats.isFile() ? `${stats.dev}:${stats.ino}` : null;
    const real = join(realpathSync(dirname(path)), basename(path));
    return platform === 'win32' || platform === 'darwin' ? real.toLowerCase() : real;
  } catch {
    return path;
  }
}
