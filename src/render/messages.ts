import type { Paint } from './paint.ts';
import { visible } from './safe-text.ts';

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
