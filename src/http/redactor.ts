import { isUtf8 } from 'node:buffer';
import { Fault } from '../core/fault.ts';
import type { HttpRequest, Reply } from '../core/http.ts';
import { Secret } from '../core/secret.ts';
import { extend, PhraseIndex, shortestPhrase, type TextSpan } from '../core/text.ts';
import { parseUrl } from '../core/url.ts';

const backslash = 0x5c;
const mark = '[redacted]';

/** Replaces secrets in whatever a server sent back: some echo the request in their errors. */
export interface Redactor {
  /** Secrets in clear, struck from now on too. */
  add(secrets: readonly string[]): void;
  text(text: string): string;
  /** Texts, keys and numbers within a decoded value; the value itself where there is nothing to strike. */
  value(value: unknown): unknown;
  /** `keepBytes`: see `HttpRequest.replyIsSecret`. */
  reply(reply: Reply, keepBytes?: boolean): Reply;
}

/**
 * Knows every secret that one client ever sent, so that an old token is struck from the reply to a new one. What is
 * found and what is not: SECURITY.md. The time is linear in the text, whatever it holds.
 */
export function createRedactor(secrets: readonly string[] = []): Redactor {
  const known = new Set<string>();
  const pieces = new PhraseIndex<true>();
  const add = (more: readonly string[]): void => {
    for (const secret of more) {
      if (known.has(secret)) continue;
      known.add(secret);
      // `Bearer token`: the token alone is the secret.
      for (const piece of piecesOf(secret.slice(secret.lastIndexOf(' ') + 1))) pieces.add(piece, true);
    }
  };
  const text = (whole: string): string => strikeText(whole, pieces);
  const value = (whole: unknown): unknown => strikeValue(whole, text);
  add(secrets);
  return {
    add,
    text,
    value,
    reply: ({ status, headers, bytes }, keepBytes = false) => ({
      status,
      headers: strikeHeaders(headers, text),
      bytes: keepBytes ? bytes : strikeBytes(bytes, text),
      redact: (decoded, found) => {
        if (found !== undefined) add([found.reveal()]);
        // Without escapes there is nothing in the decoded value that was not in the bytes.
        return keepBytes || bytes.includes(backslash) ? value(decoded) : decoded;
      },
    }),
  };
}

function strikeText(text: string, pieces: PhraseIndex<true>): string {
  if (text.length < shortestPhrase) return text;
  const found: TextSpan[] = [];
  for (const view of viewsOf(text)) for (const span of pieces.spans(view.text)) found.push(originOf(span, view));
  if (found.length === 0) return text;
  const spans: TextSpan[] = [];
  for (const span of found.sort((a, b) => a.start - b.start)) extend(spans, span);
  let [struck, done] = ['', 0];
  for (const { start, end } of spans) {
    struck += text.slice(done, start) + mark;
    done = end;
  }
  return struck + text.slice(done);
}

function originOf({ start, end }: TextSpan, { starts, ends }: TextView): TextSpan {
  return { start: starts?.[start] ?? start, end: ends?.[end - 1] ?? end };
}

function strikeValue(value: unknown, strike: (text: string) => string): unknown {
  if (typeof value === 'string') return strike(value);
  if (typeof value === 'number') return strike(String(value)) === String(value) ? value : mark;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const list = value.map((each) => strikeValue(each, strike));
    return list.every((each, place) => each === value[place]) ? value : list;
  }
  const before = Object.entries(value);
  const after = before.map(([key, each]): [string, unknown] => [strike(key), strikeValue(each, strike)]);
  const isSame = after.every(([key, each], place) => key === before[place]?.[0] && each === before[place]?.[1]);
  return isSame ? value : Object.fromEntries(after);
}

/** One look at all of them tells that there is nothing to strike, as there nearly always is. */
function strikeHeaders(headers: Reply['headers'], strike: (text: string) => string): Reply['headers'] {
  let all = '';
  for (const name of Object.keys(headers)) all += `${name}\n${headers[name]}\n`;
  if (headers['location'] === undefined && strike(all) === all) return headers;
  const entries = Object.entries(headers).map(([name, value]) => [
    strike(name),
    name === 'location' ? strikeLocation(value, strike) : strike(value),
  ]);
  return Object.fromEntries(entries);
}

/** The URL parser decodes percent signs, folds case and maps letters in a host name: what it makes of it is shown. */
function strikeLocation(value: string, strike: (text: string) => string): string {
  const struck = strike(value);
  const url = struck === value ? parseUrl(value) : null;
  if (url === null) return struck;
  return strike(url.href) === url.href ? value : strike(url.href);
}

/** Keeps the byte order mark. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** All pieces are ASCII, so that latin1 serves for bytes that are not UTF-8. */
function strikeBytes(bytes: Uint8Array, strike: (text: string) => string): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const encoding = isUtf8(buffer) ? 'utf8' : 'latin1';
  const text = encoding === 'utf8' ? utf8.decode(buffer) : buffer.toString('latin1');
  const struck = strike(text);
  return struck === text ? bytes : Buffer.from(struck, encoding);
}

