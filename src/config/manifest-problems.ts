import type * as v from 'valibot';
import { nearest } from '../core/nearest.ts';
import { defaultKeys, fileKeys, messageKeys } from './manifest-schema.ts';

/** Something wrong in a manifest, by the path of the part. `what`: a phrase that goes on after the path. */
export interface Problem {
  readonly path: readonly unknown[];
  readonly what: string;
}

/** A schema's issues as problems. */
export function problemsIn(issues: readonly v.BaseIssue<unknown>[]): Problem[] {
  return issues.map((issue) => ({
    path: (issue.path ?? []).map((step) => step.key),
    what: issue.type === 'strict_object' ? keyProblem(issue) : issue.message,
  }));
}

/** A key that is missing, one that is not known, or something else where keys were wanted. */
function keyProblem(issue: v.BaseIssue<unknown>): string {
  const steps = issue.path ?? [];
  if (steps.at(-1)?.origin !== 'key') return 'must be a mapping of keys to values';
  if (issue.expected !== 'never') return 'is missing';
  const known = steps.length === 1 ? fileKeys : steps[0]?.key === 'defaults' ? defaultKeys : messageKeys;
  const near = nearest(String(steps.at(-1)?.key), known);
  return near === null
    ? `is not a known key (known: ${known.join(', ')})`
    : `is not a known key, did you mean ${near}?`;
}

/** `messages[2].expect`; keys that are no plain words are quoted, and cut where they are long. */
export function pathText(path: readonly unknown[]): string {
  const steps = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    const key = String(step);
    return `.${/^[\w$-]{1,64}$/.test(key) ? key : JSON.stringify(key.slice(0, 64))}`;
  });
  return steps.join('').replace(/^\./, '');
}
