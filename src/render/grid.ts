import type { Result } from '../core/record.ts';
import { type Cell, type Column, fieldColumns, rowColumns } from './columns.ts';
import { type Block, type DrawFrame, gap } from './frame.ts';
import { layOut, type Place } from './layout.ts';
import type { Renderer } from './renderer.ts';
import { visible } from './safe-text.ts';
import type { Screen } from './screen.ts';
import { fitted, width } from './width.ts';

/** cli-table3 takes time by the square of the rows: it draws this many, and the rest are plain lines below them. */
const framed = 200;

/** One row a result on a terminal. The widths are those of the first rows, which are held back until they are known. */
export function createGridRenderer(screen: Screen, draw: DrawFrame): Renderer {
  const columns = screen.fields === null ? rowColumns : fieldColumns(screen.fields);
  const rowOf = rowsOf(columns, screen);
  let held: Row[] = [];
  let places: readonly Place[] | null = null;

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
      return held.length < framed ? '' : release();
    },
    end: release,
  };
}

/** The cells of a result, for every column that may be shown, none wider than the screen. */
type Row = ReadonlyMap<Column, Cell>;

function rowsOf(columns: readonly Column[], screen: Screen): (result: Result) => Row {
  const all = columns.flatMap((column) => (column.shorter === undefined ? [column] : [column, column.shorter]));
  const cellOf = (column: Column, result: Result): Cell => {
    const cell = column.cell(result, screen);
    return { ...cell, text: fitted(visible(cell.text), screen.columns) };
  };
  return (result) => new Map(all.map((column) => [column, cellOf(column, result)]));
}

function placesOf(columns: readonly Column[], rows: readonly Row[], room: number): Place[] {
  const widest = (column: Column) => Math.max(0, ...rows.map((row) => width(row.get(column)?.text ?? '')));
  const isMixed = (column: Column) => new Set(rows.map((row) => row.get(column)?.text)).size > 1;
  const keep = (column: Column) => (isMixed(column) ? (column.keepMixed ?? column.keep) : column.keep);
  return layOut(columns, memoized(widest), room, gap.length, memoized(keep));
}

function memoized(measure: (column: Column) => number): (column: Column) => number {
  const known = new Map<Column, number>();
  return (column) => {
    const value = known.get(column) ?? measure(column);
    known.set(column, value);
    return value;
  };
}

function frameOf(places: readonly Place[], rows: readonly Row[], screen: Screen, draw: DrawFrame): string {
  const head = places.map(({ column, width }) => blockOf({ text: column.title, tone: 'strong' }, width, screen));
  const text = draw(
    head,
    rows.map((row) => blocksOf(row, places, screen)),
  );
  return `${text.split('\n').map(trimmed).join('\n')}\n`;
}

function lineOf(row: Row, places: readonly Place[], screen: Screen): string {
  const texts = blocksOf(row, places, screen).map(({ text }) => text);
  return trimmed(texts.join(gap));
}

function trimmed(line: string): string {
  return line.trimEnd();
}

function blocksOf(row: Row, places: readonly Place[], screen: Screen): Block[] {
  return places.map(({ column, width }) => blockOf(row.get(column) ?? { text: '' }, width, screen));
}

/** The colour goes around the text and not around the blanks that fill the column. */
function blockOf({ text, tone }: Cell, columns: number, { paint }: Screen): Block {
  const shown = fitted(text, columns);
  const blanks = ' '.repeat(columns - width(shown));
  return { text: (tone === undefined || shown === '' ? shown : paint[tone](shown)) + blanks, columns };
}