/**
 * Of a long secret each run of so many characters counts, wherever it was cut: `withDigit` where a digit is in it, since
 * letters alone may be words. A shorter one counts as a whole.
 */
const run = { clear: 12, withDigit: 8, hex: 16, base64: 12 } as const;

/** What of a secret is looked for, as views spell it. */
function piecesOf(value: string): string[] {
  const clear = foldView(value).text;
  const bytes = Buffer.from(value);
  const pieces = runsOf(clear, run.clear);
  if (clear.length >= run.clear)
    for (const piece of runsOf(clear, run.withDigit)) if (/\d/.test(piece)) pieces.push(piece);
  const hex = bytes.toString('hex');
  // `+`: a dash, once it is folded.
  for (const between of ['', ' ', ':', '+']) {
    const length = run.hex + (run.hex / 2 - 1) * between.length;
    pieces.push(...runsOf(hex.replace(/..(?=.)/g, `$&${between}`), length));
  }
  for (const form of base64FormsOf(bytes)) pieces.push(...runsOf(foldView(form).text, run.base64));
  return pieces;
}

/** The text as a whole where it is no longer than that. */
function runsOf(text: string, length: number): string[] {
  const runs = [text.slice(0, length)];
  for (let start = 1; start + length <= text.length; start += 1) runs.push(text.slice(start, start + length));
  return runs;
}

/**
 * Inside longer base64 a value may begin at any of three bit positions; the characters at its ends that also hold bits
 * of its neighbours are left out.
 */
function base64FormsOf(bytes: Buffer): string[] {
  const forms = [bytes.toString('base64')];
  for (const offset of [0, 1, 2]) {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    forms.push(padded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6)));
  }
  return forms;
}

/** A text as it reads when escapes are undone and letters are told apart no more than a secret needs. */
interface TextView {
  readonly text: string;
  /** Where each character begins and ends in the original; null where that is its own place. */
  readonly starts: Int32Array | null;
  readonly ends: Int32Array | null;
}

/** Escapes may be escaped themselves; nobody was seen to do it more often. */
const mostRounds = 3;

/**
 * The text, and as often as it changes the text with its escapes undone: of JSON and JavaScript, percent signs and HTML
 * entities. In all of them case, full width and the two alphabets of base64 make no difference, and what is drawn as
 * nothing is gone.
 */
function viewsOf(text: string): readonly TextView[] {
  const views = [foldView(text)];
  for (let round = 0; round < mostRounds; round += 1) {
    const last = views.at(-1);
    if (last === undefined || !/[\\%&]/.test(last.text)) break;
    const next = unescapeView(last);
    if (next.text === last.text) break;
    views.push(next);
  }
  return views;
}

function foldView(text: string): TextView {
  if (/^[\t\n\r -~]*$/.test(text)) {
    return { text: text.toLowerCase().replaceAll('-', '+').replaceAll('_', '/'), starts: null, ends: null };
  }
  return rewrite({ text, starts: null, ends: null }, (at) => {
    const code = text.charCodeAt(at);
    // The first half of tags and of more variation selectors: all of them are invisible, as a soft hyphen is.
    return code === 0xdb40 ? { code: 0xad, length: (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1 } : { code, length: 1 };
  });
}

function unescapeView(view: TextView): TextView {
  return rewrite(view, (at) => escapeAt(view.text, at) ?? { code: view.text.charCodeAt(at), length: 1 });
}

/** One character of the new text, and how many of the old it stands for. */
interface ViewStep {
  readonly code: number;
  readonly length: number;
}

function rewrite({ text, starts, ends }: TextView, stepAt: (at: number) => ViewStep): TextView {
  const codes = new Uint16Array(text.length);
  const [newStarts, newEnds] = [new Int32Array(text.length), new Int32Array(text.length)];
  let size = 0;
  for (let at = 0; at < text.length; ) {
    const { code, length } = stepAt(at);
    if (!isInvisible(code)) {
      codes[size] = fold(code);
      newStarts[size] = starts?.[at] ?? at;
      newEnds[size] = ends?.[at + length - 1] ?? at + length;
      size += 1;
    }
    at += length;
  }
  const rewritten = Buffer.from(codes.buffer, 0, size * 2).toString('utf16le');
  return { text: rewritten, starts: newStarts.subarray(0, size), ends: newEnds.subarray(0, size) };
}

function fold(code: number): number {
  const ascii = code >= 0xff01 && code <= 0xff5e ? code - 0xfee0 : code;
  if (ascii >= 0x41 && ascii <= 0x5a) return ascii + 0x20;
  if (ascii === 0x2d) return 0x2b;
  return ascii === 0x5f ? 0x2f : ascii;
}

/** What fonts draw as nothing, and controls, but not those that end a line or set one off. */
function isInvisible(code: number): boolean {
  if (code < 0x7f) return code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d;
  return /[\p{Cc}\p{Default_Ignorable_Code_Point}]/u.test(String.fromCharCode(code));
}

function escapeAt(text: string, at: number): ViewStep | null {
  switch (text.charAt(at)) {
    case '\\':
      return backslashAt(text, at);
    case '%':
      return text.charAt(at + 1) === 'u' ? hexStep(text, at + 2, 4, 6) : hexStep(text, at + 1, 2, 3);
    case '&':
      return entityAt(text, at);
    default:
      return null;
  }
}

/** `\u002b`, `\u{2b}`, `\x2b`, `\053`; before any other character the backslash stands for itself and that character for itself. */
function backslashAt(text: string, at: number): ViewStep | null {
  const kind = text.charAt(at + 1);
  if (kind === '0' || kind === '1') return octalStep(text, at) ?? { code: kind.charCodeAt(0), length: 2 };
  if (kind === 'x') return hexStep(text, at + 2, 2, 4);
  if (kind !== 'u') return kind === '' ? null : { code: text.charCodeAt(at + 1), length: 2 };
  if (text.charAt(at + 2) !== '{') return hexStep(text, at + 2, 4, 6);
  const digits = /^[0-9a-f]{1,6}\}/.exec(text.slice(at + 3, at + 10))?.[0];
  return digits === undefined ? null : { code: Number.parseInt(digits, 16), length: 3 + digits.length };
}

