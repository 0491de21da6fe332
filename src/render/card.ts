import type { Result, ResultError } from '../core/record.ts';
import { formatDuration } from '../core/time.ts';
import { fieldText } from './columns.ts';
import { type Entry, entryLines } from './entries.ts';
import { textOf } from './fields.ts';
import type { Renderer, Screen, View } from './renderer.ts';
import { jsonText } from './safe-text.ts';
import { momentText, timeText } from './times.ts';
import { width, wrap } from './width.ts';
import { meaningOf, reasonText, wordOf } from './words.ts';

/** A detail is there to be glanced at; `--fields` and the data formats have all of it. */
const detailLines = 3;

/** One message on a terminal: the state and what it means, then all that is known, a label a line. */
export function createCardRenderer(screen: Screen): Renderer {
  const linesOf = (result: Result) =>
    screen.fields === null ? cardLines(result, screen) : fieldLines(result, screen.fields, screen);
  return { result: (result) => `${linesOf(result).join('\n')}\n`, end: () => '' };
}

function fieldLines(result: Result, paths: readonly string[], screen: Screen): string[] {
  return entryLines(
    paths.map((path) => ({ label: path, text: fieldText(result, path, screen) })),
    screen,
  );
}

function cardLines(result: Result, screen: Screen): string[] {
  return [...headlines(result, screen), '', ...entryLines(entriesOf(result, screen), screen)];
}

function headlines(result: Result, { columns, paint }: Screen): string[] {
  const { symbol, word, tone } = wordOf(result);
  const head = `${symbol} ${word}`;
  const meaning = meaningOf(result);
  const painted = paint[tone](head);
  if (width(head) + 2 + width(meaning) <= columns) return [`${painted}  ${meaning}`];
  return [painted, ...wrap(meaning, columns - 2).map((line) => `  ${line}`)];
}

function entriesOf(result: Result, view: View): Entry[] {
  return [
    { label: 'id', text: result.id },
    { label: 'asked', text: `${result.provider} ${result.operation}${result.mock ? ' (mock server)' : ''}` },
    ...errorEntries(result.error),
    ...reasonEntries(result),
    ...optionalEntry('reported', result.providerState),
    ...optionalEntry('channel', channelText(result)),
    ...optionalEntry('direction', result.direction),
    ...optionalEntry('from', result.from),
    ...optionalEntry('to', result.to),
    ...timeEntries(result, view),
    ...timelineEntries(result, view),
    ...detailEntries(result.details),
    ...underOneLabel(
      'warning',
      result.warnings.map((text) => ({ text, tone: 'waiting' as const })),
    ),
    ...optionalEntry('request', result.request?.requestId ?? result.error?.requestId ?? null),
    { label: 'exit', text: `${result.exit.code} ${result.exit.name}` },
    ...(result.redacted ? [{ label: 'masked', text: 'personal data is masked; --reveal shows it' }] : []),
    ...(result.raw === undefined ? [] : [{ label: 'raw', text: jsonText(result.raw) }]),
  ];
}

function optionalEntry(label: string, text: string | null): Entry[] {
  return text === null || text === '' ? [] : [{ label, text }];
}

/** Entries under one label, which stands at the first. */
function underOneLabel(label: string, entries: readonly Omit<Entry, 'label'>[]): Entry[] {
  return entries.map((entry, place) => ({ ...entry, label: place === 0 ? label : '' }));
}

function errorEntries(error: ResultError | null): Entry[] {
  if (error === null) return [];
  const { retryAfterSeconds: seconds } = error;
  const retry = seconds === null ? 'may help' : `after ${formatDuration(seconds * 1000)}`;
  return [
    { label: 'error', text: error.message, tone: 'bad' },
    ...optionalEntry('hint', error.hint),
    ...(error.retryable ? [{ label: 'retry', text: retry }] : []),
  ];
}

function reasonEntries({ reason, outcome }: Result): Entry[] {
  if (reason === null) return [];
  const text = reasonText(reason) || reason.class;
  return [
    { label: 'reason', text, ...(outcome === 'failure' ? { tone: 'bad' } : {}) },
    ...optionalEntry('hint', reason.hint),
  ];
}

function channelText({ channel, downgraded }: Result): string {
  return [textOf(channel), downgraded === true ? '(downgraded)' : ''].filter((part) => part !== '').join(' ');
}

function timeEntries(result: Result, view: View): Entry[] {
  const times = { created: result.createdAt, sent: result.sentAt, updated: result.updatedAt };
  return Object.entries(times).flatMap(([label, at]) => optionalEntry(label, at === null ? null : timeText(at, view)));
}

function timelineEntries({ timeline }: Result, view: View): Entry[] {
  return underOneLabel(
    'timeline',
    timeline.map(({ state, providerState, at, description }) => ({
      text: [
        at === null ? '' : momentText(at, view),
        state,
        providerState.toLowerCase() === state ? '' : `(${providerState})`,
        description === null ? '' : `– ${description}`,
      ]
        .filter((part) => part !== '')
        .join(' '),
    })),
  );
}

/** Facts that say nothing (null, empty) are left out. */
function detailEntries(details: Result['details']): Entry[] {
  const facts = Object.entries(details).map(([name, value]) => ({ name, text: textOf(value) }));
  return underOneLabel(
    'details',
    facts
      .filter(({ text }) => text !== '' && text !== '[]' && text !== '{}')
      .map(({ name, text }) => ({ text: `${name}: ${text}`, lines: detailLines })),
  );
}
