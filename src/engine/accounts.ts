import { Fault } from '../core/fault.ts';
import type { Clock, HttpRequest, Limiter, Limits, Send } from '../core/http.ts';
import { type ApiResult, type FaultResult, faultResult, type LookupItem, type LookupResult } from '../core/item.ts';
import type { ConnectDeps, Provider } from '../core/provider.ts';
import type { Settings } from '../core/settings.ts';
import type { TokenStore } from '../core/token-store.ts';
import { parseUrl } from '../core/url.ts';
import { type Cancellation, lookupTime, type TimeOptions } from './cancellation.ts';
import type { Credentials } from './credentials.ts';
import { type Account, type ApiRequest, type Client, execute, lookUp } from './request.ts';
import type { AccountOrigin } from './resume/entry.ts';

export interface AccountsDeps {
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly send: Send;
  /** Where fetched tokens outlive the run; undefined for a provider that fetches none, and where nothing is kept. */
  tokensFor(provider: Provider): Promise<TokenStore | undefined>;
}

export interface AccountOptions extends TimeOptions {
  /** Infinite: off. Undefined: the provider's default. */
  readonly perSecond: number | undefined;
  /** Every record says so, whoever answered. */
  readonly mock: boolean;
}

type ProviderProfile = { readonly provider: Provider; readonly profile?: string | undefined };

/** Settings → clients, each opened once a run: the fault of missing credentials is the fault of every id. */
export class Accounts {
  readonly #options: AccountOptions;
  readonly #deps: AccountsDeps;
  readonly #clients = new Map<string, Promise<Client | Fault>>();
  readonly #accounts = new Map<string, Account>();

