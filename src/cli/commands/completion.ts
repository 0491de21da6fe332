import type { Command } from 'commander';
import { type CommandContext, choiceArgument } from './command.ts';
import type { Shell } from './completion-scripts.ts';

const shells: readonly Shell[] = ['bash', 'zsh', 'fish', 'powershell'];

/** The hidden command that the scripts call at each press of the key; its answer is for them alone. */
const completeName = '__complete';

export function addCompletion(program: Command, { world, providers }: CommandContext): void {
  program
    .command('completion')
    .description('print the completion script for a shell')
    .addArgument(choiceArgument('<shell>', undefined, shells))
    .addHelpText('after', helpText)
    .action(async (shell: Shell) => {
      const { completionScript } = await import('./completion-scripts.ts');
      await world.stdout.write(completionScript(shell, completeName));
    });
  program
    .command(completeName, { hidden: true })
    .argument('[word...]')
    .action(async (words: string[]) => {
      const { completionText } = await import('./completion-run.ts');
      await world.stdout.write(await completionText(program, words, providers, world));
    });
}

const helpText = `
Examples:
  source <(sbstatus completion bash)    # in ~/.bashrc
  source <(sbstatus completion zsh)     # in ~/.zshrc, after compinit
  sbstatus completion fish | source     # in ~/.config/fish/config.fish
  sbstatus completion powershell | Out-String | Invoke-Expression    # in $PROFILE`;
