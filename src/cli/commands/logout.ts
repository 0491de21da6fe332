import type { Command } from 'commander';
import type { CommandContext } from './command.ts';

/** `sbstatus <provider> logout`, for every provider that fetches tokens. */
export function addLogouts(program: Command, { world, providers }: CommandContext): void {
  for (const { id, title, usesTokens } of Object.values(providers)) {
    if (!usesTokens) continue;
    program.commands
      .find((command) => command.name() === id)
      ?.command('logout')
      .description(`forget the tokens of ${title} that are kept on this machine`)
      .addHelpText('after', `\nExample:\n  sbstatus ${id} logout`)
      .action(async () => {
        const { logout } = await import('./logout-run.ts');
        await logout(id, world);
      });
  }
}
