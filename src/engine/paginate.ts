import { Fault } from '../core/fault.ts';
import type { ApiResult } from '../core/item.ts';
import type { ListedMessage, Page } from '../core/provider.ts';

/** A page's place in the list. */
export interface PageRange {
  readonly offset: number;
  readonly limit: number;
}

/** How a row was asked for. */
export type PageOrigin = Pick<ApiResult<never>, 'request' | 'mock'>;

/** A row, or the fault that ends the list early. */
export type PageRow = PageOrigin & { readonly row: ListedMessage | Fault };

/** As much of a row as the reading of pages needs. */
type NamedRow = Pick<ListedMessage, 'id' | 'body'>;

export interface PaginateOptions<Row extends NamedRow = ListedMessage> {
  /** Rows wanted; infinite for all. */
  readonly limit: number;
  /** Rows that one page can hold. */
  readonly pageSize: number;
  fetch(place: PageRange): Promise<ApiResult<Page<Row>>>;
  /** Called where the limit is reached and more rows follow, or may follow. */
  onMore?(): void;
}

/** Rows that are remembered so that none is given twice: more than a list can shift by between two pages. */
const remembered = 5000;
/** How far it first goes back for rows that have moved up; then twice as far, and so on. */
const leastBack = 10;
/** Pages in a row that bring nothing new: the provider does not heed the offset. */
const mostIdlePages = 10;

/**
 * Every message once, in the provider's order, while the list changes under the reader. Ends at the limit, at a page
 * that says that it is the last, or at an empty one.
 */
export async function* paginate(options: PaginateOptions): AsyncGenerator<PageRow> {
  let given = 0;
  for await (const { rows, more, request, mock } of freshPages(options)) {
    for (const [place, row] of rows.entries()) {
      yield { row, request, mock };
      given += 1;
      if (given < options.limit) continue;
      if (place < rows.length - 1 || more !== false) options.onMore?.();
      return;
    }
  }
}

type FreshPage<Row> = PageOrigin & {
  readonly rows: readonly (Row | Fault)[];
  readonly more: boolean | null;
};

/**
 * Pages without the rows that came before. Each is asked for from the last row of the one before. Where it does not
 * begin with that, rows have gone from before that place and others have moved up unseen: the reading goes back for them.
 */
export async function* freshPages<Row extends NamedRow>({
  limit,
  pageSize,
  fetch,
}: PaginateOptions<Row>): AsyncGenerator<FreshPage<Row>> {
  const seen = new Recent(remembered);
  const size = Math.min(limit, pageSize);
  let place = { offset: 0, overlaps: false, back: leastBack, idlePages: 0 };
  while (place.idlePages < mostIdlePages) {
    const page = await fetch({ offset: place.offset, limit: size });
    const { request, mock } = page;
    if (page.kind === 'fault') return yield { rows: [page.fault], more: false, request, mock };
    const { rows, more } = page.value;
    if (place.overlaps && !(rows[0] !== undefined && seen.has(nameOf(rows[0])))) {
      const offset = Math.max(0, place.offset - place.back);
      place = { ...place, offset, overlaps: offset > 0, back: place.back * 2 };
      continue;
    }
    const fresh = rows.filter((row) => seen.add(nameOf(row)));
    yield { rows: fresh, more, request, mock };
    if (rows.length === 0 || more === false) return;
    // The last row alone, once more, is the end of the list.
    const overlaps = fresh.length > 0 || rows.length > 1;
    const offset = place.offset + rows.length - (overlaps ? 1 : 0);
    place = { offset, overlaps, back: leastBack, idlePages: fresh.length > 0 ? 0 : place.idlePages + 1 };
  }
  yield { more: false, rows: [stuck], request: null, mock: false };
}

const stuck = new Fault('wrong-shape', {
  message: 'the list does not go on: page after page holds the same messages',
  hint: 'narrow the list with a filter such as --since; the provider does not heed the offset',
});

/** A row without an id is known by its content. */
function nameOf({ id, body }: NamedRow): string {
  return id ?? JSON.stringify(body);
}

/** The last names that were added. */
class Recent {
  readonly #names = new Set<string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Whether it is new. */
  add(name: string): boolean {
    if (this.#names.has(name)) return false;
    this.#names.add(name);
    const [oldest] = this.#names;
    if (this.#names.size > this.#most && oldest !== undefined) this.#names.delete(oldest);
    return true;
  }
}
