import { loadPaint } from './paint.ts';
import { clampColumns, logSafe, type Renderer, type View } from './renderer.ts';

/** Columns of what is no terminal: a row ends somewhere all the same. */
const unbounded = 4000;

/** People's terminals are logged too. */
const logged = { ci: true };

/** For people: a card for one id, rows for several. In a file nothing of a row is cut. */
export async function createTableRenderer(view: View): Promise<Renderer> {
  const isCard = view.single || view.details;
  const columns = clampColumns(view.columns ?? (isCard ? 0 : unbounded));
  const screen = { ...view, columns, paint: await loadPaint(view.color) };
  if (isCard) return logSafe((await import('./card.ts')).createCardRenderer(screen), logged);
  const { createGridRenderer, loadFrame } = await import('./grid.ts');
  return logSafe(createGridRenderer(screen, await loadFrame()), logged);
}
