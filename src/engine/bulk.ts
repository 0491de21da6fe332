import { Fault } from '../core/fault.ts';
import type { Clock } from '../core/http.ts';
import { type ApiResult, faultResult, type LookupItem, type LookupResult, operationOf } from '../core/item.ts';
import type { Bulk, BulkRange, BulkRow, MessageStatus, Page } from '../core/provider.ts';
import { freshPages, type PageOrigin, type PageRange } from './paginate.ts';
import { isTransient, type PollPolicy, roundDelay } from './poll-policy.ts';
import type { Job, Notifier } from './queues.ts';
import type { ApiRequest, Client } from './request.ts';

export interface BulkDeps {
  readonly clock: Clock;
  /** Something was read, begun or done. */
  readonly changed: Notifier;
  /** Nothing more may begin. */
  isStopped(): boolean;
  /** No further id will come. */
  hasEnded(): boolean;
  /** So much is held back for the order of the output that nothing may be added. */
  isFull(): boolean;
  /** Sends a request in its turn; null where the run is stopped first, but for the fault that the end of the time made of it. */
  fetch(request: ApiRequest<Page<BulkRow>>): Promise<ApiResult<Page<BulkRow>> | null>;
  /** Takes a result as if the message had been looked up. `confirm`: it must be looked up once more to count. */
  answer(job: Job, result: LookupResult): 'done' | 'wait' | 'confirm';
  /** Looks a message up by itself, from now on. */
  ask(job: Job): void;
  /** Tells who wants to know what is done, and why. */
  note(text: string): void;
}

/** Ids that are collected for one reading of the list, at most; more would fill the memory. */
const mostWanted = 100_000;
/** Ids are collected until the input has ended, or none has come for so long, milliseconds. */
const quietMs = 1_000;
/** So much of the number of ids may be spent on requests that find nothing. */
const mostLoss = 0.04;
/** How far behind the list may be, milliseconds: Sendblue's own command-line tool reads the last minute twice. */
const mostLagMs = 60_000;
/** How much of it each round reads again; what comes later is found by a round that reads all of it, once in that time. */
const overlapMs = 10_000;
/** Rounds in a row that may fail. */
const mostFailures = 3;

/** The reason to end a reading that has brought all that was wanted; said only of ids that it tells too little of. */
const nothingLeft = 'the list does not say all that is known of them';

interface Reading {
  /** Attempts included. */
  readonly requests: number;
  /** Why it ended; null: the list did, or the run. */
  readonly why: string | null;
  readonly fault: Fault | null;
  /** Epoch milliseconds of the newest change on its first page; null where no row tells. */
  readonly newest: number | null;
}

/**
 * Looks messages up by reading the account's list, and gives to single look-ups what the list does not tell, or tells too
 * slowly. With `--wait`, what it has found is looked at again by reading what was updated since. Of rows that nobody
 * asked for nothing is kept. When it gives up: docs/decisions/bulk.md.
 */
export class BulkReader {
  readonly #client: Client;
  readonly #bulk: Bulk;
  readonly #since: string | null;
  readonly #deps: BulkDeps;
  /** Not looked for yet, by id. */
  #wanted = new Map<string, Job>();
  /** Found and not final, by id. */
  readonly #waiting = new Map<string, Job>();
  #lastAddedAt = 0;
  /** What was updated until then has been read, epoch milliseconds; null where the list tells no times. */
  #readUntil: number | null = null;
  /** The same of the last round that read everything again that may have come late, and when that was, monotonic milliseconds. */
  #readInFullUntil = 0;
  #inFullAt = 0;
  #startedAt = 0;
  #roundAt = 0;
  #failures = 0;

  /** `since`: RFC 3339, UTC: nothing older is read; null: as far back as it pays. */
  constructor(client: Client, bulk: Bulk, since: string | null, deps: BulkDeps) {
    this.#client = client;
    this.#bulk = bulk;
    this.#since = since;
    this.#deps = deps;
  }

  /** No further id can be taken for now. */
  get isFull(): boolean {
    return this.#wanted.size >= mostWanted;
  }

  add(job: Job): void {
    this.#wanted.set(job.item.id, job);
    this.#lastAddedAt = this.#deps.clock.monotonic();
    this.#deps.changed.notify();
  }

