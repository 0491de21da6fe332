import { createHmac, randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import * as v from 'valibot';
import { Fault, type FaultCode, faults } from '../core/fault.ts';
import type { Clock, Limits } from '../core/http.ts';
import { Secret } from '../core/secret.ts';
import {
  createMemoryTokens,
  type StoredToken,
  type TokenFailure,
  type TokenKey,
  type TokenStore,
} from '../core/token-store.ts';
import { baseProblem } from '../core/url.ts';
import type { World } from '../world.ts';
import { type Locker, tryLock, unlock } from './lock.ts';
import { ensurePrivateFolder, isPrivateFolder, readPrivate, writePrivate } from './private-file.ts';

/** From one try for a lock to the next, milliseconds: growing, so that many who wait leave the machine to the one who works. */
const firstPauseMs = 20;
const longestPauseMs = 400;
/** No provider's token lives as long; a file that says so was not written by us, or by another clock. */
const longestLifeMs = 24 * 60 * 60 * 1000;

const tokenFile = v.object({
  schema: v.literal('sbstatus.token/1'),
  accessToken: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,8192}$/)),
  expiresAt: v.pipe(v.string(), v.isoTimestamp()),
  restUrl: v.nullable(
    v.pipe(
      v.string(),
      v.check((text) => baseProblem(text) === null),
    ),
  ),
});

const failureFile = v.object({
  schema: v.literal('sbstatus.token-failure/1'),
  until: v.number(),
  count: v.pipe(v.number(), v.integer(), v.minValue(1)),
  code: v.picklist(Object.keys(faults) as FaultCode[]),
  message: v.string(),
  hint: v.string(),
  httpStatus: v.nullable(v.number()),
});

type TokenCacheDeps = Pick<
  World,
  'env' | 'home' | 'platform' | 'uid' | 'host' | 'pid' | 'isAlive' | 'clock' | 'random'
>;

/**
 * Tokens that outlive the process, one 0600 file each, shared by all processes of the user. A file's name is a
 * digest of whose token it is; neither client id nor client secret is in it. `trouble` is told what keeps the cache from
 * working; the look-ups go on with tokens in memory.
 */
export function createDiskTokens(provider: string, world: TokenCacheDeps, trouble: (what: string) => void): TokenStore {
  const folder = cacheFolder(world);
  const locker: Locker = { ...lockerOf(world), now: world.clock.now };
  const memory = createMemoryTokens();
  const pathOf = (key: TokenKey) => join(folder, `${provider}-${digestOf(key)}.json`);

  const failurePath = (key: TokenKey) => `${pathOf(key)}.failure`;

  const attempt = <T>(work: () => T): T | null => {
    try {
      return work();
    } catch (error) {
      trouble(`the token cache ${folder} cannot be used (${reasonOf(error)})`);
      return null;
    }
  };

  return {
    read: async (key) => {
      const found = attempt(() => (isPrivateFolder(folder, world.uid) ? readPrivate(pathOf(key), world.uid) : null));
      return tokenOf(found, world.clock.now()) ?? memory.read(key);
    },
    write: async (key, token) => {
      await memory.write(key, token);
      attempt(() => {
        ensurePrivateFolder(folder, world.uid);
        writePrivate(pathOf(key), textOf(token), randomBytes(8).toString('hex'));
      });
    },
    remove: async (key) => {
      await memory.remove(key);
      attempt(() => isPrivateFolder(folder, world.uid) && rmSync(pathOf(key), { force: true, recursive: true }));
    },
    readFailure: async (key) => {
      const found = attempt(() =>
        isPrivateFolder(folder, world.uid) ? readPrivate(failurePath(key), world.uid) : null,
      );
      return failureOf(found, world.clock.now()) ?? memory.readFailure(key);
    },
    writeFailure: async (key, failure) => {
      await memory.writeFailure(key, failure);
      attempt(() => {
        if (failure === null) return void rmSync(failurePath(key), { force: true });
        ensurePrivateFolder(folder, world.uid);
        const text = JSON.stringify({ schema: 'sbstatus.token-failure/1', ...failure });
        writePrivate(failurePath(key), `${text}\n`, randomBytes(8).toString('hex'));
      });
    },
    exclusively: (key, bounds, work) =>
      memory.exclusively(key, bounds, async () => {
        const lock = `${pathOf(key)}.lock`;
        const own = { ...locker, unique: randomBytes(8).toString('hex') };
        const take = () => {
          ensurePrivateFolder(folder, world.uid);
          return tryLock(lock, own);
        };
        // Null: there can be no lock here, so nobody else has one.
        for (let tries = 0; attempt(take) === false; tries += 1) await nextTurn(tries, bounds, world);
        try {
          return await work();
        } finally {
          attempt(() => unlock(lock, own));
        }
      }),
  };
}

