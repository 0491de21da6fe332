import type { Result } from '../core/record.ts';

/** What a report makes of a record; the same for every report, and always in step with the exit code. */
export type Judgement = 'passed' | 'failed' | 'pending' | 'error';

/** The tens of an exit code say it: 2x is about the message, 21 and 22 for lack of time, all else kept us from learning. */
export function judgementOf({ exit: { code } }: Pick<Result, 'exit'>): Judgement {
  if (code === 0) return 'passed';
  if (code === 21 || code === 22) return 'pending';
  return code >= 20 && code <= 29 ? 'failed' : 'error';
}

/** What a message is called, by its place in the input; most have no name of their own. */
export type Names = ReadonlyMap<number, string>;

export function nameOf({ index, provider, operation, id }: Result, names: Names): string {
  return names.get(index) ?? `${provider} ${operation} ${id}`;
}
