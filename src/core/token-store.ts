import type { FaultCode } from './fault.ts';
import type { Limits } from './http.ts';
import { Secret } from './secret.ts';

/**
 * Whose token it is. The client secret is part of it, so that no token hides that the secret is wrong or was changed.
 * A store that outlives the process keeps client and secret only as a digest.
 */
export interface TokenKey {
  /** The address that issues the tokens. */
  readonly endpoint: URL;
  readonly client: Secret;
  readonly secret: Secret;
  readonly account: string | null;
}

export interface StoredToken {
  readonly accessToken: Secret;
  /** Wall clock, epoch milliseconds; its margin is already taken off. */
  readonly expiresAt: number;
  /** The address that its reply named, unchecked; null where it named none. */
  readonly restUrl: string | null;
}

/** Why the endpoint gave no token, and until when nobody who shares the store asks it again. */
export interface TokenFailure {
  /** Epoch milliseconds. */
  readonly until: number;
  /** How often in a row it has failed. */
  readonly count: number;
  readonly code: FaultCode;
  readonly message: string;
  readonly hint: string;
  readonly httpStatus: number | null;
}

/**
 * Where tokens are kept between look-ups. Trouble of the store's own never rejects: what cannot be read is null,
 * what cannot be written is lost, and the look-up goes on with a token of its own.
 */
export interface TokenStore {
  read(key: TokenKey): Promise<StoredToken | null>;
  write(key: TokenKey, token: StoredToken): Promise<void>;
  remove(key: TokenKey): Promise<void>;
  readFailure(key: TokenKey): Promise<TokenFailure | null>;
  /** Null: it has given a token again. */
  writeFailure(key: TokenKey, failure: TokenFailure | null): Promise<void>;
  /** Runs `work` while nobody who shares the store runs work for the same key. Rejects as `work` does, or with a fault when `bounds` end first. */
  exclusively<T>(key: TokenKey, bounds: Limits, work: () => Promise<T>): Promise<T>;
}

/** Keeps tokens for the life of the process. */
export function createMemoryTokens(): TokenStore {
  const tokens = new Map<string, StoredToken>();
  const failures = new Map<string, TokenFailure>();
  const turns = new Map<string, Promise<unknown>>();
  return {
    read: async (key) => tokens.get(nameOf(key)) ?? null,
    write: async (key, token) => {
      tokens.set(nameOf(key), token);
    },
    remove: async (key) => {
      tokens.delete(nameOf(key));
    },
    readFailure: async (key) => failures.get(nameOf(key)) ?? null,
    writeFailure: async (key, failure) => {
      if (failure === null) failures.delete(nameOf(key));
      else failures.set(nameOf(key), failure);
    },
    exclusively: (key, _bounds, work) => {
      const turn = (turns.get(nameOf(key)) ?? Promise.resolve()).then(work, work);
      turns.set(nameOf(key), turn);
      return turn;
    },
  };
}

/** Gives out a token that nobody fetched: for showing a request (`--curl`) instead of making it. */
export const unfetchedTokens: TokenStore = {
  read: async () => ({ accessToken: new Secret('unfetched', 'ACCESS_TOKEN'), expiresAt: Infinity, restUrl: null }),
  write: async () => undefined,
  remove: async () => undefined,
  readFailure: async () => null,
  writeFailure: async () => undefined,
  exclusively: (_key, _bounds, work) => work(),
};

function nameOf({ endpoint, client, secret, account }: TokenKey): string {
  return JSON.stringify([endpoint.href, client.reveal(), secret.reveal(), account]);
}
