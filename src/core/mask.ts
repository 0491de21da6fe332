import type { PrivateDetails } from './provider.ts';
import type { Result } from './record.ts';
import { PhraseIndex, type TextSpan } from './text.ts';
import { parseUrl } from './url.ts';

/** Six hex digits for a text, the same for the same text, so that rows still correlate. */
export type Tokenize = (text: string) => string;

/**
 * A record without people's data: each such value becomes a token, and so does each mention of one in a sentence.
 * The verdict, the times, the ids and the codes stay. `privateDetails`: see the provider's contract.
 */
export function maskRecord(result: Result, privateDetails: PrivateDetails, token: Tokenize): Result {
  const sweep = new Masker(token);
  const hide = (text: string | null) => (text === null ? null : sweep.hide(text));
  const [from, to] = [hide(result.from), hide(result.to)];
  const hidden = mapPaths(result.details, privateDetails.values, (leaf) => mapTexts(leaf, sweep.values));
  const swept = mapPaths(hidden, privateDetails.sentences, (leaf) => mapTexts(leaf, { text: sweep.sentence }));
  const { reason, error, request } = result;
  return {
    ...result,
    from,
    to,
    reason: reason && { ...reason, message: reason.message && sweep.sentence(reason.message) },
    timeline: result.timeline.map((entry) => ({
      ...entry,
      description: entry.description && sweep.sentence(entry.description),
    })),
    details: mapTexts(swept, { text: sweep.mentions, key: sweep.sentence }) as Result['details'],
    warnings: result.warnings.map(sweep.sentence),
    error: error && { ...error, message: sweep.sentence(error.message) },
    request: request && { ...request, url: sweep.url(request.url) },
    redacted: true,
    // Its words are the provider's, statuses among them: they must not be looked for elsewhere.
    ...(result.raw === undefined ? {} : { raw: mapTexts(result.raw, new Masker(token).values) }),
  };
}

/** Text without anything that looks like a number or an address of somebody. */
export function maskText(text: string, token: Tokenize): string {
  const sweep = new Masker(token);
  return sweep.people(text.replace(/\bhttps?:\/\/\S+/g, sweep.url));
}

/** Hides values and remembers them, to find them again where they are quoted. */
class Masker {
  readonly #token: Tokenize;
  readonly #known = new PhraseIndex<string>();

  constructor(token: Tokenize) {
    this.#token = token;
  }

  readonly hide = (text: string): string => {
    if (text.trim() === '') return text;
    const hidden = this.#token(canonical(text));
    this.#known.add(text, hidden);
    return hidden;
  };

  /** Only what is known: ids look like numbers too. */
  readonly mentions = (text: string): string => this.#known.replace(text, (hidden) => hidden);

  readonly people = (text: string): string =>
    [emailsIn, phonesIn].reduce((swept, find) => mapSpans(swept, find(swept), this.hide), text);

  /** A whole value: its texts and its numbers, such as a place's coordinates; of its keys only what looks like people. */
  readonly values: TextMap = { text: this.hide, number: (value) => this.hide(String(value)), key: this.people };

  readonly sentence = (text: string): string => this.people(this.mentions(text));

  /** Filters of a list may name people; a URL without them stays as it was sent. */
  readonly url = (text: string): string => {
    const url = parseUrl(text);
    if (url === null) return this.sentence(text);
    const before = [...url.searchParams];
    const after = before.map(([name, value]) => [name, this.sentence(value)] as [string, string]);
    if (after.every(([, value], i) => value === before[i]?.[1])) return text;
    url.search = new URLSearchParams(after).toString();
    return url.href;
  };
}

/** One token for a number or an address, however it is written. */
function canonical(text: string): string {
  const digits = digitsOf(text);
  if (digits !== null) return `+${digits}`;
  return /^[^\s@]+@[^\s@]+$/.test(text) ? text.toLowerCase() : text;
}

function mapSpans(text: string, spans: readonly TextSpan[], map: (part: string) => string): string {
  let [mapped, done] = ['', 0];
  for (const { start, end } of spans) {
    mapped += text.slice(done, start) + map(text.slice(start, end));
    done = end;
  }
  return mapped + text.slice(done);
}

/** How the texts within a value are mapped; numbers and keys stay where nothing is said of them. */
interface TextMap {
  text(text: string): string;
  number?(value: number): string;
  key?(key: string): string;
}

