import xterm from '@xterm/headless';

/** What somebody sees, and what the terminal was made to do. */
export interface Screen {
  /** Without blanks at the ends, and without the empty lines below the last. */
  readonly lines: readonly string[];
  /** Lines that did not fit and went on in the next row. */
  readonly wrapped: number;
  /** Title changes, bells, clipboard writes, replies that it sent by itself: what no answer may cause. */
  readonly deeds: readonly string[];
}

/** Shows text to a terminal emulator that understands all of xterm's escapes. */
export async function screenOf(text: string, columns: number): Promise<Screen> {
  const terminal = new xterm.Terminal({ cols: columns, rows: 200, allowProposedApi: true });
  const deeds: string[] = [];
  terminal.onTitleChange((title) => deeds.push(`title ${title}`));
  terminal.onBell(() => deeds.push('bell'));
  terminal.onData((data) => deeds.push(`reply ${JSON.stringify(data)}`));
  for (const code of [0, 1, 2, 4, 8, 9, 52, 133, 1337]) {
    terminal.parser.registerOscHandler(code, (data) => deeds.push(`osc ${code} ${data}`) > 0);
  }
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const { active } = terminal.buffer;
  if (active.type === 'alternate') deeds.push('alternate screen');
  const rows = Array.from({ length: active.length }, (_, i) => active.getLine(i)).filter((row) => row !== undefined);
  const lines = rows.map((row) => row.translateToString(true));
  while (lines.at(-1) === '') lines.pop();
  const wrapped = rows.filter((row) => row.isWrapped).length;
  terminal.dispose();
  return { lines, wrapped, deeds };
}
