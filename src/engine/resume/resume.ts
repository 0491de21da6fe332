import { randomBytes } from 'node:crypto';
import { expectationOf, type Item, weighed } from '../../cli/asking.ts';
import type { LookupOptions } from '../../cli/options.ts';
import { UsageError } from '../../core/fault.ts';
import type { Result } from '../../core/record.ts';
import { type Locker, tryLock, unlock } from '../../disk/lock.ts';
import type { World } from '../../world.ts';
import type { Masked, Masking } from '../masking.ts';
import { Journal } from './journal.ts';

/** A run that goes on where an earlier one ended, and puts its records where that one put them. */
export interface Resumption {
  /** The record of an item that need not be asked for; null for all others. */
  settled(item: Item): Promise<Result | null>;
  /** Keeps each result; then all that the file holds, those of earlier runs included. */
  complete(results: AsyncIterable<Masked>, privacy: Masking): AsyncIterable<Masked>;
  close(): Promise<void>;
}

/** Throws a usage error before anything is asked. */
export async function openResumption(file: string, options: LookupOptions, world: World): Promise<Resumption> {
  if (options.output !== 'table' && options.output !== 'ndjson') {
    throw new UsageError(
      `--resume keeps its records as ndjson, not as ${options.output}`,
      'leave --output away; make other formats from the file afterwards',
    );
  }
  const journal = await Journal.open(file, world);
  return {
    settled: (item) =>
      'provider' in item && !('fault' in item) && !('answer' in item)
        ? journal.settled(item, expectationOf(item, options), (exit) => weighed(exit, options))
        : Promise.resolve(null),
    complete: (results, privacy) => complete(journal, results, privacy),
    close: () => journal.close(),
  };
}

async function* complete(journal: Journal, results: AsyncIterable<Masked>, privacy: Masking): AsyncGenerator<Masked> {
  for await (const { data } of results) await journal.add(data);
  for await (const data of journal.records()) {
    const { display } = data.redacted ? { display: data } : await privacy.mask(data, async () => null);
    yield { display, data };
  }
}

type FileHolder = Pick<World, 'uid' | 'host' | 'pid' | 'isAlive' | 'clock'>;

/** Keeps a file for this process, until what is returned is called. Throws a usage error where another has it. */
export function holdFile(path: string, { uid, host, pid, isAlive, clock }: FileHolder): () => void {
  const lock = `${path}.lock`;
  const locker: Locker = {
    owner: uid,
    host,
    pid,
    unique: randomBytes(8).toString('hex'),
    // A run may take days; only a dead one loses its file.
    patienceMs: Number.POSITIVE_INFINITY,
    // In a container every run has the same number: a lock of our own number is a dead one's.
    isAlive: (other) => other !== pid && isAlive(other),
    now: clock.now,
  };
  if (!takeLock(lock, locker, path)) {
    throw new UsageError(`another run is writing ${path}`, `wait for it to end; if there is none, remove ${lock}`);
  }
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
