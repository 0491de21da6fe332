import type { Paint } from './paint.ts';
import { visible } from './safe-text.ts';

/** How every line of the conversation on stderr is worded. Each function returns whole lines. */
export interface Messages {
  /** What went wrong and, where there is one, what to type next. */
  problem(message: string, hint?: string | null): string;
  warning(message: string): string;
  note(message: string): string;
}

export function createMessages(paint: Paint): Messages {
  const hintLine = (hint: string) => `${paint.strong('hint:')} ${visible(hint)}\n`;
  return {
    problem: (message, hint = null) =>
      `${paint.bad('error:')} ${visible(message)}\n${hint === null || hint === '' ? '' : hintLine(hint)}`,
    warning: (message) => `${paint.waiting('warning:')} ${visible(message)}\n`,
    note: (message) => `${paint.quiet('note:')} ${visible(message)}\n`,
  };
}
