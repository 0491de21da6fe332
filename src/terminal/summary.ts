import type { ExitName } from '../core/exit.ts';
import type { Tally } from '../core/result.ts';
import { isUnfinished, isVerdict } from '../core/verdict.ts';
import { type Explanation, explanationOf } from '../render/explanation.ts';
import type { World } from '../world.ts';
import type { Messages } from './messages.ts';

/** How a run ended. */
export interface RunSummary {
  readonly tally: Tally;
  readonly exit: ExitName;
  /** The record itself says the rest. */
  readonly single: boolean;
  /** One phrase each, passed or not. */
  readonly gates: readonly string[];
  /** What to say where there was no message. */
  readonly nothing: string;
  /** The file that the records went into; null for stdout. */
  readonly file: string | null;
}

/** Says on stderr what many ids came to, and why the exit is not 0. With `-q` a verdict speaks for itself. */
export async function printSummary(
  end: RunSummary,
  { quiet, verbose }: { readonly quiet: boolean; readonly verbose: boolean },
  { stderr }: Pick<World, 'stderr'>,
  messages: Messages,
): Promise<void> {
  const isWanted = stderr.terminal || verbose || end.gates.length > 0;
  if (end.tally.summary.total === 0 && !quiet) await messages.note(end.nothing);
  else if (!end.single && !quiet && isWanted) await messages.note(summaryText(end));
  if (end.exit === 'ok' || (quiet && isVerdict(end.exit))) return;
  const { message, hint } = closingOf(end);
  const say = isUnfinished(end.exit) ? messages.status : messages.error;
  await say(message, hint);
}

function summaryText({ tally, gates }: RunSummary): string {
  const { total, byState } = tally.summary;
  const counts = Object.entries(byState);
  const answered = counts.reduce((sum, [, count]) => sum + count, 0);
  const parts = counts.map(([state, count]) => `${count} ${state}`);
  if (answered < total) parts.push(`${total - answered} without an answer`);
  return [`${countMessages(total)}: ${parts.join(', ')}`, ...gates].join('; ');
}

function countMessages(count: number): string {
  return `${count} ${count === 1 ? 'message' : 'messages'}`;
}

/** Why the exit code is not 0, and what to do next. */
function closingOf(end: RunSummary): Explanation {
  const { tally, exit, single } = end;
  const example = tally.first(exit);
  if (example === null || (isStopped(exit) && !single)) return withoutExample(end);
  const { record } = example;
  const { message, hint } = explanationOf(record, example.hint);
  if (single) return { message, hint };
  const { total, byExit } = tally.summary;
  const kinds = Object.entries(byExit).filter(([name]) => name !== 'ok');
  const bad = kinds.reduce((sum, [, count]) => sum + count, 0);
  if (isUnfinished(exit)) {
    const late = exit === 'pending' ? '' : ' when the time was up';
    const where = record.state ?? message;
    return { message: `${bad} of ${countMessages(total)} still pending${late} (${record.id}: ${where})`, hint };
  }
  const list = kinds.map(([name, count]) => `${count} ${name}`).join(', ');
  return { message: `${bad} of ${total} not ok (${list}); ${record.id}: ${message}`, hint };
}

function isStopped(exit: ExitName): boolean {
  return exit === 'interrupted' || exit === 'terminated';
}

/** The run or its time was ended, or a gate was not met by no message at all. */
function withoutExample({ tally, exit, gates, file }: RunSummary): Explanation {
  const { total } = tally.summary;
  if (isStopped(exit)) {
    if (file === null) return { message: `${exit} after ${countMessages(total)}`, hint: 'run the same command again' };
    const records = total === 1 ? '1 record is' : `${total} records are`;
    return { message: `${exit}: ${records} in ${file}`, hint: 'run the same command again to continue' };
  }
  if (exit === 'wait-timeout') {
    return { message: 'the time was up before the input ended', hint: 'raise --timeout, or end the input' };
  }
  return { message: gates.join('; '), hint: 'check where the ids come from' };
}
