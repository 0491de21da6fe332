import xterm from '@xterm/headless';

/** Text of one look, at its column. */
export interface Run {
  readonly column: number;
  /** In terminal columns. */
  readonly width: number;
  readonly text: string;
  /** Number of a palette's colour, null for the terminal's own. */
  readonly color: number | null;
  readonly bold: boolean;
  readonly dim: boolean;
}

/** What a terminal of so many columns shows after this text, without the empty lines below. */
export async function rowsOf(text: string, columns: number): Promise<Run[][]> {
  const terminal = new xterm.Terminal({ cols: columns, rows: 200, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const { active } = terminal.buffer;
  const rows = Array.from({ length: active.length }, (_, row) => runsOf(active, row, columns));
  terminal.dispose();
  while (rows.at(-1)?.length === 0) rows.pop();
  return rows;
}

function runsOf(buffer: xterm.IBuffer, row: number, columns: number): Run[] {
  const line = buffer.getLine(row);
  const runs: Run[] = [];
  for (let column = 0; column < columns; column += 1) {
    const cell = line?.getCell(column);
    if (cell === undefined || cell.getWidth() === 0) continue;
    const look = {
      color: cell.isFgDefault() ? null : cell.getFgColor(),
      bold: cell.isBold() !== 0,
      dim: cell.isDim() !== 0,
    };
    const text = cell.getChars() === '' ? ' ' : cell.getChars();
    const last = runs.at(-1);
    if (last !== undefined && alike(last, look)) runs.splice(-1, 1, joined(last, text, cell.getWidth()));
    else runs.push({ column, width: cell.getWidth(), text, ...look });
  }
  return runs.map(trimmed).filter(({ text }) => text !== '');
}

type Look = Pick<Run, 'color' | 'bold' | 'dim'>;

function alike(a: Look, b: Look): boolean {
  return a.color === b.color && a.bold === b.bold && a.dim === b.dim;
}

function joined(run: Run, text: string, width: number): Run {
  return { ...run, text: run.text + text, width: run.width + width };
}

/** Blanks are a column each. */
function trimmed(run: Run): Run {
  const start = run.text.trimStart();
  const text = start.trimEnd();
  const before = run.text.length - start.length;
  return { ...run, column: run.column + before, width: run.width - before - (start.length - text.length), text };
}
