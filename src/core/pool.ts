export interface PoolOptions {
  /** Items begun and not yet yielded, at most. It bounds the memory. */
  readonly open: number;
  /** Yield in the order of the items, or as they finish. */
  readonly ordered: boolean;
  /** Aborted: no further item is begun, whatever the source does; those begun are finished and yielded. */
  readonly stop: AbortSignal;
}

/**
 * Works on items while they still arrive, several at once, and yields each result as soon as its turn comes: it waits
 * neither for the last item nor for a silent source. Rejects with what the source or `work` rejects with.
 */
export async function* pool<Item, Out>(
  items: AsyncIterable<Item>,
  work: (item: Item) => Promise<Out>,
  { open, ordered, stop }: PoolOptions,
): AsyncGenerator<Out> {
  const ready: Promise<Out>[] = [];
  const bell = new Bell();
  let begun = 0;
  let over = false;
  let closed = false;

  async function feed(): Promise<void> {
    for await (const item of items) {
      if (stop.aborted || closed) return;
      begun += 1;
      const result = work(item);
      if (ordered) ready.push(result);
      // Handles a rejection too: it is seen where the result is yielded.
      const finished = (): void => {
        if (!ordered) ready.push(result);
        bell.ring();
      };
      result.then(finished, finished);
      bell.ring();
      while (begun >= open && !stop.aborted && !closed) await bell.rung();
    }
  }

  const feeding = feed().finally(() => {
    over = true;
    bell.ring();
  });
  feeding.catch(() => undefined);
  stop.addEventListener('abort', bell.ring, { once: true });
  try {
    while (begun > 0 || !(over || stop.aborted)) {
      const next = ready.shift();
      if (next === undefined) {
        await bell.rung();
        continue;
      }
      yield await next;
      begun -= 1;
      bell.ring();
    }
    if (over) await feeding;
  } finally {
    closed = true;
    bell.ring();
    stop.removeEventListener('abort', bell.ring);
  }
}

/** Wakes all who wait; rung while nobody waits, it is not remembered. */
class Bell {
  #waiting: (() => void)[] = [];

  rung(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  readonly ring = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  };
}
