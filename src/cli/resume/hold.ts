import { randomBytes } from 'node:crypto';
import { UsageError } from '../../core/fault.ts';
import { type Locker, tryLock, unlock } from '../../disk/lock.ts';
import type { World } from '../../world.ts';

type Holder = Pick<World, 'uid' | 'host' | 'pid' | 'isAlive' | 'clock'>;

/** Keeps a file for this process, until what is returned is called. Throws a usage error where another has it. */
export function holdFile(path: string, { uid, host, pid, isAlive, clock }: Holder): () => void {
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
  if (!taken(lock, locker, path)) {
    throw new UsageError(`another run is writing ${path}`, `wait for it to end; if there is none, remove ${lock}`);
  }
  return () => unlock(lock, locker);
}

function taken(lock: string, locker: Locker, path: string): boolean {
  try {
    return tryLock(lock, locker);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`cannot use ${path} (${code})`, 'check the path of --resume');
  }
}
