import type { Tone } from './paint.ts';
import type { Screen } from './renderer.ts';
import { visible } from './safe-text.ts';
import { pad, truncate, width, wrap } from './width.ts';

/** A label and what it says. Entries below with an empty label belong to the one above. */
export interface Entry {
  readonly label: string;
  readonly text: string;
  readonly tone?: Tone;
  /** At most so many lines; all that it takes where absent. */
  readonly lines?: number;
}

/** What of a screen it takes. */
export type Area = Pick<Screen, 'columns' | 'paint'>;

/** The texts stand beside the labels while at least so many columns are left for them, else below. */
const enough = 20;
const indent = 2;

/** Labels in one column and texts in another, wrapped to the screen. */
export function entryLines(entries: readonly Entry[], screen: Area): string[] {
  const labelled = Math.max(0, ...entries.map(({ label }) => width(visible(label)))) + 2;
  const room = screen.columns - labelled;
  return entries.flatMap((entry) => (room >= enough ? beside(entry, labelled, screen) : below(entry, screen)));
}

function beside(entry: Entry, labelled: number, screen: Area): string[] {
  return textLines(entry, screen.columns - labelled, screen).map((line, place) => {
    const label = pad(visible(place === 0 ? entry.label : ''), labelled);
    return `${screen.paint.quiet(label)}${line}`.trimEnd();
  });
}

function below(entry: Entry, screen: Area): string[] {
  const texts = textLines(entry, screen.columns - indent, screen).map((line) => ' '.repeat(indent) + line);
  if (entry.label === '') return texts;
  return [...wrap(visible(entry.label), screen.columns).map((line) => screen.paint.quiet(line)), ...texts];
}

function textLines({ text, tone, lines }: Entry, columns: number, { paint }: Area): string[] {
  const shown = visible(text);
  const wrapped = wrap(lines === undefined ? shown : truncate(shown, lines * columns), columns);
  return tone === undefined ? wrapped : wrapped.map((line) => paint[tone](line));
}
