import { Fault } from './fault.ts';
import type { Reply } from './http.ts';

/** Deeper nesting is refused: no provider needs it, and `JSON.stringify` overflows the stack on it later. */
const deepest = 64;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A body as text. Throws a `not-json` fault for bytes that are not UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Fault('not-json', { message: 'the answer is not UTF-8 text' });
  }
}

/** A reply's body as JSON, without the secrets that the server echoed. Throws an `empty` or `not-json` fault. */
export function parseBody(reply: Reply): unknown {
  const body = parseJson(decodeText(reply.bytes));
  return reply.redact === undefined ? body : reply.redact(body);
}

/** Text as JSON, whatever its content type says. Throws an `empty` or `not-json` fault that quotes nothing of it. */
export function parseJson(text: string): unknown {
  if (!/\S/.test(text)) throw new Fault('empty', { message: 'the answer has no body' });
  if (nesting(text) > deepest)
    throw new Fault('not-json', { message: `the answer is nested deeper than ${deepest} levels` });
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault('not-json', { message: notJson(text) });
  }
}

/** Whether there is anything in it: no null, no blank, no empty list. */
export function isFilled(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(isFilled);
  return typeof value === 'string' ? value.trim() !== '' : Boolean(value);
}

/** What may stand before a page: a declaration of XML, and comments. */
const asides = [
  ['<!--', '-->'],
  ['<?', '?>'],
] as const;

/** Whether a body is a web page or XML, as opposed to a sentence that happens to be sent as text/html. */
export function isWebPage(text: string): boolean {
  let at = afterBlanks(text, 0);
  for (let aside = asideAt(text, at); aside !== undefined; aside = asideAt(text, at)) {
    const [opening, closing] = aside;
    const end = text.indexOf(closing, at + opening.length);
    // No sentence begins with a comment.
    if (end === -1) return opening === '<!--';
    at = afterBlanks(text, end + closing.length);
  }
  return /^<(!doctype\b|[a-z])/i.test(text.slice(at, at + 20));
}

function asideAt(text: string, at: number) {
  return asides.find(([opening]) => text.startsWith(opening, at));
}

function afterBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charAt(at).trim() === '') at += 1;
  return at;
}

function notJson(text: string): string {
  if (isWebPage(text)) return 'the answer is a web page, not JSON';
  return /^\s*[[{]/.test(text) ? 'the answer is broken or cut-off JSON' : 'the answer is not JSON';
}

const steps: Readonly<Record<string, number>> = { '{': 1, '[': 1, '}': -1, ']': -1 };

/** How deep it goes at most. Few openings cannot go deep, and counting them is quick. */
function nesting(text: string): number {
  let openings = 0;
  for (const opening of ['{', '[']) {
    for (let at = text.indexOf(opening); at !== -1; at = text.indexOf(opening, at + 1)) openings += 1;
  }
  return openings <= deepest ? openings : depthOf(text);
}

function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charAt(i);
    if (c === '"') i = closingQuote(text, i);
    else depth += steps[c] ?? 0;
    most = Math.max(most, depth);
  }
  return most;
}

function closingQuote(text: string, opening: number): number {
  let i = opening + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}
