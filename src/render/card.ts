import type { Result, TimelineEntry } from '../core/record.ts';
import { formatDuration } from '../core/time.ts';
import { fieldText } from './columns.ts';
import { type Entry, entryLines } from './entries.ts';
import { explanationOf } from './explanation.ts';
import { textOf, valueAt } from './fields.ts';
import type { Tone } from './paint.ts';
import type { Renderer, Screen } from './renderer.ts';
import { jsonText, visible } from './safe-text.ts';
import { ageText, momentText, zoneText } from './times.ts';
import { pad, truncate, width, wrap } from './width.ts';
import { meaningOf, reasonText, wordOf } from './words.ts';

/** Lines of a card: with the command before it and the prompt after it, it fits a terminal of 24. */
const tallest = 22;
/** A detail is there to be glanced at; `--fields` and the data formats have all of it. */
const detailLines = 3;
const all = Number.POSITIVE_INFINITY;
/** Narrower than this a step of the timeline is told without its date. */
const wide = 60;

/**
 * One message on a terminal, most wanted first: where it is, why, what to do, what it said, its steps, and then dim all
 * else that is short. `--details` has the rest too.
 */
export function createCardRenderer(screen: Screen): Renderer {
  let before = '';
  return {
    result: (result, hint) => {
      const lines =
        screen.fields === null ? cardLines(result, hint, screen) : fieldLines(result, screen.fields, screen);
      const text = `${before}${lines.join('\n')}\n`;
      before = '\n';
      return text;
    },
    end: () => '',
  };
}

function fieldLines(result: Result, paths: readonly string[], screen: Screen): string[] {
  return entryLines(
    paths.map((path) => ({ label: path, text: fieldText(result, path, screen) })),
    screen,
  );
}

function cardLines(result: Result, hint: string | null, screen: Screen): string[] {
  const { causes, next } = explain(result, hint);
  const isBad = result.outcome === 'failure' || result.outcome === null;
  const top = [
    ...headline(result, screen),
    ...causes.flatMap((cause) =>
      paragraph(cause, screen, { tone: isBad ? 'bad' : 'quiet', most: screen.details ? all : 5 }),
    ),
    ...(next === null ? [] : paragraph(next, screen, { mark: '→ ', tone: 'strong', most: screen.details ? all : 8 })),
  ];
  const rest = screen.details ? entryLines(entriesOf(result, screen), screen) : restLines(result, screen);
  const content = messageText(result);
  let room = screen.details ? all : tallest - top.length - rest.length - 1;
  const others = (content === '' ? 0 : 2) + stepsOf(result).length + 1;
  const warnings = screen.details ? [] : warningLines(result, next, room - others, screen);
  room -= warnings.length === 0 ? 0 : warnings.length + 1;
  const text = content === '' ? [] : paragraph(`“${content}”`, screen, { most: room > 9 ? detailLines : 1 });
  room -= text.length === 0 ? 0 : text.length + 1;
  const steps = timelineLines(result, screen, room - 1);
  const raw = result.raw === undefined ? [] : entryLines([{ label: 'raw', text: jsonText(result.raw) }], screen);
  return [top, text, steps, warnings, rest, raw]
    .filter((block) => block.length > 0)
    .flatMap((b, i) => (i === 0 ? b : ['', ...b]));
}

/** The state, over what, to whom, and how long ago; where nothing of that is known, what the state means. */
function headline(result: Result, screen: Screen): string[] {
  const { symbol, word, tone } = wordOf(result);
  const at = result.updatedAt ?? result.sentAt ?? result.createdAt;
  const party = result.direction === 'inbound' ? ['from', result.from] : ['to', result.to];
  const way = [channelText(result), ...(party[1] ? party : [])].filter((part) => part !== '').join(' ');
  const facts = [way, at === null ? '' : ageText(at, screen)].filter((part) => part !== '').join(', ');
  const about = visible(facts === '' ? meaningOf(result) : facts);
  const head = screen.paint[tone](`${symbol} ${word}`);
  if (width(`${symbol} ${word}  ${about}`) <= screen.columns) return [`${head}  ${about}`];
  return [head, ...wrap(about, screen.columns - 2).map((line) => `  ${line}`)];
}

function channelText({ channel, downgraded }: Result): string {
  return [textOf(channel), downgraded === true ? '(downgraded)' : ''].filter((part) => part !== '').join(' ');
}

/** Exits whose explanation the state and its reason give already. */
const plainExits: readonly string[] = ['ok', 'failed', 'pending'];

/** Why the message is where it is, and what to do about it. */
function explain(result: Result, verdictHint: string | null): { causes: string[]; next: string | null } {
  const { error, reason, exit } = result;
  const { message, hint } = explanationOf(result, verdictHint);
  if (error !== null) {
    const pause =
      error.retryAfterSeconds === null ? null : `retry after ${formatDuration(error.retryAfterSeconds * 1000)}`;
    return { causes: [message], next: [hint, pause].filter((part) => part !== null && part !== '').join('; ') || null };
  }
  const causes = [
    ...(reason === null ? [] : [reasonText(reason) || reason.class]),
    ...(plainExits.includes(exit.name) || (exit.name === 'unknown-status' && reason !== null) ? [] : [message]),
  ];
  return {
    causes: causes.length === 0 ? [meaningOf(result)] : causes,
    next: (exit.name === 'ok' ? reason?.hint : hint) || null,
  };
}