  /** Ends when the run is stopped. */
  async run(): Promise<void> {
    const { clock, changed, isStopped } = this.#deps;
    while (!isStopped()) {
      const now = clock.monotonic();
      const findAt = this.#findAt;
      const roundAt = this.#waiting.size === 0 ? Number.POSITIVE_INFINITY : this.#roundAt;
      if (findAt <= now) await this.#find();
      else if (roundAt <= now) await this.#round();
      else {
        const at = Math.min(findAt, roundAt);
        const cancelAlarm = Number.isFinite(at) ? clock.alarm(at - now, changed.notify) : null;
        await changed.wait();
        cancelAlarm?.();
      }
    }
  }

  get #findAt(): number {
    if (this.#wanted.size === 0) return Number.POSITIVE_INFINITY;
    return this.isFull || this.#deps.hasEnded() ? 0 : this.#lastAddedAt + quietMs;
  }

  // ---- looking for what was never looked up

  /** From the newest message back, as long as it costs fewer requests than to ask for each id. */
  async #find(): Promise<void> {
    const { clock, ask, note, isFull, isStopped } = this.#deps;
    const wanted = this.#wanted;
    this.#wanted = new Map();
    this.#startedAt = clock.monotonic();
    const total = wanted.size;
    const budget = new Budget(total);
    let isPast = false;
    const isFirst = this.#waiting.size === 0;
    const { requests, why, fault, newest } = await this.#read(
      { by: 'created', since: this.#since },
      (spent, heldId) => {
        const held = wanted.has(heldId ?? '') ? 1 : 0;
        if (wanted.size === 0) return nothingLeft;
        if (isPast) return 'the list has left the time of --bulk';
        if (isFull()) return 'too many records are held back for their order, which ndjson and --resume do not need';
        return budget.allows(spent - held, wanted.size - held) ? null : 'reading on would cost more requests';
      },
      (rows, origin) => {
        isPast = this.#since !== null && rows.length > 0 && rows.every((row) => isBefore(row, this.#since));
        for (const row of rows) {
          const job = wanted.get(row.id ?? '');
          if (job === undefined) continue;
          wanted.delete(job.item.id);
          if (this.#take(job, row, origin)) budget.found += 1;
        }
        this.#takeNews(rows, origin);
      },
    );
    if (isStopped()) {
      const [job] = wanted.values();
      if (fault !== null && job !== undefined) this.#deps.answer(job, faultResult(fault));
      return;
    }
    const reason = fault === null ? (why ?? 'the list ended') : `the list failed: ${fault.message}`;
    const left = total - budget.found;
    const rest = left === 0 ? '' : `; ids asked for one by one: ${left}, as ${reason}`;
    note(`bulk: ${budget.found} of ${total} ids found; requests for the list of ${this.#title}: ${requests}${rest}`);
    for (const job of wanted.values()) ask(job);
    // Else what was updated meanwhile is still to be read for those that were waited for before.
    if (isFirst) {
      this.#readUntil = newest;
      this.#readInFullUntil = newest ?? 0;
      this.#inFullAt = this.#startedAt;
    }
    this.#scheduleRound(0);
  }

  // ---- looking again

