import type { Result } from '../core/record.ts';
import { type Cell, type Column, fieldColumns, rowColumns } from './columns.ts';
import type { Renderer, Screen } from './renderer.ts';
import { visible } from './safe-text.ts';
import { truncate, width, wrap } from './width.ts';

/** cli-table3 takes time by the square of the lines: it draws this many rows, and the rest are plain lines below them. */
const framedRows = 200;

/** One row a result. The widths are those of the first rows, which are held back until they are known. */
export function createGridRenderer(screen: Screen, draw: DrawFrame): Renderer {
  const columns = screen.fields === null ? rowColumns : fieldColumns(screen.fields);
  const rowOf = rowsOf(columns, screen);
  let held: GridRow[] = [];
  let places: readonly ColumnWidth[] | null = null;

  const release = (hasAll: boolean) => {
    if (held.length === 0) return '';
    const rows = held;
    held = [];
    places = placesOf(columns, rows, screen.columns, hasAll);
    return frameOf(places, rows, screen, draw);
  };
  return {
    result(result) {
      if (places !== null) return `${linesOf(rowOf(result), places, screen).map(lineOf).join('\n')}\n`;
      held.push(rowOf(result));
      return held.length < framedRows ? '' : release(false);
    },
    end: () => release(true),
    release: () => release(false),
  };
}

/** The cells of a result, for every column that may be shown. */
type GridRow = ReadonlyMap<Column, Cell>;

/** A cell holds no more than so many lines of the whole screen. */
const longestCell = 5;

function rowsOf(columns: readonly Column[], screen: Screen): (result: Result) => GridRow {
  const all = columns.flatMap(formsOf);
  const cellOf = (column: Column, result: Result): Cell => {
    const cell = column.cell(result, screen);
    return { ...cell, text: truncate(visible(cell.text), longestCell * screen.columns) };
  };
  return (result) => new Map(all.map((column) => [column, cellOf(column, result)]));
}

function formsOf(column: Column): Column[] {
  return column.shorter === undefined ? [column] : [column, ...formsOf(column.shorter)];
}

/** `hasAll`: no further row comes; else columns get as much as they usually need, those without a text yet too. */
function placesOf(columns: readonly Column[], rows: readonly GridRow[], room: number, hasAll: boolean): ColumnWidth[] {
  const widest = (column: Column) => {
    const texts = rows.map((row) => width(row.get(column)?.text ?? ''));
    const seen = Math.max(0, ...texts);
    return hasAll ? seen : Math.max(seen + (column.slack ?? 0), column.usual ?? 0);
  };
  const isMixed = (column: Column) => new Set(rows.map((row) => row.get(column)?.text)).size > 1;
  const keep = (column: Column) => {
    if (column.tellsApart && isNeeded(column, columns, rows)) return Number.POSITIVE_INFINITY;
    return isMixed(column) ? (column.keepMixed ?? column.keep) : column.keep;
  };
  return layOut(columns, memoize(widest), room, gap.length, memoize(keep));
}

/** Whether rows that are alike in the column beside it differ in this one. */
function isNeeded(column: Column, columns: readonly Column[], rows: readonly GridRow[]): boolean {
  const beside = columns[columns.indexOf(column) + 1];
  if (beside === undefined) return false;
  const seen = new Map<string, string>();
  return rows.some((row) => {
    const [text = '', name = ''] = [row.get(column)?.text, row.get(beside)?.text];
    const before = seen.get(name);
    seen.set(name, text);
    return before !== undefined && before !== text;
  });
}

function memoize(measure: (column: Column) => number): (column: Column) => number {
  const known = new Map<Column, number>();
  return (column) => {
    const value = known.get(column) ?? measure(column);
    known.set(column, value);
    return value;
  };
}

