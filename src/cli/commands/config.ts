import { type Command, Option } from 'commander';
import type { CommandContext } from './command.ts';
import type { ConfigOptions } from './config-show.ts';

export function addConfig(program: Command, context: CommandContext): void {
  const group = program.command('config').description('write and show the configuration').helpCommand(false);
  addInit(group, context);
  addShow(group, context);
  addPath(group, context);
}

function addInit(group: Command, { world }: CommandContext): void {
  const command = group
    .command('init')
    .description(
      'write a config file, or add to the one that is there; asks on a terminal, and reads standard input with --stdin',
    )
    .option('-p, --profile <name>', 'put the settings into this profile')
    .option('--file <path>', 'write here (default: your own file, see `sbstatus config path`)')
    .option('--stdin', 'read the settings: lines of key=value, or JSON')
    .option('--force', 'replace a file that exists, all of it')
    .addHelpText('after', initHelp)
    .action(async () => {
      const { init } = await import('./config-init.ts');
      const { profile = null, file = null, stdin, force } = command.opts();
      await init({ profile, file, stdin: stdin === true, force: force === true }, world);
    });
}

const initHelp = `
To a YAML file that is there, providers are added, to the profile if one is named; everything else in it stays.
A key is provider.setting or an environment name; no secret is ever taken from the command line.

Examples:
  sbstatus config init
  printf '%s\\n' sent.apiKey="$SENT_DM_API_KEY" | sbstatus config init --stdin --file sbstatus.yaml
  printf '%s\\n' sent.apiKey="$STAGING_KEY" | sbstatus config init --stdin --profile staging
  printf '%s\\n' 'sfmc.subdomain=mc1' 'sfmc.accountId=510000000' | sbstatus config init --stdin --file .sbstatusrc`;

function addShow(group: Command, { world, setExit: settle }: CommandContext): void {
  const command = group
    .command('show')
    .description('the settings in use and where each comes from; secrets are never shown')
    .option('-p, --profile <name>', 'profile of the config file')
    .option('-c, --config <file>', 'config file')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  sbstatus config show\n  sbstatus config show --json')
    .action(async () => {
      const { show } = await import('./config-show.ts');
      settle(await show(optionsOf(command), world));
    });
}

function addPath(group: Command, { world }: CommandContext): void {
  const command = group
    .command('path')
    .description('where your own config file is, or would be')
    .addOption(new Option('-c, --config <file>', 'config file'))
    .option('--all', 'every path that is looked at, in this order, and whether there is a file')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  sbstatus config path\n  sbstatus config path --all')
    .action(async () => {
      const { path } = await import('./config-show.ts');
      await path(optionsOf(command), world);
    });
}

function optionsOf(command: Command): ConfigOptions {
  const { profile = null, config = null, json, all } = command.opts();
  return { profile, config, json: json === true, all: all === true };
}
