import { fileURLToPath } from 'node:url';
import { builtBin } from '../support/bin.ts';
import { openTerminal } from '../terminal/terminal.ts';

export const columns = 100;

/** What a picture shows: a command line, and moments of what it writes to a terminal. */
export interface Scene {
  readonly name: string;
  readonly title: string;
  /** As typed, without the prompt. */
  readonly command: string;
  /** A moment: up to the end of the redraw that first says this. The last moment is always the end. */
  readonly until?: string;
}

const endOfRedraw = '\x1b[?2026l';
const still = fileURLToPath(new URL('still.cjs', import.meta.url));

/** Runs the command in a real terminal; returns all that it wrote up to each moment, escapes included. */
export async function play({ command, until }: Scene): Promise<string[]> {
  const shell = `sbstatus() { "${process.execPath}" "${builtBin()}" "$@"; }; ${command}`;
  const env = { TZ: 'UTC', LANG: 'C.UTF-8', NODE_OPTIONS: `--require=${JSON.stringify(still)}` };
  const terminal = openTerminal(['/bin/sh', '-c', shell], { columns, env });
  await terminal.ended;
  const text = terminal.text();
  if (until === undefined) return [text];
  const seen = text.indexOf(until);
  if (seen === -1) throw new Error(`never said ${until}: ${JSON.stringify(text)}`);
  return [text.slice(0, text.indexOf(endOfRedraw, seen) + endOfRedraw.length), text];
}
