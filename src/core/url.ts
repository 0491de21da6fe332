import { Fault } from './fault.ts';

export interface Target {
  /** Path segments after the base URL's own path; each is percent-encoded exactly once. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
}

/** The last base that nothing was wrong with: nearly always the next one too. */
let soundBase = '';

/** The URL of a target below a base. Throws a `bad-id` fault where an id would leave the base, `config-invalid` for a bad base. */
export function urlOf(base: URL, target: Target): URL {
  const query = Object.entries(target.query ?? {})
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  const problem = base.href === soundBase ? null : baseProblem(base.href);
  if (problem !== null) {
    throw new Fault('config-invalid', {
      message: `the base URL at ${base.origin} ${problem}`,
      hint: 'correct it where it is set; `sbstatus config show` tells where that is',
    });
  }
  soundBase = base.href;
  const prefix = pathOf(base);
  const path = `${prefix}/${target.path.map(encodeURIComponent).join('/')}`;
  // With the origin before it: a path that begins with two slashes would else be read as another host.
  const url = new URL(`${base.origin}${path}${query === '' ? '' : `?${query}`}`);
  // The URL parser folds `.` and `..` segments even when they are percent-encoded.
  if (url.origin !== base.origin || url.pathname !== path || !url.pathname.startsWith(`${prefix}/`)) {
    throw new Fault('bad-id', { message: 'this id would lead to another address' });
  }
  return url;
}

/** Null for what is no URL. Not by URL.canParse: once it is compiled, Node 20 calls URLs with letters of Latin-1 none. */
export function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** What makes a text unfit to be the address that requests are put below, as a predicate; null where it is fit. */
export function baseProblem(text: string): string | null {
  // The URL parser drops tabs and line breaks, takes backslashes for slashes, and folds dots away.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000- \\\u007f]/.test(text)) return 'must not hold a blank, a control character or a backslash';
  if (!/^https?:\/\/[^/]/i.test(text) || parseUrl(text) === null) return 'is not an http:// or https:// URL';
  if (/[?#]/.test(text)) return 'must not hold a query or a fragment';
  const [, , authority = '', ...segments] = text.split('/');
  if (authority.includes('@')) return 'must not hold a name or a password before its host';
  if (segments[0] === '' && segments.length > 1) return 'must not have a path that begins with two slashes';
  // `.` and `..`, as the URL parser understands them.
  return /\/(\.|%2e){1,2}(\/|$)/i.test(text) ? 'must not have a path with dots for a segment' : null;
}

/** Without the slashes at its end. */
function pathOf({ pathname }: URL): string {
  let end = pathname.length;
  while (end > 0 && pathname[end - 1] === '/') end -= 1;
  return pathname.slice(0, end);
}

/** The base, with a slash at its end, and without segments that its path already ends with. */
export function withoutEnding(base: URL, segments: readonly string[]): URL {
  const path = pathOf(base);
  const ending = `/${segments.join('/')}`;
  const url = new URL(base);
  url.pathname = `${path.endsWith(ending) ? path.slice(0, -ending.length) : path}/`;
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
