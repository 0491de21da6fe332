import type { Result } from '../core/record.ts';
import { leftAlone } from '../core/wait.ts';

/** Why an exit code is not 0. */
export interface Cause {
  readonly message: string;
  /** What to do next. */
  readonly hint: string | null;
}

/** What to say of a record that did not end with 0. */
export function causeOf(result: Result): Cause {
  if (result.error !== null) return result.error;
  switch (result.exit.name) {
    case 'failed':
      return { message: `the message ${was(result)}${because(result)}`, hint: result.reason?.hint ?? null };
    case 'pending':
      return { message: soFar(result), hint: pendingHint(result) };
    case 'wait-timeout':
      return timeUp(result);
    case 'expect-mismatch':
      return { message: `final, but not as expected: ${result.state}`, hint: result.warnings.at(-1) ?? null };
    case 'unknown-status':
      return {
        message: `the provider says ${result.providerState}, a word that sbstatus does not know`,
        hint: 'look it up in the provider’s documentation, and report it to sbstatus',
      };
    default:
      return { message: `ended early: ${result.exit.name}`, hint: 'run the same command again' };
  }
}

function timeUp({ state, warnings }: Result): Cause {
  const why = warnings.find((warning) => warning.startsWith(leftAlone));
  if (why !== undefined) return { message: `still ${state}: ${why}`, hint: 'look again later' };
  const [doubt] = warnings;
  const hint = ['raise --timeout, or look again later', ...(doubt === undefined ? [] : [doubt])].join('; ');
  return { message: `still ${state} when the time was up`, hint };
}

/** A success may be less than what is expected and can still come, such as a read receipt. */
function soFar({ state, outcome }: Result): string {
  return outcome === 'success' ? `${state} so far, less than expected` : `not final yet: ${state}`;
}

/** What was only read off cannot be waited for by the same command. */
function pendingHint({ operation }: Result): string {
  if (operation === 'list') return 'look it up by itself with --wait, or list again later';
  return operation === 'decode' ? 'a later event tells more' : 'add --wait to ask until it is';
}

function was({ state }: Result): string {
  return state === 'canceled' ? 'was canceled' : 'failed';
}

function because({ reason, providerState }: Result): string {
  if (reason === null) return ` (${providerState})`;
  const words = [reason.message ?? reason.name, reason.code === null ? null : `code ${reason.code}`];
  const result = words.filter((word) => word !== null).join(', ');
  return result === '' ? ` (${providerState})` : `: ${result}`;
}
