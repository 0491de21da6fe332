import { linkSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createPrivate, isForeign, type Owner, readOwn, readPrivate } from './private-file.ts';

/** Who takes locks, and how to tell whether others live. */
export interface Locker {
  readonly owner: Owner;
  readonly host: string;
  readonly pid: number;
  /** Differs from every other locker's, dead ones included. */
  readonly unique: string;
  /** Who holds it for longer than so many milliseconds is taken for stuck; as below where absent. */
  readonly patienceMs?: number;
  /** Never removes what nobody can prove to be a lock of ours, and counts it as held; else it is passed over. */
  readonly sparesOthers?: boolean;
  /** Whether a process of this machine is alive. */
  isAlive(pid: number): boolean;
  /** Epoch milliseconds. */
  now(): number;
}

/**
 * Whoever holds a lock for longer is taken for stuck, and loses it. Shorter than a look-up waits (30 s), for a holder
 * on another machine, of whom nothing else is known.
 */
export const longestHoldMs = 25_000;
/** For one that is seen to be alive: with 200 processes on two cores it may just not have had its turn (25 s, measured). */
export const longestLivingHoldMs = 60_000;

/**
 * Takes the lock at `path` if nobody holds it: false where somebody does. A holder that died or got stuck is passed
 * over. Throws the file system's error.
 */
export function tryLock(path: string, locker: Locker): boolean {
  if (create(path, locker)) return true;
  const holder = read(path, locker);
  if (holder !== null && isBlank(holder)) {
    if (!isLeftBlank(path, locker)) return false;
  } else if (locker.sparesOthers === true && !isLock(holder)) return holder === null && create(path, locker);
  if (holder === null ? isForeign(path, locker.owner) : isStale(holder, locker)) breakLock(path, holder, locker);
  else if (holder !== null) return false;
  return create(path, locker);
}

/** Gives the lock back, unless somebody else has it by now. */
export function unlock(path: string, locker: Locker): void {
  if (holderOf(read(path, locker)).unique === locker.unique) rmSync(path, { force: true });
}

/**
 * Removes what lockers left behind that were killed on the way to the lock at `path`. To be called by its holder: others
 * may be on their way now.
 */
export function removeLeftovers(path: string, locker: Locker): void {
  const folder = dirname(path);
  const beginning = `${basename(path)}.`;
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(beginning) || !/^[0-9a-f]{1,64}\.tmp$/.test(name.slice(beginning.length))) continue;
    const leftover = join(folder, name);
    const text = read(leftover, locker);
    if (text === null || !(isBlank(text) || isLock(text))) continue;
    const isLeft = isBlank(text) ? isLeftBlank(leftover, locker) : isStale(text, locker);
    if (isLeft) rmSync(leftover, { force: true });
  }
}

/** Without a word in it. Where there are no links, a lock is empty for a moment; a power cut leaves it empty, or full of zeros. */
function isBlank(text: string): boolean {
  return /^\0*$/.test(text);
}

/**
 * Whether a blank one is a dead locker's: who lives writes its words within that time. There is nothing in it that could
 * be lost. A clock that was set back must not make it last for ever.
 */
function isLeftBlank(path: string, { now }: Locker): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats !== undefined && Math.abs(now() - stats.mtimeMs) > longestLivingHoldMs;
}

/** Some file systems have no permissions: who spares what is no lock may read one that is open to others. */
function read(path: string, { owner, sparesOthers }: Locker): string | null {
  return sparesOthers === true ? readOwn(path, owner) : readPrivate(path, owner);
}

/** What file systems without hard links say: exFAT, FAT, some of networks. */
const noLinks: ReadonlySet<string | undefined> = new Set([
  'EPERM',
  'EACCES',
  'ENOSYS',
  'ENOTSUP',
  'EOPNOTSUPP',
  'EINVAL',
]);

/** A link to a finished file appears at once and with its words; a file would be empty for a moment. */
function create(path: string, locker: Locker): boolean {
  const own = `${path}.${locker.unique}.tmp`;
  try {
    createPrivate(own, words(locker));
    linkSync(own, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!noLinks.has(code)) throw error;
    return createInPlace(path, locker);
  } finally {
    rmSync(own, { force: true });
  }
}

function createInPlace(path: string, locker: Locker): boolean {
  try {
    createPrivate(path, words(locker));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes a stale lock. Of all who find it stale only one may, and only while it is still the one that was found:
 * the right to do so is a lock too, named after the stale one's words.
 */
function breakLock(path: string, holder: string | null, locker: Locker): void {
  const right = `${path}.${uniqueOf(holder)}`;
  if (!tryLock(right, locker)) return;
  try {
    const found = read(path, locker);
    if (found !== holder || (found === null && !isForeign(path, locker.owner))) return;
    // One blank lock looks like another: this one may be a new one by now.
    if (found === null || !isBlank(found) || isLeftBlank(path, locker)) rmSync(path, { recursive: true });
  } finally {
    unlock(right, locker);
  }
}

function words({ host, pid, unique, now }: Locker): string {
  return JSON.stringify({ host, pid, unique, since: now() });
}

interface LockHolder {
  readonly host: unknown;
  readonly pid: unknown;
  readonly unique: unknown;
  readonly since: unknown;
}

function holderOf(text: string | null): Partial<LockHolder> {
  try {
    return Object(JSON.parse(text ?? '')) as Partial<LockHolder>;
  } catch {
    return {};
  }
}

/** Part of a file name, and so of plain letters only. */
function uniqueOf(text: string | null): string {
  const { unique } = holderOf(text);
  return isUnique(unique) ? unique : 'unreadable';
}

function isUnique(unique: unknown): unique is string {
  return typeof unique === 'string' && /^[0-9a-f]{1,64}$/.test(unique);
}

/** Whether these are the words of a lock. */
function isLock(text: string | null): boolean {
  const { host, pid, unique, since } = holderOf(text);
  return typeof host === 'string' && typeof pid === 'number' && isUnique(unique) && typeof since === 'number';
}

function isStale(text: string, { host, isAlive, now, patienceMs }: Locker): boolean {
  const holder = holderOf(text);
  // A process number says something on its own machine (or in its own container) only.
  const seen = holder.host === host && typeof holder.pid === 'number';
  if (seen && !isAlive(holder.pid as number)) return true;
  const limit = patienceMs ?? (seen ? longestLivingHoldMs : longestHoldMs);
  // A clock that was set back must not make a lock last for ever.
  return typeof holder.since !== 'number' || Math.abs(now() - holder.since) > limit;
}