interface ParagraphStyle {
  readonly tone?: Tone;
  /** Before the first line. */
  readonly mark?: string;
  /** Lines; of longer text the rest is left out. */
  readonly most: number;
}

/** Indented, and broken between words. */
function paragraph(text: string, { columns, paint }: Screen, { tone, mark = '', most }: ParagraphStyle): string[] {
  const margin = 2 + width(mark);
  const lines = clip(wrap(visible(text), Math.max(10, columns - margin)), most);
  return lines.map((line, place) => {
    const shown = tone === undefined ? line : paint[tone](line);
    return `  ${place === 0 ? mark : ' '.repeat(width(mark))}${shown}`;
  });
}

/** Of too many lines the last one shown ends with an ellipsis instead of its last word. */
function clip(lines: readonly string[], most: number): string[] {
  if (lines.length <= most) return [...lines];
  const last = lines[most - 1] ?? '';
  const lastBlank = last.lastIndexOf(' ');
  const cut = lastBlank > 0 ? `${last.slice(0, lastBlank).trimEnd()} …` : truncate(`${last}…`, width(last));
  return [...lines.slice(0, most - 1), cut];
}

/** Where a provider's text of the message stands in the details; see docs/adding-a-provider.md. */
const textPaths = ['details.content', 'details.messageBody.content', 'details.messageBody'];

function messageText(result: Result): string {
  for (const path of textPaths) {
    const text = valueAt(result, path);
    if (typeof text === 'string' && text.trim() !== '') return text;
  }
  return '';
}

/** As much of an entry of the timeline as a line tells. */
type TimelineStep = Pick<TimelineEntry, 'at' | 'description'> & { readonly name: string };

/** The provider's steps; where it keeps no history, those that its times tell, and what was seen between them. */
function stepsOf(result: Result): TimelineStep[] {
  const { timeline, createdAt, sentAt, updatedAt } = result;
  const steps = timeline.map(({ state, providerState, ...step }) => ({
    ...step,
    name: state === 'unknown' ? providerState : state,
  }));
  if (steps.some(({ source }) => source !== 'observed')) return steps;
  const state = result.state ?? '';
  const times: readonly (readonly [string, string | null])[] = [
    ['created', createdAt],
    ['sent', sentAt],
    [state, state === 'sent' && sentAt !== null ? null : updatedAt],
  ];
  const told = times.flatMap(([name, at]) => (at === null ? [] : [{ name, at, description: null }]));
  const names = new Set(told.map(({ name }) => name));
  // A state seen after the last change was reported late: the message had left it.
  const seen = steps.filter(({ name, at }) => !names.has(name) && !(updatedAt !== null && (at ?? '') > updatedAt));
  return [...told, ...seen].sort((one, other) => (one.at ?? '').localeCompare(other.at ?? ''));
}

/** A line a step, with the time since the step before. Of too many the first and the last are told. */
function timelineLines(result: Result, screen: Screen, room: number): string[] {
  const steps = stepsOf(result);
  const rows = steps.map((step, place) => ({ ...step, gap: gapText(steps[place - 1], step) }));
  const most = Math.max(3, room);
  const left = rows.length - most + 1;
  const shown = rows.length <= most ? rows : [...rows.slice(0, 1), ...rows.slice(left + 1)];
  const names = Math.max(0, ...shown.map(({ name }) => width(visible(name))));
  const gaps = Math.max(0, ...shown.map(({ gap }) => gap.length));
  const lines = shown.flatMap((row) => stepLines(row, { names, gaps }, screen));
  if (shown.length < rows.length) lines.splice(1, 0, screen.paint.quiet(`  … ${left} more: --details`));
  return lines;
}

function gapText(before: TimelineStep | undefined, { at }: TimelineStep): string {
  const ms = at === null || before?.at == null ? Number.NaN : Date.parse(at) - Date.parse(before.at);
  return ms >= 0 ? `+${formatDuration(ms)}` : '';
}

function stepLines(
  { name, at, description, gap }: TimelineStep & { readonly gap: string },
  { names, gaps }: { readonly names: number; readonly gaps: number },
  screen: Screen,
): string[] {
  const { columns, paint } = screen;
  const moment = at === null ? '' : momentText(at, screen);
  const time = columns < wide ? pad(moment.slice(11), 8) : pad(moment, 19);
  const margin = 2 + width(time) + 2 + names + 2 + gaps + 2;
  const step = `${pad(visible(name), names)}  ${pad(gap, gaps)}`;
  // Too narrow for all of it, the time goes.
  if (margin - 2 > columns) return [truncate(`  ${step}`, columns).trimEnd()];
  const line = `  ${paint.quiet(time)}  ${step}`;
  const room = columns - margin;
  const about = visible(description ?? '');
  if (about === '' || room < 12) return [line.trimEnd()];
  const [first = '', ...more] = screen.details ? wrap(about, room) : clip(wrap(about, room), 1);
  return [`${line}  ${first}`, ...more.map((each) => ' '.repeat(margin) + each)];
}

