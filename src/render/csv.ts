import { stringify } from 'csv-stringify/sync';
import { textOf, valueAt } from './fields.ts';
import type { Renderer, View } from './renderer.ts';
import { visible } from './safe-text.ts';

export const csvColumns: readonly string[] = [
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
 * Values are exact: a cell that a spreadsheet would take for a formula is left alone, since every phone number
 * begins with `+` and would be changed. Only on a terminal are control characters made visible.
 */
export function createCsvRenderer(view: View): Renderer {
  const columns = view.fields ?? csvColumns;
  const shown = view.columns === null ? (text: string) => text : visible;
  const row = (cells: readonly string[]) => stringify([cells], options(cells.length));
  let header = row(columns);
  const takeHeader = () => {
    const text = header;
    header = '';
    return text;
  };
  return {
    result: (result) => takeHeader() + row(columns.map((path) => shown(textOf(valueAt(result, path))))),
    end: takeHeader,
  };
}

/** A lone empty cell is quoted, or its row would be a blank line, which readers skip. */
function options(columns: number) {
  return { quoted_match: /[\r\n]/, quoted_empty: columns === 1 };
}
