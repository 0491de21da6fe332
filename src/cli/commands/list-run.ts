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
  readonly chosen: readonly { readonly filter: Filter; readonly value: string | readonly string[] }[];
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
  const queries = queriesOf(options.chosen, world.clock.now());
  const { pageSize } = listing;
  if (lookup.curl) {
    const { printCurlTo } = await import('./curl.ts');
    const targets = queries.map((query) => listing.target(query, { offset: 0, limit: Math.min(limit, pageSize) }));
    return printCurlTo(provider, targets, lookup, world);
  }
  const remarks: string[] = [];
  const onMore = () => {
    remarks[0] = `there may be more than these ${limit}: raise --limit, or use --all`;
  };
  const items: LookupInput['items'] = (accounts, cancellation) => {
    const listOf = (query: Query, left: number) =>
      paginate({
        limit: left,
        pageSize,
        onMore,
        fetch: (place) => accounts.execute(pageRequest(provider, listing, query, place), cancellation),
      });
    return readRows(provider, rowsOf(queries, limit, { listOf, onMore }));
  };
  const input = { items, total: null, single: false, nothing: 'no messages matched', remarks };
  return runLookups(input, lookup, world);
}

/** `value`: of `--bulk`; empty without one. `now`: epoch milliseconds. Throws a usage error for no time. */
export function bulkOptions(value: string, now: number): LookupOptions['bulk'] {
  return { since: value === '' ? null : instantOf(value, '--bulk', now) };
}

type Query = Readonly<Record<string, string>>;

/** One query, or where a filter stands for several words of the provider's, one for each. */
function queriesOf(chosen: ListOptions['chosen'], now: number): readonly Query[] {
  let queries: readonly Query[] = [{}];
  for (const { filter, value } of chosen) {
    const values = typeof value === 'string' ? [parameterOf(value, filter, now)] : value;
    queries = values.flatMap((each) => queries.map((query) => ({ ...query, [filter.parameter]: each })));
  }
  return queries;
}

function parameterOf(text: string, { kind, flag }: Filter, now: number): string {
  if (kind === 'time') return instantOf(text, flag, now);
  return kind === 'number' ? numberOf(text, flag) : text;
}

/**
 * A phone number in E.164 where it is sure which one is meant: with its country code, after `+` or `00`. An address of
 * iMessage stays as it is. Throws a usage error that names the flag.
 */
function numberOf(text: string, flag: string): string {
  if (text.includes('@')) return text;
  const digits = text.replace(/[\s().\-/]/g, '').replace(/^00/, '+');
  if (/^\+[1-9]\d{6,14}$/.test(digits)) return digits;
  const guess = /^1?([2-9]\d{9})$/.exec(digits)?.[1];
  throw new UsageError(
    `${JSON.stringify(text)} is not a phone number for ${flag.replace(/ .*/, '')}: its country is not sure`,
    `write it with its country code${guess === undefined ? ', such as +14155550100' : `: +1${guess}`}`,
  );
}

interface RowSource {
  listOf(query: Query, limit: number): AsyncIterable<PageRow>;
  /** Called where the limit is reached before every query was asked. */
  onMore(): void;
}

/** The rows of each query in turn, so many in all; a list that breaks off is the last. */
async function* rowsOf(
  queries: readonly Query[],
  limit: number,
  { listOf, onMore }: RowSource,
): AsyncGenerator<PageRow> {
  let left = limit;
  for (const query of queries) {
    if (left === 0) return onMore();
    for await (const row of listOf(query, left)) {
      yield row;
      left -= 1;
      if (row.row instanceof Fault) return;
    }
  }
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
