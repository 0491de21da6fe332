import { Fault } from '../core/fault.ts';
import type { Clock, Limiter, Limits } from '../core/http.ts';
import {
  type ApiResult,
  type FaultResult,
  faultResult,
  type Item,
  type LookupItem,
  type LookupResult,
} from '../core/item.ts';
import type { Bulk } from '../core/provider.ts';
import type { Result } from '../core/record.ts';
import { exitOfAbort } from '../core/verdict.ts';
import { LookupLimiter } from './accounts.ts';
import type { BulkDeps, BulkReader } from './bulk.ts';
import type { Cancellation } from './cancellation.ts';
import {
  firstState,
  nextStep,
  type PollPolicy,
  type PollResult,
  resultAtDeadline,
  resultWhenStopped,
  type SeenState,
} from './poll-policy.ts';
import { AccountQueue, type Job, Notifier, type QueuedJob, ResultQueue } from './queues.ts';
import type { Account, ApiRequest, Client } from './request.ts';

/** A message that is done with. */
export interface Finished {
  readonly item: Item;
  readonly record: Result;
  /** What the verdict adds to the record, for whoever explains it. */
  readonly hint: string | null;
}

export interface SchedulerOptions {
  /** Look-ups under way at once, for each account. */
  readonly concurrency: number;
  /** Results in the order of the items, or as they come. */
  readonly ordered: boolean;
  /** There is one item, and it gets a record whatever happens. */
  readonly single: boolean;
  /** Until the state is final (`--wait`). */
  readonly wait: boolean;
}

export type CreateBulkReader = (client: Client, bulk: Bulk, deps: Omit<BulkDeps, 'note'>) => BulkReader;

export interface SchedulerDeps {
  readonly clock: Clock;
  readonly cancellation: Cancellation;
  readonly accounts: {
    open(item: LookupItem): Promise<Client | Fault>;
    /** Looks a message up once. `limiter`: where its attempts take their turns. */
    lookUp(
      item: LookupItem,
      operation: string,
      client: Client,
      limiter: Limiter,
      limits: Limits,
    ): Promise<LookupResult>;
    /** Sends a request about no single message. */
    fetch<T>(request: ApiRequest<T>, client: Client, limiter: Limiter, limits: Limits): Promise<ApiResult<T>>;
  };
  /** Called once for each item that is to be looked up. */
  policyOf(item: LookupItem): PollPolicy;
  /** What an item came to that needs no look-up: a row of a list, a line that is no id, a record of an earlier run. */
  settle(item: Item): Promise<Finished | null>;
  /** The record of a result, with the states that were seen before; may stop the run (`--fail-fast`). */
  finish(item: Item, result: PollResult, seen: readonly SeenState[]): Finished;
  /** After each look-up that was not the last of its message. `nextMs`: when the next one is due, from now. */
  onLookup(item: LookupItem, result: LookupResult, nextMs: number): void;
  /** Before a wait that cannot look each id up once: so many can be at this pace. */
  onTooMany(account: Account, possible: number): void;
  /** Set where the account's list is to be read in place of single look-ups, as far as the provider has one. */
  readonly createBulkReader?: CreateBulkReader;
}

/** Ids that were read and not looked up yet, at most, so that a fast account is not kept waiting by a slow one. */
const readAhead = 10_000;
/** With `--wait`, as long as it may turn out that the time does not suffice for all: that is to be said beforehand. */
const readAheadOfWait = 100_000;
/** Items that are read in one turn of the event loop: where they need no look-up, nothing else lets a signal be heard. */
const itemsPerTurn = 100;
/** How long the first look-up of an account may keep the others waiting, milliseconds: a wrong key is not asked with eight times. */
const proofMs = 2_000;
/** What is under way when the time is up ends by itself, but for this; milliseconds. */
const graceMs = 250;