/** Removes every cached token of a provider; how many there were. Throws a `config-invalid` fault. */
export function removeTokens(
  provider: string,
  world: Pick<TokenCacheDeps, 'env' | 'home' | 'platform' | 'uid'>,
): number {
  const folder = cacheFolder(world);
  if (!isPrivateFolder(folder, world.uid)) return 0;
  const ours = new RegExp(`^${provider}-[0-9a-f]{32}\\.json`);
  try {
    const names = readdirSync(folder).filter((name) => ours.test(name));
    for (const name of names) rmSync(join(folder, name), { force: true, recursive: true });
    return names.filter((name) => name.endsWith('.json')).length;
  } catch (error) {
    throw new Fault('config-invalid', {
      message: `the cached tokens cannot be removed (${reasonOf(error)})`,
      hint: 'check the permissions of the cache folder; docs/configuration.md tells where it is',
    });
  }
}

function lockerOf({ uid, host, pid, isAlive }: TokenCacheDeps): Omit<Locker, 'now'> {
  return { owner: uid, host, pid, isAlive, unique: '' };
}

/** Keyed by the client secret: another secret, be it new or wrong, finds another file, and the name tells nothing. */
function digestOf({ endpoint, client, secret, account }: TokenKey): string {
  const whose = JSON.stringify([endpoint.href, client.reveal(), account]);
  return createHmac('sha256', secret.reveal()).update(whose).digest('hex').slice(0, 32);
}

function textOf({ accessToken, expiresAt, restUrl }: StoredToken): string {
  const file: v.InferOutput<typeof tokenFile> = {
    schema: 'sbstatus.token/1',
    accessToken: accessToken.reveal(),
    expiresAt: new Date(expiresAt).toISOString(),
    restUrl,
  };
  return `${JSON.stringify(file)}\n`;
}

/** Null for whatever is not a token that still lives. */
function tokenOf(text: string | null, now: number): StoredToken | null {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), tokenFile), text);
  if (!parsed.success) return null;
  const { accessToken, restUrl, expiresAt } = parsed.output;
  const until = Date.parse(expiresAt);
  if (until <= now || until > now + longestLifeMs) return null;
  return { accessToken: new Secret(accessToken, 'the cached token'), expiresAt: until, restUrl };
}

/** Null for what is none, and for one that is over or that another clock has written. */
function failureOf(text: string | null, now: number): TokenFailure | null {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), failureFile), text);
  if (!parsed.success) return null;
  const { schema: _, ...failure } = parsed.output;
  return failure.until > now + longestLifeMs ? null : failure;
}

/** Throws a fault where the bounds end before the turn comes. */
async function nextTurn(
  tries: number,
  { signal, deadline }: Limits,
  world: { clock: Clock; random(): number },
): Promise<void> {
  if (signal.aborted) throw signal.reason;
  if (world.clock.monotonic() >= deadline) {
    throw new Fault('timeout', {
      message: 'another process was fetching a token until the time was up',
      hint: 'try again, allow more time with --timeout, or use --no-token-cache',
    });
  }
  const pause = Math.min(longestPauseMs, firstPauseMs * 1.5 ** tries);
  // So that those who began together do not march in step.
  await world.clock.sleep(pause * (1 + world.random()), signal);
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
}

/** The folder for what can be fetched again: below XDG_CACHE_HOME, on Windows below LOCALAPPDATA. */
function cacheFolder({ env, home, platform }: Pick<World, 'env' | 'home' | 'platform'>): string {
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'sbstatus', 'Cache');
  const named = env['XDG_CACHE_HOME'] ?? '';
  // The XDG specification: a relative path is to be ignored.
  return join(isAbsolute(named) ? named : join(home, '.cache'), 'sbstatus');
}
