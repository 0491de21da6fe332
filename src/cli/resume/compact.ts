import { type FileHandle, open, rename, rm } from 'node:fs/promises';

/** Bytes of a file, one after the other. */
interface Range {
  readonly offset: number;
  readonly length: number;
}

const chunkBytes = 1024 * 1024;

/**
 * Replaces the file at `path` by one that holds nothing but these ranges of it, all at once, and returns it open.
 * `ranges` in the order of the file. The copy has always the same name: one that a killed run left is written over.
 */
export async function compact(path: string, from: FileHandle, ranges: readonly Range[]): Promise<FileHandle> {
  const copy = `${path}.compacting`;
  await rm(copy, { force: true });
  const to = await open(copy, 'wx+', (await from.stat()).mode & 0o777);
  try {
    for (const range of joined(ranges)) await copyRange(from, to, range);
    await to.sync();
    await rename(copy, path);
    return to;
  } catch (error) {
    await to.close();
    await rm(copy, { force: true });
    throw error;
  }
}

/** Neighbours become one range. */
function joined(ranges: readonly Range[]): Range[] {
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
  for (let done = 0; done < length; done += chunkBytes) {
    const bytes = Buffer.alloc(Math.min(chunkBytes, length - done));
    await from.read(bytes, 0, bytes.length, offset + done);
    await to.appendFile(bytes);
  }
}