/**
 * Looks items up: each account by its own queue, pace and number of look-ups at once, so that none waits for another.
 * `run` yields what is done with; it ends when the input has ended and all is done, or when the run is stopped.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #deps: SchedulerDeps;
  readonly #queues = new Map<Account, AccountQueue>();
  readonly #bulkReaders = new Map<Client, BulkReader>();
  /** Those that are not done. Not a Set: the tables that it grows out of would keep thousands of jobs that are done (docs/decisions/memory.md). */
  readonly #jobs: Job[] = [];
  readonly #results: ResultQueue<Finished>;
  /** Something was read, begun or done. */
  readonly #changed = new Notifier();
  #opening = 0;
  #places = 0;
  #hasEnded = false;
  /** The time was up before the input had ended. */
  isCutShort = false;
  #failure: { readonly error: unknown } | null = null;
  readonly #wakeAll = (): void => {
    this.#changed.notify();
    for (const { changed } of this.#queues.values()) changed.notify();
  };

  constructor(options: SchedulerOptions, deps: SchedulerDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#results = new ResultQueue(options.ordered, weightOf, this.#wakeAll);
  }

  async *run(items: AsyncIterable<Item>): AsyncGenerator<Finished> {
    const { stopSignal, abortSignal } = this.#deps.cancellation;
    for (const signal of [stopSignal, abortSignal]) signal.addEventListener('abort', this.#wakeAll);
    const work = this.#work(items);
    try {
      yield* this.#results.values();
      await work;
      if (this.#failure !== null) throw this.#failure.error;
    } finally {
      // A reader that leaves ends the run.
      this.#deps.cancellation.stop();
      for (const signal of [stopSignal, abortSignal]) signal.removeEventListener('abort', this.#wakeAll);
    }
  }

  async #work(items: AsyncIterable<Item>): Promise<void> {
    try {
      await this.#read(items);
      this.#hasEnded = true;
      if (this.#bulkReaders.size > 0) this.#wakeAll();
      while (!this.#isStopped && this.#jobs.length > 0) await this.#changed.wait();
      if (this.#isStopped) await this.#windUp();
    } catch (error) {
      this.#fail(error);
    }
    this.#results.close();
  }

  get #isStopped(): boolean {
    return this.#deps.cancellation.stopSignal.aborted;
  }

  /** What the input or we ourselves broke ends the run; the results so far come out. */
  readonly #fail = (error: unknown): void => {
    this.#failure ??= { error };
    this.#deps.cancellation.stop();
  };

  // ---- reading

  async #read(items: AsyncIterable<Item>): Promise<void> {
    const iterator = items[Symbol.asyncIterator]();
    try {
      while (!this.#isStopped) {
        const next = await this.#untilStopped(iterator.next());
        if (next === null) break;
        if (next.done === true) return;
        await this.#take(next.value);
        while (this.#hasEnough && !this.#isStopped) await this.#changed.wait();
        if (this.#places % itemsPerTurn === 0) await new Promise(setImmediate);
      }
      this.isCutShort = this.#deps.cancellation.isTimeUp;
    } catch (error) {
      // What was read before the input broke is looked up all the same.
      this.#failure ??= { error };
    } finally {
      // A source that does not answer any more is left behind.
      void Promise.resolve(iterator.return?.()).catch(() => undefined);
    }
  }

  /** Null where the run is stopped first; what is being read when the time is up still counts if it comes at once. */
  async #untilStopped<T>(reading: Promise<T>): Promise<T | null> {
    let outcome = null as { readonly value: T } | { readonly error: unknown } | null;
    const noteOutcome = async () => {
      try {
        outcome = { value: await reading };
      } catch (error) {
        outcome = { error };
      }
      this.#changed.notify();
    };
    const noted = noteOutcome();
    while (outcome === null && !this.#isStopped) await this.#changed.wait();
    if (outcome === null && this.#deps.cancellation.isTimeUp) await this.#within(graceMs, noted);
    if (outcome === null) return null;
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  async #take(item: Item): Promise<void> {
    const place = this.#places;
    this.#places += 1;
    const settled = await this.#deps.settle(item);
    if (settled !== null) return this.#results.put(place, settled);
    if (item.kind !== 'lookup') throw new Error(`an item of kind ${item.kind} was not settled`);
    const policy = this.#deps.policyOf(item);
    const job: Job = {
      item,
      place,
      policy,
      status: 'waiting',
      dueAt: 0,
      state: firstState(item),
      slot: this.#jobs.length,
    };
    this.#jobs.push(job);
    void this.#open(job);
  }

  /** Puts the job into its account's queue; nobody waits for accounts that take their time to open. */
  async #open(job: Job): Promise<void> {
    this.#opening += 1;
    try {
      const client = await this.#deps.accounts.open(job.item);
      if (this.#jobs[job.slot] !== job) {
        // The run was ended meanwhile.
      } else if (client instanceof Fault) {
        const { isTimeUp, isInterrupted } = this.#deps.cancellation;
        // The end of the run ends the opening too: what becomes of the rest is decided at once.
        if (!isTimeUp && !isInterrupted) this.#finish(job, pollResultOf(faultResult(client)));
      } else {
        const queue = this.#queueOf(client.account);
        const { createBulkReader } = this.#deps;
        if (createBulkReader === undefined || !this.#addInBulk(job, client, queue, createBulkReader)) {
          queue.add(job, client);
          if (this.#options.wait) this.#forecast(queue);
        }
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#opening -= 1;
    this.#changed.notify();
    if (this.#opening === 0 && this.#bulkReaders.size > 0) this.#wakeAll();
  }

  /** Nothing more is read for now. */
  get #hasEnough(): boolean {
    if (this.#results.isFull || this.#results.isBehind) return true;
    let unasked = this.#opening;
    let most = readAhead;
    for (const { unasked: count, wasForecast, account } of this.#queues.values()) {
      unasked += count;
      if (this.#options.wait && !wasForecast && account.limiter.perSecond !== null) most = readAheadOfWait;
    }
    for (const { isFull } of this.#bulkReaders.values()) unasked += isFull ? most : 0;
    return unasked >= most;
  }

  #queueOf(account: Account): AccountQueue {
    const known = this.#queues.get(account);
    if (known !== undefined) return known;
    const queue = new AccountQueue(account);
    this.#queues.set(account, queue);
    this.#serve(queue).catch(this.#fail);
    return queue;
  }

  #forecast(queue: AccountQueue): void {
    const { perSecond } = queue.account.limiter;
    if (perSecond === null || queue.wasForecast) return;
    const leftMs = this.#deps.cancellation.deadline - this.#deps.clock.monotonic();
    const possible = Math.max(1, Math.floor((leftMs / 1000) * perSecond));
    if (queue.unasked <= possible) return;
    queue.wasForecast = true;
    this.#deps.onTooMany(queue.account, possible);
  }

  // ---- looking up

  async #serve(queue: AccountQueue): Promise<void> {
    while (!this.#isStopped) {
      const isBusy = queue.inFlight >= this.#options.concurrency || this.#results.isBehind;
      // While a refusal is being confirmed, nobody else asks with these credentials.
      const mayBegin = !isBusy && queue.account.confirmation === null;
      // Where much is held back already, only what lets it go may be added.
      const onlyFirst = this.#results.isFull ? this.#results.nextPlace : null;
      const next = mayBegin ? queue.take(this.#deps.clock.monotonic(), onlyFirst) : null;
      if (next !== null) await this.#begin(next, queue);
      else await this.#untilChanged(queue, mayBegin ? queue.nextDueAt : null);
    }
  }

  /** `at`: monotonic milliseconds of the alarm; null for none. */
  async #untilChanged(queue: AccountQueue, at: number | null): Promise<void> {
    const { clock } = this.#deps;
    const cancelAlarm = at === null ? null : clock.alarm(at - clock.monotonic(), queue.changed.notify);
    await queue.changed.wait();
    cancelAlarm?.();
  }

  /** Resolves when the look-up is on its way, and with it its turn; the first one of an account when it has ended. */
  async #begin(next: QueuedJob, queue: AccountQueue): Promise<void> {
    const { account } = queue;
    const limiter = new LookupLimiter(account.limiter, this.#deps.cancellation);
    queue.inFlight += 1;
    const lookup = this.#lookUp(next, queue, limiter).finally(() => {
      queue.inFlight -= 1;
      account.isProven = true;
      queue.changed.notify();
      this.#changed.notify();
    });
    lookup.catch(this.#fail);
    await Promise.race([lookup, limiter.turnTaken]);
    this.#changed.notify();
    if (!account.isProven) await this.#within(proofMs, lookup);
    account.isProven = true;
  }

  async #lookUp({ job, client }: QueuedJob, queue: AccountQueue, limiter: LookupLimiter): Promise<void> {
    const { item, state } = job;
    const { cancellation, clock } = this.#deps;
    job.status = 'in-flight';
    const result = await this.#deps.accounts
      .lookUp(item, state.operation, client, limiter, limiter.limits)
      .catch((error: unknown) => bugResult(error));
    if (this.#jobs[job.slot] !== job) return;
    job.status = 'waiting';
    // Its turn was given up: what becomes of it is decided with all the others that wait, once the end is heard of.
    const isOver = this.#isStopped || clock.monotonic() >= cancellation.deadline;
    if (isOver && limiter.hasGivenUp && result.kind === 'fault') return;
    if (cancellation.isInterrupted && result.kind === 'fault')
      return this.#finish(job, this.#resultOfRest(job, result));
    const step = nextStep(item, state, result, job.policy, clock.monotonic());
    // A job that has waited is old for V8: what it points at when it is done would get as old.
    if (step.kind === 'done') return this.#finish(job, step, step.state.seen);
    job.state = step.state;
    if (this.#isStopped) return;
    job.dueAt = clock.monotonic() + step.delayMs;
    if (job.dueAt < job.policy.deadline) this.#deps.onLookup(item, result, step.delayMs);
    queue.add(job, client);
  }

  #finish(job: Job, result: PollResult | null, seen = job.state.seen): void {
    const last = this.#jobs.pop();
    if (last !== undefined && last !== job) {
      this.#jobs[job.slot] = last;
      last.slot = job.slot;
    }
    this.#results.put(job.place, result === null ? null : this.#deps.finish(job.item, result, seen));
    // Whose turn it is in the output may now be another account's.
    if (this.#results.isFull) this.#wakeAll();
  }

  // ---- in bulk

  /** False for a job that no list can answer. */
  #addInBulk(job: Job, client: Client, queue: AccountQueue, create: CreateBulkReader): boolean {
    const { provider, operation, expansions = [] } = job.item;
    const { bulk } = provider;
    if (bulk?.operation !== operation || expansions.length > 0) return false;
    let reader = this.#bulkReaders.get(client);
    if (reader === undefined) {
      reader = create(client, bulk, {
        clock: this.#deps.clock,
        changed: queue.changed,
        isStopped: () => this.#isStopped,
        hasEnded: () => this.#hasEnded && this.#opening === 0,
        // A slow reader is waited for.
        isFull: () => this.#results.isFull && !this.#results.isBehind,
        fetch: (request) => this.#fetch(request, client, queue),
        answer: (waiting, result) => this.#answer(waiting, result),
        ask: (left) => {
          queue.add(left, client);
          if (this.#options.wait) this.#forecast(queue);
        },
      });
      this.#bulkReaders.set(client, reader);
      reader.run().catch(this.#fail);
    }
    reader.add(job);
    return true;
  }

  /** A request about no single message, in its turn like a look-up; null where the run is stopped first. */
  async #fetch<T>(request: ApiRequest<T>, client: Client, queue: AccountQueue): Promise<ApiResult<T> | null> {
    const { account } = queue;
    const isBusy = () => queue.inFlight >= this.#options.concurrency || this.#results.isBehind;
    while (!this.#isStopped && (isBusy() || account.confirmation !== null)) await queue.changed.wait();
    if (this.#isStopped) return null;
    const limiter = new LookupLimiter(account.limiter, this.#deps.cancellation);
    queue.inFlight += 1;
    const result = await this.#deps.accounts.fetch(request, client, limiter, limiter.limits).finally(() => {
      queue.inFlight -= 1;
      account.isProven = true;
      queue.changed.notify();
      this.#changed.notify();
    });
    // Without a wait, what the time ended is a fault, for one id as for a page of them.
    const { isTimeUp, isInterrupted } = this.#deps.cancellation;
    const isTold = isTimeUp && !isInterrupted && !this.#options.wait;
    return this.#isStopped && result.kind === 'fault' && !isTold ? null : result;
  }

  #answer(job: Job, result: LookupResult): 'done' | 'wait' | 'confirm' {
    if (this.#jobs[job.slot] !== job) return 'done';
    const { item, policy } = job;
    const now = this.#deps.clock.monotonic();
    const step = nextStep(item, job.state, result, policy, now);
    job.state = step.state;
    if (step.kind === 'done') {
      this.#finish(job, step);
      this.#changed.notify();
      return 'done';
    }
    job.dueAt = now + step.delayMs;
    if (step.state.confirming) return 'confirm';
    if (job.dueAt < policy.deadline) this.#deps.onLookup(item, result, step.delayMs);
    return 'wait';
  }

  // ---- the end before the end

  /** What is left when the run is stopped: look-ups under way are finished, or aborted; everything else ends as it is. */
  async #windUp(): Promise<void> {
    const { cancellation } = this.#deps;
    if (!cancellation.isTimeUp) await this.#untilIdle(whenAborted(cancellation.abortSignal));
    // Those under way end by themselves now, but for what can neither be aborted nor timed.
    if (cancellation.isInterrupted || !this.#options.wait) {
      await this.#within(graceMs, this.#untilIdle(never));
      // Who reads a list has just heard of its page.
      if (this.#bulkReaders.size > 0) await new Promise(setImmediate);
    } else {
      // Who waits for a turn has just heard of the end, and gives it up: it was not under way.
      await new Promise(setImmediate);
    }
    for (const job of [...this.#jobs].sort((a, b) => a.place - b.place))
      this.#finish(job, this.#resultOfRest(job, null));
    if (cancellation.isTimeUp) cancellation.abortLate();
  }

  async #untilIdle(end: Promise<void>): Promise<void> {
    let isOver = false;
    void end.then(() => {
      isOver = true;
      this.#changed.notify();
    });
    const isBusy = () => [...this.#queues.values()].some(({ inFlight }) => inFlight > 0);
    while (isBusy() && !isOver) await this.#changed.wait();
  }

  /** `last`: the fault that a look-up was ended with. Null for a message that needs no record: it was never looked up. */
  #resultOfRest(job: Job, last: FaultResult | null): PollResult | null {
    const { isTimeUp, isInterrupted, abortSignal, stopSignal } = this.#deps.cancellation;
    if (isTimeUp && !isInterrupted) return resultAtDeadline(job.state, job.status === 'in-flight', job.policy);
    const known = resultWhenStopped(job.state, job.policy, abortSignal);
    if (known !== null) return known;
    if (last !== null) return { result: last, exit: exitOfAbort(abortSignal) };
    if (job.status === 'waiting' && !this.#options.single) return null;
    const reason: unknown = abortSignal.reason ?? stopSignal.reason;
    return pollResultOf(
      faultResult(reason instanceof Fault ? reason : new Fault('interrupted', { message: 'the run was ended' })),
    );
  }

  /** Until the work is done, but no longer than so many milliseconds. */
  async #within(ms: number, work: Promise<unknown>): Promise<void> {
    let cancelAlarm = (): void => undefined;
    const timeUp = new Promise<void>((resolve) => {
      cancelAlarm = this.#deps.clock.alarm(ms, resolve);
    });
    await Promise.race([work, timeUp]);
    cancelAlarm();
  }
}

function pollResultOf(result: FaultResult): PollResult {
  return { result, exit: result.fault.exit };
}

/** A bug in one look-up must not take the others' records along. */
function bugResult(error: unknown): FaultResult {
  const message = error instanceof Error ? error.message : String(error);
  return faultResult(new Fault('internal', { message: `internal error: ${message}` }));
}

/** Characters, about: the provider's texts are in the details. */
function weightOf({ record }: Finished): number {
  return (
    1000 + JSON.stringify(record.details).length + (record.raw === undefined ? 0 : JSON.stringify(record.raw).length)
  );
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

const never = new Promise<void>(() => undefined);
