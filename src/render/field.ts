import { textOf, valueAt } from './fields.ts';
import type { Renderer } from './renderer.ts';
import { visible } from './safe-text.ts';

/** `--field`: the bare value, one line an id whatever the value holds; null is empty, objects are JSON. */
export function createFieldRenderer(name: string): Renderer {
  return { result: (result) => `${visible(textOf(valueAt(result, name)))}\n`, end: () => '' };
}

/** The ids of messages, one a line, to be asked for again; nothing for a record that is about none. */
export function createIdRenderer(): Renderer {
  return { result: ({ id, state }) => (state === null ? '' : `${visible(id)}\n`), end: () => '' };
}
