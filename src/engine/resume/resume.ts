import type { ExitName } from '../../core/exit.ts';
import type { Expectation, Item } from '../../core/item.ts';
import type { World } from '../../world.ts';
import type { Accounts } from '../accounts.ts';
import type { Masked, Masking } from '../masking.ts';
import type { Finished } from '../scheduler.ts';
import { Journal } from './journal.ts';

/** A record with what it is about. */
export type MaskedItem = Masked & { readonly item: Item };

/** A run that goes on where an earlier one ended, and puts its records where that one put them. */
export interface Resumption {
  /** The record of an item that need not be looked up again; null for all others. */
  findSettled(
    item: Item,
    expectation: Expectation,
    countExit: (exit: ExitName) => ExitName,
    accounts: Accounts,
  ): Promise<Finished | null>;
  /** Keeps each result; then all that the file holds, those of earlier runs included. */
  complete(results: AsyncIterable<MaskedItem>, masking: Masking | null, accounts: Accounts): AsyncIterable<Masked>;
  /** For people: what came from the file, and what of it was not believed. */
  notes(): readonly string[];
  close(): Promise<void>;
}

/** Throws a usage error before anything is looked up. */
export async function openResumption(file: string, world: World): Promise<Resumption> {
  const journal = await Journal.open(file, world);
  return {
    findSettled: async (item, expectation, countExit, accounts) => {
      if (item.kind !== 'lookup') return null;
      const originOf = () => accounts.originOf(item);
      const settled = await journal.findSettled(item, expectation, countExit, originOf);
      return settled === null ? null : { item, ...settled };
    },
    complete: (results, masking, accounts) => complete(journal, results, masking, accounts),
    notes: () => notesOf(journal, file),
    close: () => journal.close(),
  };
}

async function* complete(
  journal: Journal,
  results: AsyncIterable<MaskedItem>,
  masking: Masking | null,
  accounts: Accounts,
): AsyncGenerator<Masked> {
  for await (const { item, data } of results) {
    const origin = item.kind === 'lookup' && data.request !== null ? await accounts.originOf(item) : null;
    await journal.add(data, origin?.tag ?? null);
  }
  for await (const data of journal.records()) {
    const isOpen = masking === null || data.redacted;
    const display = isOpen ? data : (await masking.mask(data, async () => null)).display;
    yield { display, data, hint: null };
  }
}

function notesOf({ settled: { size: settled }, unsettling }: Journal, file: string): string[] {
  const notes: string[] = [];
  if (settled > 0)
    notes.push(`${settled === 1 ? '1 answer is' : `${settled} answers are`} from ${file}, of an earlier run`);
  if (unsettling > 0) {
    const records = unsettling === 1 ? '1 record of' : `${unsettling} records of`;
    const why = 'from another account, another address or the mock server, or contradicting themselves or each other';
    notes.push(`${records} ${file} ${unsettling === 1 ? 'settles' : 'settle'} nothing: ${why}`);
  }
  return notes;
}
