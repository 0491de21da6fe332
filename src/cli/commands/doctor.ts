import type { Command } from 'commander';
import { type CommandContext, examples } from './command.ts';
import type { DoctorOptions } from './doctor-checks.ts';

export function addDoctor(program: Command, { world, setExit }: CommandContext): void {
  const command = program
    .command('doctor')
    .description('check the set-up: files, credentials, network and each provider; sends and reads no message')
    .option('-p, --profile <name>', 'profile of the config file')
    .option('-c, --config <file>', 'config file')
    .option('--mock', 'try it against a mock server started for this run')
    .option('--json', 'as JSON')
    .option('--no-color', 'no colour')
    .addHelpText('after', notes)
    .action(async () => {
      const { doctor } = await import('./doctor-run.ts');
      const {
        profile = null,
        config = null,
        mock = false,
        json = false,
        color = true,
      } = command.opts<Partial<DoctorOptions>>();
      setExit(await doctor({ profile, config, mock, json, color }, world));
    });
  examples.set(command, () => shellLines);
}

const notes = `
The exit code is that of the worst that was found; what is not set up is skipped.`;

const shellLines = ['sbstatus doctor --mock', 'sbstatus doctor --mock --json'];
