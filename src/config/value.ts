import type { Provider, Setting } from '../core/provider.ts';
import { Secret } from '../core/secret.ts';
import { baseProblem, parseUrl } from '../core/url.ts';

// What is wrong with a value, as a predicate that never quotes it, or null. The same for every source.

/** Far above any key or token, and below what a server takes as a header. */
const longestSecret = 4096;
const printable = /^[\x21-\x7e]+$/;
const printableWithBlanks = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** Header values: anything else is trimmed, mangled or refused on the way, and then looks like a wrong key. */
export function secretProblem(value: string): string | null {
  if (value === '') return 'is empty';
  if (secretReference.test(value)) return notTheKey;
  if (value.length > longestSecret) return `is longer than ${longestSecret} characters`;
  if (!printable.test(value)) return 'holds a blank, a line end or a character that no header can carry';
  return null;
}

/** Where 1Password keeps a secret. To a provider it would be a wrong key like any other. */
export const secretReference = /^op:\/\//i;

const notTheKey =
  'is a 1Password reference, not the key: write { command: [op, read, "op://…"] } in your own config file, outside of git checkouts';

/** A secret as a string in a config file: a literal, or `${NAME}` and nothing else. */
export function writtenSecretProblem(value: string): string | null {
  if (rawOf(value).kind === 'variable') return null;
  if (value.includes('${')) return `must be \${NAME} as a whole, with nothing around it`;
  return secretProblem(value);
}

/** A setting that is no secret, as a literal. */
export function plainProblem(value: string, setting: Setting): string | null {
  if (setting.kind === 'url') return urlProblem(value);
  if (value === '') return 'is empty';
  if (value.includes('${')) return 'may not refer to a variable: only credentials may';
  if (setting.pattern !== undefined && !setting.pattern.test(value)) return `does not look like ${setting.what}`;
  return printableWithBlanks.test(value) ? null : 'holds a character that no header can carry';
}

/** A host name as the URL parser leaves it: lower case, IPv4 in its usual form. */
const loopback = /^(?:localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/;

/** https, or http to this machine; nothing that could hide where it leads or carry a secret. */
export function urlProblem(value: string): string | null {
  if (value === '') return 'is empty';
  if (value.includes('${')) return 'may not refer to a variable: only credentials may';
  // The URL parser would drop blanks, take backslashes for slashes and do without the slashes.
  const url = /^https?:\/\/[^\s\\]+$/i.test(value) ? parseUrl(value) : null;
  if (url === null) return 'must be an https:// URL';
  if (url.protocol !== 'https:' && !loopback.test(url.hostname))
    return 'must be https:// (http:// only to this machine)';
  if (/^https?:\/\/[^/?#]*@/i.test(value)) return 'must not hold a user or a password';
  if (/[?#]/.test(value)) return 'must not hold a query or a fragment';
  return url.port === '0' ? 'must not name port 0' : baseProblem(value);
}

/** An address as it may be shown, a refused one too: without a user, a password, a query or a fragment. */
export function shownUrl(value: string): string {
  if (urlProblem(value) === null) return value;
  // A password may hold what ends a user for the URL parser, so what counts is the last @.
  const host = value
    .slice(value.lastIndexOf('@') + 1)
    .replace(/^https?:[\\/]*/i, '')
    .replace(/[?#].*$/s, '');
  const scheme = /^https?:/i.exec(value)?.[0].toLowerCase();
  const url = `${scheme}//${host}`;
  if (scheme === undefined || parseUrl(url) === null) return '[redacted]';
  return value.includes('@') ? `${scheme}//[redacted]@${host}` : url;
}

/** A setting as it stands in a source: the value itself, never to be printed by accident, or where to get it. */
export type RawValue =
  | { readonly kind: 'literal'; readonly value: Secret }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'command'; readonly argv: readonly string[] };

/** A secret as a config file may write it. */
export type WrittenValue = string | { readonly file: string } | { readonly command: readonly string[] };

const reference = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;

export function literalValue(value: string): RawValue {
  return { kind: 'literal', value: new Secret(value, 'a setting') };
}

export function rawOf(written: WrittenValue): RawValue {
  if (typeof written !== 'string') {
    return 'file' in written ? { kind: 'file', path: written.file } : { kind: 'command', argv: written.command };
  }
  const name = reference.exec(written)?.[1];
  return name === undefined ? literalValue(written) : { kind: 'variable', name };
}

/** `profiles.production.sent.apiKey`, `messages[2].id`; keys that are no plain words are quoted, and cut where they are long. */
export function keyPath(path: readonly unknown[]): string {
  const steps = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    const key = String(step);
    return `.${/^[\w$-]{1,64}$/.test(key) ? key : JSON.stringify(key.slice(0, 64))}`;
  });
  return steps.join('').replace(/^\./, '');
}

/** The value of a variable that a file names; empty where it is not set. What every object inherits is no variable. */
export function variableIn(env: Readonly<Record<string, string | undefined>>, name: string): string {
  return Object.hasOwn(env, name) ? (env[name] ?? '') : '';
}

/** The variables that hold a provider's credentials. */
export function secretNames({ settings }: Provider): string[] {
  return Object.values(settings).flatMap(({ kind, env }) => (kind === 'secret' ? env : []));
}
