import { resolve } from 'node:path';
import { UsageError } from '../core/fault.ts';
import { newline, readLines } from '../core/lines.ts';
import type { World } from '../world.ts';
import { bytesOf, chunksOf } from './file-bytes.ts';

/** One id of the input. `problem`: why a line cannot be one; `id` then shows as much of it as can be shown. */
export interface InputId {
  readonly id: string;
  readonly problem: string | null;
  /** Came as an argument, and is checked before anything is asked. */
  readonly argument: boolean;
}

export interface InputOptions {
  readonly fromFile: readonly string[];
  /** NUL-separated and verbatim. */
  readonly nul: boolean;
  /** Blanks at the edges belong to the id. */
  readonly keepBlanks: boolean;
  /** The column of a CSV or TSV: its name or number. Null: an id a line. */
  readonly column: string | null;
  /** Gets what is to be said at the end. */
  readonly remarks: string[];
}

/** Throws a usage error where standard input is named twice: who reads it second gets nothing. */
export function checkStdin(names: readonly string[]): void {
  if (names.filter((name) => name === '-').length < 2) return;
  throw new UsageError('standard input is named twice, and can be read once', 'name - once');
}

/** Bytes. A longer line is no id. */
const longestLine = 4096;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The ids in their order: arguments (`-` is stdin), then the files. Read as they are needed, until the signal aborts. */
export async function* idsOf(
  args: readonly string[],
  options: InputOptions,
  world: Pick<World, 'stdin' | 'stderr' | 'cwd'>,
  signal: AbortSignal,
): AsyncGenerator<InputId> {
  const isTyped = [...args, ...options.fromFile].includes('-') && world.stdin.terminal;
  if (isTyped) await world.stderr.write('reading ids, one a line; Ctrl-D ends, Ctrl-C stops\n');
  for (const arg of args) {
    if (arg === '-') yield* readIds(world.stdin.stream, 'standard input', options);
    else yield { id: arg, problem: null, argument: true };
  }
  for (const file of options.fromFile) {
    const stream = file === '-' ? world.stdin.stream : bytesOf(resolve(world.cwd, file), 'ids', signal);
    yield* readIds(stream, file === '-' ? 'standard input' : file, options);
  }
}

async function* readIds(stream: AsyncIterable<unknown>, name: string, options: InputOptions): AsyncGenerator<InputId> {
  if (options.column === null) return yield* linesOf(stream, name, options);
  const { column, keepBlanks, remarks } = options;
  const { cellsOf } = await import('./table-input.ts');
  let empty = 0;
  for await (const cell of cellsOf(stream, column, name)) {
    if (cell.trim() === '') empty += 1;
    else yield { id: keepBlanks ? cell : cell.trim(), problem: null, argument: false };
  }
  if (empty === 0) return;
  const rows = `${empty} ${empty === 1 ? 'row' : 'rows'} of ${name} ${empty === 1 ? 'has' : 'have'}`;
  remarks.push(`${rows} nothing in column ${/^\d+$/.test(column) ? column : JSON.stringify(column)}`);
}

async function* linesOf(stream: AsyncIterable<unknown>, name: string, options: InputOptions): AsyncGenerator<InputId> {
  let first = true;
  for await (const { bytes, tooLong } of readLines(chunksOf(stream), longestLine, options.nul ? 0 : newline)) {
    const line = tooLong ? longId(bytes) : inputId(first ? withoutMark(bytes) : bytes, options);
    if (first && !options.nul) await checkNoTable(bytes, line, name, options);
    first = false;
    if (options.nul || line.problem !== null || line.id.trim() !== '') yield line;
  }
}

/** Throws a usage error for the first line of a table, of JSON or of a spreadsheet: a whole line of it, with names and numbers, is no id. */
async function checkNoTable(bytes: Buffer, { id }: InputId, name: string, { keepBlanks }: InputOptions): Promise<void> {
  const isStrange = bytes.subarray(0, 4).some((byte) => byte < 9 || byte >= 0xfe);
  if (!isStrange && !/[\t,;{]/.test(id)) return;
  if (/^\s*(?:\{\s*(?:"|$)|\[\s*["{])/.test(id))
    throw new UsageError(
      `${name} looks like JSON, not like one id a line`,
      'take the ids out of it, such as with jq -r .id',
    );
  const { delimiterOf, encodingOf, isHeader, refuseZip } = await import('./table-input.ts');
  refuseZip(bytes, name);
  if (encodingOf(bytes) !== 'utf-8')
    throw new UsageError(`${name} is UTF-16 text`, 'save it as UTF-8, or read a column of it: --column 1');
  const cells = id.split(delimiterOf(id)).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
  // A list that was pasted has a comma at the end of each line.
  if (cells.filter((cell) => cell !== '').length < 2) return;
  const hasNames = cells.length > 1 && isHeader(cells);
  // Where ids may hold any character, a comma tells nothing yet.
  if (keepBlanks && !hasNames) return;
  const likely = hasNames ? (cells.find((cell) => /\b(id|key|handle)$/i.test(cell)) ?? 'NAME') : 'N';
  throw new UsageError(
    `${name} looks like a table, not like one id a line`,
    `name the column that holds the ids, or its number: --column ${/\s/.test(likely) ? JSON.stringify(likely) : likely}`,
  );
}

function longId(bytes: Buffer): InputId {
  return { id: startOf(bytes), problem: 'the line is too long to be an id', argument: false };
}

function inputId(bytes: Buffer, { nul, keepBlanks }: InputOptions): InputId {
  const argument = false;
  try {
    const text = utf8.decode(bytes);
    const line = nul ? text : text.replace(/\r$/, '');
    return { id: nul || keepBlanks ? line : line.trim(), problem: null, argument };
  } catch {
    return { id: startOf(bytes), problem: 'the line is not UTF-8 text', argument };
  }
}

/** Enough to find the line again. */
function startOf(bytes: Buffer): string {
  return bytes.subarray(0, 64).toString('utf8');
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? bytes.subarray(3) : bytes;
}
