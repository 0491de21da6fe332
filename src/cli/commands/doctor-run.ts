import { type ExitName, exitOf, worstOf } from '../../core/exit.ts';
import { startCancellation } from '../../engine/cancellation.ts';
import { createSend } from '../../http/client.ts';
import { loadPaint, type Paint } from '../../render/paint.ts';
import { clampColumns } from '../../render/renderer.ts';
import { jsonText, visible } from '../../render/safe-text.ts';
import { wrap } from '../../render/width.ts';
import { openMessages, usesColor } from '../../terminal/messages.ts';
import { version } from '../../version.ts';
import type { World } from '../../world.ts';
import { type CheckResult, type DoctorOptions, examine } from './doctor-checks.ts';

const requestTimeoutMs = 10_000;

/** `sbstatus doctor`: tries the set-up → the worst of what it found. */
export async function doctor(options: DoctorOptions, world: World): Promise<ExitName> {
  const cancellation = startCancellation({ wait: false, timeoutMs: null }, world);
  const env = options.mock ? {} : world.env;
  const { clock, random } = world;
  // One try each: whoever asks for the doctor wants to hear of a fault that comes and goes.
  const send = createSend({
    clock,
    random,
    retries: 0,
    requestTimeoutMs,
    trace: null,
    env,
    userAgent: `sbstatus/${version}`,
  });
  const results: CheckResult[] = [];
  const columns = world.stdout.terminal ? clampColumns(world.stdout.columns) : null;
  const paint = await loadPaint(usesColor(world.stdout, world.env, options.color));
  try {
    for await (const result of runChecks(options, {
      world,
      send,
      signal: cancellation.stopSignal,
      limits: () => cancellation.lookupLimits(0),
    })) {
      results.push(result);
      if (!options.json) await world.stdout.write(linesOf(result, paint, columns));
    }
  } finally {
    cancellation.end();
    send.close();
  }
  const exit = worstOf(results.map((result) => result.exit));
  if (options.json) await world.stdout.write(jsonOf(results, exit));
  const worst = results.find((result) => result.exit === exit && result.status === 'failed');
  const messages = await openMessages(world, options.color);
  if (worst !== undefined) await messages.error(`${worst.subject}: ${worst.message}`, worst.hint);
  return exit;
}

type Common = Pick<Parameters<typeof examine>[1], 'world' | 'send' | 'signal' | 'limits'>;

async function* runChecks(options: DoctorOptions, common: Common): AsyncGenerator<CheckResult> {
  if (options.mock) {
    const { examineMock } = await import('./doctor-checks.ts');
    yield* examineMock(common);
    return;
  }
  yield* examine(options, {
    ...common,
    tokensOf: async ({ id, usesTokens }) => {
      if (!usesTokens) return null;
      const { createDiskTokens } = await import('../../disk/tokens.ts');
      return createDiskTokens(id, common.world, () => undefined);
    },
  });
}

const looks = {
  ok: { symbol: '✓', tone: 'good' },
  warning: { symbol: '!', tone: 'waiting' },
  failed: { symbol: '✗', tone: 'bad' },
  skipped: { symbol: '–', tone: 'quiet' },
} as const;

/** What stands before a message: the symbol and the topic. */
const margin = 14;
/** On a terminal narrower than that it is the terminal that breaks lines. */
const narrowest = 16;

/** `columns`: of the terminal; null where lines are not broken. */
function linesOf({ topic, subject, status, message, hint, exit }: CheckResult, paint: Paint, columns: number | null) {
  const { symbol, tone } = looks[status];
  const code = exit === 'ok' ? '' : ` (exit ${exitOf(exit).code} ${exit})`;
  const fold = (text: string) => (columns === null ? [text] : wrap(text, Math.max(narrowest, columns - margin)));
  const lines = fold(visible(`${subject}: ${message}`) + code);
  if (hint !== null) lines.push(...fold(visible(`hint: ${hint}`)).map((line) => paint.quiet(line)));
  const head = `${paint[tone](symbol)} ${topic.padEnd(margin - 3)} `;
  return `${head}${lines.join(`\n${' '.repeat(margin)}`)}\n`;
}

function jsonOf(results: readonly CheckResult[], exit: ExitName): string {
  const checks = results.map((result) => ({ ...result, exit: exitOf(result.exit) }));
  return `${jsonText({ schema: 'sbstatus.doctor/1', checks, exit: exitOf(exit) }, 2)}\n`;
}
