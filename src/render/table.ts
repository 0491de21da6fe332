import { loadPaint } from './paint.ts';
import { type Renderer, settledColumns, type View } from './renderer.ts';

/** For people: a card for one id, rows for several, and in a pipe tab-separated lines. */
export async function createTableRenderer(view: View): Promise<Renderer> {
  if (view.columns === null) return (await import('./tsv.ts')).createTsvRenderer(view);
  const screen = { ...view, columns: settledColumns(view.columns), paint: await loadPaint(view.color) };
  if (view.single) return (await import('./card.ts')).createCardRenderer(screen);
  const { loadFrame } = await import('./grid.ts');
  return (await import('./grid.ts')).createGridRenderer(screen, await loadFrame());
}
