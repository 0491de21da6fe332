import { createReadStream, open } from 'node:fs';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { UsageError } from '../core/fault.ts';

/**
 * The bytes of a file, or of a pipe that has a name (`<(command)`), as they come; `what` it holds is for the message.
 * Ends when the signal aborts: a pipe that says nothing more must not hold the process. Throws a usage error.
 */
export async function* bytesOf(path: string, what: string, signal: AbortSignal): AsyncGenerator<unknown> {
  try {
    const stream = await streamOf(path);
    const close = () => stream.destroy();
    signal.addEventListener('abort', close, { once: true });
    if (signal.aborted) close();
    yield* stream;
  } catch (error) {
    if (signal.aborted) return;
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError(`cannot read ${what} from ${path} (${code})`, 'check the path of --from-file');
  }
}

/** A read from a pipe as from a file could not be taken back. */
async function streamOf(path: string) {
  if (!(await stat(path)).isFIFO()) return createReadStream(path);
  const [{ Socket }, fd] = await Promise.all([import('node:net'), promisify(open)(path, 'r')]);
  return new Socket({ fd, readable: true, writable: false });
}
