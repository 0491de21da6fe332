import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../../core/fault.ts';
import type { Filter, Listing, Operation, Provider } from '../../core/provider.ts';
import { addAskingFlags, addLookupFlags, addReadingFlags, lookupOptions } from '../flags.ts';
import { type CommandContext, examples } from './command.ts';
import type { ListOptions } from './list-run.ts';

/** The commands of every provider of the registry: its operations, its list and its tokens. */
export function addProviders(program: Command, context: CommandContext): void {
  for (const provider of Object.values(context.providers)) {
    const group = program.command(provider.id).description(`ask ${provider.title}`).helpCommand(false);
    examples.set(group, () =>
      Object.entries(provider.operations).flatMap(([name, operation]) =>
        lookupExamples(`${provider.id} ${name}`, operation).slice(0, 1),
      ),
    );
    const { operation = '' } = context;
    if (Object.hasOwn(provider.operations, operation)) {
      addLookup(group, provider, operation, context);
      continue;
    }
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
  const own: Option[] = [];
  for (const [, { flag, summary }] of expansions) own.push(new Option(flag, summary));
  examples.set(command, () => lookupExamples(`${provider.id} ${name}`, operation));
  addLookupFlags(command, [provider], own)
    .addHelpText('after', () => environmentHelp(provider))
    .action(async (ids: string[]) => {
      const { lookup } = await import('./lookup-run.ts');
      const wanted: string[] = [];
      for (const [extra, { flag }] of expansions) {
        if (command.getOptionValue(new Option(flag).attributeName()) === true) wanted.push(extra);
      }
      const { bulk: since } = command.opts<{ bulk?: string }>();
      const now = world.clock.now();
      const bulk = since === undefined ? null : (await import('./list-run.ts')).bulkOptions(since, now);
      const options = { ...lookupOptions(command, [provider]), expansions: wanted, bulk };
      setExit(await lookup(provider, name, ids, options, world));
    });
  if (provider.bulk?.operation === name) addBulkFlag(command);
}

/** `--bulk` or `--bulk=2h`. commander would take the id behind a bare `--bulk` for its value. */
function addBulkFlag(command: Command): void {
  const about = 'look for the ids in the account’s list, a page a request: as far back as it pays, or to a time';
  command.addOption(new Option('--bulk [=since]', about).conflicts('curl').helpGroup('Many ids:'));
  const parse = command.parseOptions.bind(command);
  command.parseOptions = (args) => {
    const end = args.includes('--') ? args.indexOf('--') : args.length;
    if (args.slice(0, end).includes('--bulk='))
      throw new UsageError('--bulk= names no time', 'give an age such as --bulk=2h, or leave the = out');
    return parse(args.map((arg, i) => (arg === '--bulk' && i < end ? '--bulk=' : arg)));
  };
}

function lookupExamples(command: string, { example }: Operation): string[] {
  return [
    `sbstatus ${command} ${example} --mock`,
    `sbstatus ${command} moving --mock --wait --timeout 1m --expect sent`,
    `sbstatus ${command} ${example} --mock --json`,
    `printf '%s\\n' ${example} | sbstatus ${command} - --mock -o csv`,
  ];
}

function environmentHelp({ settings }: Provider): string {
  const env = Object.values(settings).flatMap((setting) => {
    const [primary] = setting.env;
    return primary === undefined ? [] : [`  ${primary.padEnd(26)}${setting.what}`];
  });
  return `\nEnvironment:\n${env.join('\n')}`;
}

/** `sbstatus <provider> logout`: the tokens stay valid at the provider until they expire. */
function addLogout(group: Command, { id, title }: Provider, { world }: CommandContext): void {
  const command = group
    .command('logout')
    .description(`delete the tokens of ${title} from this machine`)
    .action(async () => {
      const { removeTokens } = await import('../../disk/tokens.ts');
      const count = removeTokens(id, world);
      const what = count === 1 ? '1 token' : `${count} tokens`;
      await world.stdout.write(count === 0 ? 'there was no token to remove\n' : `removed ${what}\n`);
    });
  examples.set(command, () => [`sbstatus ${id} logout`]);
}

/** `sbstatus <provider> list`. */
function addList(group: Command, provider: Provider, listing: Listing, { world, setExit }: CommandContext): void {
  const command = group.command('list').description(listing.summary);
  addOptions(command, provider, listing);
  examples.set(command, () => listExamples(provider, listing));
  command.addHelpText('after', listNotes).action(async () => {
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
  const given: Readonly<Record<string, unknown>> = command.opts();
  const { all = false, ids = false, limit } = command.opts<{ all?: boolean; ids?: boolean; limit: number }>();
  const chosen = filters.flatMap((filter) => {
    const value = given[new Option(filter.flag).attributeName()];
    const isGiven = typeof value === 'string' || Array.isArray(value);
    return isGiven ? [{ filter, value: value as string | readonly string[] }] : [];
  });
  return {
    chosen,
    limit: all ? Number.POSITIVE_INFINITY : limit,
    lookup: { ...lookupOptions(command, [provider]), ids },
  };
}

function parseLimit(text: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value === 0) throw new InvalidArgumentError('Give a number from 1, or --all.');
  return value;
}

const listNotes = `
A time is an age (90s, 45m, 2h, 7d), a date (2026-03-11, from midnight UTC) or RFC 3339 (2026-03-11T09:30:00Z).
Exits 0 when everything was read; --expect makes the states count.`;

function listExamples({ id }: Provider, { filters }: Listing): string[] {
  return [
    `sbstatus ${id} list --mock --limit 5`,
    `sbstatus ${id} list --mock ${filterExamples(filters)}-o ndjson`,
    `sbstatus ${id} list --mock --limit 3 --ids | sbstatus ${id} get - --mock`,
  ];
}

/** The first filter by time, and the first that takes certain words. */
function filterExamples(filters: readonly Filter[]): string {
  const time = filters.find(({ kind }) => kind === 'time');
  const choice = filters.find(({ choices }) => choices !== undefined);
  const parts = [time && useFilter(time, '2h'), choice && useFilter(choice, Object.keys(choice.choices ?? {})[0])];
  return parts.map((part) => (part === undefined ? '' : `${part} `)).join('');
}

/** `--to <number>` with a value in its place. */
function useFilter({ flag }: Filter, value: string | undefined): string {
  return `${flag.split('<')[0]}${value}`;
}
