import type { ExitName } from './exit.ts';
import type { Summary } from './record.ts';

/** What a batch as a whole must come to; null: not asked for. Why it is counted so: docs/decisions/gates.md. */
export interface Gates {
  /** The least share of records that are ok, 0 to 1. */
  readonly minSuccess: number | null;
  /** The most records whose message failed or is not as expected. */
  readonly maxFailed: number | null;
}

/** Verdicts that count as failed; a message that is not final yet is not one, and neither is a look-up that failed. */
const failures: readonly ExitName[] = ['failed', 'expect-mismatch'];

export interface GateVerdict {
  readonly exit: ExitName;
  /** One phrase a gate, met or not; empty without gates. */
  readonly phrases: readonly string[];
}

/**
 * The exit of a batch. Without gates the worst of its records. With gates that are all met, the worst of those that
 * could not be looked up: what became of the others has been weighed. With one that is not met, never `ok`.
 */
export function judge(gates: Gates, summary: Summary, worst: ExitName, worstFault: ExitName): GateVerdict {
  const checks = [minSuccess(gates, summary), maxFailed(gates, summary)].filter((check) => check !== null);
  if (checks.length === 0) return { exit: worst, phrases: [] };
  const result = checks.map(({ phrase, met }) => `${phrase}, ${met ? 'which is met' : 'which is not met'}`);
  if (checks.every(({ met }) => met)) return { exit: worstFault, phrases: result };
  return { exit: worst === 'ok' ? 'failed' : worst, phrases: result };
}

/** Whether no further record can make up for those there are. */
export function isLost({ maxFailed: most }: Gates, summary: Summary): boolean {
  return most !== null && failedIn(summary) > most;
}

interface GateCheck {
  readonly phrase: string;
  readonly met: boolean;
}

/** Of no record at all there is no share: nothing has been shown to succeed. */
function minSuccess({ minSuccess: least }: Gates, { total, byExit }: Summary): GateCheck | null {
  if (least === null) return null;
  const ok = byExit['ok'] ?? 0;
  const phrase = `${ok} of ${total} ok where --min-success is ${Number((least * 100).toFixed(3))}%`;
  // Whole records are compared: a share of 0.95 × 20 must not fail by a rounding error.
  return { phrase, met: total > 0 && ok >= least * total - 1e-9 };
}

function maxFailed({ maxFailed: most }: Gates, summary: Summary): GateCheck | null {
  if (most === null) return null;
  const failed = failedIn(summary);
  return { phrase: `${failed} failed where --max-failed is ${most}`, met: failed <= most };
}

function failedIn({ byExit }: Summary): number {
  return failures.reduce((sum, name) => sum + (byExit[name] ?? 0), 0);
}