  /** One reading of what was updated since the last one. */
  async #round(): Promise<void> {
    const before = this.#readUntil;
    if (before === null) return this.#giveUp('the list does not say when a message was updated');
    const begunAt = this.#deps.clock.monotonic();
    const isInFull = begunAt - this.#inFullAt >= mostLagMs;
    const since = new Date(isInFull ? this.#readInFullUntil - mostLagMs : before - overlapMs).toISOString();
    let count = 0;
    let isOver = false;
    let isUnordered = false;
    const { requests, why, fault, newest } = await this.#read(
      { by: 'updated', since },
      (spent) => {
        if (this.#waiting.size === 0 || isOver) return nothingLeft;
        return spent > this.#waiting.size ? 'reading all that was updated would cost more requests' : null;
      },
      (rows, origin) => {
        count += rows.length;
        const hasNews = this.#takeNews(rows, origin);
        const isSorted = isNewestFirst(rows);
        const isTooOld = rows.some((row) => isBefore(row, since));
        isUnordered ||= isTooOld && !isSorted;
        const isKnown =
          !hasNews && rows.every(({ updatedAt }) => updatedAt !== null && Date.parse(updatedAt) <= before);
        isOver = isSorted ? isTooOld || (isKnown && !isInFull) : isUnordered;
      },
    );
    if (this.#deps.isStopped()) return;
    if (fault !== null) return this.#fail(fault, begunAt);
    this.#failures = 0;
    if (count === 0 || isUnordered) return this.#giveUp('the list does not show what was updated');
    if (why !== null && why !== nothingLeft) return this.#giveUp(why);
    if (this.#waiting.size <= requests) return this.#giveUp('a round costs as many requests by now');
    this.#readUntil = Math.max(before, newest ?? before);
    if (isInFull) {
      this.#readInFullUntil = this.#readUntil;
      this.#inFullAt = begunAt;
    }
    this.#scheduleRound(this.#deps.clock.monotonic() - begunAt);
  }

  #takeNews(rows: readonly BulkRow[], origin: PageOrigin): boolean {
    let hasNews = false;
    for (const row of rows) {
      const job = this.#waiting.get(row.id ?? '');
      if (job !== undefined && this.#take(job, row, origin)) hasNews = true;
    }
    return hasNews;
  }

  #fail(fault: Fault, begunAt: number): void {
    this.#failures += 1;
    const mayMend = isTransient(fault.exit) && this.#failures < mostFailures;
    if (mayMend) this.#scheduleRound(this.#deps.clock.monotonic() - begunAt);
    else this.#giveUp(`the list failed: ${fault.message}`);
  }

  /** `roundMs`: how long the last one took. */
  #scheduleRound(roundMs: number): void {
    const [job] = this.#waiting.values();
    const now = this.#deps.clock.monotonic();
    if (job !== undefined) this.#roundAt = now + roundDelay(job, now - this.#startedAt, roundMs, now);
  }

