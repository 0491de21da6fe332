import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type ExitName, exitOf } from '../../core/exit.ts';
import { UnwritableError, UsageError } from '../../core/fault.ts';
import type { Expectation, ItemRef } from '../../core/item.ts';
import type { Result } from '../../core/record.ts';
import { type Locker, removeLeftovers, tryLock, unlock } from '../../disk/lock.ts';
import { jsonText } from '../../render/safe-text.ts';
import type { World } from '../../world.ts';
import {
  type AccountOrigin,
  compareEntries,
  entryOf,
  finalVerdict,
  isCut,
  isFrom,
  type JournalEntry,
  type JournalRecord,
  keyOf,
  keyOfRecord,
  mayBeCopy,
  recordIn,
} from './entry.ts';
import { compact, readRecordLines } from './lines.ts';

/**
 * The file of `--resume`: the NDJSON output of a run and of those before it. Every record is appended in one write as
 * soon as it is known, and what a later record supersedes is taken out at the end, by a copy that replaces the file
 * at once. So whoever kills the process at any moment leaves a file that holds each id, perhaps twice until the next
 * run ends, and at most its last line cut. It is synced to the disk at the end: a power cut may lose what came before.
 */
export class Journal {
  readonly #path: string;
  readonly #owner: number | null;
  #file: FileHandle;
  readonly #release: () => void;
  /** In the order of the file. */
  readonly #entries = new Map<string, JournalEntry>();
  #end = 0;
  #superseded = false;
  /** Messages that a record of the file has settled, by key. */
  readonly settled = new Set<string>();
  /** Records that are not believed, and would settle something else. */
  unsettling = 0;

  private constructor(path: string, owner: number | null, file: FileHandle, release: () => void) {
    this.#path = path;
    this.#owner = owner;
    this.#file = file;
    this.#release = release;
  }

