import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { withoutCommands } from '../core/text.ts';
import { loadPaint } from '../render/paint.ts';
import { visible } from '../render/safe-text.ts';
import type { Output, World } from '../world.ts';

/** The one place that speaks on stderr. What cannot be written there is lost: the exit code says it all the same. */
export interface Messages {
  /** One line: what went wrong and, where there is one, what to type next. */
  error(message: string, hint: string | null): Promise<void>;
  /** The same for what is no error, such as a message that is still under way. */
  status(message: string, hint: string | null): Promise<void>;
  warning(message: string): Promise<void>;
  note(message: string): Promise<void>;
  /** Text that is worded already, whole lines. */
  write(text: string): Promise<void>;
}

export async function openMessages(world: World, color: boolean): Promise<Messages> {
  const label = usesColor(world.stderr, world.env, color) ? await paintLabels() : plainLabels;
  const gone = once(world.stderr.gone, 'abort');
  const write = async (text: string) => {
    // A reader that takes nothing any more is waited for no longer.
    await Promise.race([world.stderr.write(text).catch(() => undefined), gone]);
  };
  const say = async (parts: readonly MessagePart[]) => {
    const { stderr } = world;
    let [line, length] = ['', 0];
    for (const { kind, text } of parts) {
      // A question has its mark already, and so may a provider's sentence.
      const mark = line === '' ? '' : kind === 'hint' && /[.?!]$/.test(line) ? ' ' : '; ';
      line += mark + label[kind] + visible(text);
      length += mark.length + kind.length + text.length + 2;
    }
    // A character may be two columns wide; what measures it is loaded only where it may matter.
    const mayBeTooLong = stderr.terminal && stderr.columns > 0 && length * 2 > stderr.columns;
    await write(`${mayBeTooLong ? await fold(parts, line, label, stderr.columns) : line}\n`);
  };
  return {
    error: (message, hint) => say([{ kind: 'error', text: message }, ...partsOf('hint', hint)]),
    status: (message, hint) => say([{ kind: 'none', text: message }, ...partsOf('none', hint)]),
    warning: (message) => say([{ kind: 'warning', text: message }]),
    note: (message) => say([{ kind: 'note', text: message }]),
    write,
  };
}

interface MessagePart {
  readonly kind: keyof typeof plainLabels;
  readonly text: string;
}

function partsOf(kind: MessagePart['kind'], text: string | null): MessagePart[] {
  return text === null || text === '' ? [] : [{ kind, text }];
}

/** The line, or where it is longer than the terminal is wide, a line a part, broken between words. */
async function fold(
  parts: readonly MessagePart[],
  line: string,
  label: typeof plainLabels,
  columns: number,
): Promise<string> {
  const { width, wrap } = await import('../render/width.ts');
  if (width(stripVTControlCharacters(line)) <= columns) return line;
  const lines = parts.map(({ kind, text }) => {
    const wrapped = wrap(plainLabels[kind] + visible(text), Math.max(10, columns - 2)).join('\n  ');
    return label[kind] + wrapped.slice(plainLabels[kind].length);
  });
  // What stood within a line may now begin one.
  return withoutCommands(lines.join('\n'));
}

const plainLabels = { error: 'error: ', warning: 'warning: ', note: 'note: ', hint: 'hint: ', none: '' };

async function paintLabels(): Promise<typeof plainLabels> {
  const paint = await loadPaint(true);
  return {
    error: `${paint.bad('error:')} `,
    warning: `${paint.waiting('warning:')} `,
    note: `${paint.quiet('note:')} `,
    hint: `${paint.strong('hint:')} `,
    none: '',
  };
}

/** Whether to colour what goes to `output`: `--no-color`, FORCE_COLOR, NO_COLOR, TERM=dumb, in this order. */
export function usesColor(output: Pick<Output, 'terminal'>, env: World['env'], allowed: boolean): boolean {
  if (!allowed) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  return (env['NO_COLOR'] ?? '') === '' && output.terminal && env['TERM'] !== 'dumb';
}
