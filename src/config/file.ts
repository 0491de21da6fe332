import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { Fault } from '../core/fault.ts';
import { type ConfigDeps, largestFile } from './places.ts';

export interface Opened {
  readonly text: string;
  /** Permission bits, such as 0o600. */
  readonly mode: number;
  readonly owner: number;
}

/**
 * Reads a file and who may touch it through one descriptor, so that what is judged is what is read.
 * Throws a `config-invalid` fault that calls the file `name`, which need not be its path.
 */
export function openText(path: string, name: string): Opened {
  let descriptor: number | undefined;
  try {
    // Opening a named pipe would wait for a writer.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw unusable(name, 'is not a regular file');
    if (stats.size > largestFile) throw unusable(name, 'is larger than 1 MiB');
    return { text: utf8(readFileSync(descriptor), name), mode: stats.mode & 0o777, owner: stats.uid };
  } catch (error) {
    throw error instanceof Fault ? error : unusable(name, `cannot be read${reason(error)}`);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function utf8(bytes: Uint8Array, name: string): string {
  try {
    // Drops a byte order mark, which JSON.parse would stumble over.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unusable(name, 'is not UTF-8 text');
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: ': there is no such file',
  ENOTDIR: ': there is no such file',
  EACCES: ': permission denied',
  EPERM: ': permission denied',
  EISDIR: ': it is a folder',
  ELOOP: ': it is a link that leads nowhere',
};

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return reasons[code] ?? ` (${code})`;
}

function unusable(name: string, what: string): Fault {
  return new Fault('config-invalid', {
    message: `${name} ${what}`,
    hint: 'check the path, the file and its permissions',
  });
}

/** Why a file that holds secrets, or that is believed, must not be used, or null. Windows has no such bits. */
export function permissionProblem(file: Opened, world: ConfigDeps): string | null {
  if (world.platform === 'win32') return null;
  if ((file.mode & 0o022) !== 0) return 'others can write to it';
  if (world.uid !== null && file.owner !== world.uid && file.owner !== 0) return 'it belongs to another user';
  return null;
}

export function othersCanRead(file: Opened, world: ConfigDeps): boolean {
  return world.platform !== 'win32' && (file.mode & 0o044) !== 0;
}
