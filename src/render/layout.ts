import type { Column } from './columns.ts';
import { width } from './width.ts';

/** So many columns always stay, cut as far as it takes. */
const fewest = 2;

/** How much a column matters: those that matter least give way first. */
type Keep = (column: Column) => number;

export interface Place {
  readonly column: Column;
  readonly width: number;
}

/**
 * Which columns fit into `room` terminal columns with `gap` between two of them, and how wide each is.
 * `widest`: the width of a column's widest text; an optional column whose texts are all empty is left out.
 */
export function layOut(
  columns: readonly Column[],
  widest: (column: Column) => number,
  room: number,
  gap: number,
  keep: Keep,
) {
  const wide = (column: Column) => Math.max(widest(column), width(column.title));
  const least = (column: Column) => Math.min(wide(column), column.least);
  const left = (chosen: readonly Column[], widthOf: (column: Column) => number) =>
    room - gap * (chosen.length - 1) - chosen.reduce((sum, column) => sum + widthOf(column), 0);

  let chosen = columns.filter((column) => column.optional !== true || widest(column) > 0);
  while (left(chosen, least) < 0 && chosen.length > fewest) chosen = yielded(chosen, keep);
  let places: Place[] = chosen.map((column) => ({ column, width: least(column) }));
  for (let spare = left(chosen, least); spare < 0; spare += 1) places = narrowed(places);
  return spread(places, wide, left(chosen, least), keep);
}

/** Without the column that matters least, or with its shorter form. */
function yielded(columns: readonly Column[], keep: Keep): Column[] {
  const first = columns.reduce((a, b) => (keep(b) < keep(a) ? b : a));
  return columns.flatMap((column) => {
    if (column !== first) return [column];
    return column.shorter === undefined ? [] : [column.shorter];
  });
}

/** One terminal column off the widest place. */
function narrowed(places: readonly Place[]): Place[] {
  const widest = places.reduce((a, b) => (b.width > a.width ? b : a));
  return places.map((place) => (place === widest ? { ...place, width: Math.max(1, place.width - 1) } : place));
}

/** Hands what is to spare to the columns that want more, those that matter most first. */
function spread(places: readonly Place[], wide: (column: Column) => number, spare: number, keep: Keep): Place[] {
  const widths = new Map(places.map(({ column, width }) => [column, width]));
  for (const { column, width } of places.toSorted((a, b) => keep(b.column) - keep(a.column))) {
    const more = Math.max(0, Math.min(spare, wide(column) - width));
    widths.set(column, width + more);
    spare -= more;
  }
  return places.map(({ column, width }) => ({ column, width: widths.get(column) ?? width }));
}
