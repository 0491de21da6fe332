import { createMessages } from '../render/messages.ts';
import { loadPaint } from '../render/paint.ts';
import type { World } from '../world.ts';
import { usesColor } from './color.ts';

/** The one place that speaks on stderr. What cannot be said there is lost: the exit code says it all the same. */
export interface Voice {
  problem(message: string, hint: string | null): Promise<void>;
  warning(message: string): Promise<void>;
  note(message: string): Promise<void>;
  /** Text that is worded already, whole lines. */
  say(text: string): Promise<void>;
}

export async function createVoice(world: World, color: boolean): Promise<Voice> {
  const messages = createMessages(await loadPaint(usesColor(world.stderr, world.env, color)));
  const say = (text: string) => world.stderr.write(text).catch(() => undefined);
  return {
    problem: (message, hint) => say(messages.problem(message, hint)),
    warning: (message) => say(messages.warning(message)),
    note: (message) => say(messages.note(message)),
    say,
  };
}
