import { loadPaint, type Paint } from '../render/paint.ts';
import { visible } from '../render/safe-text.ts';
import type { Output, World } from '../world.ts';

/** The one place that speaks on stderr. What cannot be written there is lost: the exit code says it all the same. */
export interface Messages {
  error(message: string, hint: string | null): Promise<void>;
  warning(message: string): Promise<void>;
  note(message: string): Promise<void>;
  /** Text that is worded already, whole lines. */
  write(text: string): Promise<void>;
}

export async function openMessages(world: World, color: boolean): Promise<Messages> {
  const messages = createMessageFormat(await loadPaint(usesColor(world.stderr, world.env, color)));
  const say = (text: string) => world.stderr.write(text).catch(() => undefined);
  return {
    error: (message, hint) => say(messages.error(message, hint)),
    warning: (message) => say(messages.warning(message)),
    note: (message) => say(messages.note(message)),
    write: say,
  };
}

/** How every line of the conversation on stderr is worded. Each function returns whole lines. */
export interface MessageFormat {
  /** One line: what went wrong and, where there is one, what to type next. */
  error(message: string, hint?: string | null): string;
  warning(message: string): string;
  note(message: string): string;
}

export function createMessageFormat(paint: Paint): MessageFormat {
  const hintPart = (hint: string | null) =>
    hint === null || hint === '' ? '' : `; ${paint.strong('hint:')} ${visible(hint)}`;
  return {
    error: (message, hint = null) => `${paint.bad('error:')} ${visible(message)}${hintPart(hint)}\n`,
    warning: (message) => `${paint.waiting('warning:')} ${visible(message)}\n`,
    note: (message) => `${paint.quiet('note:')} ${visible(message)}\n`,
  };
}

/** Whether to colour what goes to `output`: `--no-color`, FORCE_COLOR, NO_COLOR, TERM=dumb, in this order. */
export function usesColor(output: Pick<Output, 'terminal'>, env: World['env'], allowed: boolean): boolean {
  if (!allowed) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  return (env['NO_COLOR'] ?? '') === '' && output.terminal && env['TERM'] !== 'dumb';
}
