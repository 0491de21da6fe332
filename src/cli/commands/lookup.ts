import { type Command, Option } from 'commander';
import type { Operation, Provider } from '../../core/provider.ts';
import { addLookupFlags } from '../flags.ts';
import { lookupOptions } from '../options.ts';
import type { CommandContext } from './command.ts';

/** `sbstatus <provider> <operation> <id...>`, for every provider of the registry. */
export function addLookups(program: Command, context: CommandContext): void {
  for (const provider of Object.values(context.providers)) {
    const group = program.command(provider.id).description(`ask ${provider.title}`).helpCommand(false);
    for (const name of Object.keys(provider.operations)) addLookup(group, provider, name, context);
  }
}

function addLookup(group: Command, provider: Provider, name: string, { world, setExit }: CommandContext): void {
  const operation = provider.operations[name];
  if (operation === undefined) return;
  const command = group
    .command(name)
    .description(operation.summary)
    .argument(`[${operation.idName}...]`, 'what to ask for; - reads them from standard input');
  const expansions = Object.entries(operation.expansions ?? {});
  for (const [, { flag, summary }] of expansions) command.option(flag, summary);
  addLookupFlags(command, [provider])
    .addHelpText('after', () => helpText(provider, name, operation))
    .action(async (ids: string[]) => {
      const { lookup } = await import('./lookup-run.ts');
      const isWanted = ([, { flag }]: (typeof expansions)[number]) =>
        command.getOptionValue(new Option(flag).attributeName()) === true;
      const wanted = expansions.filter(isWanted).map(([extra]) => extra);
      setExit(await lookup(provider, name, ids, { ...lookupOptions(command, [provider]), expansions: wanted }, world));
    });
}

function helpText(provider: Provider, name: string, { example }: Operation): string {
  const env = Object.values(provider.settings).flatMap((setting) => {
    const [primary] = setting.env;
    return primary === undefined ? [] : [`  ${primary.padEnd(26)}${setting.what}`];
  });
  return `
Environment:
${env.join('\n')}

Examples:
  sbstatus ${provider.id} ${name} ${example} --mock
  sbstatus ${provider.id} ${name} ${example} --mock --json
  printf '%s\\n' ${example} | sbstatus ${provider.id} ${name} - --mock -o csv`;
}
