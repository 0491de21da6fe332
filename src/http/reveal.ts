import { Fault } from '../core/fault.ts';
import type { HttpRequest } from '../core/http.ts';
import { Secret } from '../core/secret.ts';

/** The only place where secrets become text: what comes out of here goes into the call and nowhere else. */

const longestValue = 4096;
/** One blank inside is allowed, for `Bearer token`. */
const secretPattern = /^[\x21-\x7e]+(?: [\x21-\x7e]+)?$/;
const plainPattern = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** Headers as they go out. Throws a `config-invalid` fault that names what is wrong and does not show it. */
export function revealHeaders(headers: HttpRequest['headers']): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]): [string, string] =>
    value instanceof Secret
      ? [name, checked(value.reveal(), secretPattern, value.label)]
      : [name, checked(value, plainPattern, `the header ${name}`)],
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
function checked(value: string, pattern: RegExp, name: string): string {
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