/** Of ASCII. */
function octalStep(text: string, at: number): ViewStep | null {
  const digits = /^[0-7]{3}$/.exec(text.slice(at + 1, at + 4))?.[0];
  return digits === undefined ? null : { code: Number.parseInt(digits, 8), length: 4 };
}

function hexStep(text: string, from: number, digits: number, length: number): ViewStep | null {
  const hex = text.slice(from, from + digits);
  return hex.length === digits && /^[0-9a-f]+$/.test(hex) ? { code: Number.parseInt(hex, 16), length } : null;
}

/** The names of ASCII characters. */
const entities = new Map([
  ...Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    num: '#',
    dollar: '$',
    percnt: '%',
    excl: '!',
  }),
  ...Object.entries({ lpar: '(', rpar: ')', ast: '*', midast: '*', plus: '+', comma: ',', period: '.', sol: '/' }),
  ...Object.entries({
    colon: ':',
    semi: ';',
    equals: '=',
    quest: '?',
    commat: '@',
    lsqb: '[',
    lbrack: '[',
    bsol: '\\',
  }),
  ...Object.entries({
    rsqb: ']',
    rbrack: ']',
    hat: '^',
    lowbar: '_',
    underbar: '_',
    grave: '`',
    lcub: '{',
    lbrace: '{',
  }),
  ...Object.entries({ verbar: '|', vert: '|', rcub: '}', rbrace: '}', hyphen: '-', dash: '-' }),
]);

/** `&#43;`, `&#x2b;` and `&plus;`, with or without the semicolon; zeros may stand before the digits. */
function entityAt(text: string, at: number): ViewStep | null {
  const match = /^&(?:#(?:x([0-9a-f]{1,8})|(\d{1,8}))|([a-z]{2,8}));?/.exec(text.slice(at, at + 12));
  if (match === null) return null;
  const [whole, hex, decimal, name = ''] = match;
  if (hex !== undefined) return { code: Number.parseInt(hex, 16), length: whole.length };
  if (decimal !== undefined) return { code: Number(decimal), length: whole.length };
  const character = entities.get(name);
  return character === undefined ? null : { code: character.charCodeAt(0), length: whole.length };
}

/** The only place where secrets become text: what comes out of here goes into the call and nowhere else. */

const longestValue = 4096;
/** One blank inside is allowed, for `Bearer token`. */
const secretPattern = /^[\x21-\x7e]+(?: [\x21-\x7e]+)?$/;
const plainPattern = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** Headers as they go out. Throws a `config-invalid` fault that names what is wrong and does not show it. */
export function revealHeaders(headers: HttpRequest['headers']): Record<string, string> {
  const revealed: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    revealed[name] =
      value instanceof Secret
        ? requireHeaderValue(value.reveal(), secretPattern, value.label)
        : requireHeaderValue(value, plainPattern, `the header ${name}`);
  }
  return revealed;
}

/** A JSON body as it goes out. */
export function revealJson(json: NonNullable<HttpRequest['json']>): string {
  const entries = Object.entries(json).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]);
  return JSON.stringify(Object.fromEntries(entries));
}

/** Every secret of a request, in clear, for striking it out of the reply. */
export function secretsOf(request: HttpRequest): string[] {
  const secrets: string[] = [];
  for (const value of [...Object.values(request.headers), ...Object.values(request.json ?? {})]) {
    if (value instanceof Secret) secrets.push(value.reveal());
  }
  return secrets;
}

/** Node itself would trim blanks at the edges in silence, and send an empty value as an empty header. */
function requireHeaderValue(value: string, pattern: RegExp, name: string): string {
  if (value.length <= longestValue && pattern.test(value)) return value;
  let problem = 'holds a blank, a line break or another character that it cannot have';
  if (value === '') problem = 'is empty';
  else if (value.length > longestValue) problem = `is longer than ${longestValue} characters`;
  const hint = `set ${name} again; copying it often adds a blank, a quote or a line break`;
  throw new Fault('config-invalid', { message: `${name} ${problem}`, hint });
}
