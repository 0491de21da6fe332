import { constants, createReadStream, fstat, open, read } from 'node:fs';
import type { Socket } from 'node:net';
import { platform } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { UsageError } from '../core/fault.ts';

/**
 * The pieces of a stream, one a turn of the event loop: libuv hands over up to 32 of them at once, and what is read of them
 * must not keep signals, alarms and answers waiting.
 */
export async function* chunksOf(stream: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    yield Buffer.from(chunk as Uint8Array | string);
    await new Promise(setImmediate);
  }
}

/** `fileBytes`, whose failure is a usage error; `what` the file holds is for the message. */
export async function* bytesOf(path: string, what: string, signal: AbortSignal): AsyncGenerator<unknown> {
  try {
    yield* fileBytes(path, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError(`cannot read ${what} from ${path} (${code})`, 'check the path of --from-file');
  }
}

/**
 * The bytes of a file, a pipe that has a name (`<(command)`) or a terminal, as they come. Ends when the signal aborts: a
 * pipe that nobody opens, or that says nothing more, must not hold the process. Throws the file system's error.
 */
export async function* fileBytes(path: string, signal: AbortSignal, system = platform()): AsyncGenerator<unknown> {
  try {
    const stream = await streamOf(path, signal, system);
    const end = () => stream.destroy();
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    yield* stream;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/**
 * Neither the opening of a pipe nor a read from one, or from a terminal, may wait in libuv's thread pool: nothing ends
 * it there, and the process waits for it (docs/decisions/name-resolution.md).
 */
async function streamOf(path: string, signal: AbortSignal, system: NodeJS.Platform) {
  const fd = await promisify(open)(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const stats = await promisify(fstat)(fd);
  if (stats.isFIFO()) {
    // Linux tells a pipe that nobody has opened yet from one that was closed; elsewhere both look as if they had ended.
    const first = system === 'linux' || path.startsWith('/dev/') ? null : await firstBytes(fd, signal);
    return pipeOf(fd, first);
  }
  if (!stats.isCharacterDevice()) return createReadStream(path, { fd });
  const { isatty, ReadStream } = await import('node:tty');
  return isatty(fd) ? new ReadStream(fd) : createReadStream(path, { fd });
}

async function pipeOf(fd: number, first: Buffer | null): Promise<Socket> {
  const net = await import('node:net');
  const socket = new net.Socket({ fd, readable: true, writable: false });
  if (first !== null) socket.unshift(first);
  return socket;
}

const shortestPauseMs = 20;
const longestPauseMs = 1000;

/** Looks, ever less often, whether somebody has opened the pipe; what that read. Null where nothing was read. */
async function firstBytes(fd: number, signal: AbortSignal): Promise<Buffer | null> {
  const buffer = Buffer.alloc(64 * 1024);
  for (let ms = shortestPauseMs; !signal.aborted; ms = Math.min(2 * ms, longestPauseMs)) {
    try {
      const { bytesRead } = await promisify(read)(fd, buffer, 0, buffer.length, null);
      if (bytesRead > 0) return buffer.subarray(0, bytesRead);
    } catch (error) {
      // Open, and silent so far.
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return null;
      throw error;
    }
    await pause(ms, undefined, { signal }).catch(() => undefined);
  }
  return null;
}
