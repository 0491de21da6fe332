import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Files that are the user's alone. Links are never followed: whoever may plant one could redirect what is read or written. */

/** The user's number; null where the platform has none, and no permission bits either (Windows). */
export type Owner = number | null;

/** Far more than anything kept here. */
const largest = 64 * 1024;

/** The text of a private file; null for what is absent, not a regular file, somebody else's, or open to others. */
export function readPrivate(path: string, owner: Owner): string | null {
  return readIf(path, (stats) => isPrivate(stats, owner));
}

/** The same of a file that may be open to others. */
export function readOwn(path: string, owner: Owner): string | null {
  return readIf(path, (stats) => isOwn(stats, owner));
}

function readIf(path: string, isWanted: (stats: Stats) => boolean): string | null {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > largest || !isWanted(stats)) return null;
    return readFileSync(descriptor, 'utf8');
  } catch {
    return null;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/**
 * Writes a file as 0600, all of it or nothing: whoever reads sees the old text or the new one. A link in its place is
 * replaced. `unique` must differ from that of every other writer. Throws the file system's error.
 */
export function writePrivate(path: string, text: string, unique: string): void {
  const temporary = `${path}.${unique}.tmp`;
  try {
    createPrivate(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Creates a file as 0600, whatever the umask, where nothing is; a link counts as something. Throws `EEXIST` and the like. */
export function createPrivate(path: string, text: string): void {
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    fchmodSync(descriptor, 0o600);
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}

/** Creates a folder as 0700 and those above it as usual, or closes one that is the user's. Throws for any other. */
export function ensurePrivateFolder(folder: string, owner: Owner): void {
  mkdirSync(dirname(folder), { recursive: true });
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const stats = lstatSync(folder);
  if (!stats.isDirectory()) throw new Error(`${folder} is not a folder`);
  if (!isOwn(stats, owner)) throw new Error(`${folder} belongs to another user`);
  if (owner !== null && (stats.mode & 0o777) !== 0o700) chmodSync(folder, 0o700);
}

/** Whether a folder can be trusted as it is. */
export function isPrivateFolder(folder: string, owner: Owner): boolean {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && isPrivate(stats, owner);
}

/** Whether something is there that none of us has written: a link, a folder, a file of somebody else's. */
export function isForeign(path: string, owner: Owner): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats !== undefined && !(stats.isFile() && isPrivate(stats, owner));
}

function isPrivate(stats: Stats, owner: Owner): boolean {
  return isOwn(stats, owner) && (owner === null || (stats.mode & 0o077) === 0);
}

function isOwn(stats: Stats, owner: Owner): boolean {
  return owner === null || stats.uid === owner;
}
