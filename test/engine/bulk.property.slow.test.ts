import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LookupItem } from '../../src/core/item.ts';
import type { BulkRow } from '../../src/core/provider.ts';
import { Settings } from '../../src/core/settings.ts';
import { BulkReader } from '../../src/engine/bulk.ts';
import { firstState } from '../../src/engine/poll-policy.ts';
import { type Job, Notifier } from '../../src/engine/queues.ts';
import type { Client } from '../../src/engine/request.ts';
import { sendblue } from '../../src/providers/sendblue/index.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const settings = new Settings(new Map());
const limiter = { perSecond: null, acquire: async () => true, pauseFor: () => undefined, pausedMs: 0 };
const connection = { canRenew: false, authorize: () => Promise.reject(new Error('nothing is sent here')) };
const client: Client = {
  account: { provider: sendblue, limiter, refusal: null, confirmation: null, isProven: true },
  settings,
  connection,
};

function rowOf(id: string): BulkRow {
  return { id, body: { data: { message_handle: id, status: 'DELIVERED', service: 'iMessage' } }, updatedAt: null };
}

function jobOf(id: string, index: number): Job {
  const item: LookupItem = { kind: 'lookup', index, provider: sendblue, operation: 'get', id };
  const expectation = { states: [], channel: null };
  const policy = {
    untilFinal: false,
    deadline: Number.POSITIVE_INFINITY,
    intervalMs: null,
    notFoundGraceMs: 0,
    expectation,
    random: () => 0,
  };
  return { item, place: index, policy, status: 'waiting', dueAt: 0, state: firstState(item), slot: 0 };
}

/** How often each id was answered or is to be asked for, and the requests that were made by then. */
async function find(wanted: readonly string[], rows: readonly BulkRow[]) {
  const told = new Map<string, number>();
  const count = ({ item: { id } }: Job) => void told.set(id, (told.get(id) ?? 0) + 1);
  let pages = 0;
  let asked = 0;
  let isOver = false;
  const changed = new Notifier();
  const reader = new BulkReader(client, sendblue.bulk ?? expect.fail(), null, {
    clock: virtualClock(),
    changed,
    isStopped: () => isOver,
    hasEnded: () => true,
    isFull: () => false,
    fetch: async ({ target }) => {
      pages += 1;
      const offset = Number(target.query?.['offset']);
      const page = rows.slice(offset, offset + 100);
      const request = { url: '', httpStatus: 200, requestId: null, attempts: 1, durationMs: 0 };
      return { kind: 'answer', value: { rows: page, more: offset + page.length < rows.length }, request, mock: false };
    },
    answer: (job) => {
      count(job);
      return 'done';
    },
    ask: (job) => {
      asked += 1;
      count(job);
    },
    note: () => {
      isOver = true;
      changed.notify();
    },
  });
  for (const [index, id] of wanted.entries()) reader.add(jobOf(id, index));
  await reader.run();
  for (const [place, id] of wanted.entries()) if (!told.has(id)) throw new Error(`nothing of ${id} at ${place}`);
  return { told, pages, requests: pages + asked };
}

/** The fewest requests with which these rows can be read from the newest to some page, and the rest be asked for. */
function fewest(wanted: ReadonlySet<string>, rows: readonly BulkRow[]): number {
  let best = wanted.size;
  let found = 0;
  for (const [place, { id }] of rows.entries()) {
    if (wanted.has(id ?? '')) found += 1;
    best = Math.min(best, Math.max(1, Math.ceil(place / 99)) + wanted.size - found);
  }
  return best;
}

/** Runs of rows, of which some are ours: campaigns, gaps and trickles of any length. */
const account = fc.array(
  fc.record({ length: fc.integer({ min: 1, max: 1500 }), every: fc.constantFrom(1, 3, 30, 90, 99, 110, 300, 1e9) }),
  { minLength: 1, maxLength: 8 },
);

test('wherever the ids are: each once, and never worse than to ask for each by more than 4 %', async () => {
  await fc.assert(
    fc.asyncProperty(account, fc.nat(200), async (runs, strangers) => {
      const rows: BulkRow[] = [];
      for (const { length, every } of runs) {
        for (let n = 0; n < length; n += 1)
          rows.push(rowOf(`${n % every === every - 1 ? 'own' : 'theirs'}-${rows.length}`));
      }
      const own = rows.flatMap(({ id }) => (id?.startsWith('own') ? [id] : []));
      const wanted = [...own, ...Array.from({ length: strangers }, (_, n) => `own-unknown-${n}`)];
      if (wanted.length === 0) return;
      const { told, pages, requests } = await find(wanted, rows);
      expect(new Set(told.values())).toEqual(new Set([1]));
      const mostLoss = Math.max(1, Math.floor(0.04 * wanted.length));
      expect(requests).toBeLessThanOrEqual(wanted.length + mostLoss);
      // Nor by more than that worse than whoever stops at the best moment before it gives up.
      const read = rows.slice(0, 99 * pages + 1);
      expect(requests).toBeLessThanOrEqual(fewest(new Set(wanted), read) + mostLoss);
    }),
    { numRuns: 60 },
  );
});
