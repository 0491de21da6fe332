import { fileURLToPath } from 'node:url';
import { builtBin } from '../support/bin.ts';
import { openTerminal } from '../terminal/terminal.ts';

export const columns = 100;

/** What a picture shows: a command line, and what is in the terminal at its end. */
export interface Scene {
  readonly name: string;
  readonly title: string;
  /** As typed, without the prompt. */
  readonly command: string;
}

const still = fileURLToPath(new URL('still.cjs', import.meta.url));

/** Runs the command in a real terminal; returns all that it wrote, escapes included. */
export async function play({ command }: Scene): Promise<string> {
  const shell = `sbstatus() { "${process.execPath}" "${builtBin()}" "$@"; }; ${command}`;
  const env = { TZ: 'UTC', LANG: 'C.UTF-8', NODE_OPTIONS: `--require=${JSON.stringify(still)}` };
  const terminal = openTerminal(['/bin/sh', '-c', shell], { columns, env });
  await terminal.ended;
  return terminal.text();
}
