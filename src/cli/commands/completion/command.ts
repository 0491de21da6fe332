import { Argument, type Command } from 'commander';
import type { CommandContext } from '../command.ts';
import { completeName, type Shell, shells } from './shells.ts';

export function addCompletion(program: Command, { world, providers }: CommandContext): void {
  program
    .command('completion')
    .description('print the script that teaches a shell to complete sbstatus')
    .addArgument(new Argument('<shell>').choices(shells))
    .addHelpText('after', helpText)
    .action(async (shell: Shell) => {
      const { scripts } = await import('./scripts.ts');
      await world.stdout.write(scripts[shell]);
    });
  program
    .command(completeName, { hidden: true })
    .argument('[word...]')
    .action(async (words: string[]) => {
      const { completionText } = await import('./run.ts');
      await world.stdout.write(await completionText(program, words, providers, world));
    });
}

const helpText = `
Examples:
  source <(sbstatus completion bash)    # in ~/.bashrc
  source <(sbstatus completion zsh)     # in ~/.zshrc, after compinit
  sbstatus completion fish | source     # in ~/.config/fish/config.fish`;
