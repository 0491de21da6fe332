import { type ExitName, exits } from '../core/exit.ts';
import type { Summary } from '../core/record.ts';
import type { Tally } from '../core/result.ts';
import { isVerdict } from '../core/verdict.ts';
import { type Explanation, explanationOf } from '../render/explanation.ts';
import type { World } from '../world.ts';
import type { Messages } from './messages.ts';

/** How a run ended. `single`: the record itself says the rest. `gates`: one phrase each, met or not. */
export interface RunSummary {
  readonly tally: Tally;
  readonly exit: ExitName;
  readonly single: boolean;
  /** The record is on the same terminal as a card, which says why and what to do. */
  readonly hasCard: boolean;
  readonly gates: readonly string[];
}

/** Says on stderr what many ids came to, and why the exit is not 0. With `-q` a verdict speaks for itself. */
export async function printSummary(
  end: RunSummary,
  { quiet, verbose }: { readonly quiet: boolean; readonly verbose: boolean },
  { stderr }: Pick<World, 'stderr'>,
  messages: Messages,
): Promise<void> {
  const isWanted = stderr.terminal || verbose || end.gates.length > 0;
  if (end.tally.summary.total === 0 && !quiet)
    await messages.note('there was no message: the input or the list was empty');
  else if (!end.single && !quiet && isWanted) await messages.note(summaryText(end));
  if (end.exit === 'ok' || (quiet && isVerdict(end.exit))) return;
  const { message, hint } = end.hasCard
    ? { message: `${end.exit} (exit ${exits[end.exit].code})`, hint: null }
    : closingOf(end);
  await messages.error(message, hint);
}

function summaryText({ tally, gates }: RunSummary): string {
  const { total, byState, byExit } = tally.summary;
  const noun = total === 1 ? 'message' : 'messages';
  const parts = [`${total} ${noun}`, counts(byState, 'by state'), counts(byExit, 'by exit'), ...gates];
  return parts.filter((part) => part !== '').join('; ');
}

function counts(byName: Summary['byExit'], title: string): string {
  const each = Object.entries(byName).map(([name, count]) => `${count} ${name}`);
  return each.length === 0 ? '' : `${title} ${each.join(', ')}`;
}

/** Why the exit code is not 0, and what to do next. */
function closingOf({ tally, exit, single, gates }: RunSummary): Explanation {
  const example = tally.first(exit);
  if (example === null) return withoutExample(exit, gates);
  const { message, hint } = explanationOf(example.record, example.hint);
  if (single) return { message, hint };
  const { total, byExit } = tally.summary;
  const kinds = Object.entries(byExit).filter(([name]) => name !== 'ok');
  const bad = kinds.reduce((sum, [, count]) => sum + count, 0);
  const list = kinds.map(([name, count]) => `${count} ${name}`).join(', ');
  return { message: `${bad} of ${total} not ok (${list}); ${example.record.id}: ${message}`, hint };
}

/** The run or its time was ended, or a gate was not met by no message at all. */
function withoutExample(exit: ExitName, gates: readonly string[]): Explanation {
  switch (exit) {
    case 'interrupted':
    case 'terminated':
      return {
        message: `ended early: ${exit}`,
        hint: 'what was known by then was printed, or is in the file of --resume',
      };
    case 'wait-timeout':
      return { message: 'the time was up before the input ended', hint: 'raise --timeout, or end the input' };
    default:
      return { message: gates.join('; '), hint: 'check where the ids come from' };
  }
}