  /** Throws a usage error for a file that cannot be used, is in use, or is something else. */
  static async open(named: string, world: World): Promise<Journal> {
    const path = await pathOf(resolve(world.cwd, named));
    const release = holdFile(path, world);
    const file = await openFile(path, world.uid).catch((error: unknown) => {
      release();
      throw error;
    });
    const journal = new Journal(path, world.uid, file, release);
    try {
      await journal.#load();
      return journal;
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  /**
   * The record that says what became of a message for good, judged by what is expected now; null: it must be looked up.
   * `originOf`: the account that would be asked, null where it cannot be.
   */
  async findSettled(
    item: ItemRef,
    expectation: Expectation,
    countExit: (exit: ExitName) => ExitName,
    originOf: () => Promise<AccountOrigin | null>,
  ): Promise<{ readonly record: Result; readonly hint: string | null } | null> {
    const entry = this.#entries.get(keyOf(item));
    if (entry === undefined) return null;
    const verdict = finalVerdict(entry, expectation);
    if (verdict === null && entry.contradictsItself) this.unsettling += 1;
    if (verdict === null) return null;
    const origin = await originOf();
    if (origin === null) return null;
    if (!isFrom(entry, origin)) {
      this.unsettling += 1;
      return null;
    }
    const bytes = Buffer.alloc(entry.length);
    await this.#file.read(bytes, 0, entry.length, entry.offset);
    const record = recordIn(bytes);
    if (record === null) return null;
    this.settled.add(keyOf(item));
    const name = item.name ?? record.name;
    return { record: { ...record, name, exit: exitOf(countExit(verdict.exit)) }, hint: verdict.hint ?? null };
  }

  /** Appends a record, if it says more than the file does. `account`: the tag of who was asked. Throws an `UnwritableError`. */
  async add(result: Result, account: string | null): Promise<void> {
    const known = withoutInterruption(result);
    if (known === null) return;
    const record: JournalRecord = account === null ? known : { ...known, account };
    const key = keyOfRecord(record);
    const before = this.#entries.get(key);
    if (before !== undefined && this.settled.has(key) && isSettledBy(record, before)) return;
    const bytes = Buffer.from(`${jsonText(record)}\n`);
    await this.#append(bytes);
    this.#note(key, entryOf(record, this.#end - bytes.length, bytes.length));
  }

  /** Every record of the file, each message once. The file is whole and on the disk before the first one comes. */
  async *records(): AsyncGenerator<Result> {
    await this.#settle();
    for await (const { bytes } of readRecordLines(this.#file)) {
      const record = recordIn(bytes);
      if (record !== null) yield record;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
    this.#release();
  }

  async #load(): Promise<void> {
    let number = 0;
    for await (const line of readRecordLines(this.#file)) {
      number += 1;
      const { offset, bytes, whole } = line;
      const record = whole ? recordIn(bytes) : null;
      if (record === null && !isCut(line)) {
        throw new UsageError(
          `line ${number} of ${this.#path} is not an sbstatus record, so nothing was changed`,
          'name the NDJSON output of an earlier run, or a new file',
        );
      }
      // Its run was killed, or the power was cut; its id is asked for again.
      if (record === null && !whole) return this.#file.truncate(this.#end);
      this.#end = offset + bytes.length + 1;
      if (record === null) this.#superseded = true;
      else this.#note(keyOfRecord(record), entryOf(record, offset, bytes.length + 1));
    }
  }

  #note(key: string, entry: JournalEntry): void {
    const before = this.#entries.get(key);
    if (this.#entries.delete(key)) this.#superseded = true;
    this.#entries.set(key, compareEntries(before, entry));
  }

  async #append(bytes: Buffer): Promise<void> {
    try {
      await writeWhole(this.#file, bytes, this.#end);
      this.#end += bytes.length;
    } catch (error) {
      // A full disk may take half a record.
      await this.#file.truncate(this.#end).catch(() => undefined);
      throw unwritable(this.#path, error);
    }
  }

  async #settle(): Promise<void> {
    try {
      await this.#file.sync();
      if (!this.#superseded) return;
      await compact(this.#path, this.#file, [...this.#entries.values()], mayBeCopy);
      this.#file = await openFile(this.#path, this.#owner);
      this.#superseded = false;
    } catch (error) {
      throw unwritable(this.#path, error);
    }
  }
}

/** The file by one name, whatever links its folder was reached by. Throws a usage error for a link in its own place. */
async function pathOf(typed: string): Promise<string> {
  const isLink = await lstat(typed).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
  if (isLink) throw new UsageError(`${typed} is a link, which is not followed`, 'name the file itself for --resume');
  const folder = dirname(typed);
  return join(await realpath(folder).catch(() => folder), basename(typed));
}

async function openFile(path: string, owner: number | null): Promise<FileHandle> {
  const problem = { text: `cannot use ${path}: not a regular file` };
  try {
    const flags = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    const file = await open(path, flags, 0o600);
    const stats = await file.stat();
    if (owner !== null && stats.uid !== owner) problem.text = `${path} belongs to another user`;
    else if (stats.isFile()) {
      // The umask may have taken our own right to a new file.
      if (stats.size === 0 && (stats.mode & 0o600) !== 0o600) await file.chmod(0o600);
      return file;
    }
    await file.close();
  } catch (error) {
    throw new UsageError(`cannot use ${path} (${(error as NodeJS.ErrnoException).code})`, 'check the path of --resume');
  }
  throw new UsageError(problem.text, 'check the path of --resume');
}

/** A write may take only a part, and say so. */
async function writeWhole(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

function unwritable(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? error : new UnwritableError(path, code);
}

/** A record that only says that its run was ended says nothing of the message; what was known of it by then stays. */
function withoutInterruption(result: Result): Result | null {
  const { name } = result.exit;
  if (name !== 'interrupted' && name !== 'terminated') return result;
  return result.error === null ? { ...result, exit: exitOf('pending') } : null;
}

/** The record came from the file and is judged as it was then. */
function isSettledBy(record: Result, before: JournalEntry): boolean {
  const status = before.facts?.status;
  return record.exit.name === before.exit && record.state === status?.state && record.terminal === true;
}

type FileHolder = Pick<World, 'uid' | 'host' | 'pid' | 'isAlive' | 'clock'>;

/** Keeps a file for this process, until what is returned is called. Throws a usage error where another has it. */
function holdFile(path: string, { uid, host, pid, isAlive, clock }: FileHolder): () => void {
  const lock = `${path}.sbstatus-lock`;
  const locker: Locker = {
    owner: uid,
    host,
    pid,
    unique: randomBytes(8).toString('hex'),
    // A run may take days; only a dead one loses its file.
    patienceMs: Number.POSITIVE_INFINITY,
    sparesOthers: true,
    // In a container every run has the same number: a lock of our own number is a dead one's.
    isAlive: (other) => other !== pid && isAlive(other),
    now: clock.now,
  };
  if (!takeLock(lock, locker, path)) {
    throw new UsageError(`another run is writing ${path}`, `wait for it to end; if there is none, remove ${lock}`);
  }
  removeLeftovers(lock, locker);
  return () => unlock(lock, locker);
}

function takeLock(lock: string, locker: Locker, path: string): boolean {
  try {
    return tryLock(lock, locker);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`cannot use ${path} (${code})`, 'check the path of --resume');
  }
}
