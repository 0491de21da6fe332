import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { type ByteLine, readLines } from '../../core/lines.ts';

const chunkBytes = 256 * 1024;

/** Bytes. A body of 2 MiB, every character of it escaped, twice: in `raw` and in `details`. */
const longestRecord = 32 * 1024 * 1024;

/** The lines of a file from its beginning, read as they are needed. */
export function readRecordLines(file: FileHandle): AsyncGenerator<ByteLine> {
  return readLines(chunksOfFile(file), longestRecord);
}

async function* chunksOfFile(file: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(chunkBytes), 0, chunkBytes, position);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
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
