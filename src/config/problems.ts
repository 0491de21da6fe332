import type { BaseIssue } from 'valibot';
import { nearest } from '../core/nearest.ts';
import type { Providers } from '../core/provider.ts';

/** As many problems of one file as a message names. */
const most = 8;

/** What is wrong with a file, in one line that names every place and quotes no value. */
export function problemsOf(issues: readonly BaseIssue<unknown>[], providers: Providers): string {
  const all = issues.map((issue) => problemOf(issue, providers));
  const rest = all.length > most ? [`and ${all.length - most} more`] : [];
  return [...all.slice(0, most), ...rest].join('; ');
}

function problemOf(issue: BaseIssue<unknown>, providers: Providers): string {
  const path = (issue.path ?? []).map((step) => String(step.key));
  if (issue.type === 'never') return `${dotted(path)} is not a known key${suggestion(path, providers)}`;
  if (path.length === 0) return issue.message;
  return `${dotted(path)}${/^(is|must|may|holds|does) /.test(issue.message) ? ' ' : ': '}${issue.message}`;
}

function suggestion(path: readonly string[], providers: Providers): string {
  const known = knownAt(path.slice(0, -1), providers);
  const near = nearest(path.at(-1) ?? '', known);
  return near === null ? ` (known: ${known.join(', ')})` : `, did you mean ${near}?`;
}

function knownAt(path: readonly string[], providers: Providers): readonly string[] {
  const [first, , third] = path;
  const ids = Object.keys(providers);
  if (first === undefined) return ['defaultProfile', 'profiles', ...ids];
  if (first !== 'profiles') return settingsOf(first, providers);
  return third === undefined ? ids : settingsOf(third, providers);
}

function settingsOf(id: string, providers: Providers): readonly string[] {
  return Object.hasOwn(providers, id) ? Object.keys(providers[id]?.settings ?? {}) : [];
}

/** `profiles.production.sent.apiKey`; keys that are no plain words are quoted, and cut where they are long. */
export function dotted(path: readonly string[]): string {
  return path.map((key) => (/^[\w$-]{1,64}$/.test(key) ? key : JSON.stringify(key.slice(0, 64)))).join('.');
}