/** Those that what to do does not quote. `spare`: lines that a short text and all steps leave. */
function warningLines(result: Result, next: string | null, spare: number, screen: Screen): string[] {
  const open = result.warnings.filter((warning) => !(next ?? '').includes(warning)).slice(0, 2);
  const most = spare > open.length * detailLines ? detailLines : 1;
  return open.flatMap((text) => paragraph(text, screen, { mark: '! ', tone: 'waiting', most }));
}

/** Dim, all else that is short. */
function restLines(result: Result, screen: Screen): string[] {
  const hidden = factsOf(result).length + Math.max(0, result.warnings.length - 2);
  const columns = screen.columns - 2;
  const id = visible(result.id);
  const pieces = [
    width(`id ${id}`) > columns ? id : `id ${id}`,
    ...commonFacts(result, screen).map(({ label, text }) => visible(`${label} ${text}`)),
    ...(hidden === 0 ? [] : [`${hidden} more with --details`]),
  ];
  return clip(flow(pieces, columns), 8).map((line) => `  ${screen.paint.quiet(line)}`);
}

/** Pieces beside each other, and as few lines as that takes; none is broken that fits a line. */
function flow(pieces: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const piece of pieces) {
    const joined = `${lines.at(-1)} · ${piece}`;
    if (lines.length > 0 && width(joined) <= columns) lines[lines.length - 1] = joined;
    else lines.push(...wrap(piece, columns));
  }
  return lines;
}

/** What every record may have and the lines above do not tell. */
function commonFacts(result: Result, screen: Screen): Entry[] {
  const { direction, from, to, providerState, state, request, error, exit } = result;
  const other = direction === 'inbound' ? { label: 'to', text: to } : { label: 'from', text: from };
  const word = providerState?.toLowerCase() === state ? null : providerState;
  const hasTimes = stepsOf(result).some(({ at }) => at !== null);
  const entries = [
    { label: 'asked', text: `${result.provider} ${result.operation}${result.mock ? ' (mock server)' : ''}` },
    { label: 'reported', text: word },
    other,
    { label: 'times', text: hasTimes ? zoneText(screen) : null },
    { label: 'request', text: request?.requestId ?? error?.requestId ?? null },
    { label: 'exit', text: `${exit.code} ${exit.name}` },
    { label: 'masked', text: result.redacted ? 'personal data; --reveal shows it' : null },
  ];
  return entries.flatMap(({ label, text }) => (text === null || text === '' ? [] : [{ label, text }]));
}

/** `--details`: a label a line, and nothing that was said above. */
function entriesOf(result: Result, screen: Screen): Entry[] {
  return [
    { label: 'id', text: result.id },
    ...commonFacts(result, screen),
    ...(result.direction === null ? [] : [{ label: 'direction', text: result.direction }]),
    ...timeEntries(result, screen),
    ...underOneLabel(
      'details',
      factsOf(result).map(({ name, text }) => ({ text: `${name}: ${text}`, lines: detailLines })),
    ),
    ...underOneLabel(
      'warning',
      result.warnings.map((text) => ({ text, tone: 'waiting' as const })),
    ),
  ];
}

/** Entries under one label, which stands at the first. */
function underOneLabel(label: string, entries: readonly Omit<Entry, 'label'>[]): Entry[] {
  return entries.map((entry, place) => ({ ...entry, label: place === 0 ? label : '' }));
}

/** The record's own times, where the steps are not made of them. */
function timeEntries({ timeline, createdAt, sentAt, updatedAt }: Result, screen: Screen): Entry[] {
  if (timeline.length === 0) return [];
  const times = { created: createdAt, sent: sentAt, updated: updatedAt };
  return Object.entries(times).flatMap(([label, at]) => (at === null ? [] : [{ label, text: momentText(at, screen) }]));
}

/** The details that say something and were not said before under another name. */
function factsOf(result: Result): { name: string; text: string }[] {
  const { id, from, to, channel, state, providerState, reason } = result;
  const shown = [id, from, to, channel, state, providerState, reason?.code, reason?.name, reason?.message];
  const known = new Set(['', ...shown, messageText(result)].map((text) => spelling(text ?? '')));
  const isNew = (value: unknown) => !known.has(spelling(textOf(value)));
  return Object.entries(result.details)
    .map(([name, value]) => ({ name, text: textOf(isGroup(value) ? partsOf(value, isNew) : value) }))
    .filter(({ text }) => text !== '[]' && text !== '{}' && !known.has(spelling(text)));
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function partsOf(group: Readonly<Record<string, unknown>>, isWanted: (value: unknown) => boolean): unknown {
  return Object.fromEntries(Object.entries(group).filter(([, value]) => isWanted(value)));
}

/** `iMessage` is `imessage`, and a number is the same with blanks in it. The empty text is always known. */
function spelling(text: string): string {
  return truncate(text, 500)
    .toLowerCase()
    .replace(/[\s()-]/g, '');
}
