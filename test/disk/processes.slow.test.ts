import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { longestLivingHoldMs } from '../../src/disk/lock.ts';
import { startMock } from '../../src/mock/server.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { realClock } from '../../src/world.ts';
import { builtBin, runBin } from '../support/bin.ts';
import { keepOutput } from '../support/transcript.ts';

const providers = await loadProviders();

const processes = Number(process.env['SBSTATUS_TEST_PROCESSES'] ?? 200);

/** A mock that takes its time over a token, the settings that lead there, and a cache of its own. */
async function stage() {
  const log: string[] = [];
  const mock = await startMock({
    providers,
    host: '127.0.0.1',
    port: 0,
    clock: realClock,
    latencyMs: 200,
    log: (line) => log.push(line),
  });
  const cache = mkdtempSync(join(tmpdir(), 'sbstatus-cache-'));
  onTestFinished(async () => {
    await mock.close();
    rmSync(cache, { recursive: true, force: true });
  });
  const settings = mock.settingsOf('sfmc');
  const env = { XDG_CACHE_HOME: cache };
  for (const [key, { env: names }] of Object.entries(providers['sfmc']?.settings ?? {})) {
    const value = settings[key];
    if (value !== undefined && names[0] !== undefined) Object.assign(env, { [names[0]]: value });
  }
  const tokensAsked = () => log.filter((line) => line.startsWith('POST /sfmc/v2/token')).length;
  return { env, folder: join(cache, 'sbstatus'), tokensAsked, bin: builtBin() };
}

/** Looks at the cache over and over until stopped: what is there must be whole and private at every moment. */
function watchCache(folder: string) {
  const seen = { looks: 0, wrong: [] as string[] };
  const look = () => {
    for (const name of namesIn(folder).filter((each) => each.endsWith('.json'))) {
      seen.looks += 1;
      const path = join(folder, name);
      const mode = lstatSync(path).mode & 0o777;
      if (mode !== 0o600) seen.wrong.push(`${name} has mode ${mode.toString(8)}`);
      const text = readFileSync(path, 'utf8');
      // The token itself belongs there, and nothing else that is secret.
      keepOutput(`cache ${name}`, text.replace(/"accessToken":"[^"]*"/, ''));
      if (!isWhole(text)) seen.wrong.push(`${name} is not whole`);
    }
  };
  const timer = setInterval(look, 3);
  return () => {
    clearInterval(timer);
    look();
    return seen;
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isWhole(text: string): boolean {
  try {
    return JSON.parse(text).schema === 'sbstatus.token/1';
  } catch {
    return false;
  }
}

test(`${processes} processes at once fetch one token, and a second one where the first fetcher is killed while it writes`, {
  timeout: 600_000,
}, async () => {
  const { env, folder, tokensAsked, bin } = await stage();
  const stop = watchCache(folder);
  const preload = `--require=${JSON.stringify(fileURLToPath(new URL('killed-writer.cjs', import.meta.url)))}`;
  const killed = runBin(bin, ['sfmc', 'get', 'sent'], { env: { ...env, NODE_OPTIONS: preload } });
  await expect.poll(tokensAsked, { timeout: 100_000 }).toBe(1);
  // The mock server shares the machine with them, and may need longer than the usual 10 s for its answer; a request
  // that is given up is repeated, and would be counted twice.
  const patience = ['--timeout', '3m', '--request-timeout', '2m'];
  const others = Array.from({ length: processes - 1 }, (_, i) =>
    runBin(bin, ['sfmc', 'get', `sent-${i}`, ...patience, '--field', 'exit.code'], { env }),
  );
  expect((await killed).signal).toBe('SIGKILL');
  const began = Date.now();
  const outcomes = await Promise.all(others);
  const seen = stop();
  expect(outcomes.filter(({ code, stdout }) => code !== 0 || stdout !== '0\n')).toEqual([]);
  // On a machine so busy that a fetcher holds the lock for longer than a living one may, the next one fetches too.
  const overdue = Math.floor((Date.now() - began) / longestLivingHoldMs);
  expect(tokensAsked()).toBeGreaterThanOrEqual(2);
  expect(tokensAsked()).toBeLessThanOrEqual(2 + overdue);
  expect(seen.wrong).toEqual([]);
  expect(seen.looks).toBeGreaterThan(0);
  expect(namesIn(folder).filter((name) => name.includes('lock'))).toEqual([]);
});

test('where nobody is killed, one token does for all', async () => {
  const { env, tokensAsked, bin } = await stage();
  const get = (_: unknown, i: number) => runBin(bin, ['sfmc', 'get', `sent-${i}`, '-q'], { env });
  const outcomes = await Promise.all(Array.from({ length: 8 }, get));
  expect(outcomes.map(({ code }) => code)).toEqual(Array.from({ length: 8 }, () => 0));
  expect(tokensAsked()).toBe(1);
});

test('without the cache each process fetches its own token and leaves nothing on the disk', async () => {
  const { env, folder, tokensAsked, bin } = await stage();
  const argv = ['sfmc', 'get', 'sent', '--no-token-cache', '-q'];
  for (const outcome of [await runBin(bin, argv, { env }), await runBin(bin, argv, { env })]) {
    expect(outcome).toMatchObject({ code: 0, stdout: '' });
  }
  expect(tokensAsked()).toBe(2);
  expect(namesIn(folder)).toEqual([]);
});

test('a token that the provider refuses is fetched anew once, for everybody', async () => {
  const { env, tokensAsked, bin } = await stage();
  const get = (id: string) => runBin(bin, ['sfmc', 'get', id, '-q'], { env });
  expect((await get('sent')).code).toBe(0);
  expect((await get('token-expired')).code).toBe(0);
  expect((await get('sent')).code).toBe(0);
  expect(tokensAsked()).toBe(2);
});
