import type { ExitName } from '../../core/exit.ts';
import { Fault, UsageError } from '../../core/fault.ts';
import type { KnownItem } from '../../core/item.ts';
import type { Filter, Listing, MessageStatus, Page, Provider } from '../../core/provider.ts';
import { durationMs, utc } from '../../core/time.ts';
import { type PageRow, paginate } from '../../engine/paginate.ts';
import type { ApiRequest } from '../../engine/request.ts';
import type { World } from '../../world.ts';
import { type LookupOptions, readingOptions } from '../flags.ts';
import { type LookupInput, runLookups } from '../run-lookups.ts';

export interface ListOptions {
  readonly chosen: readonly { readonly filter: Filter; readonly value: string }[];
  /** Infinite for all. */
  readonly limit: number;
  readonly lookup: LookupOptions;
}

/** `sbstatus <provider> list`. Throws a usage error before anything is asked. */
export async function list(
  provider: Provider,
  listing: Listing,
  options: ListOptions,
  world: World,
): Promise<ExitName> {
  const { limit } = options;
  const lookup = readingOptions(options.lookup);
  const query = queryOf(options.chosen, world.clock.now());
  const { pageSize } = listing;
  if (lookup.curl) {
    const { printCurlTo } = await import('./curl.ts');
    return printCurlTo(
      provider,
      [listing.target(query, { offset: 0, limit: Math.min(limit, pageSize) })],
      lookup,
      world,
    );
  }
  const items: LookupInput['items'] = (accounts, cancellation) =>
    readRows(
      provider,
      paginate({
        limit,
        pageSize,
        fetch: (place) => accounts.execute(pageRequest(provider, listing, query, place), cancellation),
      }),
    );
  return runLookups({ items, total: null, single: false, nothing: 'no messages matched' }, lookup, world);
}

/** `value`: of `--bulk`; empty without one. `now`: epoch milliseconds. Throws a usage error for no time. */
export function bulkOptions(value: string, now: number): LookupOptions['bulk'] {
  return { since: value === '' ? null : instantOf(value, '--bulk', now) };
}

function queryOf(chosen: ListOptions['chosen'], now: number): Record<string, string> {
  return Object.fromEntries(
    chosen.map(({ filter, value }) => [
      filter.parameter,
      filter.kind === 'time' ? instantOf(value, filter.flag, now) : value,
    ]),
  );
}

function pageRequest(
  provider: Provider,
  listing: Listing,
  query: Readonly<Record<string, string>>,
  place: { readonly offset: number; readonly limit: number },
): ApiRequest<Page> {
  return { provider, target: listing.target(query, place), read: (body, settings) => listing.readPage(body, settings) };
}

/** The fault that ends a list early is a record too: what was read before it stands. */
async function* readRows(provider: Provider, rows: AsyncIterable<PageRow>): AsyncGenerator<KnownItem> {
  let index = 0;
  for await (const { row, request, mock } of rows) {
    const { id, result, body } = row instanceof Fault ? { id: null, result: row, body: undefined } : row;
    yield {
      kind: 'known',
      index,
      provider,
      operation: 'list',
      id: id ?? `row-${index + 1}`,
      result: { ...resultOfRow(result), request, mock, body },
    };
    index += 1;
  }
}

function resultOfRow(result: MessageStatus | Fault) {
  if (result instanceof Fault) return { kind: 'fault', fault: result } as const;
  return { kind: 'answer', value: result } as const;
}

/**
 * A time on the command line as RFC 3339 in UTC: an age before `now` (epoch milliseconds), a date, or a timestamp, which
 * is UTC where it names no zone. Throws a usage error that names the flag.
 */
function instantOf(text: string, flag: string, now: number): string {
  const age = durationMs(text);
  const day = text.slice(0, 10);
  const midnight = utc(`${day}T00:00:00Z`);
  const at = day === text ? midnight : utc(text);
  if (age !== null && age <= now) return new Date(now - age).toISOString();
  // A day that the month does not have would be taken for one of the next.
  if (at !== null && midnight?.startsWith(day)) return at;
  throw new UsageError(
    `${JSON.stringify(text)} is not a valid time for ${flag.replace(/ .*/, '')}`,
    'give an age such as 2h or 7d, a date such as 2026-03-11, or RFC 3339 such as 2026-03-11T09:30:00Z',
  );
}
