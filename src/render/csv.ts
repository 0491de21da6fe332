import { stringify } from 'csv-stringify/sync';
import { textOf, valueAt } from './fields.ts';
import { logSafe, type Renderer, type View } from './renderer.ts';
import { onOneLine, withoutControls } from './safe-text.ts';

const csvColumns: readonly string[] = [
  'provider',
  'operation',
  'id',
  'state',
  'outcome',
  'providerState',
  'channel',
  'to',
  'updatedAt',
  'reason.code',
  'error.code',
  'exit.code',
];

/**
 * A header and a row a result, quoted as RFC 4180 says, each ended by a bare line feed, which is what pipes expect.
 * What a terminal obeys is made visible, NUL among it, which readers stumble over; line ends and tabs only on a terminal.
 */
export function createCsvRenderer(view: View): Renderer {
  const columns = view.fields ?? csvColumns;
  const shown = view.columns === null ? withoutControls : onOneLine;
  const row = (cells: readonly string[]) => stringify([cells], options(cells.length));
  let header = row(columns);
  const takeHeader = () => {
    const text = header;
    header = '';
    return text;
  };
  const result: Renderer['result'] = (each) =>
    takeHeader() + row(columns.map((path) => withoutFormula(shown(textOf(valueAt(each, path))))));
  return logSafe({ result, end: takeHeader }, view);
}

/** A lone empty cell is quoted, or its row would be a blank line, which readers skip. */
function options(columns: number) {
  return { quoted_match: /[\r\n]/, quoted_empty: columns === 1 };
}

/**
 * How a formula begins. Phone numbers, negative numbers and keys begin with a sign too: made of such characters alone, a
 * cell can call nothing and lead nowhere.
 */
const formula = /^(?:[=@＝＠\t\r\n]|[+-](?![\d\s()./-]*$|[\w.:~/-]*$))/;

/** A cell that no spreadsheet evaluates, by the apostrophe that they take for the beginning of a text: anybody may write us a message. */
function withoutFormula(cell: string): string {
  return formula.test(cell) ? `'${cell}` : cell;
}
