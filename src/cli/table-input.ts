import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { UsageError } from '../core/fault.ts';

/** Bytes of one row: more is no row, but a quote that nobody closes. */
const longestRow = 1024 * 1024;

/**
 * The cells of one column of a CSV or TSV, the empty ones too: `column` is the name in its header, or a number from 1. Text is UTF-8 or UTF-16. `name` of the input is for messages. Throws a usage error for a table without that column, or
 * that is none.
 */
export async function* cellsOf(stream: AsyncIterable<unknown>, column: string, name: string): AsyncGenerator<string> {
  const place = /^[1-9]\d{0,3}$/.test(column) ? Number(column) - 1 : null;
  let index: number | null = place;
  let isFirst = true;
  for await (const row of rowsOf(stream, name)) {
    if (isFirst) {
      isFirst = false;
      index ??= placeOf(column, row, name);
      if (place === null || isHeader(row)) continue;
    }
    const cell = row[index ?? 0];
    if (cell === undefined && row.length > 1) throw noColumn(column, row, name);
    yield cell ?? '';
  }
}

async function* rowsOf(stream: AsyncIterable<unknown>, name: string): AsyncGenerator<readonly string[]> {
  const pieces = textOf(stream, name)[Symbol.asyncIterator]();
  // The delimiter shows in the first line.
  let beginning = '';
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
    beginning += next.value;
    if (beginning.includes('\n') || beginning.length > longestRow) break;
  }
  const rest = { [Symbol.asyncIterator]: () => pieces };
  const whole = async function* () {
    yield beginning;
    yield* rest;
  };
  const parser = parse({
    delimiter: delimiterOf(beginning.split('\n', 1)[0] ?? ''),
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: longestRow,
  });
  try {
    // Readable passes on what breaks the stream.
    yield* Readable.from(whole())
      .on('error', (error) => parser.destroy(error))
      .pipe(parser);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UsageError(`${name} is not a table: ${error.message.replace(/\.$/, '')}`, 'check its quotes');
  }
}

/** The delimiter that is most frequent outside of quotes; a comma where there is none. */
export function delimiterOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '');
  const counts = ['\t', ',', ';'].map((mark) => ({ mark, count: bare.split(mark).length - 1 }));
  const [most] = counts.sort((a, b) => b.count - a.count);
  return most === undefined || most.count === 0 ? ',' : most.mark;
}

/** Names have no digits, and ids and numbers have. */
export function isHeader(row: readonly string[]): boolean {
  return row.every((cell) => /^[\p{L} _.#-]*$/u.test(cell.trim()));
}

function placeOf(column: string, header: readonly string[], name: string): number {
  const names = header.map((cell) => cell.trim());
  const exact = names.indexOf(column);
  const place = exact === -1 ? names.findIndex((each) => each.toLowerCase() === column.toLowerCase()) : exact;
  if (place === -1) throw noColumn(column, names, name);
  return place;
}

function noColumn(column: string, names: readonly string[], name: string): UsageError {
  const known = isHeader(names) ? names.slice(0, 20).join(', ') : `1 to ${names.length}`;
  return new UsageError(`${name} has no column ${JSON.stringify(column)}`, `its columns are ${known}`);
}

const marks = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
] as const;

/** The text of a stream, without its mark. Throws a usage error for bytes that are no text. */
async function* textOf(stream: AsyncIterable<unknown>, name: string): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  let held = Buffer.alloc(0);
  const decode = (bytes: Buffer, isLast: boolean): string => {
    if (decoder === null) refuseZip(bytes, name);
    decoder ??= new TextDecoder(encodingOf(bytes), { fatal: true });
    try {
      return decoder.decode(bytes, { stream: !isLast });
    } catch {
      throw new UsageError(`${name} is neither UTF-8 nor UTF-16 text`, 'save it as UTF-8');
    }
  };
  for await (const chunk of stream) {
    held = Buffer.concat([held, Buffer.from(chunk as Uint8Array | string)]);
    // A mark is four bytes at most.
    if (held.length < 4) continue;
    yield decode(held, false);
    held = Buffer.alloc(0);
  }
  yield decode(held, true);
}

/** Throws a usage error for the first bytes of a spreadsheet. */
export function refuseZip(bytes: Buffer, name: string): void {
  if (!bytes.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004'))) return;
  throw new UsageError(`${name} is a spreadsheet or another zip file`, 'save it as CSV, and name the column: --column');
}

/** Without a mark, UTF-16 shows by a zero beside the first letter. */
export function encodingOf(bytes: Buffer): string {
  const mark = marks.find((each) => bytes.subarray(0, each.bytes.length).equals(Buffer.from(each.bytes)));
  if (mark !== undefined) return mark.encoding;
  const [first, second] = bytes;
  if (first !== 0 && second === 0) return 'utf-16le';
  return first === 0 && second !== 0 && second !== undefined ? 'utf-16be' : 'utf-8';
}
