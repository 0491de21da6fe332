import { createMessageFormat } from '../render/messages.ts';
import { loadPaint } from '../render/paint.ts';
import type { World } from '../world.ts';
import { usesColor } from './color.ts';

/** The one place that speaks on stderr. What cannot be result there is lost: the exit code says it all the same. */
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
