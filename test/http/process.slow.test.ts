import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { certificates } from '../support/hostile/certificates.ts';
import { serve } from './ask.ts';

/**
 * What only a process of its own can show: that it ends by itself, how much memory it took, and what NODE_EXTRA_CA_CERTS
 * (read once, at the start) and NODE_TLS_REJECT_UNAUTHORIZED do.
 */

const program = `
  import { existsSync, readFileSync } from 'node:fs';
  import { createSend } from './src/http/client.ts';
  import { realClock } from './src/world.ts';
  const send = createSend({
    clock: realClock, random: Math.random, retries: 0, requestTimeoutMs: Number(process.argv[3]),
    trace: null, env: process.env, userAgent: 'sbstatus/test',
  });
  const bounds = { signal: new AbortController().signal, deadline: realClock.monotonic() + 10_000 };
  const { reply } = await send({ method: 'GET', url: new URL(process.argv[2]), headers: {} }, bounds);
  send.close();
  // Linux counts the parent's memory in maxRSS, from before the program was loaded; VmHWM is the process's own.
  const peak = existsSync('/proc/self/status') && /VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
  const kilobytes = peak ? Number(peak[1]) : process.resourceUsage().maxRSS;
  process.stdout.write(JSON.stringify([reply.status ?? reply.code, kilobytes / 1024]));
`;

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sbstatus-http-'));
  await build({
    stdin: { contents: program, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile: join(folder, 'ask.mjs'),
    // Some packages inside are CommonJS and call require for Node's own modules.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'silent',
  });
  await writeFile(join(folder, 'authority.pem'), (await certificates()).authority);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Run {
  readonly said: string | number;
  readonly megabytes: number;
  readonly stderr: string;
}

/** Fails where the process does not end by itself within 20 s. */
function ask(url: string, env: Record<string, string> = {}, requestTimeoutMs = 500): Promise<Run> {
  const args = [join(folder, 'ask.mjs'), url, String(requestTimeoutMs)];
  const child = spawn(process.execPath, args, { env, timeout: 20_000 });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (code !== 0) return reject(new Error(`ended with ${code ?? signal}: ${stdout} ${stderr}`));
      const [said, megabytes] = JSON.parse(stdout) as [string | number, number];
      resolve({ said, megabytes, stderr });
    });
  });
}

function trusting(): Record<string, string> {
  return { NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem') };
}

test.each([
  ['tls-good', 200],
  ['tls-self-signed', 'tls-untrusted'],
  ['tls-expired', 'tls-expired'],
  ['tls-not-yet-valid', 'tls-expired'],
  ['tls-wrong-name', 'tls-host'],
  ['tls-too-old', 'tls-failed'],
  ['tls-wants-client-certificate', 'tls-failed'],
])('with the authority trusted, %s is %s, directly and through a proxy', async (name, said) => {
  const server = await serve(name);
  const proxy = await serve('proxy-works');
  expect(await ask(server.origin, trusting(), 5000)).toMatchObject({ said, stderr: '' });
  expect(proxy.requests).toEqual([]);
  const env = { ...trusting(), HTTPS_PROXY: proxy.origin };
  expect(await ask(server.origin, env, 5000)).toMatchObject({ said, stderr: '' });
  expect(proxy.requests[0]).toContain('CONNECT');
});

test('NODE_TLS_REJECT_UNAUTHORIZED=0 switches nothing off', async () => {
  const server = await serve('tls-self-signed');
  const proxy = await serve('proxy-works');
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  expect((await ask(server.origin, env, 5000)).said).toBe('tls-untrusted');
  expect((await ask(server.origin, { ...env, HTTPS_PROXY: proxy.origin }, 5000)).said).toBe('tls-untrusted');
  expect(server.requests).toEqual([]);
});

test('a proxy behind TLS must have a certificate that is trusted, whatever the environment says', async () => {
  const proxy = await serve('tls-self-signed');
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0', HTTPS_PROXY: proxy.origin };
  // Node 26 knows no certificate for an address where a proxy stands before the server.
  const expected = Number(process.versions.node.split('.')[0]) >= 26 ? 'proxy-invalid' : 'tls-untrusted';
  expect((await ask('https://127.0.0.1:9', env)).said).toBe(expected);
  expect(proxy.requests).toEqual([]);
});

test.each([
  ['never-answers', 'timeout'],
  ['body-never-ends', 'timeout'],
  ['one-byte-a-time', 'timeout'],
  ['slow-headers', 'timeout'],
  ['continue-for-ever', 'timeout'],
  ['switches-protocol', 'unexpected-status'],
  ['endless-body', 'too-large'],
  ['redirect-302', 302],
  ['tls-mute', 'timeout'],
  ['html-200', 200],
])('the process ends by itself after %s', async (name, said) => {
  const server = await serve(name);
  expect(await ask(server.origin)).toMatchObject({ said, stderr: '' });
});

test.each([
  ['proxy-hangs', 'timeout'],
  ['proxy-drips', 'timeout'],
  ['proxy-lies-then-hangs', 'timeout'],
  ['proxy-407', 'proxy-auth'],
])('the process ends by itself after %s', async (name, said) => {
  const proxy = await serve(name);
  expect(await ask('https://127.0.0.1:9', { HTTPS_PROXY: proxy.origin })).toMatchObject({ said, stderr: '' });
});

test.each(['bomb-gzip', 'bomb-deflate', 'bomb-brotli', 'bomb-in-an-error', 'endless-body', 'endless-header'])(
  '%s stays below 120 MB',
  async (name) => {
    const server = await serve(name);
    const { said, megabytes, stderr } = await ask(server.origin, {}, 5000);
    expect([said, stderr]).toEqual(['too-large', '']);
    expect(megabytes).toBeLessThan(120);
  },
);
