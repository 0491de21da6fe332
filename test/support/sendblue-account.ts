/** A Sendblue account whose messages move with time, as its two routes tell: a list that counts as the real one is said to. */

export interface AccountMessage {
  readonly id: string;
  /** Milliseconds on the clock of whoever asks. */
  readonly createdAt: number;
  /** What it becomes, and when; the first one at its creation. Oldest first. */
  readonly words: readonly (readonly [at: number, word: string])[];
  /** Instead of the fields that it would have. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** What the list does otherwise than it should. */
export interface ListFaults {
  /** Parameters that it does not heed. */
  readonly ignores?: readonly string[];
  /** Pages do not say `hasMore`. */
  readonly silent?: boolean;
  /** Called with the number of the page, from 0; a status other than 200 is answered. */
  readonly statusOf?: (page: number) => number;
  /** Instead of a page. */
  readonly bodyOf?: () => unknown;
  /** Called with the rows of a page on their way out. */
  readonly change?: (rows: readonly unknown[], page: number) => readonly unknown[];
  /** Called after each page: what the account does meanwhile. */
  readonly meanwhile?: (account: SendblueAccount, page: number) => void;
  /** How far the list is behind the messages, milliseconds. */
  readonly lagMs?: number;
}

export interface AccountRequest {
  /** Null for a page of the list. */
  readonly id: string | null;
  readonly query: Readonly<Record<string, string>>;
  readonly at: number;
}

export interface AccountReply {
  readonly status: number;
  readonly body: unknown;
}

interface AccountIndex {
  readonly of: readonly AccountMessage[];
  /** In the list, the newest first. */
  readonly rows: readonly AccountMessage[];
  readonly byId: ReadonlyMap<string, AccountMessage>;
}

export class SendblueAccount {
  readonly requests: AccountRequest[] = [];
  messages: AccountMessage[];
  readonly #faults: ListFaults;
  readonly #hidden = new Set<AccountMessage>();
  #pages = 0;
  #known: AccountIndex | null = null;

  constructor(messages: readonly AccountMessage[], faults: ListFaults = {}) {
    this.messages = [...messages];
    this.#faults = faults;
  }

  get pages(): readonly AccountRequest[] {
    return this.requests.filter(({ id }) => id === null);
  }

  get lookups(): readonly string[] {
    return this.requests.flatMap(({ id }) => (id === null ? [] : [id]));
  }

  /** So many messages more, the newest of all. */
  add(name: string, count: number): void {
    const newest = Math.max(...this.messages.map(({ createdAt }) => createdAt));
    const added = Array.from({ length: count }, (_, n): AccountMessage => {
      const createdAt = newest + n + 1;
      return { id: `${name}-${n}`, createdAt, words: [[createdAt, 'QUEUED']] };
    });
    this.messages = [...this.messages, ...added];
  }

  /** Leaves so many messages out of the list from a place in it on; look-ups know them still. */
  hide(place: number, count: number): void {
    for (const message of this.#index().rows.slice(place, place + count)) this.#hidden.add(message);
    this.messages = [...this.messages];
  }

  /** `path`: below the address. `epoch`: the wall clock at 0 of `now`. */
  answer(path: string, query: URLSearchParams, now: number, epoch: number): AccountReply {
    const [, , , , id] = path.split('/').map(decodeURIComponent);
    this.requests.push({ id: id ?? null, query: Object.fromEntries(query), at: now });
    if (id === undefined) return this.#list(query, now, epoch);
    const message = this.#index().byId.get(id);
    if (message === undefined) return { status: 404, body: { status: 'ERROR', message: 'Message not found' } };
    return { status: 200, body: { status: 'OK', data: bodyOf(message, now, epoch) } };
  }

  #list(query: URLSearchParams, now: number, epoch: number): AccountReply {
    const { ignores = [], silent, statusOf, bodyOf: instead, change, meanwhile, lagMs = 0 } = this.#faults;
    const page = this.#pages;
    this.#pages += 1;
    const status = statusOf?.(page) ?? 200;
    if (status !== 200) return { status, body: { status: 'ERROR', message: `Error ${status}` } };
    if (instead !== undefined) return { status: 200, body: instead() };
    for (const name of ignores) query.delete(name);
    const seenAt = now - lagMs;
    const all = this.#rows(query, seenAt, epoch);
    const limit = Math.min(100, Number(query.get('limit') ?? 100));
    const offset = Number(query.get('offset') ?? 0);
    const rows = all.slice(offset, offset + limit).map((message) => bodyOf(message, seenAt, epoch));
    const hasMore = silent ? {} : { hasMore: offset + rows.length < all.length };
    const pagination = { limit, offset, total: all.length, ...hasMore };
    meanwhile?.(this, page);
    return { status: 200, body: { status: 'OK', data: change?.(rows, page) ?? rows, pagination } };
  }

