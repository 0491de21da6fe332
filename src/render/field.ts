import { textOf, valueAt } from './fields.ts';
import { logSafe, type Renderer, type View } from './renderer.ts';
import { onOneLine } from './safe-text.ts';

/** `--field`: the bare value, one line an id whatever the value holds; null is empty, objects are JSON. */
export function createFieldRenderer(name: string, view: Pick<View, 'ci'>): Renderer {
  return logSafe({ result: (result) => `${onOneLine(textOf(valueAt(result, name)))}\n`, end: () => '' }, view);
}

/** The ids of messages, one a line, to be asked for again; nothing for a record that is about none. */
export function createIdRenderer(view: Pick<View, 'ci'>): Renderer {
  return logSafe({ result: ({ id, state }) => (state === null ? '' : `${onOneLine(id)}\n`), end: () => '' }, view);
}