function frameOf(places: readonly ColumnWidth[], rows: readonly GridRow[], screen: Screen, draw: DrawFrame): string {
  const head = places.map(({ column, width }) => blockOf(truncate(column.title, width), 'strong', width, screen));
  const text = draw(
    head,
    rows.flatMap((row) => linesOf(row, places, screen)),
  );
  return `${text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

function lineOf(blocks: readonly Block[]): string {
  return blocks
    .map(({ text }) => text)
    .join(gap)
    .trimEnd();
}

/** A row in as many lines as its longest cell takes. */
function linesOf(row: GridRow, places: readonly ColumnWidth[], screen: Screen): Block[][] {
  const cells = places.map(({ column, width }) => fold(row.get(column)?.text ?? '', width, column.lines ?? 1));
  const height = Math.max(...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    places.map(({ column, width }, i) => blockOf(cells[i]?.[line] ?? '', row.get(column)?.tone, width, screen)),
  );
}

/** Of what does not fit into so many lines the last one ends with an ellipsis. */
function fold(text: string, columns: number, most: number): string[] {
  if (most === 1 || width(text) <= columns) return [truncate(text, columns)];
  const lines = wrap(text, columns);
  const rest = lines.slice(most - 1).join(' ');
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), truncate(rest, columns)];
}

/** The colour goes around the text and not around the blanks that fill the column. */
function blockOf(text: string, tone: Cell['tone'], columns: number, { paint }: Screen): Block {
  const blanks = ' '.repeat(Math.max(0, columns - width(text)));
  return { text: (tone === undefined || text === '' ? text : paint[tone](text)) + blanks, columns };
}

/** Draws single-line cells below a head. Every cell must be exactly as wide as its column says. */
export type DrawFrame = (head: readonly Block[], rows: readonly (readonly Block[])[]) => string;

/** Text that may be coloured, with the columns that it takes: nobody measures it again. */
export interface Block {
  readonly text: string;
  readonly columns: number;
}

/** Between two columns; the rows after the frame's are joined by it too. */
export const gap = ' │ ';

const noBox = Object.fromEntries(
  ['top', 'bottom'].flatMap((edge) => ['', '-mid', '-left', '-right'].map((part) => [edge + part, ''])),
);
const chars = { ...noBox, left: '', right: '', 'left-mid': '', 'right-mid': '', 'mid-mid': '─┼─', middle: gap };
const style = { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true };

/**
 * cli-table3 measures by an old table of widths (wrong for Thai, Devanagari and newer emoji) and cuts where it
 * disagrees. So it never sees the text: it gets stand-ins of the right width, and the text takes their places after.
 */
export async function loadFrame(): Promise<DrawFrame> {
  const { default: Table } = await import('cli-table3');
  return (head, rows) => {
    const table = new Table({ head: head.map(standIn), colWidths: head.map(({ columns }) => columns), chars, style });
    table.push(...rows.map((row) => row.map(standIn)));
    const texts = [head, ...rows].flat();
    let place = 0;
    return table.toString().replace(/x+/g, () => texts[place++]?.text ?? '');
  };
}

function standIn({ columns }: Block): string {
  return 'x'.repeat(columns);
}

/** So many columns always stay, cut as far as it takes. */
const fewest = 2;

/** How much a column matters: those that matter least give way first. */
type Keep = (column: Column) => number;

export interface ColumnWidth {
  readonly column: Column;
  readonly width: number;
}

/**
 * Which columns fit into `room` terminal columns with `gap` between two of them, and how wide each is.
 * `widest`: the width of a column's widest text; an optional column whose texts are all empty is left out.
 */
function layOut(columns: readonly Column[], widest: (column: Column) => number, room: number, gap: number, keep: Keep) {
  const wide = (column: Column) => Math.max(widest(column), width(column.title));
  const least = (column: Column) => Math.min(wide(column), column.least);
  const left = (chosen: readonly Column[], widthOf: (column: Column) => number) =>
    room - gap * (chosen.length - 1) - chosen.reduce((sum, column) => sum + widthOf(column), 0);

  let chosen = columns.filter((column) => column.optional !== true || widest(column) > 0);
  const mayDrop = () => chosen.length > fewest && chosen.some((column) => keep(column) < Number.POSITIVE_INFINITY);
  while (left(chosen, least) < 0 && mayDrop()) chosen = dropLeast(chosen, keep);
  let places: ColumnWidth[] = chosen.map((column) => ({ column, width: least(column) }));
  for (let spare = left(chosen, least); spare < 0; spare += 1) places = narrowWidest(places);
  return spread(places, wide, left(chosen, least), keep);
}

/** Without the column that matters least, or with its shorter form. */
function dropLeast(columns: readonly Column[], keep: Keep): Column[] {
  const first = columns.reduce((a, b) => (keep(b) < keep(a) ? b : a));
  return columns.flatMap((column) => {
    if (column !== first) return [column];
    return column.shorter === undefined ? [] : [column.shorter];
  });
}

/** One terminal column off the widest place. */
function narrowWidest(places: readonly ColumnWidth[]): ColumnWidth[] {
  const widest = places.reduce((a, b) => (b.width > a.width ? b : a));
  return places.map((place) => (place === widest ? { ...place, width: Math.max(1, place.width - 1) } : place));
}

/** Hands what is to spare to the columns that want more, those that matter most first. */
function spread(
  places: readonly ColumnWidth[],
  wide: (column: Column) => number,
  spare: number,
  keep: Keep,
): ColumnWidth[] {
  const widths = new Map(places.map(({ column, width }) => [column, width]));
  const order = ({ column }: ColumnWidth) => column.grow ?? keep(column);
  for (const { column, width } of places.toSorted((a, b) => order(b) - order(a))) {
    const more = Math.max(0, Math.min(spare, wide(column) - width));
    widths.set(column, width + more);
    spare -= more;
  }
  return places.map(({ column, width }) => ({ column, width: widths.get(column) ?? width }));
}