  /** Made anew whenever `messages` is another list. */
  #index(): AccountIndex {
    if (this.#known?.of === this.messages) return this.#known;
    const rows = this.messages.filter((message) => !this.#hidden.has(message));
    rows.sort((a, b) => b.createdAt - a.createdAt);
    this.#known = { of: this.messages, rows, byId: new Map(this.messages.map((message) => [message.id, message])) };
    return this.#known;
  }

  #rows(query: URLSearchParams, now: number, epoch: number): readonly AccountMessage[] {
    const after = (name: string) => Date.parse(query.get(name) ?? '') - epoch;
    const created = query.has('created_at_gte') ? after('created_at_gte') : null;
    const updated = query.has('updated_at_gte') ? after('updated_at_gte') : null;
    let rows = this.#index().rows;
    if (created !== null) rows = rows.filter(({ createdAt }) => createdAt >= created);
    if (updated !== null) rows = rows.filter((message) => latest(message, now)[0] >= updated);
    if (query.get('order_by') !== 'updatedAt') return rows;
    const times = new Map(rows.map((message) => [message, latest(message, now)[0]]));
    return [...rows].sort((a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0));
  }
}

function latest({ words, createdAt }: AccountMessage, now: number): readonly [number, string] {
  return words.findLast(([at]) => at <= now) ?? words[0] ?? [createdAt, 'QUEUED'];
}

/** Rows and look-ups give no creation time. */
function bodyOf(message: AccountMessage, now: number, epoch: number): Record<string, unknown> {
  const [updatedAt, word] = latest(message, now);
  return {
    message_handle: message.id,
    status: word,
    content: `for ${message.id}`,
    date_sent: new Date(epoch + message.createdAt).toISOString(),
    date_updated: new Date(epoch + updatedAt).toISOString(),
    error_code: word === 'ERROR' ? 10001 : null,
    from_number: '+15550100100',
    is_outbound: true,
    number: '+15550100142',
    service: 'iMessage',
    to_number: '+15550100142',
    was_downgraded: false,
    ...message.fields,
  };
}

/** Messages a second apart, the newest a second ago; every `every`-th is one of ours, `own-<n>`, the others are not. */
export function traffic(count: number, every: number, fields?: AccountMessage['fields']): AccountMessage[] {
  return Array.from({ length: count }, (_, place): AccountMessage => {
    const createdAt = -1000 * (count - place);
    const id = place % every === 0 ? `own-${place / every}` : `theirs-${place}`;
    const word = place % 10 === 0 ? 'ERROR' : 'DELIVERED';
    return { id, createdAt, words: [[createdAt + 500, word]], ...(fields === undefined ? {} : { fields }) };
  });
}

/** Messages that were created just before, and end after 5 to 60 s. */
export function moving(count: number): AccountMessage[] {
  return Array.from({ length: count }, (_, n): AccountMessage => {
    const createdAt = -Math.ceil((5000 * (n + 1)) / count);
    const endsAt = 5000 + Math.round((55_000 * ((n * 7919) % count)) / Math.max(1, count - 1));
    const word = n % 25 === 0 ? 'ERROR' : 'DELIVERED';
    return {
      id: `own-${n}`,
      createdAt,
      words: [
        [createdAt, 'QUEUED'],
        [Math.round(endsAt / 2), 'SENT'],
        [endsAt, word],
      ],
    };
  });
}
