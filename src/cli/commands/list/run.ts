import type { ExitName } from '../../../core/exit.ts';
import { Fault } from '../../../core/fault.ts';
import { type PageRow, paginate } from '../../../core/listing.ts';
import type { KnownItem } from '../../../core/lookup.ts';
import type { Filter, Listing, Page, Provider } from '../../../core/provider.ts';
import type { ApiRequest } from '../../../core/question.ts';
import type { World } from '../../../world.ts';
import { type Asks, runLookups } from '../../lookups.ts';
import type { LookupOptions } from '../../options.ts';
import { asReading } from '../../reading.ts';
import { instantOf } from './instant.ts';

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
  const lookup = asReading(options.lookup);
  const query = queryOf(options.chosen, world.clock.now());
  const { pageSize } = listing;
  if (lookup.curl) {
    const { printCurlTo } = await import('../lookup/curl.ts');
    return printCurlTo(
      provider,
      [listing.target(query, { offset: 0, limit: Math.min(limit, pageSize) })],
      lookup,
      world,
    );
  }
  const items: Asks['items'] = (session, run) =>
    recordsOf(
      provider,
      paginate({
        limit,
        pageSize,
        fetch: (place) => session.put(pageQuestion(provider, listing, query, place), run),
      }),
    );
  return runLookups({ items, total: null, single: false }, lookup, world);
}

function queryOf(chosen: ListOptions['chosen'], now: number): Record<string, string> {
  return Object.fromEntries(
    chosen.map(({ filter, value }) => [
      filter.parameter,
      filter.kind === 'time' ? instantOf(value, filter.flag, now) : value,
    ]),
  );
}

function pageQuestion(
  provider: Provider,
  listing: Listing,
  query: Readonly<Record<string, string>>,
  place: { readonly offset: number; readonly limit: number },
): ApiRequest<Page> {
  return { provider, target: listing.target(query, place), read: (body, settings) => listing.readPage(body, settings) };
}

/** The fault that ends a list early is a record too: what was read before it stands. */
async function* recordsOf(provider: Provider, rows: AsyncIterable<PageRow>): AsyncGenerator<KnownItem> {
  let index = 0;
  for await (const { row, request, mock } of rows) {
    const about = row instanceof Fault ? { id: null, result: row, body: undefined } : row;
    const answer = { result: about.result, request, mock, body: about.body };
    yield { index, provider, operation: 'list', id: about.id ?? `row-${index + 1}`, answer };
    index += 1;
  }
}
