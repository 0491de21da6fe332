import type { Result } from '../core/record.ts';
import { explanationOf, nameOf, type TestStatus, testStatusOf } from './explanation.ts';
import type { Ending, Renderer } from './renderer.ts';
import { visible } from './safe-text.ts';
import { resultName } from './words.ts';

/** Bytes, of the rows; a longer report is for nobody to read. */
const longest = 900_000;
/** Bytes that are left for what comes after the rows. */
const ending = 100;

const symbols: Readonly<Record<TestStatus, string>> = { passed: '✅', failed: '❌', pending: '⏳', error: '⚠️' };

interface MarkdownRow {
  readonly index: number;
  readonly passed: boolean;
  readonly text: string;
}

/**
 * A verdict, the counts, and a row a message, those that are not ok first. Nothing is written before the end, and nothing
 * at all where there is no room for the verdict. `room`: how many bytes it may have, asked at the end.
 */
export function createMarkdownRenderer(room?: () => number): Renderer {
  const rows: MarkdownRow[] = [];
  return {
    result(result, hint) {
      rows.push(rowOf(result, hint));
      return '';
    },
    end: (end) => {
      const head = headLines(end);
      const left = (room?.() ?? Number.POSITIVE_INFINITY) - Buffer.byteLength(head.join('\n')) - ending;
      return left < 0 ? '' : `${[...head, ...tableLines(rows, left)].join('\n')}\n`;
    },
  };
}

function headLines({ summary, exit }: Ending): string[] {
  const counts = Object.entries(summary.byExit).map(([name, count]) => `${count} ${name}`);
  const messages = summary.total === 1 ? '1 message' : `${summary.total} messages`;
  return [
    `## ${symbols[testStatusOf({ exit })]} sbstatus: ${exit.name} (exit code ${exit.code})`,
    '',
    `${messages}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}`,
    '',
  ];
}

const tableHead = ['| | message | result | channel | why |', '| --- | --- | --- | --- | --- |'];

/** `room`: bytes. */
function tableLines(rows: readonly MarkdownRow[], room: number): string[] {
  if (rows.length === 0) return [];
  const sorted = rows.toSorted((a, b) => Number(a.passed) - Number(b.passed) || a.index - b.index);
  const shown = fitting(sorted, Math.min(longest, room - Buffer.byteLength(tableHead.join('\n')) - 1));
  const rest = sorted.length - shown.length;
  return [
    ...(shown.length === 0 ? [] : tableHead),
    ...shown.map(({ text }) => text),
    ...(rest === 0 ? [] : ['', `… and ${rest} more`]),
  ];
}

function fitting(rows: readonly MarkdownRow[], room: number): readonly MarkdownRow[] {
  let size = 0;
  const end = rows.findIndex(({ text }) => {
    size += Buffer.byteLength(text) + 1;
    return size > room;
  });
  return end === -1 ? rows : rows.slice(0, end);
}

function rowOf(result: Result, hint: string | null): MarkdownRow {
  const judgement = testStatusOf(result);
  const cells = [
    symbols[judgement],
    result.name !== null ? `${prose(nameOf(result))}<br>${itemText(result)}` : itemText(result),
    prose(resultName(result)),
    prose(result.channel ?? ''),
    judgement === 'passed' ? '' : why(result, hint),
  ];
  return { index: result.index, passed: judgement === 'passed', text: `| ${cells.join(' | ')} |` };
}

function itemText({ provider, operation, id }: Result): string {
  return `${prose(provider)} ${prose(operation)} <code>${prose(id)}</code>`;
}

function why(result: Result, verdictHint: string | null): string {
  const { message, hint } = explanationOf(result, verdictHint);
  return [message, hint].flatMap((text) => (text === null ? [] : [prose(text)])).join('<br>');
}

/**
 * Text of unknown origin as nothing but text: no markup, no link, no reference to an issue, a person, a label or a
 * milestone, no end of a cell. Within a word, `_` means nothing.
 */
function prose(text: string): string {
  return visible(text).replace(
    /[&<>|\\`*~[\]#@$]|[!%^](?=[\w"])|:(?=\/\/|[\w+-]+:)|(?<!\w)_|_(?!\w)|\bGH-(?=\d)|www\./gi,
    entity,
  );
}

function entity(part: string): string {
  return `&#${part.codePointAt(0)};${part.slice(1)}`;
}
