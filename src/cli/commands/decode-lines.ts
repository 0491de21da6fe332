import { readLines } from '../../core/lines.ts';
import { chunksOf } from '../file-bytes.ts';

/** A line of the input. `text`: null where it cannot be read, and `problem` says why. */
export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly text: string | null;
  readonly problem: string | null;
}

/** Characters of a document, in one line or over many; webhook calls are far smaller. */
export const longestDocument = 16 * 1024 * 1024;

/** The lines of a stream as they arrive, but for empty ones. */
export async function* readTextLines(stream: AsyncIterable<unknown>): AsyncGenerator<TextLine> {
  let number = 0;
  for await (const line of readLines(chunksOf(stream), longestDocument)) {
    number += 1;
    if (line.tooLong) yield { number, text: null, problem: tooLong };
    else if (line.bytes.length > 0) yield decodeLine(line.bytes, number);
  }
}

export const tooLong = `the event is longer than ${longestDocument / 1024 / 1024} MiB`;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A byte order mark goes, wherever it stands: files that were joined have some within. */
function decodeLine(bytes: Buffer, number: number): TextLine {
  try {
    return { number, text: utf8.decode(bytes), problem: null };
  } catch {
    return { number, text: null, problem: 'the line is not UTF-8 text' };
  }
}
