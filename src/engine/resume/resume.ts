import type { ExitName } from '../../core/exit.ts';
import type { Expectation, Item } from '../../core/item.ts';
import type { World } from '../../world.ts';
import type { Masked, Masking } from '../masking.ts';
import type { Finished } from '../scheduler.ts';
import { Journal } from './journal.ts';

/** A run that goes on where an earlier one ended, and puts its records where that one put them. */
export interface Resumption {
  /** The record of an item that need not be looked up again; null for all others. */
  findSettled(item: Item, expectation: Expectation, countExit: (exit: ExitName) => ExitName): Promise<Finished | null>;
  /** Keeps each result; then all that the file holds, those of earlier runs included. */
  complete(results: AsyncIterable<Masked>, masking: Masking | null): AsyncIterable<Masked>;
  close(): Promise<void>;
}

/** Throws a usage error before anything is looked up. */
export async function openResumption(file: string, world: World): Promise<Resumption> {
  const journal = await Journal.open(file, world);
  return {
    findSettled: async (item, expectation, countExit) => {
      if (item.kind !== 'lookup') return null;
      const settled = await journal.findSettled(item, expectation, countExit);
      return settled === null ? null : { item, ...settled };
    },
    complete: (results, masking) => complete(journal, results, masking),
    close: () => journal.close(),
  };
}

async function* complete(
  journal: Journal,
  results: AsyncIterable<Masked>,
  masking: Masking | null,
): AsyncGenerator<Masked> {
  for await (const { data } of results) await journal.add(data);
  for await (const data of journal.records()) {
    const isOpen = masking === null || data.redacted;
    const display = isOpen ? data : (await masking.mask(data, async () => null)).display;
    yield { display, data, hint: null };
  }
}
