import type { Result } from '../core/record.ts';
import { type Cell, type Column, fieldColumns, rowColumns } from './columns.ts';
import type { Renderer, Screen } from './renderer.ts';
import { visible } from './safe-text.ts';
import { truncate, width } from './width.ts';

/** cli-table3 takes time by the square of the rows: it draws this many, and the rest are plain lines below them. */
const framedRows = 200;

/** One row a result on a terminal. The widths are those of the first rows, which are held back until they are known. */
export function createGridRenderer(screen: Screen, draw: DrawFrame): Renderer {
  const columns = screen.fields === null ? rowColumns : fieldColumns(screen.fields);
  const rowOf = rowsOf(columns, screen);
  let held: GridRow[] = [];
  let places: readonly ColumnWidth[] | null = null;

  const release = () => {
    if (held.length === 0) return '';
    const rows = held;
    held = [];
    places = placesOf(columns, rows, screen.columns);
    return frameOf(places, rows, screen, draw);
  };
  return {
    result(result) {
      if (places !== null) return `${lineOf(rowOf(result), places, screen)}\n`;
      held.push(rowOf(result));
      return held.length < framedRows ? '' : release();
    },
    end: release,
  };
}

/** The cells of a result, for every column that may be shown, none wider than the screen. */
type GridRow = ReadonlyMap<Column, Cell>;

function rowsOf(columns: readonly Column[], screen: Screen): (result: Result) => GridRow {
  const all = columns.flatMap((column) => (column.shorter === undefined ? [column] : [column, column.shorter]));
  const cellOf = (column: Column, result: Result): Cell => {
    const cell = column.cell(result, screen);
    return { ...cell, text: truncate(visible(cell.text), screen.columns) };
  };
  return (result) => new Map(all.map((column) => [column, cellOf(column, result)]));
}

function placesOf(columns: readonly Column[], rows: readonly GridRow[], room: number): ColumnWidth[] {
  const widest = (column: Column) => Math.max(0, ...rows.map((row) => width(row.get(column)?.text ?? '')));
  const isMixed = (column: Column) => new Set(rows.map((row) => row.get(column)?.text)).size > 1;
  const keep = (column: Column) => (isMixed(column) ? (column.keepMixed ?? column.keep) : column.keep);
  return layOut(columns, memoize(widest), room, gap.length, memoize(keep));
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
  const head = places.map(({ column, width }) => blockOf({ text: column.title, tone: 'strong' }, width, screen));
  const text = draw(
    head,
    rows.map((row) => blocksOf(row, places, screen)),
  );
  return `${text.split('\n').map(trimEnd).join('\n')}\n`;
}

function lineOf(row: GridRow, places: readonly ColumnWidth[], screen: Screen): string {
  const texts = blocksOf(row, places, screen).map(({ text }) => text);
  return trimEnd(texts.join(gap));
}

function trimEnd(line: string): string {
  return line.trimEnd();
}

function blocksOf(row: GridRow, places: readonly ColumnWidth[], screen: Screen): Block[] {
  return places.map(({ column, width }) => blockOf(row.get(column) ?? { text: '' }, width, screen));
}

/** The colour goes around the text and not around the blanks that fill the column. */
function blockOf({ text, tone }: Cell, columns: number, { paint }: Screen): Block {
  const shown = truncate(text, columns);
  const blanks = ' '.repeat(columns - width(shown));
  return { text: (tone === undefined || shown === '' ? shown : paint[tone](shown)) + blanks, columns };
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
  while (left(chosen, least) < 0 && chosen.length > fewest) chosen = dropLeast(chosen, keep);
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
  for (const { column, width } of places.toSorted((a, b) => keep(b.column) - keep(a.column))) {
    const more = Math.max(0, Math.min(spare, wide(column) - width));
    widths.set(column, width + more);
    spare -= more;
  }
  return places.map(({ column, width }) => ({ column, width: widths.get(column) ?? width }));
}
