/** Draws single-line cells below a head. Every cell must be exactly as wide as its column says. */
export type DrawFrame = (head: readonly Block[], rows: readonly (readonly Block[])[]) => string;

/** Text that may be coloured, with the columns that it takes: nobody measures it again. */
export interface Block {
  readonly text: string;
  readonly columns: number;
}

/** Between two columns; the rows after the frame's are joined by it too. */
export const gap = ' │ ';

const noBox = Object.fromEntries(
  ['top', 'bottom'].flatMap((edge) => ['', '-mid', '-left', '-right'].map((part) => [edge + part, ''])),
);
const chars = { ...noBox, left: '', right: '', 'left-mid': '', 'right-mid': '', 'mid-mid': '─┼─', middle: gap };
const style = { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true };

/**
 * cli-table3 measures by an old table of widths (wrong for Thai, Devanagari and newer emoji) and cuts where it
 * disagrees. So it never sees the text: it gets stand-ins of the right width, and the text takes their places after.
 */
export async function loadFrame(): Promise<DrawFrame> {
  const { default: Table } = await import('cli-table3');
  return (head, rows) => {
    const table = new Table({ head: head.map(standIn), colWidths: head.map(({ columns }) => columns), chars, style });
    table.push(...rows.map((row) => row.map(standIn)));
    const texts = [head, ...rows].flat();
    let place = 0;
    return table.toString().replace(/x+/g, () => texts[place++]?.text ?? '');
  };
}

function standIn({ columns }: Block): string {
  return 'x'.repeat(columns);
}
