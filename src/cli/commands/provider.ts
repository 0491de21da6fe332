import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Filter, Listing, Operation, Provider } from '../../core/provider.ts';
import { addAskingFlags, addLookupFlags, addReadingFlags, lookupOptions } from '../flags.ts';
import type { CommandContext } from './command.ts';
import type { ListOptions } from './list-run.ts';

/** The commands of every provider of the registry: its operations, its list and its tokens. */
export function addProviders(program: Command, context: CommandContext): void {
  for (const provider of Object.values(context.providers)) {
    const group = program.command(provider.id).description(`ask ${provider.title}`).helpCommand(false);
    for (const name of Object.keys(provider.operations)) addLookup(group, provider, name, context);
    if (provider.listing !== undefined) addList(group, provider, provider.listing, context);
    if (provider.usesTokens) addLogout(group, provider, context);
  }
}

/** `sbstatus <provider> <operation> <id...>`. */
function addLookup(group: Command, provider: Provider, name: string, { world, setExit }: CommandContext): void {
  const operation = provider.operations[name];
  if (operation === undefined) return;
  const command = group
    .command(name)
    .description(operation.summary)
    .argument(`[${operation.idName}...]`, 'what to look up; - reads them from standard input');
  const expansions = Object.entries(operation.expansions ?? {});
  for (const [, { flag, summary }] of expansions) command.option(flag, summary);
  if (provider.bulk?.operation === name) addBulkFlag(command);
  addLookupFlags(command, [provider])
    .addHelpText('after', () => lookupHelp(provider, name, operation))
    .action(async (ids: string[]) => {
      const { lookup } = await import('./lookup-run.ts');
      const wanted: string[] = [];
      for (const [extra, { flag }] of expansions) {
        if (command.getOptionValue(new Option(flag).attributeName()) === true) wanted.push(extra);
      }
      const since: string | undefined = command.getOptionValue('bulk');
      const now = world.clock.now();
      const bulk = since === undefined ? null : (await import('./list-run.ts')).bulkOptions(since, now);
      const options = { ...lookupOptions(command, [provider]), expansions: wanted, bulk };
      setExit(await lookup(provider, name, ids, options, world));
    });
}

/** `--bulk` or `--bulk=2h`. commander would take the id behind a bare `--bulk` for its value. */
function addBulkFlag(command: Command): void {
  const about = 'look for the ids in the account’s list, a page a request: as far back as it pays, or to a time';
  command.addOption(new Option('--bulk [=since]', about).conflicts('curl').helpGroup('Many ids:'));
  const parse = command.parseOptions.bind(command);
  command.parseOptions = (args) => {
    const end = args.indexOf('--');
    return parse(args.map((arg, i) => (arg === '--bulk' && (end < 0 || i < end) ? '--bulk=' : arg)));
  };
}

function lookupHelp(provider: Provider, name: string, { example }: Operation): string {
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

/** `sbstatus <provider> logout`: the tokens stay valid at the provider until they expire. */
function addLogout(group: Command, { id, title }: Provider, { world }: CommandContext): void {
  group
    .command('logout')
    .description(`delete the tokens of ${title} from this machine`)
    .addHelpText('after', `\nExample:\n  sbstatus ${id} logout`)
    .action(async () => {
      const { removeTokens } = await import('../../disk/tokens.ts');
      const count = removeTokens(id, world);
      const what = count === 1 ? '1 token' : `${count} tokens`;
      await world.stdout.write(count === 0 ? 'there was no token to remove\n' : `removed ${what}\n`);
    });
}

/** `sbstatus <provider> list`. */
function addList(group: Command, provider: Provider, listing: Listing, { world, setExit }: CommandContext): void {
  const command = group.command('list').description(listing.summary);
  addOptions(command, provider, listing);
  command.addHelpText('after', listHelp(provider)).action(async () => {
    const { list } = await import('./list-run.ts');
    setExit(await list(provider, listing, listOptions(command, provider, listing), world));
  });
}

function addOptions(command: Command, provider: Provider, { filters }: Listing): void {
  command.optionsGroup('Filters:');
  for (const filter of filters) command.addOption(filterOption(filter));
  command
    .optionsGroup('How many:')
    .option('--limit <n>', 'messages at most', parseLimit, 50)
    .addOption(new Option('--all', 'every message, page by page').conflicts('limit'))
    .addOption(new Option('--ids', 'only the ids, one per line').conflicts(['output', 'json', 'field', 'fields']));
  addReadingFlags(command);
  addAskingFlags(command, [provider]);
}

function filterOption({ flag, what, choices }: Filter): Option {
  const option = new Option(flag, choices === undefined ? what : `${what}: ${Object.keys(choices).join(', ')}`);
  if (choices === undefined) return option;
  return option.argParser((text: string) => {
    const theirs = Object.hasOwn(choices, text.toLowerCase()) ? choices[text.toLowerCase()] : undefined;
    if (theirs === undefined) throw new InvalidArgumentError(`Give one of ${Object.keys(choices).join(', ')}.`);
    return theirs;
  });
}

function listOptions(command: Command, provider: Provider, { filters }: Listing): ListOptions {
  const given: Record<string, unknown> = command.opts();
  const chosen = filters.flatMap((filter) => {
    const value = given[new Option(filter.flag).attributeName()];
    const isGiven = typeof value === 'string' || Array.isArray(value);
    return isGiven ? [{ filter, value: value as string | readonly string[] }] : [];
  });
  return {
    chosen,
    limit: given['all'] === true ? Number.POSITIVE_INFINITY : Number(given['limit']),
    lookup: lookupOptions(command, [provider]),
  };
}

function parseLimit(text: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value === 0) throw new InvalidArgumentError('Give a number from 1, or --all.');
  return value;
}

function listHelp({ id }: Provider): string {
  return `
A time is an age (90s, 45m, 2h, 7d), a date (2026-03-11, from midnight UTC) or RFC 3339 (2026-03-11T09:30:00Z).
Exits 0 when everything was read; --expect makes the states count.

Examples:
  sbstatus ${id} list --mock --limit 5
  sbstatus ${id} list --mock --since 2h --direction outbound -o ndjson
  sbstatus ${id} list --mock --limit 3 --ids | sbstatus ${id} get - --mock`;
}
