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
  const write = (text: string) => world.stderr.write(text).catch(() => undefined);
  return {
    error: (message, hint) => {
      // A question has its mark already, and so may a provider's sentence.
      const mark = /[.?!]$/.test(message) ? '' : ';';
      const hintPart = hint === null || hint === '' ? '' : `${mark} ${label.hint} ${visible(hint)}`;
      return write(`${label.error} ${visible(message)}${hintPart}\n`);
    },
    status: (message, hint) => write(`${visible(hint === null ? message : `${message}; ${hint}`)}\n`),
    warning: (message) => write(`${label.warning} ${visible(message)}\n`),
    note: (message) => write(`${label.note} ${visible(message)}\n`),
    write,
  };
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
