import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join, type PlatformPath, posix, resolve, sep, win32 } from 'node:path';
import { Fault } from '../core/fault.ts';
import { type ConfigDeps, type ConfigLocation, inHome, largestFile, realPath } from './places.ts';

export interface Opened {
  readonly text: string;
  /** Permission bits, such as 0o600; of no meaning on Windows. */
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

/** As many links as a system follows. */
const mostLinks = 40;

/** The path of a file that a config file names for a secret; null where a project's file may not name it. */
export function keyFile(named: string, by: ConfigLocation, world: ConfigDeps): string | null {
  return by.kind === 'project' ? pathInside(named, by, world) : resolve(dirname(by.path), inHome(named, world.home));
}

/**
 * The path of a file that a project's file names, without links; null where it leads out of the project. Each link is
 * judged by its text before it is followed: a mere look at `//host/share` sends a hash of the user's password there.
 */
function pathInside(named: string, by: ConfigLocation, world: ConfigDeps): string | null {
  const root = realPath(by.folder);
  const inside = (path: string, written: string) => pathWithin([by.folder, root], path, written, world.platform);
  let way = inside(resolve(dirname(by.path), inHome(named, world.home)), named);
  for (let links = 0; way !== null && links < mostLinks; links += 1) {
    const link = firstLink(root, way);
    if (link === null) return join(root, way);
    way = inside(resolve(dirname(link.path), link.target, link.rest), link.target);
  }
  return null;
}

/** `path` from one of the folders on, told by the texts alone; null where it leads out of all of them. */
export function pathWithin(
  folders: readonly string[],
  path: string,
  written: string,
  platform: ConfigDeps['platform'],
): string | null {
  const rules = platform === 'win32' ? win32 : posix;
  if (platform === 'win32' && isStrangeOnWindows(written)) return null;
  return folders.map((folder) => rules.relative(folder, path)).find((way) => leadsDown(way, rules)) ?? null;
}

function leadsDown(way: string, { isAbsolute, sep }: PlatformPath): boolean {
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Shares and device paths, `C:x` (relative to a folder of that drive's own), names of devices, streams of a file. */
function isStrangeOnWindows(written: string): boolean {
  const [drive = ''] = /^[a-z]:[\\/]/i.exec(written) ?? [];
  const names = written.slice(drive.length).split(/[\\/]/);
  return /^[\\/]{2}/.test(written) || names.some((name) => strangeName.test(name));
}

/** A colon, a device with any ending, or an end that Windows drops: `..` may be written with it. */
const strangeName = /:|^ *(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|$)| $|[^.]\.$|\.{3}$/i;

interface PathLink {
  readonly path: string;
  readonly target: string;
  /** The way on from the link. */
  readonly rest: string;
}

function firstLink(root: string, way: string): PathLink | null {
  const names = way.split(sep);
  let path = root;
  for (const [place, name] of names.entries()) {
    path = join(path, name);
    const target = targetOf(path);
    if (target !== null) return { path, target, rest: names.slice(place + 1).join(sep) };
  }
  return null;
}

/** Null for what is no link, or not there, or closed to us, of which opening it will tell. */
function targetOf(path: string): string | null {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : null;
  } catch {
    return null;
  }
}
