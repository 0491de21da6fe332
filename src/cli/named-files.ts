import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from '../core/fault.ts';
import type { World } from '../world.ts';

/** The files that a command line names, as typed. */
export interface NamedFiles {
  readonly fromFile: readonly string[];
  readonly manifests?: readonly string[];
  readonly config: string | null;
  readonly resume: string | null;
  readonly junit: string | null;
  readonly markdown: string | null;
  readonly github: boolean;
}

/** Throws a usage error where a file that will be written is named twice: what it held would be lost. */
export function refuseSharedFiles(files: NamedFiles, { cwd, env, platform }: World): void {
  const ofGithub = (name: string) => (files.github ? (env[name] ?? null) : null);
  const read: [name: string, file: string | null][] = [
    ...files.fromFile.map((file): [string, string] => ['--from-file', file]),
    ...(files.manifests ?? []).map((file): [string, string] => ['--manifest', file]),
    ['--config', files.config ?? env['SBSTATUS_CONFIG'] ?? null],
    // As the shell redirects it.
    ['standard input', platform === 'win32' ? null : '/dev/stdin'],
  ];
  const written: [name: string, file: string | null][] = [
    // With what stands beside it while a run writes it.
    ...['', '.sbstatus-lock', '.sbstatus-compacting'].map((end): [string, string | null] => [
      '--resume',
      files.resume && `${files.resume}${end}`,
    ]),
    ['--junit', files.junit],
    ['--markdown', files.markdown],
    ['GITHUB_STEP_SUMMARY', ofGithub('GITHUB_STEP_SUMMARY')],
    ['GITHUB_OUTPUT', ofGithub('GITHUB_OUTPUT')],
  ];
  const known = new Map<string, string>();
  for (const [place, [name, file]] of [...read, ...written].entries()) {
    const identity = file === null || file === '' || file === '-' ? null : identityOf(resolve(cwd, file), platform);
    if (identity === null) continue;
    const other = known.get(identity);
    // What is only read may be read twice.
    if (other !== undefined && place >= read.length) {
      throw new UsageError(`${other} and ${name} name one file, ${file}`, 'name another one: this would write over it');
    }
    known.set(identity, name);
  }
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
