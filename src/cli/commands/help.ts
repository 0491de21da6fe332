import type { Command } from 'commander';
import type { CommandContext } from './command.ts';

export function addHelp(program: Command, { world, providers }: CommandContext): void {
  program
    .command('help')
    .description('help on a command, or on a topic: exit-codes, environment')
    .argument('[topic...]')
    .option('--json', 'as JSON: a command with all below it, or a topic’s table')
    .action(async (topic: string[], { json }: { json?: boolean }) => {
      const { helpOn } = await import('./help-run.ts');
      await world.stdout.write(
        helpOn(
          program,
          topic.map((word) => word.toLowerCase()),
          json === true,
          providers,
        ),
      );
    });
}
