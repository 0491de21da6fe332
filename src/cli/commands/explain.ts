import type { Command } from 'commander';
import { type CommandContext, examples, lowerCase } from './command.ts';

export function addExplain(program: Command, { world, setExit, providers }: CommandContext): void {
  const command = program
    .command('explain')
    .description('explain a code, its name or a provider’s word, and say what to do next; works offline')
    .argument(
      '<whose>',
      `${Object.keys(providers).join(', ')}; exit for exit codes, sbstatus for all codes of its own`,
      lowerCase,
    )
    .argument('[code]', 'a code, a name or a status word, in any case; without one, all are listed')
    .option('--json', 'as JSON')
    .option('--no-color', 'no colour')
    .action(async (whose: string, code: string | undefined) => {
      const { explain } = await import('./explain-run.ts');
      const { json, color } = command.opts<{ json?: boolean; color: boolean }>();
      setExit(await explain({ whose, code: code ?? null, json: json === true, color }, providers, world));
    });
  examples.set(command, () => shellLines);
}

const shellLines = [
  'sbstatus explain sfmc 25',
  'sbstatus explain sfmc ThrottledToAggregator',
  'sbstatus explain sent FILTERED',
  'sbstatus explain sendblue 10002 --json',
  'sbstatus explain exit 22',
  'sbstatus explain sent',
];
