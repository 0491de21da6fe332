import { Fault } from './fault.ts';

export interface Target {
  /** Path segments after the base URL's own path; each is percent-encoded exactly once. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
}

/** The URL of a target below a base. Throws a `bad-id` fault where an id would leave the base's origin or path. */
export function urlOf(base: URL, target: Target): URL {
  const { origin } = base;
  const prefix = base.pathname.replace(/\/+$/, '');
  const path = `${prefix}/${target.path.map(encodeURIComponent).join('/')}`;
  const query = Object.entries(target.query ?? {})
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  const url = new URL(query === '' ? `${origin}${path}` : `${origin}${path}?${query}`);
  // The URL parser folds `.` and `..` segments even when they are percent-encoded.
  if (url.origin !== origin || url.pathname !== path) {
    throw new Fault('bad-id', { message: 'this id would lead to another address' });
  }
  return url;
}

/** At most this many characters; no provider has ids near it, and servers answer 431 to far longer ones. */
const longestId = 256;

/**
 * Why an id cannot be asked for, or null when it can. `anyCharacter`: the provider's ids may hold blanks
 * at the edges and control characters (SFMC's keys have no restricted character).
 */
export function idProblem(id: string, anyCharacter: boolean): string | null {
  if (id === '') return 'the id is empty';
  if (id === '.' || id === '..') return 'the id is a path segment that leads to another address';
  if (!id.isWellFormed()) return 'the id holds half a surrogate pair, which no URL can carry';
  if (id.length > longestId) return `the id is longer than ${longestId} characters`;
  if (anyCharacter) return null;
  if (id.trim() !== id) return 'the id begins or ends with a blank';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(id)) return 'the id holds a control character';
  return null;
}
