import { type Command, Option } from 'commander';
import { type CommandContext, examples } from './command.ts';
import type { InitOptions } from './config-init.ts';
import type { ConfigOptions } from './config-show.ts';

export function addConfig(program: Command, context: CommandContext): void {
  const group = program.command('config').description('write and show the configuration').helpCommand(false);
  examples.set(group, () => ['sbstatus config init', 'sbstatus config show', 'sbstatus config path --all']);
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
    .addHelpText('after', initNotes)
    .action(async () => {
      const { init } = await import('./config-init.ts');
      const { profile = null, file = null, stdin = false, force = false } = command.opts<Partial<InitOptions>>();
      await init({ profile, file, stdin, force }, world);
    });
  examples.set(command, () => initExamples);
}

const initNotes = `
To a YAML file that is there, providers are added, to the profile if one is named; everything else in it stays.
A key is provider.setting or an environment name; no secret is ever taken from the command line.`;

const initExamples = [
  'sbstatus config init',
  `printf '%s\\n' sent.apiKey="$SENT_DM_API_KEY" | sbstatus config init --stdin --file sbstatus.yaml`,
  `printf '%s\\n' sent.apiKey="$STAGING_KEY" | sbstatus config init --stdin --profile staging`,
  `printf '%s\\n' 'sfmc.subdomain=mc1' 'sfmc.accountId=510000000' | sbstatus config init --stdin --file .sbstatusrc`,
];

function addShow(group: Command, { world, setExit }: CommandContext): void {
  const command = group
    .command('show')
    .description('the settings in use and where each comes from; secrets are never shown')
    .option('-p, --profile <name>', 'profile of the config file')
    .option('-c, --config <file>', 'config file')
    .option('--json', 'as JSON')
    .action(async () => {
      const { show } = await import('./config-show.ts');
      setExit(await show(optionsOf(command), world));
    });
  examples.set(command, () => ['sbstatus config show', 'sbstatus config show --json']);
}

function addPath(group: Command, { world }: CommandContext): void {
  const command = group
    .command('path')
    .description('where your own config file is, or would be')
    .addOption(new Option('-c, --config <file>', 'config file'))
    .option('--all', 'every path that is looked at, in this order, and whether there is a file')
    .option('--json', 'as JSON')
    .action(async () => {
      const { path } = await import('./config-show.ts');
      await path(optionsOf(command), world);
    });
  examples.set(command, () => ['sbstatus config path', 'sbstatus config path --all']);
}

function optionsOf(command: Command): ConfigOptions {
  const { profile = null, config = null, json = false, all = false } = command.opts<Partial<ConfigOptions>>();
  return { profile, config, json, all };
}
