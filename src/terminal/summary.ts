import { type ExitName, exits } from '../core/exit.ts';
import type { Result, Summary } from '../core/record.ts';
import type { Tally } from '../core/result.ts';
import type { Outcome } from '../core/state.ts';
import { formatDuration } from '../core/time.ts';
import { isUnfinished, isVerdict } from '../core/verdict.ts';
import { type Explanation, explanationOf } from '../render/explanation.ts';
import { loadPaint, type Paint } from '../render/paint.ts';
import { clampColumns } from '../render/renderer.ts';
import { visible } from '../render/safe-text.ts';
import { remarkOf, toneOf } from '../render/words.ts';
import type { World } from '../world.ts';
import { type Messages, usesColor } from './messages.ts';

/** How a run ended. */
export interface RunSummary {
  readonly tally: Tally;
  /** Null for a single message. */
  readonly glance: Glance | null;
  readonly exit: ExitName;
  /** The record itself says the rest. */
  readonly single: boolean;
  /**
   * Whether the record is on the same terminal as a card, which says why and what to do, and whether what people read was
   * masked though nobody asked for that.
   */
  findView(): { readonly hasCard: boolean; readonly isMasked: boolean };
  /** Nothing is masked. */
  readonly isPlain: boolean;
  /** One phrase each, passed or not. */
  readonly gates: readonly string[];
  /** What to say where there was no message. */
  readonly nothing: string;
  /** Notes on the input. */
  readonly remarks: readonly string[];
  /** The file that the records went into; null for stdout. */
  readonly file: string | null;
}

/** Says on stderr what many ids came to, and why the exit is not 0. With `-q` a verdict speaks for itself. */
export async function printSummary(
  end: RunSummary,
  options: { readonly quiet: boolean; readonly verbose: boolean; readonly color: boolean },
  world: Pick<World, 'stderr' | 'env'>,
  messages: Messages,
): Promise<void> {
  const { quiet } = options;
  const { total } = end.tally.counts;
  const isBatch = total + end.tally.duplicates > 1;
  const isWanted = isBatch || options.verbose || end.gates.length > 0;
  if (total === 0 && !quiet) await messages.note(end.nothing);
  else if (end.glance !== null && !quiet && isWanted)
    await printGlance(end, end.glance, options.color, world, messages);
  if (!quiet) for (const remark of end.remarks) await messages.note(remark);
  if (end.exit !== 'ok' || !end.isPlain) await printClosing(end, quiet, messages);
}

async function printClosing(end: RunSummary, quiet: boolean, messages: Messages): Promise<void> {
  const { hasCard, isMasked } = end.findView();
  if (isMasked && end.tally.counts.total > 0) await messages.note('personal data is masked; --reveal shows it');
  if (end.exit === 'ok' || (quiet && isVerdict(end.exit))) return;
  const { message, hint } = hasCard
    ? { message: `${end.exit} (exit ${exits[end.exit].code})`, hint: null }
    : closingOf(end);
  const say = isUnfinished(end.exit) ? messages.status : messages.error;
  await say(message, hint);
}

/** What is worth knowing of a batch as a whole, counted as its records come. */
export class Glance {
  readonly #groups = new Map<string, { readonly outcome: Outcome | null; count: number }>();
  readonly #reasons = new Map<string, number>();

  add(result: Result): void {
    const label = labelOf(result);
    const group = this.#groups.get(label) ?? { outcome: result.outcome, count: 0 };
    this.#groups.set(label, group);
    group.count += 1;
    const reason = result.error?.message ?? (result.outcome === 'failure' ? remarkOf(result) : '');
    const isKnown = this.#reasons.has(reason);
    if (reason !== '' && (isKnown || this.#reasons.size < mostReasons)) {
      this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
    }
  }

  /** Successes first, the most frequent first among their like. */
  get groups(): readonly { readonly label: string; readonly outcome: Outcome | null; readonly count: number }[] {
    const rank = (outcome: Outcome | null) => order.indexOf(outcome);
    const groups = [...this.#groups].map(([label, group]) => ({ label, ...group }));
    return groups.sort((a, b) => rank(a.outcome) - rank(b.outcome) || b.count - a.count);
  }

  /** `4 × 10001: Message failed to send`, the most frequent first. */
  get reasons(): readonly string[] {
    const sorted = [...this.#reasons].sort(([, a], [, b]) => b - a);
    return sorted.slice(0, 3).map(([reason, count]) => `${count} × ${reason}`);
  }
}

const order: readonly (Outcome | null)[] = ['success', 'failure', 'pending', 'unknown', null];
/** Reasons that are counted; of a batch in which each has its own, none is frequent. */
const mostReasons = 1000;

/** What a message is counted as: its state, unless it is pending, not as expected, or was not learnt. */
function labelOf({ state, outcome, exit }: Result): string {
  if (state === null) return exit.name;
  if (outcome === 'pending') return 'pending';
  return exit.name === 'expect-mismatch' ? `${state} (not as expected)` : state;
}

/** One line; on a terminal bars below it, and a line for each of the rest. */
async function printGlance(
  { tally, gates }: RunSummary,
  glance: Glance,
  color: boolean,
  { stderr, env }: Pick<World, 'stderr' | 'env'>,
  messages: Messages,
): Promise<void> {
  const { total, duplicates, timing } = tally.summary;
  const { groups, reasons } = glance;
  const again = duplicates === 0 ? '' : `, ${duplicates} ${duplicates === 1 ? 'duplicate' : 'duplicates'} left out`;
  const head = `${countMessages(total)}${again}: ${groups.map(({ label, count }) => `${count} ${label}`).join(', ')}`;
  const rest = [...reasons, ...timingText(timing), ...gates];
  if (!stderr.terminal || total === 1) return messages.note([head, ...rest].join('; '));
  await messages.note(head);
  const paint = await loadPaint(usesColor(stderr, env, color));
  const { truncate } = await import('../render/width.ts');
  const columns = clampColumns(stderr.columns) - 2;
  const lines = [...barsOf(groups, columns, paint), ...rest.map((text) => truncate(visible(text), columns))];
  await messages.write(lines.map((line) => `  ${line}\n`).join(''));
}

/** A bar each, the longest of at most 40 columns. */
function barsOf(groups: Glance['groups'], columns: number, paint: Paint): string[] {
  const labelled = Math.max(...groups.map(({ label }) => label.length));
  const most = Math.max(...groups.map(({ count }) => count));
  const room = Math.min(40, columns - labelled - String(most).length - 4);
  if (room < 5) return [];
  return groups.map(({ label, outcome, count }) => {
    const bar = '█'.repeat(Math.max(1, Math.round((count / most) * room)));
    return `${label.padEnd(labelled)}  ${paint[toneOf(outcome)](bar)} ${count}`;
  });
}

function timingText({ toDeliveredMs: spread }: Summary['timing']): string[] {
  if (spread === null || spread.count < 2) return [];
  return [`delivered after ${formatDuration(spread.median)} (median), ${formatDuration(spread.p95)} (p95)`];
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
    return {
      message: `${bad} of ${countMessages(total)} still pending${late} (${record.name ?? record.id}: ${where})`,
      hint,
    };
  }
  const list = kinds.map(([name, count]) => `${count} ${name}`).join(', ');
  return { message: `${bad} of ${total} not ok (${list}); ${record.name ?? record.id}: ${message}`, hint };
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
