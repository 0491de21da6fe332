import type { Result } from '../core/record.ts';
import { textOf, valueAt } from './fields.ts';
import type { Renderer, View } from './renderer.ts';
import { visible } from './safe-text.ts';
import { remarkOf, stateName } from './words.ts';

/**
 * What the table holds in a pipe. The first five are never empty, so that blank-splitting tools find them too
 * (as long as the ids hold no blanks); times are RFC 3339 in UTC.
 */
export const tsvColumns: Readonly<Record<string, (result: Result) => string>> = {
  provider: (result) => result.provider,
  operation: (result) => result.operation,
  id: (result) => result.id,
  state: stateName,
  exit: (result) => String(result.exit.code),
  outcome: (result) => textOf(result.outcome),
  channel: (result) => textOf(result.channel),
  to: (result) => textOf(result.to),
  updatedAt: (result) => textOf(result.updatedAt),
  message: remarkOf,
};

/** A header line and a line a result, tab-separated: `visible` leaves neither tab nor line break in a value. */
export function createTsvRenderer({ fields }: Pick<View, 'fields'>): Renderer {
  const names = fields ?? Object.keys(tsvColumns);
  const cells =
    fields === null
      ? (result: Result) => Object.values(tsvColumns).map((cell) => cell(result))
      : (result: Result) => fields.map((path) => textOf(valueAt(result, path)));
  let header = line(names);
  const takeHeader = () => {
    const text = header;
    header = '';
    return text;
  };
  return { result: (result) => takeHeader() + line(cells(result)), end: takeHeader };
}

function line(cells: readonly string[]): string {
  return `${cells.map(visible).join('\t')}\n`;
}
