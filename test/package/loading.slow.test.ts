import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startMock } from '../../src/mock/server.ts';
import { loadProviders, providerIds } from '../../src/providers/index.ts';
import { realClock } from '../../src/world.ts';
import { loadedBy } from './loaded.ts';

const providers = await loadProviders();

const lookup = ['sendblue', 'get', 'delivered'];

/** Credentials and address of a mock server in this process, so that the look-up loads none. */
async function environment(): Promise<Record<string, string>> {
  const mock = await startMock({ providers, host: '127.0.0.1', port: 0, clock: realClock });
  onTestFinished(() => mock.close());
  const { apiKeyId = '', apiSecretKey = '', baseUrl = '' } = mock.settingsOf('sendblue');
  return { SENDBLUE_API_API_KEY: apiKeyId, SENDBLUE_API_API_SECRET: apiSecretKey, SENDBLUE_API_BASE_URL: baseUrl };
}

test('--version loads one file and no package', async () => {
  const { files, packages } = await loadedBy(['--version']);
  expect([...files].sort()).toEqual(['main.cjs', 'sbstatus.js']);
  expect([...packages]).toEqual([]);
});

test('--help loads what the providers say of themselves, but no HTTP client, no table, no config reader', async () => {
  const { files, packages, builtins } = await loadedBy(['--help']);
  const parts = ['lookup.cjs', 'main.cjs', 'sbstatus.js', ...providerIds.map((id) => `${id}.cjs`)];
  expect([...files].sort()).toEqual(parts.sort());
  // The queue of the look-ups, 1 KB, lies in the same file as what describes them.
  expect([...packages].sort()).toEqual(['commander', 'tinyqueue', 'valibot']);
  expect(builtins).not.toContain('http');
  expect(builtins).not.toContain('child_process');
});

test('a look-up as JSON loads the client and its own provider beside it, and nothing that draws', async () => {
  const { files, modules, packages } = await loadedBy([...lookup, '--json'], await environment());
  expect([...files].sort()).toEqual(['http.cjs', 'lookup.cjs', 'main.cjs', 'sbstatus.js', 'sendblue.cjs']);
  expect(packages).toContain('got');
  for (const name of ['ora', 'chalk', 'cli-table3', 'string-width', 'cosmiconfig', 'hpagent', 'csv-stringify']) {
    expect(packages).not.toContain(name);
  }
  const drawing = modules.filter((path) => /^src\/render\/(table|tsv|card|grid|frame|screen|width)\.ts$/.test(path));
  expect(drawing).toEqual([]);
  expect(modules.filter((path) => path.startsWith('src/mock/'))).toEqual([]);
});

test('what got brings for other programs stays out', async () => {
  const { packages, builtins } = await loadedBy([...lookup, '--json'], await environment());
  for (const name of ['http2-wrapper', 'cacheable-request', 'cacheable-lookup', 'keyv', 'form-data-encoder']) {
    expect(packages).not.toContain(name);
  }
  // An http: address needs no TLS; the rest belongs to features that nobody asked for.
  for (const name of ['http2', 'tls', 'https', 'zlib', 'crypto', 'child_process']) {
    expect(builtins).not.toContain(name);
  }
});

test('Node’s fetch and WebSocket stay out', async () => {
  const { builtins } = await loadedBy([...lookup, '--json'], await environment());
  expect(builtins.filter((name) => name.includes('undici'))).toEqual([]);
});

test('a table in a pipe loads no table library, and no spinner', async () => {
  const { modules, packages } = await loadedBy(lookup, await environment());
  expect(modules).toContain('src/render/tsv.ts');
  for (const name of ['ora', 'chalk', 'cli-table3', 'string-width']) expect(packages).not.toContain(name);
});

test('a config file loads its reader', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sbstatus-loading-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'config.yaml');
  writeFileSync(file, 'sendblue: { baseUrl: https://api.sendblue.co }\n', { mode: 0o600 });
  const env = await environment();
  const { packages } = await loadedBy([...lookup, '--json', '--config', file], env);
  expect(packages).toContain('cosmiconfig');
});