  constructor(options: AccountOptions, deps: AccountsDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  open(named: ProviderProfile): Promise<Client | Fault> {
    const key = JSON.stringify([named.provider.id, named.profile]);
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const client = this.#connect(named);
    this.#clients.set(key, client);
    return client;
  }

  /** A request about no single message, such as a page of a list. */
  async execute<T>(request: ApiRequest<T>, cancellation: Cancellation): Promise<ApiResult<T>> {
    const client = await this.open({ provider: request.provider });
    if (client instanceof Fault) return faultResult(client);
    const { limiter } = client.account;
    return this.fetch(request, client, limiter, cancellation.lookupLimits(limiter.pausedMs));
  }

  /** The same over a client that is open. `limiter`: where its attempts take their turns. */
  async fetch<T>(request: ApiRequest<T>, client: Client, limiter: Limiter, limits: Limits): Promise<ApiResult<T>> {
    const result = await execute(request, client, { ...this.#deps, limiter }, limits);
    if (this.#options.mock) return { ...result, mock: true };
    return result.kind === 'fault' ? nameSource(result, client.settings) : result;
  }

  /** Looks a message up once over a client that is open. `limiter`: where its attempts take their turns. */
  async lookUp(
    item: LookupItem,
    operation: string,
    client: Client,
    limiter: Limiter,
    limits: Limits,
  ): Promise<LookupResult> {
    const result = await lookUp(item, operation, client, { ...this.#deps, limiter }, limits);
    if (this.#options.mock) return { ...result, mock: true };
    return result.kind === 'fault' ? nameSource(result, client.settings) : result;
  }

  /** Whom an item is asked of, for a file of records; null where that cannot be known. */
  async originOf(item: LookupItem): Promise<AccountOrigin | null> {
    const client = await this.open(item);
    if (client instanceof Fault) return null;
    return originOf(item.provider, client.settings, this.#options.mock);
  }

  /** A client that was opened; null where nobody needed it, or where it cannot be. */
  async clientOf(named: { readonly provider: { readonly id: string }; readonly profile?: string | undefined }) {
    const client = await this.#clients.get(JSON.stringify([named.provider.id, named.profile]));
    return client === undefined || client instanceof Fault ? null : client;
  }

  async #connect({ provider, profile }: ProviderProfile): Promise<Client | Fault> {
    try {
      const settings = await this.#deps.credentials.settingsOf(provider, profile);
      const account = this.#accountOf(provider, settings);
      const { clock, tokensFor } = this.#deps;
      const tokens = await tokensFor(provider);
      const send = (request: HttpRequest, limits: Limits) =>
        this.#deps.send({ ...request, limiter: account.limiter }, limits);
      const deps: ConnectDeps = { clock, send, ...(tokens === undefined ? {} : { tokens }) };
      return { account, settings, connection: provider.connect(settings, deps) };
    } catch (error) {
      if (error instanceof Fault) return error;
      throw error;
    }
  }

  #accountOf(provider: Provider, settings: Settings): Account {
    // Address and credentials: what else is set (a business unit) does not make another account. Never shown.
    const values: (string | undefined)[] = [];
    for (const [name, { kind }] of Object.entries(provider.settings)) {
      if (kind === 'secret') values.push(settings.secret(name)?.reveal());
      if (kind === 'url') values.push(settings.url(name)?.href.replace(/\/$/, ''));
    }
    const key = JSON.stringify([provider.id, values]);
    const known = this.#accounts.get(key);
    if (known !== undefined) return known;
    const { perSecond = this.#options.mock ? Number.POSITIVE_INFINITY : provider.pace.perSecond } = this.#options;
    const pace = Number.isFinite(perSecond) ? perSecond : null;
    const limiter = new RateLimiter(this.#deps.clock, pace, lookupTime(this.#options));
    const account = { provider, limiter, refusal: null, confirmation: null, isProven: false };
    this.#accounts.set(key, account);
    return account;
  }
}

/** Whoever has several keys must know which one was refused. */
function nameSource(result: FaultResult, { source }: Settings): FaultResult {
  const { code, message, hint, httpStatus, requestId, retryAfterSeconds } = result.fault;
  if (source === null || code !== 'unauthorized') return result;
  const fault = new Fault(code, {
    message: `${message}; the key is from ${source}`,
    hint,
    httpStatus: httpStatus ?? undefined,
    requestId: requestId ?? undefined,
    retryAfterSeconds: retryAfterSeconds ?? undefined,
  });
  return { ...result, fault };
}

/** The tag is an HMAC keyed by the credentials: it tells nothing of them, and whoever has others makes another one. */
async function originOf(
  { id, settings: declared }: Provider,
  settings: Settings,
  mock: boolean,
): Promise<AccountOrigin> {
  const { createHmac } = await import('node:crypto');
  const values = Object.entries(declared).map(([key, { kind }]) => {
    if (kind === 'secret') return settings.secret(key)?.reveal() ?? null;
    return (kind === 'url' ? settings.url(key)?.href : settings.text(key)) ?? null;
  });
  const key = JSON.stringify([id, values]);
  const tag = mock ? 'mock' : createHmac('sha256', key).update('sbstatus journal').digest('hex').slice(0, 32);
  const isHost = (url: string) => {
    const asked = parseUrl(url);
    const bases = Object.keys(declared).flatMap((name) => settings.url(name)?.origin ?? []);
    if (asked === null || bases.includes(asked.origin)) return asked !== null;
    // A tenant is the first part of its host's name.
    const [label = ''] = asked.hostname.split('.');
    return Object.entries(declared).some(([name, { kind }]) => kind === 'text' && settings.text(name) === label);
  };
  return { tag, mock, isHost };
}

/** A turn that is taken later than this moves those after it, milliseconds: a machine that was asleep catches up with nothing. */
const lateMs = 20;

/**
 * Spaces the requests of one account evenly, in the order of asking. Turns are never saved up: whoever comes late finds
 * one free turn, not several. `perSecond` null: no spacing, only pauses.
 */
export class RateLimiter implements Limiter {
  readonly perSecond: number | null;
  readonly #clock: Clock;
  readonly #longestPauseMs: number;
  /** Monotonic milliseconds of the next free turn. */
  #next = Number.NEGATIVE_INFINITY;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  /** None is taken before, whatever was given out. */
  #spacedUntil = Number.NEGATIVE_INFINITY;

  /** `longestPauseMs`: a longer pause is not waited for. */
  constructor(clock: Clock, perSecond: number | null, longestPauseMs = Number.POSITIVE_INFINITY) {
    this.#clock = clock;
    this.perSecond = perSecond;
    this.#longestPauseMs = longestPauseMs;
  }

  async acquire({ signal, deadline }: Limits): Promise<boolean> {
    let at: number | null = null;
    while (!signal.aborted) {
      if (this.#pausedUntil >= deadline || this.pausedMs > this.#longestPauseMs) return false;
      const now = this.#clock.monotonic();
      if (now >= deadline) return false;
      // A pause takes back the turns that were given out: afterwards they are spaced anew, and no burst follows it.
      if (at === null || at < this.#pausedUntil || (now >= at && now < this.#spacedUntil)) at = this.#reserve(now);
      if (now >= at) {
        this.#spacedUntil = this.perSecond === null ? now : now + 1000 / this.perSecond - lateMs;
        return true;
      }
      await this.#clock.sleep(Math.min(at, deadline) - now, signal);
    }
    return false;
  }

  pauseFor(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.monotonic() + ms);
  }

  get pausedMs(): number {
    return Math.max(0, this.#pausedUntil - this.#clock.monotonic());
  }

  #reserve(now: number): number {
    const at = Math.max(this.#next, now, this.#pausedUntil, this.#spacedUntil);
    if (this.perSecond !== null) this.#next = at + 1000 / this.perSecond;
    return at;
  }
}

/** A look-up's way to its account's pace. Its first turn is given up when no further look-up may begin. */
export class LookupLimiter implements Limiter {
  readonly limits: { readonly signal: AbortSignal; deadline: number };
  readonly turnTaken: Promise<void>;
  hasTurn = false;
  /** It was waited for in vain; a look-up whose authorization takes its time has not asked for it yet. */
  hasGivenUp = false;
  readonly #limiter: Limiter;
  readonly #cancellation: Cancellation;
  #onTurn: () => void = () => undefined;

  constructor(limiter: Limiter, cancellation: Cancellation) {
    this.#limiter = limiter;
    this.#cancellation = cancellation;
    this.limits = cancellation.lookupLimits(limiter.pausedMs);
    this.turnTaken = new Promise((resolve) => {
      this.#onTurn = resolve;
    });
  }

  async acquire(limits: Limits): Promise<boolean> {
    if (this.hasTurn) return this.#limiter.acquire(limits);
    const { stopSignal, deadline } = this.#cancellation;
    this.hasTurn = await this.#limiter.acquire({ signal: stopSignal, deadline });
    if (this.hasTurn) {
      // Waiting for a turn is no part of the time that a look-up may take.
      this.limits.deadline = this.#cancellation.lookupLimits(0).deadline;
      this.#onTurn();
    } else this.hasGivenUp = true;
    return this.hasTurn;
  }

  pauseFor(ms: number): void {
    this.#limiter.pauseFor(ms);
  }

  get pausedMs(): number {
    return this.#limiter.pausedMs;
  }
}
