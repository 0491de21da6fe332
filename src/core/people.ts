import type { TextSpan } from './phrases.ts';

/** Finds what looks like somebody's address or number in a text. The time is linear in it, whatever it holds. */

/** No address has a longer part in quotes (RFC 5321: 64 characters), nor a longer address for a domain. */
const longestQuoted = 66;

/** E-mail addresses: in any script, and with a quoted part before the sign or an address in brackets behind it. */
export function emailsIn(text: string): TextSpan[] {
  const spans: TextSpan[] = [];
  let free = 0;
  for (let sign = text.indexOf('@'); sign !== -1; sign = text.indexOf('@', sign + 1)) {
    const start = localStart(text, sign, free);
    const end = start < sign ? domainEnd(text, sign + 1) : null;
    if (end !== null) spans.push({ start, end });
    free = end ?? free;
  }
  return spans;
}

const outsideLocal = /[\s@<>"',;:()]/;

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

const outsideDomain = /[\s@<>"',;:()[\]{}/\\?#&=|!*%+$^`~]/;

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
export function phonesIn(text: string): TextSpan[] {
  return [...runsIn(text)].flatMap((run) => {
    const { groups, plus } = withoutWords(run, text);
    const count = groups.reduce((sum, { digits }) => sum + digits.length, 0);
    return count < (plus ? fewestWithPlus : fewestDigits) ? [] : numbersOf(groups);
  });
}

/** The digits of a text that is one number and nothing else, as ASCII; null for any other text. */
export function digitsOf(text: string): string | null {
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
