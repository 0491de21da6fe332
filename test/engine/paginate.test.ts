import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import { type ApiResult, faultResult } from '../../src/core/item.ts';
import type { ListedMessage, Page } from '../../src/core/provider.ts';
import { paginate } from '../../src/engine/paginate.ts';

const fault = new Fault('provider-error', { message: 'nothing can be read here' });

function row(name: string): ListedMessage {
  return { id: name, result: fault, body: name };
}

function pageOf(names: readonly string[], more: boolean | null): ApiResult<Page> {
  return { kind: 'answer', value: { rows: names.map(row), more }, request: null, mock: false };
}

const names = (count: number) => Array.from({ length: count }, (_, i) => `m${i + 1}`);

interface Server {
  /** The list as it is now. */
  readonly list: string[];
  readonly hasMore?: boolean;
  /** Called after each page, with what it held. */
  readonly change?: (list: string[], page: readonly string[]) => void;
}

async function read({ list, hasMore = true, change = () => undefined }: Server, limit = Number.POSITIVE_INFINITY) {
  const places: string[] = [];
  const got: string[] = [];
  const fetch = async ({ offset, limit }: { offset: number; limit: number }) => {
    places.push(`${offset}+${limit}`);
    const page = list.slice(offset, offset + limit);
    const more = hasMore ? offset + page.length < list.length : null;
    change(list, page);
    return pageOf(page, more);
  };
  for await (const { row } of paginate({ limit, pageSize: 100, fetch })) {
    got.push(row instanceof Fault ? `fault ${row.code}` : (row.id ?? 'unnamed'));
  }
  return { got, places };
}

test.each([true, false])('every message once, in order (hasMore: %s)', async (hasMore) => {
  for (const count of [0, 1, 2, 99, 100, 101, 199, 200, 1000]) {
    expect((await read({ list: names(count), hasMore })).got).toEqual(names(count));
  }
});

test('no more pages than it takes', async () => {
  expect((await read({ list: names(250) })).places).toEqual(['0+100', '99+100', '198+100']);
  expect((await read({ list: names(5), hasMore: false })).places).toEqual(['0+100', '4+100', '5+100']);
  expect((await read({ list: names(250) }, 20)).places).toEqual(['0+20']);
  expect((await read({ list: names(250) }, 1)).got).toEqual(['m1']);
});

test('messages that come in between pages double nothing', async () => {
  const change = (list: string[]) => list.unshift(`new${list.length}`);
  expect((await read({ list: names(1000), change })).got).toEqual(names(1000));
});

test('messages that leave the list between pages take no other along', async () => {
  const change = (list: string[]) => list.splice(0, 3);
  const { got } = await read({ list: names(1000), change });
  expect(got).toEqual(names(1000));
});

test('whatever leaves from the part that was read, and whatever comes in front, the rest is given once', async () => {
  const changes = fc.array(fc.record({ gone: fc.nat(30), added: fc.nat(150) }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 700 }), changes, fc.boolean(), async (count, steps, hasMore) => {
      let added = 0;
      const left = [...steps];
      const given = new Set<string>();
      const change = (list: string[], page: readonly string[]) => {
        const { gone, added: more } = left.shift() ?? { gone: 0, added: 0 };
        for (const name of page) given.add(name);
        const unread = list.findIndex((name) => name.startsWith('m') && !given.has(name));
        // What leaves unread is nobody's to give.
        list.splice(0, Math.min(gone, list.length - 1, unread === -1 ? list.length : unread));
        list.unshift(...Array.from({ length: more }, (_, i) => `new${added + i}`));
        added += more;
      };
      const { got } = await read({ list: names(count), hasMore, change });
      expect(new Set(got).size).toBe(got.length);
      const old = got.filter((name) => name.startsWith('m'));
      expect(old).toEqual(names(count).slice(0, old.length));
      expect(old.at(-1)).toBe(`m${count}`);
    }),
    { numRuns: 60 },
  );
});

test('a provider that does not heed the offset is not asked for ever', async () => {
  const fetch = async () => pageOf(names(100), null);
  const got: string[] = [];
  for await (const { row } of paginate({ limit: Number.POSITIVE_INFINITY, pageSize: 100, fetch })) {
    got.push(row instanceof Fault ? row.message : (row.id ?? ''));
  }
  expect(got).toEqual([...names(100), 'the list does not go on: page after page holds the same messages']);
});

test('a fault ends the list after what was read', async () => {
  let pages = 0;
  const fetch = async (): Promise<ApiResult<Page>> => {
    pages += 1;
    return pages === 1 ? pageOf(names(100), true) : faultResult(fault);
  };
  const got: unknown[] = [];
  for await (const { row } of paginate({ limit: 500, pageSize: 100, fetch })) got.push(row);
  expect([got.length, got.at(-1), pages]).toEqual([101, fault, 2]);
});
