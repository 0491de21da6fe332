import type { Paint } from './paint.ts';
import { visible } from './safe-text.ts';

/** How every line of the conversation on stderr is worded. Each function returns whole lines. */
export interface Messages {
  /** One line: what went wrong and, where there is one, what to type next. */
  problem(message: string, hint?: string | null): string;
  warning(message: string): string;
  note(message: string): string;
}

export function createMessages(paint: Paint): Messages {
  const hintPart = (hint: string | null) =>
    hint === null || hint === '' ? '' : `; ${paint.strong('hint:')} ${visible(hint)}`;
  return {
    problem: (message, hint = null) => `${paint.bad('error:')} ${visible(message)}${hintPart(hint)}\n`,
    warning: (message) => `${paint.waiting('warning:')} ${visible(message)}\n`,
    note: (message) => `${paint.quiet('note:')} ${visible(message)}\n`,
  };
}