function mapTexts(value: unknown, map: TextMap): unknown {
  if (typeof value === 'string') return map.text(value);
  if (typeof value === 'number') return map.number?.(value) ?? value;
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, map));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, each]) => [map.key?.(key) ?? key, mapTexts(each, map)]);
  return Object.fromEntries(entries);
}

function mapPaths(value: unknown, paths: readonly string[], map: (leaf: unknown) => unknown): unknown {
  return paths.reduce((mapped, path) => mapAt(mapped, path.split('.'), map), value);
}

/** Maps what lies at a path; a list on the way means each of its entries. */
function mapAt(value: unknown, path: readonly string[], map: (leaf: unknown) => unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return map(value);
  if (Array.isArray(value)) return value.map((each) => mapAt(each, path, map));
  if (!isRecord(value) || !Object.hasOwn(value, name)) return value;
  return { ...value, [name]: mapAt(value[name], rest, map) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

// What looks like somebody's address or number in a text. The time is linear in it, whatever it holds.

/** No address has a longer part in quotes (RFC 5321: 64 characters), nor a longer address for a domain. */
const longestQuoted = 66;

/** E-mail addresses: in any script, and with a quoted part before the sign or an address in brackets behind it. */
function emailsIn(text: string): TextSpan[] {
  const spans: TextSpan[] = [];
  let free = 0;
  for (const { index: sign } of text.matchAll(/[@＠﹫]/g)) {
    const start = localStart(text, sign, free);
    const end = start < sign ? domainEnd(text, sign + 1) : null;
    if (end !== null) spans.push({ start, end });
    free = end ?? free;
  }
  return spans;
}

const outsideLocal = /[\s@＠﹫<>"',;:()]/;

/** Where the part before the sign begins, not before `free`; at the sign where there is none. */
function localStart(text: string, sign: number, free: number): number {
  if (text[sign - 1] === '"') {
    const from = Math.max(free, sign - longestQuoted);
    const quote = text.slice(from, sign - 1).lastIndexOf('"');
    return quote === -1 ? sign : from + quote;
  }
  let start = sign;
  while (start > free && !outsideLocal.test(text.charAt(start - 1))) start -= 1;
  return start;
}

const outsideDomain = /[\s@＠﹫<>"',;:()[\]{}/\\?#&=|!*%+$^`~]/;

/** Where the domain ends, after the last label that may be a top-level one; null where there is no such. */
function domainEnd(text: string, start: number): number | null {
  if (text[start] === '[') {
    const bracket = text.slice(start, start + longestQuoted).indexOf(']');
    return bracket === -1 ? null : start + bracket + 1;
  }
  let end = start;
  while (end < text.length && !outsideDomain.test(text.charAt(end))) end += 1;
  const labels = text.slice(start, end).split(/[.。．｡]/);
  for (let place = labels.length - 1; place > 0; place -= 1) {
    const label = labels[place] ?? '';
    const top = /^(?:xn--[a-z0-9-]+|[\p{L}\p{M}]{2,})/iu.exec(label)?.[0];
    if (top !== undefined && labels[place - 1] !== '') return end - label.length + top.length;
    end -= label.length + 1;
  }
  return null;
}

/** Digits in a row: a part of a number as people write it. */
interface DigitGroup extends TextSpan {
  readonly digits: string;
}

interface DigitRun {
  readonly groups: readonly DigitGroup[];
  /** It begins with a plus sign, which belongs to its first group. */
  readonly plus: boolean;
}

/** A number has at most so many digits (E.164); more in a run are several numbers. */
const mostDigits = 15;
/** A longer row of digits is no number that anybody is called by. */
const longestRow = 20;
const fewestDigits = 10;
const fewestWithPlus = 7;
/** Characters of one that is written with a blank behind each digit, in UTF-16 units. */
const longestNumber = 80;

/**
 * Telephone numbers: ten digits and more of any script, or seven behind a plus sign, with blanks, dots, dashes and
 * brackets between. Not within a word, where ids have theirs.
 */
function phonesIn(text: string): TextSpan[] {
  return [...runsIn(text)].flatMap((run) => {
    const { groups, plus } = withoutWords(run, text);
    const count = groups.reduce((sum, { digits }) => sum + digits.length, 0);
    return count < (plus ? fewestWithPlus : fewestDigits) ? [] : numbersOf(groups);
  });
}

/** The digits of a text that is one number and nothing else, as ASCII; null for any other text. */
function digitsOf(text: string): string | null {
  if (text.length > longestNumber) return null;
  const [run, another] = runsIn(text);
  if (run === undefined || another !== undefined) return null;
  const digits = run.groups.map((group) => group.digits).join('');
  const [first, last] = [run.groups[0], run.groups.at(-1)];
  const around = text.slice(0, first?.start) + text.slice(last?.end);
  return digits.length < fewestWithPlus || digits.length > longestRow || !isFill(around) ? null : digits;
}

function numbersOf(groups: readonly DigitGroup[]): TextSpan[] {
  const numbers: (TextSpan & { digits: number })[] = [];
  for (const { start, end, digits } of groups) {
    const last = numbers.at(-1);
    if (last === undefined || last.digits + digits.length > mostDigits) {
      numbers.push({ start, end, digits: digits.length });
    } else numbers.splice(-1, 1, { start: last.start, end, digits: last.digits + digits.length });
  }
  return numbers.filter(({ digits }) => digits <= longestRow);
}

function withoutWords({ groups, plus }: DigitRun, text: string): DigitRun {
  const [first, last] = [groups[0], groups.at(-1)];
  const isBegun = first !== undefined && /[\w+]/.test(text.charAt(first.start - 1));
  const isGoingOn = last !== undefined && /\w/.test(text.charAt(last.end));
  return {
    groups: groups.slice(isBegun ? 1 : 0, isGoingOn ? -1 : undefined),
    plus: plus && !isBegun,
  };
}

/** At most so many characters stand between two groups: `) - `. */
const longestFill = 4;

function* runsIn(text: string): Generator<DigitRun> {
  let groups: DigitGroup[] = [];
  let plus = false;
  for (const group of groupsIn(text)) {
    const last = groups.at(-1);
    const between = last === undefined ? '' : text.slice(last.end, Math.min(group.start, last.end + longestFill + 1));
    const goesOn = last !== undefined && group.start - last.end <= longestFill && isFill(between);
    if (groups.length > 0 && (!goesOn || isPlus(text.charAt(group.start)))) {
      yield { groups, plus };
      groups = [];
    }
    if (groups.length === 0) plus = isPlus(text.charAt(group.start));
    groups.push(group);
  }
  if (groups.length > 0) yield { groups, plus };
}

function* groupsIn(text: string): Generator<DigitGroup> {
  for (let i = 0; i < text.length; ) {
    let begin = i;
    if (isPlus(text.charAt(i))) {
      begin += 1;
      while (begin < i + longestFill && isFill(text.charAt(begin))) begin += 1;
    }
    let [end, digits] = [begin, ''];
    for (let digit = digitAt(text, end); digit !== null; digit = digitAt(text, end)) {
      digits += digit.value;
      end += digit.length;
    }
    if (digits !== '') yield { start: i, end, digits };
    i = digits === '' ? i + 1 : end;
  }
}

function isPlus(character: string): boolean {
  return character === '+' || character === '＋';
}

/** Blanks, dots, dashes and brackets of any width, and what is drawn as nothing; no line break. */
function isFill(text: string): boolean {
  return /^[\t \u00a0\u00ad\u2000-\u200f\u202a-\u202f\u2060-\u2069\u3000\ufeff().\-\u2010-\u2015\u2212·•（）．－]*$/.test(
    text,
  );
}

interface Digit {
  readonly value: string;
  /** In UTF-16 units. */
  readonly length: number;
}

function digitAt(text: string, place: number): Digit | null {
  const code = text.codePointAt(place) ?? 0;
  if (code >= 0x30 && code <= 0x39) return { value: text.charAt(place), length: 1 };
  if (code < 0x80 || !isDigit(code)) return null;
  // The digits of a script follow each other, the zero first; some sets of ten follow each other too.
  let before = 0;
  while (isDigit(code - before - 1)) before += 1;
  return { value: String(before % 10), length: code > 0xffff ? 2 : 1 };
}

function isDigit(code: number): boolean {
  return /\p{Nd}/u.test(String.fromCodePoint(code));
}
