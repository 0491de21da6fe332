import type { Result } from '../core/record.ts';
import { isUnknownWord } from './words.ts';

/** Why an exit code is not 0. */
export interface Explanation {
  readonly message: string;
  /** What to do next. */
  readonly hint: string | null;
}

/** What to say of a record that did not end with 0. `hint`: what its verdict adds. */
export function explanationOf(result: Result, hint: string | null): Explanation {
  if (result.error !== null) return result.error;
  switch (result.exit.name) {
    case 'failed':
      return { message: `the message ${was(result)}${because(result)}`, hint: result.reason?.hint ?? null };
    case 'pending':
      return { message: soFar(result), hint: pendingHint(result) };
    case 'wait-timeout':
      return timeUp(result, hint);
    case 'expect-mismatch':
      return { message: `final, but not as expected: ${result.state}`, hint };
    case 'unknown-status':
      return unknownStatus(result);
    default:
      return { message: `${result.exit.name} while ${result.state}`, hint: 'run the same command again' };
  }
}

/** A word that is in no table, or a code that says that the provider lost track of the message. */
function unknownStatus(result: Result): Explanation {
  const { reason, providerState } = result;
  if (reason !== null && !isUnknownWord(result)) {
    return { message: `what became of the message is unknown (${providerState})${because(result)}`, hint: reason.hint };
  }
  return {
    message: `the provider says ${providerState}, a word that sbstatus does not know${reason === null ? '' : because(result)}`,
    hint: 'look it up in the provider’s documentation, and report it to sbstatus',
  };
}

function timeUp({ state, warnings }: Result, reason: string | null): Explanation {
  if (reason !== null) return { message: `still ${state}: ${reason}`, hint: 'look it up again later' };
  const [doubt] = warnings;
  const hint = ['raise --timeout, or look again later', ...(doubt === undefined ? [] : [doubt])].join('; ');
  return { message: `still ${state} when the time was up`, hint };
}

/** A success may be less than what is expected and can still come, such as a read receipt. */
function soFar({ state, outcome }: Result): string {
  return outcome === 'success' ? `${state} so far, less than expected` : `still pending: ${state}`;
}

/** What keeps it, and how to learn more; what was only read off cannot be waited for by the same command. */
function pendingHint({ operation, reason }: Result): string {
  const next = nextLooks.get(operation) ?? 'add --wait to keep checking';
  if (reason?.hint == null) return next;
  return operation === 'decode' ? reason.hint : `${reason.hint}; ${next}`;
}

const nextLooks: ReadonlyMap<string, string> = new Map([
  ['list', 'look it up by itself with --wait, or list again later'],
  ['decode', 'a later event may tell more'],
]);

function was({ state }: Result): string {
  return state === 'canceled' ? 'was canceled' : 'failed';
}

function because({ reason, providerState }: Result): string {
  if (reason === null) return ` (${providerState})`;
  const sentence = (reason.message ?? reason.name)?.replace(/\.$/, '') ?? null;
  const words = [sentence, reason.code === null ? null : `code ${reason.code}`];
  const text = words.filter((word) => word !== null).join(', ');
  return text === '' ? ` (${providerState})` : `: ${text}`;
}

/** What a report makes of a record; the same for every report, and always in step with the exit code. */
export type TestStatus = 'passed' | 'failed' | 'pending' | 'error';

/** The tens of an exit code say it: 2x is about the message, 21 and 22 for lack of time, all else kept us from learning. */
export function testStatusOf({ exit: { code } }: Pick<Result, 'exit'>): TestStatus {
  if (code === 0) return 'passed';
  if (code === 21 || code === 22) return 'pending';
  return code >= 20 && code <= 29 ? 'failed' : 'error';
}

/** What a message is called in reports; most have no name of their own. */
export function nameOf({ name, provider, operation, id }: Result): string {
  return name ?? `${provider} ${operation} ${id}`;
}
