import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { World } from '../world.ts';

export type ConfigDeps = Pick<World, 'env' | 'cwd' | 'home' | 'platform' | 'uid' | 'killGroup'>;

/** Where a config file may lie. `user` and `explicit` (--config) are trusted, `project` is not. */
export interface ConfigLocation {
  readonly kind: 'project' | 'user' | 'explicit';
  readonly path: string;
  /** What a project file may refer to: the folder that the search found it in. Elsewhere the file's own folder. */
  readonly folder: string;
}

const endings = ['', '.json', '.yaml', '.yml'];
const inProject = ['package.json'];
for (const start of ['.sbstatusrc', join('.config', 'sbstatusrc')]) {
  for (const ending of endings) inProject.push(`${start}${ending}`);
}

/** What makes a folder the root of a checkout; in a worktree and a submodule it is a file. */
const git = '.git';

/** Larger ones are refused, and a package.json is not even looked into. */
export const largestFile = 1024 * 1024;

/**
 * The user's own files, the first that exists counts. In a git checkout, such as a home that is one, they may have come
 * with it, and are trusted no more than a project's.
 */
export function userPlaces(world: ConfigDeps): ConfigLocation[] {
  const ours = userFolder(world);
  const searched = [
    { folder: join(ours, 'sbstatus'), start: 'config' },
    { folder: ours, start: 'sbstatusrc' },
    { folder: world.home, start: '.sbstatusrc' },
  ];
  const places: ConfigLocation[] = [];
  for (const { folder, start } of searched) {
    if (!isAbsolute(folder)) continue;
    const kind = isInCheckout(folder) ? 'project' : 'user';
    for (const ending of endings) places.push({ kind, path: join(folder, `${start}${ending}`), folder });
  }
  return places;
}

function isInCheckout(start: string): boolean {
  for (let folder = start; ; folder = dirname(folder)) {
    if (statsOf(join(folder, git)) !== null) return true;
    if (folder === dirname(folder)) return false;
  }
}

/** The file that `config init` writes for the user. */
export function userFile(world: ConfigDeps): string {
  return join(userFolder(world), 'sbstatus', 'config.yaml');
}

export function explicitPlace(file: string, world: ConfigDeps): ConfigLocation {
  const path = resolve(world.cwd, inHome(file, world.home));
  return { kind: 'explicit', path, folder: dirname(path) };
}

/** The project's files, nearest folder first. The user's own, met on the way up, are not among them. */
export function projectPlaces(world: ConfigDeps, own: readonly ConfigLocation[]): ConfigLocation[] {
  const trusted = new Set<string>();
  for (const { path } of own) trusted.add(realPath(path));
  const places: ConfigLocation[] = [];
  for (const folder of projectFolders(world)) {
    for (const name of inProject) {
      const path = join(folder, name);
      if (!trusted.has(realPath(path))) places.push({ kind: 'project', path, folder });
    }
  }
  return places;
}

/** Upwards to the repository's root or home, whichever is nearer; outside both only the working directory. */
function projectFolders({ cwd, home }: ConfigDeps): string[] {
  const last = realPath(home);
  const start = resolve(cwd);
  const folders: string[] = [];
  for (let folder = start; ; folder = dirname(folder)) {
    folders.push(folder);
    if (realPath(folder) === last || statsOf(join(folder, git)) !== null) return folders;
    if (folder === dirname(folder)) return [start];
  }
}

/** Whether there may be something to read. A package.json counts only when it mentions us: most have nothing. */
export function isThere(place: ConfigLocation): boolean {
  const stats = statsOf(place.path);
  if (stats === null) return false;
  if (stats === 'unknown') return true;
  if (stats.isDirectory()) return false;
  if (place.kind === 'explicit' || basename(place.path) !== 'package.json') return true;
  return stats.isFile() && stats.size <= largestFile && mentionsUs(place.path);
}

function userFolder(world: ConfigDeps): string {
  if (world.platform === 'win32') return world.env['APPDATA'] || join(world.home, 'AppData', 'Roaming');
  const named = world.env['XDG_CONFIG_HOME'] ?? '';
  // The XDG specification: a relative path is to be ignored.
  return isAbsolute(named) ? named : join(world.home, '.config');
}

/** `~/…` as a shell would read it. */
export function inHome(path: string, home: string): string {
  return /^~(?=[/\\]|$)/.test(path) ? join(home, path.slice(1)) : path;
}

function mentionsUs(path: string): boolean {
  try {
    return /"sbstatus"\s*:/.test(readFileSync(path, 'utf8'));
  } catch {
    return false;
  }
}

const absent = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM']);

/** `unknown`: something is there that cannot be looked at, such as a link to itself. */
function statsOf(path: string) {
  try {
    // An error thrown takes longer than the look itself, and most of these files do not exist.
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    return absent.has((error as NodeJS.ErrnoException).code ?? '') ? null : 'unknown';
  }
}

/** What is not there is where it says; to ask for it would throw. */
export function realPath(path: string): string {
  try {
    return statsOf(path) === null ? path : realpathSync(path);
  } catch {
    return path;
  }
}
