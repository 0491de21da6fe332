import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import type { StoredToken, TokenKey } from '../../src/core/token-store.ts';
import { createDiskTokens } from '../../src/disk/tokens.ts';
import { realClock } from '../../src/world.ts';

export const now = Date.parse('2026-03-11T19:54:10.000Z');

export function key(account: string | null = '7000001', secret = 'the-client-secret'): TokenKey {
  const endpoint = new URL('https://mc1.auth.marketingcloudapis.com/v2/token');
  return {
    endpoint,
    client: new Secret('the-client-id', 'SFMC_CLIENT_ID'),
    secret: new Secret(secret, 'SFMC_CLIENT_SECRET'),
    account,
  };
}

export function token(text = 'the-access-token', livesMs = 60_000): StoredToken {
  return {
    accessToken: new Secret(text, 'SFMC_ACCESS_TOKEN'),
    expiresAt: now + livesMs,
    restUrl: 'https://rest.example/',
  };
}

export const patient = () => ({
  signal: new AbortController().signal,
  deadline: realClock.monotonic() + 20_000,
});

/** A home of its own, and stores in it as other processes would open them. */
export function scene() {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'sbstatus-disk-')));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const troubles: string[] = [];
  const world = {
    env: {},
    home,
    platform: 'linux',
    uid: process.getuid?.() ?? null,
    host: 'here',
    pid: process.pid,
    isAlive: (pid: number) => pid === process.pid,
    clock: { ...realClock, now: () => now },
    random: Math.random,
  };
  return {
    folder: join(home, '.cache/sbstatus'),
    world,
    troubles,
    open: (changes: Partial<typeof world> = {}) =>
      createDiskTokens('sfmc', { ...world, ...changes }, (what) => troubles.push(what)),
  };
}
