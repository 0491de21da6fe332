import { withoutCommands } from '../core/text.ts';
import { loadPaint } from '../render/paint.ts';
import { visible } from '../render/safe-text.ts';
import type { Output, World } from '../world.ts';

/** The one place that speaks on stderr. What cannot be written there is lost: the exit code says it all the same. */
export interface Messages {
  /** One line: what went wrong and, where there is one, what to type next. */
  error(message: string, hint: string | null): Promise<void>;
  warning(message: string): Promise<void>;
  note(message: string): Promise<void>;
  /** Text that is worded already, whole lines. */
  write(text: string): Promise<void>;
}

export async function openMessages(world: World, color: boolean): Promise<Messages> {
  const label = usesColor(world.stderr, world.env, color) ? await paintLabels() : plainLabels;
  const write = (text: string) => world.stderr.write(text).catch(() => undefined);
  const say = async (parts: readonly MessagePart[]) => write(`${await layOut(parts, label, world.stderr)}\n`);
  return {
    error: (message, hint) =>
      say([
        { kind: 'error', text: message },
        ...(hint === null || hint === '' ? [] : [{ kind: 'hint' as const, text: hint }]),
      ]),
    warning: (message) => say([{ kind: 'warning', text: message }]),
    note: (message) => say([{ kind: 'note', text: message }]),
    write,
  };
}

interface MessagePart {
  readonly kind: keyof typeof plainLabels;
  readonly text: string;
}

/** One line; on a terminal that is narrower, a line a part, broken between words. */
async function layOut(
  parts: readonly MessagePart[],
  label: typeof plainLabels,
  { terminal, columns }: Output,
): Promise<string> {
  const line = parts.map(({ kind, text }) => `${label[kind]} ${visible(text)}`).join('; ');
  const length = parts.reduce((sum, { kind, text }) => sum + kind.length + text.length + 4, -2);
  // A character may be two columns wide; what measures it is loaded only where it may matter.
  if (!terminal || columns <= 0 || length * 2 <= columns) return line;
  const { width, wrap } = await import('../render/width.ts');
  const plain = parts.map(({ kind, text }) => `${plainLabels[kind]} ${visible(text)}`);
  if (width(plain.join('; ')) <= columns) return line;
  const lines = parts.map(({ kind }, place) => {
    const wrapped = wrap(plain[place] ?? '', Math.max(10, columns - 2)).join('\n  ');
    return label[kind] + wrapped.slice(plainLabels[kind].length);
  });
  // What stood within a line may now begin one.
  return withoutCommands(lines.join('\n'));
}

const plainLabels = { error: 'error:', warning: 'warning:', note: 'note:', hint: 'hint:' };

async function paintLabels(): Promise<typeof plainLabels> {
  const paint = await loadPaint(true);
  return {
    error: paint.bad('error:'),
    warning: paint.waiting('warning:'),
    note: paint.quiet('note:'),
    hint: paint.strong('hint:'),
  };
}

/** Whether to colour what goes to `output`: `--no-color`, FORCE_COLOR, NO_COLOR, TERM=dumb, in this order. */
export function usesColor(output: Pick<Output, 'terminal'>, env: World['env'], allowed: boolean): boolean {
  if (!allowed) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  return (env['NO_COLOR'] ?? '') === '' && output.terminal && env['TERM'] !== 'dumb';
}
