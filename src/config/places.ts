import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { World } from '../world.ts';

export type ConfigDeps = Pick<World, 'env' | 'cwd' | 'home' | 'platform' | 'uid'>;

/** Where a config file may lie. `user` and `explicit` (--config) are trusted, `project` is not. */
export interface ConfigLocation {
  readonly kind: 'project' | 'user' | 'explicit';
  readonly path: string;
  /** What a project file may refer to: the folder that the search found it in. Elsewhere the file's own folder. */
  readonly folder: string;
}

const endings = ['', '.json', '.yaml', '.yml'];
const runCommands = endings.map((ending) => `.sbstatusrc${ending}`);
const inProject = ['package.json', ...runCommands, ...endings.map((ending) => join('.config', `sbstatusrc${ending}`))];

/** Larger ones are refused, and a package.json is not even looked into. */
export const largestFile = 1024 * 1024;

/**
 * The user's own files, the first that exists counts. In a git checkout, such as a home that is one, they may have come
 * with it, and are trusted no more than a project's.
 */
export function userPlaces(world: ConfigDeps): ConfigLocation[] {
  const folder = userFolder(world);
  return [
    ...placesIn(
      join(folder, 'sbstatus'),
      endings.map((ending) => `config${ending}`),
    ),
    ...placesIn(
      folder,
      endings.map((ending) => `sbstatusrc${ending}`),
    ),
    ...placesIn(world.home, runCommands),
  ];
}

function placesIn(folder: string, names: readonly string[]): ConfigLocation[] {
  if (!isAbsolute(folder)) return [];
  const kind = ancestors(folder).some(isCheckout) ? 'project' : 'user';
  return names.map((name) => ({ kind, path: join(folder, name), folder }));
}

/** In a worktree and a submodule, `.git` is a file. */
function isCheckout(folder: string): boolean {
  return statsOf(join(folder, '.git')) !== null;
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
  const trusted = new Set(own.map((place) => realPath(place.path)));
  return projectFolders(world)
    .flatMap((folder) =>
      inProject.map((name): ConfigLocation => ({ kind: 'project', path: join(folder, name), folder })),
    )
    .filter((place) => !trusted.has(realPath(place.path)));
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

/** Upwards to the repository's root or home, whichever is nearer; outside both only the working directory. */
function projectFolders(world: ConfigDeps): string[] {
  const upward = ancestors(resolve(world.cwd));
  const home = realPath(world.home);
  const last = upward.findIndex((folder) => realPath(folder) === home || isCheckout(folder));
  return upward.slice(0, last === -1 ? 1 : last + 1);
}

function ancestors(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...ancestors(above)];
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
