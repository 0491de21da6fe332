import type { ExitName } from '../core/exit.ts';
import type { Result } from '../core/record.ts';
import type { Tally } from '../core/result.ts';

/** The one line on stderr that says why the exit code is not 0, and what to do next. */
export interface Closing {
  readonly message: string;
  readonly hint: string | null;
}

/** Null where there is nothing to explain. `single`: the record itself says the rest. */
export function closingOf(tally: Tally, exit: ExitName, single: boolean): Closing | null {
  if (exit === 'ok') return null;
  const example = tally.first(exit);
  if (example === null) return { message: `ended early: ${exit}`, hint: 'what was known by then was printed' };
  const { message, hint } = explanationOf(example);
  if (single) return { message, hint };
  const { total, byExit } = tally.summary;
  const counts = Object.entries(byExit).filter(([name]) => name !== 'ok');
  const bad = counts.reduce((sum, [, count]) => sum + count, 0);
  const kinds = counts.map(([name, count]) => `${count} ${name}`).join(', ');
  return { message: `${bad} of ${total} not ok (${kinds}); ${example.id}: ${message}`, hint };
}

function explanationOf(result: Result): Closing {
  if (result.error !== null) return result.error;
  switch (result.exit.name) {
    case 'failed':
      return { message: `the message ${was(result)}${because(result)}`, hint: result.reason?.hint ?? null };
    case 'pending':
      return { message: `not final yet: ${result.state}`, hint: 'add --wait to ask until it is' };
    case 'wait-timeout':
      return { message: `still ${result.state} when the time was up`, hint: 'raise --timeout, or look again later' };
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

function was({ state }: Result): string {
  return state === 'canceled' ? 'was canceled' : 'failed';
}

function because({ reason, providerState }: Result): string {
  if (reason === null) return ` (${providerState})`;
  const words = [reason.message ?? reason.name, reason.code === null ? null : `code ${reason.code}`];
  return `: ${words.filter((word) => word !== null).join(', ')}`;
}
