import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Filter, Listing, Provider } from '../../core/provider.ts';
import { addAskingFlags, addReadingFlags, whenLookedAt } from '../flags.ts';
import { lookupOptions } from '../options.ts';
import type { CommandContext } from './command.ts';
import type { ListOptions } from './list-run.ts';

/** `sbstatus <provider> list`, for every provider of the registry that can list. */
export function addLists(program: Command, context: CommandContext): void {
  for (const provider of Object.values(context.providers)) {
    const group = program.commands.find((command) => command.name() === provider.id);
    if (group !== undefined && provider.listing !== undefined) addList(group, provider, provider.listing, context);
  }
}

function addList(group: Command, provider: Provider, listing: Listing, { world, setExit }: CommandContext): void {
  const command = group.command('list').description(listing.summary);
  whenLookedAt(command, () => addOptions(command, provider, listing))
    .addHelpText('after', helpText(provider))
    .action(async () => {
      const { list } = await import('./list-run.ts');
      setExit(await list(provider, listing, listOptions(command, provider, listing), world));
    });
}

function addOptions(command: Command, provider: Provider, { filters }: Listing): void {
  command.optionsGroup('Filters:');
  for (const filter of filters) command.addOption(filterOption(filter));
  command
    .optionsGroup('How many:')
    .option('--limit <n>', 'messages at most', limit, 50)
    .addOption(new Option('--all', 'every message, page by page').conflicts('limit'))
    .addOption(new Option('--ids', 'only the ids, one a line').conflicts(['output', 'json', 'field', 'fields']));
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
    return typeof value === 'string' ? [{ filter, value }] : [];
  });
  return {
    chosen,
    limit: given['all'] === true ? Number.POSITIVE_INFINITY : Number(given['limit']),
    lookup: lookupOptions(command, [provider]),
  };
}

function limit(text: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value === 0) throw new InvalidArgumentError('Give a number from 1, or --all.');
  return value;
}

function helpText({ id }: Provider): string {
  return `
A time is an age (90s, 45m, 2h, 7d), a date (2026-03-11, from midnight UTC) or RFC 3339 (2026-03-11T09:30:00Z).
Exits 0 when everything was read; --expect makes the states count.

Examples:
  sbstatus ${id} list --mock --limit 5
  sbstatus ${id} list --mock --since 2h --direction outbound -o ndjson
  sbstatus ${id} list --mock --limit 3 --ids | sbstatus ${id} get - --mock`;
}
