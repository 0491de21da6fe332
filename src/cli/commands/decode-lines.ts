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

const newline = 0x0a;

/** The lines of a stream as they arrive, but for empty ones. One that is over-long is skipped, so the memory stays bounded. */
export async function* readTextLines(stream: AsyncIterable<unknown>): AsyncGenerator<TextLine> {
  let number = 0;
  const rest = new Rest();
  for await (const bytes of chunksOf(stream)) {
    let start = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      number += 1;
      if (end > start || !rest.isEmpty) {
        rest.add(bytes.subarray(start, end));
        yield rest.take(number);
      }
      start = end + 1;
    }
    rest.add(bytes.subarray(start));
  }
  if (!rest.isEmpty) yield rest.take(number + 1);
}

/** The pieces of the line that is under way. */
class Rest {
  #pieces: Buffer[] = [];
  #length = 0;

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  add(piece: Buffer): void {
    this.#length += piece.length;
    if (this.#length <= longestDocument) this.#pieces.push(piece);
    else this.#pieces = [];
  }

  take(number: number): TextLine {
    const [first, second] = this.#pieces;
    const whole = first !== undefined && second === undefined ? first : Buffer.concat(this.#pieces);
    const isTooLong = this.#length > longestDocument;
    this.#pieces = [];
    this.#length = 0;
    return isTooLong ? { number, text: null, problem: tooLong } : decodeLine(whole, number);
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
