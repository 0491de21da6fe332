/** One line of a stream of bytes, without what ends it. */
export interface ByteLine {
  /** Bytes before it. */
  readonly offset: number;
  /** Of one that is too long, its beginning. */
  readonly bytes: Buffer;
  /** False for the rest behind the last line end, and for one that is too long. */
  readonly whole: boolean;
  /** It is longer than allowed; what else there is of it is left out. */
  readonly tooLong: boolean;
}

export const newline = 0x0a;

/**
 * The lines of a stream, each as soon as its end is seen, or that it is longer than `longest` bytes. `lineEnd`: the byte
 * that ends one. No more than one line and one chunk are held.
 */
export async function* readLines(
  chunks: AsyncIterable<Buffer>,
  longest: number,
  lineEnd = newline,
): AsyncGenerator<ByteLine> {
  const current = new CurrentLine(longest);
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(lineEnd); end !== -1; end = chunk.indexOf(lineEnd, start)) {
      const line = current.add(chunk.subarray(start, end)) ?? current.line(true);
      if (line !== null) yield line;
      current.next();
      start = end + 1;
    }
    const line = current.add(chunk.subarray(start));
    if (line !== null) yield line;
  }
  const rest = current.isEmpty ? null : current.line(false);
  if (rest !== null) yield rest;
}

/** What is known of a line before its end is seen. */
class CurrentLine {
  readonly #longest: number;
  #pieces: Buffer[] = [];
  #offset = 0;
  #length = 0;

  constructor(longest: number) {
    this.#longest = longest;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** The line where this piece makes it too long; null else. */
  add(piece: Buffer): ByteLine | null {
    const wasTooLong = this.#isTooLong;
    this.#length += piece.length;
    if (wasTooLong) return null;
    this.#pieces.push(piece);
    if (!this.#isTooLong) return null;
    const bytes = this.#bytes;
    this.#pieces = [];
    return { offset: this.#offset, bytes, whole: false, tooLong: true };
  }

  /** The line as it ends; null where it was too long. */
  line(whole: boolean): ByteLine | null {
    return this.#isTooLong ? null : { offset: this.#offset, bytes: this.#bytes, whole, tooLong: false };
  }

  next(): void {
    this.#offset += this.#length + 1;
    this.#length = 0;
    this.#pieces = [];
  }

  get #isTooLong(): boolean {
    return this.#length > this.#longest;
  }

  get #bytes(): Buffer {
    const [first, second] = this.#pieces;
    return first !== undefined && second === undefined ? first : Buffer.concat(this.#pieces);
  }
}
