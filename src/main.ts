import { exits } from './core/exit.ts';
import { version } from './version.ts';
import type { World } from './world.ts';

/** Runs one invocation: `argv` without node and script → the exit code. The only errors that it lets out are bugs in itself. */
export async function main(argv: readonly string[], world: World): Promise<number> {
  const asksVersion = argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V');
  if (asksVersion && world.writeNow(`${version}\n`)) return exits.ok.code;
  const { runProgram } = await import('./cli/program.ts');
  return runProgram(argv, world);
}
