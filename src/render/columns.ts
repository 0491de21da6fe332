import type { Result } from '../core/record.ts';
import { textOf, valueAt } from './fields.ts';
import type { Tone } from './paint.ts';
import type { View } from './renderer.ts';
import { visible } from './safe-text.ts';
import { ageText, briefText, clockText, dateText, timeText } from './times.ts';
import { remarkOf, wordOf } from './words.ts';

/** A column of the rows on a terminal. */
export interface Column {
  readonly title: string;
  cell(result: Result, view: View): Cell;
  /** Narrower than this it had better go; where its texts are shorter, their width counts. */
  readonly least: number;
  /** Lines that a longer text may take; 1 where absent, and then it is cut. */
  readonly lines?: number;
  /** Columns that it gets in any case where rows are still to come. */
  readonly usual?: number;
  /** The same, more than its texts have so far. */
  readonly slack?: number;
  /** The same as `keep` for handing out what is to spare. */
  readonly grow?: number;
  /** The column with the least `keep` gives way first. */
  readonly keep: number;
  /** The same where its texts differ. */
  readonly keepMixed?: number;
  /** It stays where it alone tells rows of one id apart. */
  readonly tellsApart?: true;
  /** What to show instead, before it goes. */
  readonly shorter?: Column;
  /** Left out where all its texts are empty. */
  readonly optional?: boolean;
}

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

/** Of a column that never gives way: a row says of which message it is, and where that is. */
const always = Number.POSITIVE_INFINITY;

/** Half a time or half a channel helps nobody. */
const uncut = Number.POSITIVE_INFINITY;
const uuid = 36;

/** What the record calls updated, in ever less room. */
const age: Column = { ...updatedBy(ageText), usual: 10, keep: 5 };
const brief: Column = { ...updatedBy(briefText), usual: 12, keep: 4.5, shorter: age };
const clock: Column = { ...updatedBy(clockText), usual: 18, keep: 3.5, shorter: brief };
const updated: Column = { ...updatedBy(timeText), usual: 38, keep: 1, shorter: clock };

function updatedBy(format: (iso: string, view: View) => string): Omit<Column, 'keep'> {
  return {
    title: 'updated',
    cell: ({ updatedAt }, view) => ({ text: updatedAt === null ? '' : format(updatedAt, view), tone: 'quiet' }),
    least: uncut,
    optional: true,
  };
}

const id: Column = {
  title: 'id',
  cell: (result) => ({ text: result.id }),
  least: uuid,
  lines: 5,
  slack: 3,
  keep: always,
  grow: 5.5,
};

/** The columns where `--fields` names none, in the order shown. */
export const rowColumns: readonly Column[] = [
  { title: 'name', cell: ({ name }) => ({ text: textOf(name) }), least: 16, lines: 3, keep: 7.8, optional: true },
  {
    title: 'provider',
    cell: (result) => ({ text: sourceOf(result), tone: 'quiet' }),
    least: uncut,
    keep: 2,
    keepMixed: 6.5,
    tellsApart: true,
  },
  { ...id, keep: 6.9, shorter: { ...id, least: 20 } },
  { title: 'result', cell: stateCell, least: 14, usual: 11, grow: 5.6, keep: always },
  {
    title: 'channel',
    cell: ({ channel }) => ({ text: textOf(channel) }),
    least: uncut,
    usual: 8,
    keep: 3,
    optional: true,
  },
  {
    title: 'number',
    cell: (result) => ({ text: partyOf(result) }),
    least: 16,
    usual: 12,
    lines: 2,
    keep: 4,
    optional: true,
  },
  updated,
  {
    title: 'message',
    cell: (result) => ({ text: remarkOf(result) }),
    least: 12,
    usual: 30,
    lines: 3,
    keep: 7,
    optional: true,
  },
];

/** As a ref of `check` names it; what is read off a list or an event was not asked for one by one. */
function sourceOf({ provider, operation }: Result): string {
  return ['get', 'list', 'decode'].includes(operation) ? provider : `${provider}/${operation}`;
}

/** The customer's number: whom the message went to, or who sent it. */
function partyOf({ direction, from, to }: Result): string {
  return textOf(direction === 'inbound' ? from : to);
}

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
