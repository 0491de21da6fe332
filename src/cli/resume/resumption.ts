import { UsageError } from '../../core/fault.ts';
import type { Result } from '../../core/record.ts';
import type { World } from '../../world.ts';
import { expectationOf, type Item, weighed } from '../asking.ts';
import type { LookupOptions } from '../options.ts';
import type { Masked, Masking } from '../privacy.ts';
import { Journal } from './journal.ts';

/** A run that goes on where an earlier one ended, and puts its records where that one put them. */
export interface Resumption {
  /** The record of an item that need not be asked for; null for all others. */
  settled(item: Item): Promise<Result | null>;
  /** Keeps each result; then all that the file holds, those of earlier runs included. */
  complete(results: AsyncIterable<Masked>, privacy: Masking): AsyncIterable<Masked>;
  close(): Promise<void>;
}

/** Throws a usage error before anything is asked. */
export async function openResumption(file: string, options: LookupOptions, world: World): Promise<Resumption> {
  if (options.output !== 'table' && options.output !== 'ndjson') {
    throw new UsageError(
      `--resume keeps its records as ndjson, not as ${options.output}`,
      'leave --output away; make other formats from the file afterwards',
    );
  }
  const journal = await Journal.open(file, world);
  return {
    settled: (item) =>
      'provider' in item && !('fault' in item) && !('answer' in item)
        ? journal.settled(item, expectationOf(item, options), (exit) => weighed(exit, options))
        : Promise.resolve(null),
    complete: (results, privacy) => complete(journal, results, privacy),
    close: () => journal.close(),
  };
}

async function* complete(journal: Journal, results: AsyncIterable<Masked>, privacy: Masking): AsyncGenerator<Masked> {
  for await (const { data } of results) await journal.add(data);
  for await (const data of journal.records()) {
    const { display } = data.redacted ? { display: data } : await privacy.mask(data, async () => null);
    yield { display, data };
  }
}
