/** Characters that may be held while the reader is slow. */
const mostHeld = 64 * 1024;

/** Text on its way out. Both reject with what the writing was rejected with, once it was. */
export interface BatchedWriter {
  /** Resolves at once, unless the reader is far behind. */
  add(text: string): Promise<void>;
  /** Resolves when all has been taken. */
  flush(): Promise<void>;
}

/**
 * Writes at once what was added within one turn of the event loop: a write a record takes as long as making the record.
 * Nothing waits longer than that turn, but for a write under way. `broken` is called when nothing can be written any more.
 */
export function createBatchedWriter(write: (text: string) => Promise<void>, broken: () => void): BatchedWriter {
  let held = '';
  let writing: Promise<void> | null = null;
  let failed = false;
  const work = async (): Promise<void> => {
    await new Promise(setImmediate);
    while (held !== '') {
      const text = held;
      held = '';
      await write(text);
    }
    writing = null;
  };
  const begin = (): Promise<void> => {
    const begun = work();
    // Heard of by who waits for it now, and by all who come later.
    begun.catch(() => {
      failed = true;
      broken();
    });
    return begun;
  };
  return {
    add: async (text) => {
      held += text;
      if (held === '') return;
      writing ??= begin();
      if (failed || held.length > mostHeld) await writing;
    },
    flush: async () => {
      await writing;
    },
  };
}
