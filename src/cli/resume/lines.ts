import type { FileHandle } from 'node:fs/promises';

/** One line of a file, without its end. */
export interface Line {
  /** Bytes before it. */
  readonly offset: number;
  readonly bytes: Buffer;
  /** False for the rest after the last line end. */
  readonly whole: boolean;
}

const chunkBytes = 256 * 1024;
const lineEnd = 0x0a;

/** The lines of a file from its beginning, read as they are needed. */
export async function* linesIn(file: FileHandle): AsyncGenerator<Line> {
  const chunk = Buffer.alloc(chunkBytes);
  let pieces: Buffer[] = [];
  let offset = 0;
  let position = 0;
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, chunkBytes, position);
    if (bytesRead === 0) break;
    let start = 0;
    for (let end = chunk.indexOf(lineEnd); end !== -1 && end < bytesRead; end = chunk.indexOf(lineEnd, start)) {
      const bytes = Buffer.concat([...pieces, chunk.subarray(start, end)]);
      yield { offset, bytes, whole: true };
      pieces = [];
      offset += bytes.length + 1;
      start = end + 1;
    }
    pieces.push(Buffer.from(chunk.subarray(start, bytesRead)));
    position += bytesRead;
  }
  const rest = Buffer.concat(pieces);
  if (rest.length > 0) yield { offset, bytes: rest, whole: false };
}
