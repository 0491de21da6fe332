import type { Paint } from './paint.ts';
import type { View } from './renderer.ts';

/** A view that is a terminal, with the width settled. */
export interface Screen extends View {
  readonly columns: number;
  readonly paint: Paint;
}

/** Columns where the terminal does not say. */
const usual = 80;

/** Narrower than this nothing is fitted any more: the terminal wraps. */
const narrowest = 20;

export function settledColumns(columns: number): number {
  return columns <= 0 ? usual : Math.max(narrowest, columns);
}
