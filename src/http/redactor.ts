import { Fault } from '../core/fault.ts';
import type { HttpRequest, Reply } from '../core/http.ts';
import { Secret } from '../core/secret.ts';

const mark = '[redacted]';
/** Shorter values would strike out ordinary words. */
const shortest = 6;

/** Replaces secrets in whatever a server sent back: some echo the request in their errors. */
export interface Redactor {
  text(text: string): string;
  reply(reply: Reply): Reply;
}

/** `secrets` in clear. Found in clear, JSON-escaped, percent-encoded and in base64, also in the middle of longer base64. */
export function createRedactor(secrets: readonly string[]): Redactor {
  const needles = needlesOf(secrets);
  const strikeText = (text: string) => needles.reduce((rest, needle) => rest.replaceAll(needle, mark), text);
  return {
    text: strikeText,
    reply: (reply) => ({
      status: reply.status,
      headers: strikeHeaders(reply.headers, needles, strikeText),
      bytes: strikeBytes(reply.bytes, needles, strikeText),
    }),
  };
}

/** One look at all of them tells that there is nothing to strike, as there nearly always is. */
function strikeHeaders(
  headers: Reply['headers'],
  needles: readonly string[],
  strikeText: (text: string) => string,
): Reply['headers'] {
  const values = Object.values(headers).join('\n');
  if (!needles.some((needle) => values.includes(needle))) return headers;
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, strikeText(value)]));
}

/** All needles are ASCII, so that latin1 serves for bytes of any encoding. */
function strikeBytes(bytes: Uint8Array, needles: readonly string[], strikeText: (text: string) => string): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!needles.some((needle) => buffer.includes(needle, 0, 'latin1'))) return bytes;
  return Buffer.from(strikeText(buffer.toString('latin1')), 'latin1');
}

/** Longest first, so that a whole is struck before its parts. */
function needlesOf(secrets: readonly string[]): string[] {
  const values = secrets.flatMap(valuesOf).filter((value) => value.length >= shortest);
  return [...new Set(values.flatMap(formsOf))].sort((a, b) => b.length - a.length);
}

/** `Bearer token`: the token alone is as secret as the whole. */
function valuesOf(secret: string): string[] {
  return [secret, ...secret.split(' ').slice(1)];
}

function formsOf(value: string): string[] {
  const json = jsonEscape(value);
  const percent = encodeURIComponent(value);
  const base64 = base64FormsOf(value);
  return [
    value,
    json,
    // A server that quotes our JSON body in its own JSON escapes it once more.
    jsonEscape(json),
    json.replaceAll('/', '\\/'),
    percent,
    percent.replace(/%../g, (triple) => triple.toLowerCase()),
    // HTML forms escape more, and write a blank as +.
    new URLSearchParams({ '': value }).toString().slice(1),
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}

function jsonEscape(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/**
 * Inside longer base64 a value may begin at any of three bit positions; the characters at its ends that also hold bits
 * of its neighbours are left out.
 */
function base64FormsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const inside = [0, 1, 2].map((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    return shifted.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  });
  return [bytes.toString('base64'), ...inside];
}

/** The only place where secrets become text: what comes out of here goes into the call and nowhere else. */

const longestValue = 4096;
/** One blank inside is allowed, for `Bearer token`. */
const secretPattern = /^[\x21-\x7e]+(?: [\x21-\x7e]+)?$/;
const plainPattern = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** Headers as they go out. Throws a `config-invalid` fault that names what is wrong and does not show it. */
export function revealHeaders(headers: HttpRequest['headers']): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]): [string, string] =>
    value instanceof Secret
      ? [name, requireHeaderValue(value.reveal(), secretPattern, value.label)]
      : [name, requireHeaderValue(value, plainPattern, `the header ${name}`)],
  );
  return Object.fromEntries(entries);
}

/** A JSON body as it goes out. */
export function revealJson(json: NonNullable<HttpRequest['json']>): string {
  const entries = Object.entries(json).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]);
  return JSON.stringify(Object.fromEntries(entries));
}

/** Every secret of a request, in clear, for striking it out of the reply. */
export function secretsOf(request: HttpRequest): string[] {
  return [...Object.values(request.headers), ...Object.values(request.json ?? {})]
    .filter((value) => value instanceof Secret)
    .map((secret) => secret.reveal());
}

/** Node itself would trim blanks at the edges in silence, and send an empty value as an empty header. */
function requireHeaderValue(value: string, pattern: RegExp, name: string): string {
  const problem = problemOf(value, pattern);
  if (problem === null) return value;
  const hint = `set ${name} again; copying it often adds a blank, a quote or a line break`;
  throw new Fault('config-invalid', { message: `${name} ${problem}`, hint });
}

function problemOf(value: string, pattern: RegExp): string | null {
  if (value === '') return 'is empty';
  if (value.length > longestValue) return `is longer than ${longestValue} characters`;
  return pattern.test(value) ? null : 'holds a blank, a line break or another character that it cannot have';
}
