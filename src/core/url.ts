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
