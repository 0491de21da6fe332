import { loadPaint } from './paint.ts';
import { logSafe, type Renderer, settledColumns, type View } from './renderer.ts';

/** People's terminals are logged too. */
const logged = { ci: true };

/** For people: a card for one id, rows for several, and in a pipe tab-separated lines. */
export async function createTableRenderer(view: View): Promise<Renderer> {
  if (view.columns === null) return (await import('./tsv.ts')).createTsvRenderer(view);
  const screen = { ...view, columns: settledColumns(view.columns), paint: await loadPaint(view.color) };
  if (view.single || view.details) return logSafe((await import('./card.ts')).createCardRenderer(screen), logged);
  const { loadFrame } = await import('./grid.ts');
  return logSafe((await import('./grid.ts')).createGridRenderer(screen, await loadFrame()), logged);
}
