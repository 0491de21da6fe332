import type { Fault } from '../core/fault.ts';
import type { Reply } from '../core/http.ts';
import { Secret } from '../core/secret.ts';
import { withoutCommands } from '../core/text.ts';
import { parseUrl } from '../core/url.ts';

/** Hears of every step of every exchange. Exchanges are numbered from 1; times are milliseconds. */
export interface Trace {
  onRequest(exchange: number, request: TracedRequest): void;
  onReply(exchange: number, reply: Reply, ms: number): void;
  onFault(exchange: number, fault: Fault, ms: number): void;
  onPause(exchange: number, ms: number, result: Reply | Fault): void;
}

export interface TracedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | Secret>>;
}

/** Response headers that are worth a line; others may hold anything, cookies for one. */
const shownHeaders = /^(content-type|content-length|retry-after|x-request-id|x-ratelimit-.*|date|server)$/;

/** A trace for people, `--debug`: each call of `write` gets whole lines. Never a secret, never a body. */
export function textTrace(write: (text: string) => void): Trace {
  const block = (lines: readonly string[]) => write(lines.map((line) => `${printable(line)}\n`).join(''));
  return {
    onRequest: (exchange, { method, url, headers }) =>
      block([`> ${method} ${url} (#${exchange})`, ...Object.entries(headers).map(sentLine)]),
    onReply: (exchange, reply, ms) =>
      block([
        `< ${reply.status} in ${Math.round(ms)} ms, ${reply.bytes.length} bytes (#${exchange})`,
        ...Object.entries(reply.headers).flatMap(receivedLine),
      ]),
    onFault: (exchange, fault, ms) =>
      block([`! ${fault.code} in ${Math.round(ms)} ms: ${fault.message} (#${exchange})`]),
    onPause: (exchange, ms, result) =>
      block([
        `! retry in ${(ms / 1000).toFixed(1)} s after ${'status' in result ? result.status : result.code} (#${exchange})`,
      ]),
  };
}

function sentLine([name, value]: [string, string | Secret]): string {
  return `> ${name}: ${value instanceof Secret ? '[redacted]' : value}`;
}

function receivedLine([name, value]: [string, string]): string[] {
  if (name === 'location') return [`< location: ${parseUrl(value)?.origin ?? '(relative)'}`];
  return shownHeaders.test(name) ? [`< ${name}: ${value}`] : [];
}

/** Header bytes are the server's: nothing but plain ASCII reaches a terminal. */
function printable(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/gu, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
  return withoutCommands(plain);
}
