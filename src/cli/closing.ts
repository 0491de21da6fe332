import type { ExitName } from '../core/exit.ts';
import type { Tally } from '../core/result.ts';
import { type Cause, causeOf } from '../render/cause.ts';

/**
 * The one line on stderr that says why the exit code is not 0, and what to do next; null where there is nothing to
 * explain. `single`: the record itself says the rest.
 */
export function closingOf(tally: Tally, exit: ExitName, single: boolean): Cause | null {
  if (exit === 'ok') return null;
  const example = tally.first(exit);
  if (example === null) return { message: `ended early: ${exit}`, hint: 'what was known by then was printed' };
  const { message, hint } = causeOf(example);
  if (single) return { message, hint };
  const { total, byExit } = tally.summary;
  const counts = Object.entries(byExit).filter(([name]) => name !== 'ok');
  const bad = counts.reduce((sum, [, count]) => sum + count, 0);
  const kinds = counts.map(([name, count]) => `${count} ${name}`).join(', ');
  return { message: `${bad} of ${total} not ok (${kinds}); ${example.id}: ${message}`, hint };
}
