import type { Result } from '../core/record.ts';
import { textOf, valueAt } from './fields.ts';
import type { Tone } from './paint.ts';
import type { View } from './renderer.ts';
import { visible } from './safe-text.ts';
import { ageText, dateText, timeText } from './times.ts';
import { remarkOf, wordOf } from './words.ts';

/** A column of the rows on a terminal. */
export interface Column {
  readonly title: string;
  cell(result: Result, view: View): Cell;
  /** Narrower than this it had better go; where its texts are shorter, their width counts. */
  readonly least: number;
  /** The column with the least `keep` gives way first. */
  readonly keep: number;
  /** The same where its texts differ. */
  readonly keepMixed?: number;
  /** What to show instead, before it goes. */
  readonly shorter?: Column;
  /** Left out where all its texts are empty. */
  readonly optional?: boolean;
}

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

/** Half an id or half a phone number helps nobody. */
const uncut = Number.POSITIVE_INFINITY;
const uuid = 36;

const age: Column = {
  title: 'updated',
  cell: ({ updatedAt }, view) => ({ text: updatedAt === null ? '' : ageText(updatedAt, view), tone: 'quiet' }),
  least: uncut,
  keep: 5,
  optional: true,
};

/** The columns where `--fields` names none, in the order shown. */
export const rowColumns: readonly Column[] = [
  {
    title: 'provider',
    cell: ({ provider }) => ({ text: provider, tone: 'quiet' }),
    least: uncut,
    keep: 2,
    keepMixed: 6.5,
  },
  { title: 'id', cell: ({ id }) => ({ text: id }), least: uuid, keep: 8 },
  { title: 'result', cell: stateCell, least: uncut, keep: 7 },
  { title: 'channel', cell: ({ channel }) => ({ text: textOf(channel) }), least: uncut, keep: 3, optional: true },
  { title: 'to', cell: ({ to }) => ({ text: textOf(to) }), least: uncut, keep: 4, optional: true },
  {
    title: 'updated',
    cell: ({ updatedAt }, view) => ({ text: updatedAt === null ? '' : timeText(updatedAt, view) }),
    least: uncut,
    keep: 1,
    optional: true,
    shorter: age,
  },
  { title: 'message', cell: (result) => ({ text: remarkOf(result) }), least: 16, keep: 6, optional: true },
];

function stateCell(result: Result): Cell {
  const { symbol, word, tone } = wordOf(result);
  return { text: `${symbol} ${word}`, tone };
}

/** Paths as columns; the later ones give way first. */
export function fieldColumns(paths: readonly string[]): Column[] {
  return paths.map((path, place) => ({
    title: visible(path),
    cell: (result, view) => ({ text: fieldText(result, path, view) }),
    least: 8,
    keep: -place,
  }));
}

const times: ReadonlySet<string> = new Set(['createdAt', 'sentAt', 'updatedAt', 'checkedAt']);

/** The value at a path for people: times in their zone. */
export function fieldText(result: Result, path: string, view: View): string {
  const text = textOf(valueAt(result, path));
  return times.has(path) && text !== '' ? dateText(text, view) : text;
}
