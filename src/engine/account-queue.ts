import TinyQueue from 'tinyqueue';
import type { LookupItem } from '../core/item.ts';
import { Notifier } from './notifier.ts';
import type { PollPolicy, PollState } from './poll-policy.ts';
import type { Account, Client } from './request.ts';

/** A message on its way through the engine: waiting until `dueAt`, in flight, or done. */
export interface Job {
  readonly item: LookupItem;
  /** Its place among all items, from 0, in which its record comes where the output is ordered. */
  readonly place: number;
  readonly policy: PollPolicy;
  status: 'waiting' | 'in-flight' | 'done';
  /** Monotonic milliseconds. */
  dueAt: number;
  state: PollState;
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
    if (job.state.lookups === 0) this.#first.push({ job, client });
    else this.#again.push({ job, client });
    this.changed.notify();
  }

  /** The job that is to be looked up now, or null. `onlyFirst`: of those never looked up none but the one of this place. */
  take(nowMs: number, onlyFirst: number | null): QueuedJob | null {
    const again = this.#again.peek();
    const first = this.#first[this.#firstTaken];
    const mayAgain = again !== undefined && again.job.dueAt <= nowMs;
    const mayFirst = first !== undefined && (onlyFirst === null || first.job.place === onlyFirst);
    if (!mayAgain && !mayFirst) return null;
    this.#wasAgain = mayAgain && !(mayFirst && this.#wasAgain);
    return (this.#wasAgain ? this.#again.pop() : this.#shiftFirst()) ?? null;
  }

  /** When the next job is due that was looked up before; null where there is none. */
  get nextDueAt(): number | null {
    return this.#again.peek()?.job.dueAt ?? null;
  }

  #shiftFirst(): QueuedJob | undefined {
    const job = this.#first[this.#firstTaken];
    this.#firstTaken += 1;
    // Shifting an array one by one takes time by its length.
    if (this.#firstTaken >= 1024) {
      this.#first = this.#first.slice(this.#firstTaken);
      this.#firstTaken = 0;
    }
    return job;
  }
}

/** Of two that are due at once, the one of the earlier place. */
function byDueTime({ job: a }: QueuedJob, { job: b }: QueuedJob): number {
  return a.dueAt - b.dueAt || a.place - b.place;
}
