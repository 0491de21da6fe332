import type { Clock } from '../core/http.ts';
import type { Run } from './run.ts';

/** What is to be looked up, as it comes in. */
export interface Intake<Item> {
  readonly items: AsyncIterable<Item>;
  /** Whether the time was up before the source had result all. */
  isCutShort(): boolean;
}

/** How long a source may be silent once the time is up, milliseconds: what lies ready still gets a record. */
const silenceMs = 500;

/** The items of a source until the run's time is up: a standard input that says nothing more must not hold the run. */
export function createIntake<Item>(source: AsyncIterable<Item>, { deadline }: Pick<Run, 'deadline'>, clock: Clock) {
  let cutShort = false;
  async function* untilTimeUp(): AsyncGenerator<Item> {
    const items = source[Symbol.asyncIterator]();
    for (;;) {
      const left = deadline - clock.monotonic();
      const next = await within(Math.max(left, silenceMs), items.next(), clock);
      cutShort = next === null;
      if (next === null || next.done === true) return;
      yield next.value;
    }
  }
  const items = Number.isFinite(deadline) ? untilTimeUp() : source;
  return { items, isCutShort: () => cutShort } satisfies Intake<Item>;
}

/** Null where it takes longer. */
async function within<T>(ms: number, work: Promise<T>, clock: Clock): Promise<T | null> {
  const done = new AbortController();
  const timeUp = clock.sleep(ms, done.signal).then(() => null);
  try {
    return await Promise.race([work, timeUp]);
  } finally {
    done.abort();
  }
}
