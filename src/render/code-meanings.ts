import { type Entry, entryLines } from './entries.ts';
import { loadPaint } from './paint.ts';
import { clampColumns, type View } from './renderer.ts';
import { visible } from './safe-text.ts';

/** What a code means. */
export interface CodeMeaning {
  readonly code: string;
  readonly name: string | null;
  /** Other spellings of the name, to find it by. */
  readonly aliases?: readonly string[];
  /** Where the code occurs, where the same code means something else elsewhere. */
  readonly where: string | null;
  readonly class: string;
  readonly meaning: string;
  /** Whether doing it once more helps; null where nobody says. */
  readonly retry: { readonly what: string; readonly helps: boolean | null };
  readonly hint: string;
}

const names = ['code', 'name', 'where', 'class', 'meaning', 'retryHelps', 'next'] as const;

/** Labelled lines on a terminal, tab-separated lines in a pipe; nothing for no codes. */
export async function codeMeaningsText(
  codes: readonly CodeMeaning[],
  view: Pick<View, 'columns' | 'color'>,
): Promise<string> {
  if (codes.length === 0) return '';
  if (view.columns === null) return [names, ...codes.map(cellsOf)].map(line).join('');
  const area = { columns: clampColumns(view.columns), paint: await loadPaint(view.color) };
  return `${codes.map((code) => entryLines(entriesOf(code), area).join('\n')).join('\n\n')}\n`;
}

function cellsOf({ code, name, where, class: kind, meaning, retry, hint }: CodeMeaning): readonly string[] {
  return [code, name ?? '', where ?? '', kind, meaning, answerOf(retry), hint];
}

function line(cells: readonly string[]): string {
  return `${cells.map(visible).join('\t')}\n`;
}

function entriesOf({ code, name, where, class: kind, meaning, retry, hint }: CodeMeaning): Entry[] {
  const title = [code, name, where === null ? null : `(${where})`].filter((part) => part !== null).join(' ');
  return [
    { label: 'code', text: title, tone: 'strong' },
    { label: 'class', text: kind },
    { label: 'meaning', text: meaning },
    { label: 'retry', text: `${retry.what} ${sentences[answerOf(retry)]}` },
    { label: 'next', text: hint },
  ];
}

const sentences = { yes: 'may help', no: 'does not help', unknown: 'may or may not help' } as const;

function answerOf({ helps }: CodeMeaning['retry']): keyof typeof sentences {
  if (helps === null) return 'unknown';
  return helps ? 'yes' : 'no';
}
