import { selectionOf } from './fields.ts';
import { jsonText } from './json-text.ts';
import type { Renderer, View } from './renderer.ts';

/** One record a line, whatever was asked. */
export function createNdjsonRenderer(view: View): Renderer {
  const select = view.fields === null ? null : selectionOf(view.fields);
  return { result: (result) => `${jsonText(select === null ? result : select(result))}\n`, end: () => '' };
}