  /** What is waited for goes on by single look-ups, each at its own time. */
  #giveUp(why: string): void {
    if (this.#waiting.size === 0) return;
    this.#deps.note(`bulk: ids asked for one by one from now on: ${this.#waiting.size}, as ${why}`);
    for (const job of this.#waiting.values()) this.#deps.ask(job);
    this.#waiting.clear();
  }

  // ---- pages and rows

  /** Reads until `stop` says why not, the list ends, fails, or the run is stopped. `spent`: requests so far. `heldId`: found, but for what the next page may say. */
  async #read(
    range: BulkRange,
    stop: (spent: number, heldId: string | null) => string | null,
    take: (rows: readonly BulkRow[], origin: PageOrigin) => void,
  ): Promise<Reading> {
    const { provider } = this.#client.account;
    let requests = 0;
    let why: string | null = null;
    let newest: number | null = null;
    // Rows of the last message of a page wait for the next one, which may contradict them.
    let held: { readonly rows: readonly BulkRow[]; readonly origin: PageOrigin } | null = null;
    const release = (rows: readonly BulkRow[]) => {
      if (held !== null) take(withoutDoubts([...held.rows, ...rows]).slice(0, held.rows.length), held.origin);
      held = null;
    };
    const fetch = async (place: PageRange): Promise<ApiResult<Page<BulkRow>>> => {
      why = stop(requests, held?.rows[0]?.id ?? null);
      const target = this.#bulk.target(range, place);
      const read = (body: unknown) => this.#bulk.readPage(body);
      const result = why === null ? await this.#deps.fetch({ provider, target, read }) : null;
      if (result === null) return noMore;
      requests += result.request?.attempts ?? 0;
      if (result.kind === 'fault') return result;
      const { rows, more } = result.value;
      newest ??= newestIn(rows);
      release(rows);
      return { ...result, value: { rows: withoutDoubts(rows), more } };
    };
    let fault: Fault | null = null;
    const limit = Number.POSITIVE_INFINITY;
    for await (const { rows, more, request, mock } of freshPages({ limit, pageSize: this.#bulk.pageSize, fetch })) {
      const [first] = rows;
      if (first instanceof Fault) {
        fault = first;
        continue;
      }
      const page = rows.filter((row): row is BulkRow => !(row instanceof Fault));
      const last = more === false ? null : (page.at(-1)?.id ?? null);
      const isHeld = ({ id }: BulkRow) => last !== null && id === last;
      take(
        page.map((row) => (isHeld(row) ? { ...row, id: null } : row)),
        { request, mock },
      );
      held = { rows: page.filter(isHeld), origin: { request, mock } };
    }
    release([]);
    return { requests, why, fault, newest };
  }

  /** Whether the row told something of the job; where it cannot, the message is looked up by itself. */
  #take(job: Job, row: BulkRow, { request, mock }: PageOrigin): boolean {
    const { item, state, policy } = job;
    const finding = this.#findingOf(item, row);
    if (finding !== null && !isNews(finding, state.known)) return false;
    this.#waiting.delete(item.id);
    if (finding === null || !(this.#bulk.isComplete(finding) || isOnlyQueued(finding, policy))) {
      this.#deps.ask(job);
      return false;
    }
    const value = { ...finding, details: { ...finding.details, via: 'list' } };
    const next = this.#deps.answer(job, { kind: 'answer', value, request, mock, body: row.body });
    if (next === 'wait') this.#waiting.set(item.id, job);
    if (next === 'confirm') this.#deps.ask(job);
    return true;
  }

  /** Null for a row that the look-up's own reader refuses. */
  #findingOf({ provider, operation, id }: LookupItem, { body }: BulkRow): MessageStatus | null {
    try {
      return operationOf({ provider, operation }).read(body, { id, settings: this.#client.settings });
    } catch (error) {
      if (error instanceof Fault) return null;
      throw error;
    }
  }

  get #title(): string {
    return this.#client.account.provider.title;
  }
}

/** Of messages that have two different rows, the look-up alone can tell: theirs have no body then, which nobody can read. */
function withoutDoubts(rows: readonly BulkRow[]): readonly BulkRow[] {
  const bodies = new Map<string, string>();
  const doubtful = new Set<string>();
  for (const { id, body } of rows) {
    if (id === null) continue;
    const text = JSON.stringify(body);
    if ((bodies.get(id) ?? text) !== text) doubtful.add(id);
    bodies.set(id, text);
  }
  return rows.map((row) => (row.id !== null && doubtful.has(row.id) ? { ...row, body: null } : row));
}

/** Whether to go on reading the list, which must never cost many more requests than to ask for each id. */
class Budget {
  /** Ids that need not be asked for any more. */
  found = 0;
  readonly #mostLoss: number;
  #bestLead = 0;

  constructor(total: number) {
    this.#mostLoss = Math.max(1, Math.floor(total * mostLoss));
  }

  /** Requests were saved so far, or lost; what was lost since it stood best may be no more than the rest costs either. */
  allows(spent: number, left: number): boolean {
    const lead = this.found - spent;
    this.#bestLead = Math.max(this.#bestLead, lead);
    return left > 1 && this.#bestLead - lead < Math.min(left, this.#mostLoss);
  }
}

const noMore: ApiResult<Page<BulkRow>> = {
  kind: 'answer',
  value: { rows: [], more: false },
  request: null,
  mock: false,
};

/** Before it is on its way a message need not have a route, and is waited for whatever else is known of it. */
function isOnlyQueued(
  { status }: MessageStatus,
  { untilFinal, expectation: { states, channel } }: PollPolicy,
): boolean {
  return untilFinal && status.state === 'queued' && states.length === 0 && channel === null;
}

/** Epoch milliseconds; null where no row tells. */
function newestIn(rows: readonly BulkRow[]): number | null {
  const times = rows.flatMap(({ updatedAt }) => (updatedAt === null ? [] : [Date.parse(updatedAt)]));
  return times.length === 0 ? null : Math.max(...times);
}

function isBefore({ updatedAt }: BulkRow, time: string | null): boolean {
  return updatedAt !== null && time !== null && updatedAt < time;
}

function isNewestFirst(rows: readonly BulkRow[]): boolean {
  return rows.every(({ updatedAt }, i) => updatedAt !== null && updatedAt <= (rows[i - 1]?.updatedAt ?? updatedAt));
}

/** Whether a row says something else than what is known, and nothing older: a list may be behind. */
function isNews(finding: MessageStatus, known: LookupResult | null): boolean {
  if (known?.kind !== 'answer') return true;
  const { updatedAt } = known.value;
  if (updatedAt !== null && finding.updatedAt !== null && updatedAt !== finding.updatedAt) {
    return finding.updatedAt > updatedAt;
  }
  return versionOf(finding) !== versionOf(known.value);
}

function versionOf({ providerState, channel, downgraded, reason }: MessageStatus): string {
  return JSON.stringify([providerState, channel, downgraded, reason]);
}
