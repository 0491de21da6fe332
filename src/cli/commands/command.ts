import type { Command } from 'commander';
import type { ExitName } from '../../core/exit.ts';
import type { Providers } from '../../core/provider.ts';
import type { World } from '../../world.ts';

/** What a command needs of the program; its work is loaded when it runs. */
export interface CommandContext {
  readonly world: World;
  /** Those that the command line may mean. */
  readonly providers: Providers;
  /** How the command ended; `ok` where nobody says. */
  setExit(exit: ExitName): void;
}

/** Lines of shell that work as they are; `--help` has them above arguments and options. Every command gives some. */
export const examples = new WeakMap<Command, () => readonly string[]>();

export type AddCommand = (program: Command, context: CommandContext) => void;
