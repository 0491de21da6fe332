import type { Result } from '../core/record.ts';
import { textOf, valueAt } from './fields.ts';
import { logSafe, type Renderer, type View } from './renderer.ts';
import { onOneLine } from './safe-text.ts';
import { remarkOf } from './words.ts';

/** What the table holds in a pipe, as the data formats have it: what is not known is empty, times are RFC 3339 in UTC. */
const tsvColumns: Readonly<Record<string, (result: Result) => string>> = {
  provider: (result) => result.provider,
  operation: (result) => result.operation,
  id: (result) => result.id,
  state: (result) => textOf(result.state),
  exit: (result) => String(result.exit.code),
  outcome: (result) => textOf(result.outcome),
  channel: (result) => textOf(result.channel),
  to: (result) => textOf(result.to),
  updatedAt: (result) => textOf(result.updatedAt),
  message: remarkOf,
};

/** A header line and a line a result, tab-separated: `onOneLine` leaves neither tab nor line break in a value. */
export function createTsvRenderer({ fields, ci }: Pick<View, 'fields' | 'ci'>): Renderer {
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
  return logSafe({ result: (result) => takeHeader() + line(cells(result)), end: takeHeader }, { ci });
}

function line(cells: readonly string[]): string {
  return `${cells.map(onOneLine).join('\t')}\n`;
}
