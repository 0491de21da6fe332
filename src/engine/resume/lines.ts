import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';

/** One line of a file, without its end. */
export interface ByteLine {
  /** Bytes before it. */
  readonly offset: number;
  readonly bytes: Buffer;
  /** False for the rest after the last line end. */
  readonly whole: boolean;
  /** It goes on, and is read no further. */
  readonly tooLong: boolean;
}

const chunkBytes = 256 * 1024;
const lineEnd = 0x0a;

/** Bytes. A body of 2 MiB, every character of it escaped, twice: in `raw` and in `details`. */
export const longestRecord = 32 * 1024 * 1024;

/** The lines of a file from its beginning, read as they are needed, up to one that is longer than `longest` bytes. */
export async function* readByteLines(file: FileHandle, longest: number): AsyncGenerator<ByteLine> {
  const chunk = Buffer.alloc(chunkBytes);
  let pieces: Buffer[] = [];
  let held = 0;
  let offset = 0;
  let position = 0;
  while (held <= longest) {
    const { bytesRead } = await file.read(chunk, 0, chunkBytes, position);
    if (bytesRead === 0) break;
    let start = 0;
    for (let end = chunk.indexOf(lineEnd); end !== -1 && end < bytesRead; end = chunk.indexOf(lineEnd, start)) {
      const bytes = Buffer.concat([...pieces, chunk.subarray(start, end)]);
      yield { offset, bytes, whole: true, tooLong: false };
      pieces = [];
      held = 0;
      offset += bytes.length + 1;
      start = end + 1;
    }
    pieces.push(Buffer.from(chunk.subarray(start, bytesRead)));
    held += bytesRead - start;
    position += bytesRead;
  }
  if (held > 0) yield { offset, bytes: Buffer.concat(pieces), whole: false, tooLong: held > longest };
}

/** Bytes of a file, one after the other. */
interface Range {
  readonly offset: number;
  readonly length: number;
}

const copyBytes = 1024 * 1024;

/**
 * Replaces the file at `path` by one that holds nothing but these ranges of it, all at once. `from`: that file, which is
 * closed first: Windows replaces none that is open. `ranges` in the order of the file. The copy has always the same name:
 * one that a killed run left is written over. `isOwn`: whether what lies there begins as such a copy does; anything else
 * stays, and is an `EEXIST`.
 */
export async function compact(
  path: string,
  from: FileHandle,
  ranges: readonly Range[],
  isOwn: (beginning: Buffer) => boolean,
): Promise<void> {
  const copy = `${path}.sbstatus-compacting`;
  await removeOwn(copy, isOwn);
  const to = await open(copy, 'wx+', (await from.stat()).mode & 0o777);
  try {
    for (const range of joinRanges(ranges)) await copyRange(from, to, range);
    await to.sync();
    await to.close();
    await from.close();
    await rename(copy, path);
  } catch (error) {
    await to.close();
    await rm(copy, { force: true });
    throw error;
  }
}

async function removeOwn(copy: string, isOwn: (beginning: Buffer) => boolean): Promise<void> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const file = await open(copy, flags).catch(() => null);
  if (file === null) return;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    if (isOwn(buffer.subarray(0, bytesRead))) await rm(copy, { force: true });
  } catch {
    // A folder.
  } finally {
    await file.close();
  }
}

/** Neighbours become one range. */
function joinRanges(ranges: readonly Range[]): Range[] {
  const all: Range[] = [];
  for (const { offset, length } of ranges) {
    const last = all.at(-1);
    if (last !== undefined && last.offset + last.length === offset) {
      all[all.length - 1] = { offset: last.offset, length: last.length + length };
    } else all.push({ offset, length });
  }
  return all;
}

async function copyRange(from: FileHandle, to: FileHandle, { offset, length }: Range): Promise<void> {
  for (let done = 0; done < length; done += copyBytes) {
    const bytes = Buffer.alloc(Math.min(copyBytes, length - done));
    await from.read(bytes, 0, bytes.length, offset + done);
    await to.appendFile(bytes);
  }
}
