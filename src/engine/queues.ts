import TinyQueue from 'tinyqueue';
import type { LookupItem } from '../core/item.ts';
import type { PollPolicy, PollState } from './poll-policy.ts';
import type { Account, Client } from './request.ts';

/** A message on its way through the engine: waiting until `dueAt`, in flight, or done. */
export interface Job {
  readonly item: LookupItem;
  /** Its place among all items, from 0, in which its record comes where the output is ordered. */
  readonly place: number;
  readonly policy: PollPolicy;
  status: 'waiting' | 'in-flight';
  /** Monotonic milliseconds. */
  dueAt: number;
  state: PollState;
  /** Where the scheduler's list of jobs has it; another job is there once this one is done. */
  slot: number;
}

/** A job with the client that it is looked up with. */
export interface QueuedJob {
  readonly job: Job;
  readonly client: Client;
}

/**
 * The jobs of one account: those that were never looked up, in the order of the input, and those that are due again, by
 * their time. Where both wait they take turns, so that neither many new ids nor many that never end keep the others out.
 */
export class AccountQueue {
  readonly account: Account;
  readonly changed = new Notifier();
  inFlight = 0;
  /** It was said that the time does not suffice for all. */
  wasForecast = false;
  #first: QueuedJob[] = [];
  #firstTaken = 0;
  readonly #again = new TinyQueue<QueuedJob>([], byDueTime);
  #wasAgain = false;

  constructor(account: Account) {
    this.account = account;
  }

  /** Jobs that were never looked up. */
  get unasked(): number {
    return this.#first.length - this.#firstTaken;
  }

  add(job: Job, client: Client): void {
    if (job.state.lookups === 0) {
      // By place: a client that opens late must not put its jobs behind later ones.
      let at = this.#first.length;
      while (at > this.#firstTaken && (this.#first[at - 1]?.job.place ?? 0) > job.place) at -= 1;
      this.#first.splice(at, 0, { job, client });
    } else this.#again.push({ job, client });
    this.changed.notify();
  }

  /** The job that is to be looked up now, or null. `onlyFirst`: of those never looked up none but the one of this place. */
  take(nowMs: number, onlyFirst: number | null): QueuedJob | null {
    const again = this.#again.peek();
    const first = this.#first[this.#firstTaken];
    const mayAgain = again !== undefined && again.job.dueAt <= nowMs;
    const mayFirst = first !== undefined && (onlyFirst === null || first.job.place === onlyFirst);
    if (!mayAgain && !mayFirst) return null;
    // Where both may come, they take turns.
    this.#wasAgain = mayAgain && mayFirst ? !this.#wasAgain : mayAgain;
    if (this.#wasAgain) return this.#again.pop() ?? null;
    this.#firstTaken += 1;
    // Shifting an array one by one takes time by its length.
    if (this.#firstTaken >= 1024) {
      this.#first = this.#first.slice(this.#firstTaken);
      this.#firstTaken = 0;
    }
    return first ?? null;
  }

  /** When the next job is due that was looked up before; null where there is none. */
  get nextDueAt(): number | null {
    return this.#again.peek()?.job.dueAt ?? null;
  }
}

/** Of two that are due at once, the one of the earlier place. */
function byDueTime({ job: a }: QueuedJob, { job: b }: QueuedJob): number {
  return a.dueAt - b.dueAt || a.place - b.place;
}

/** Wakes all who wait for a change; a notice while nobody waits is not remembered. */
export class Notifier {
  #waiting: (() => void)[] = [];

  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  readonly notify = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  };
}

/** Characters of records that may be held until an earlier one is known or the reader is ready; it bounds the memory. */
const mostHeld = 32 * 1024 * 1024;

/** Results that the reader has not taken yet, at most: with a reader this slow, nothing further is begun. */
const mostUnread = 1000;

interface Held<T> {
  readonly value: T;
  readonly weight: number;
}

interface EarlyResult<T> {
  readonly place: number;
  readonly held: Held<T> | null;
}

function byPlace(a: EarlyResult<unknown>, b: EarlyResult<unknown>): number {
  return a.place - b.place;
}

/**
 * Results on their way to the output: in the order of their places, or as they come. Nobody waits here: a slow reader
 * and a slow account are felt through `isFull` alone.
 */
export class ResultQueue<T> {
  readonly #ordered: boolean;
  readonly #weigh: (value: T) => number;
  readonly #ready: Held<T>[] = [];
  /** Out of order; null for a place that has no record. Not a Map: see the scheduler’s list of jobs. */
  readonly #early = new TinyQueue<EarlyResult<T>>([], byPlace);
  readonly #changed = new Notifier();
  readonly #onRoom: () => void;
  #nextPlace = 0;
  #unread = 0;
  #held = 0;
  #isClosed = false;

  /** `weigh`: characters, about. `onRoom` is called when the queue is full no more, or its reader not behind any more. */
  constructor(ordered: boolean, weigh: (value: T) => number, onRoom: () => void) {
    this.#ordered = ordered;
    this.#weigh = weigh;
    this.#onRoom = onRoom;
  }

  /** The place whose result is to come out next, where the order counts. */
  get nextPlace(): number {
    return this.#nextPlace;
  }

  get isFull(): boolean {
    return this.#held > mostHeld;
  }

  /** The reader is slower than the look-ups: much of what is held, or many a result, waits for nobody else. */
  get isBehind(): boolean {
    return this.#unread > mostUnread || (this.#unread > 0 && this.isFull);
  }

  /** `value` null: this place has no record. */
  put(place: number, value: T | null): void {
    // The reader has this one in hand at once: to weigh it takes as long as to write it.
    const isTaken = this.#unread === 0 && (!this.#ordered || place === this.#nextPlace);
    const held = value === null ? null : { value, weight: isTaken ? 0 : this.#weigh(value) };
    this.#held += held?.weight ?? 0;
    if (this.#ordered) this.#putInOrder(place, held);
    else if (held !== null) this.#pushReady(held);
    this.#changed.notify();
  }

  /** No further result will come; what is held behind a place without one comes out all the same. */
  close(): void {
    for (let next = this.#early.pop(); next !== undefined; next = this.#early.pop()) {
      if (next.held !== null) this.#pushReady(next.held);
    }
    this.#isClosed = true;
    this.#changed.notify();
  }

  async *values(): AsyncGenerator<T> {
    for (;;) {
      for (const held of this.#ready.splice(0)) {
        yield held.value;
        const { isFull, isBehind } = this;
        this.#held -= held.weight;
        this.#unread -= 1;
        if ((isFull && !this.isFull) || (isBehind && !this.isBehind)) this.#onRoom();
      }
      if (this.#ready.length > 0) continue;
      if (this.#isClosed) return;
      await this.#changed.wait();
    }
  }

  #pushReady(held: Held<T>): void {
    this.#ready.push(held);
    this.#unread += 1;
  }

  #putInOrder(place: number, held: Held<T> | null): void {
    this.#early.push({ place, held });
    while (this.#early.peek()?.place === this.#nextPlace) {
      const next = this.#early.pop()?.held ?? null;
      this.#nextPlace += 1;
      if (next !== null) this.#pushReady(next);
    }
  }
}
