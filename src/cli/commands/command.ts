import { Argument, type Command } from 'commander';
import type { ExitName } from '../../core/exit.ts';
import type { Providers } from '../../core/provider.ts';
import type { World } from '../../world.ts';

/** What a command needs of the program; its work is loaded when it runs. */
export interface CommandContext {
  readonly world: World;
  /** Those that the command line may mean. */
  readonly providers: Providers;
  /** The word after the provider's name: where it is an operation, the others are not needed. */
  readonly operation?: string | undefined;
  /** How the command ended; `ok` where nobody says. */
  setExit(exit: ExitName): void;
}

/** Lines of shell that work as they are; `--help` has them above arguments and options. Every command gives some. */
export const examples = new WeakMap<Command, () => readonly string[]>();

export type AddCommand = (program: Command, context: CommandContext) => void;

/** Parses an argument that is a word of ours, which people may write in any case. */
export function lowerCase(word: string): string {
  return word.toLowerCase();
}

/** An argument that is one of these words, in any case. */
export function choiceArgument(name: string, about: string | undefined, choices: readonly string[]): Argument {
  const argument = new Argument(name, about).choices(choices);
  const { parseArg: check } = argument;
  return argument.argParser((word, before) => check?.(lowerCase(word), before));
}
