import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportSchema, resultSchema } from '../../src/core/record.ts';
import { certificates } from '../support/hostile/certificates.ts';
import {
  type Behaviour,
  behaviourNamed,
  behaviours,
  type HostileServer,
  startHostile,
} from '../support/hostile-server.ts';
import type { Outcome } from '../support/run.ts';
import type { Cell, Told } from './cells.ts';
import { type Column, columns, secrets } from './commands.ts';
import { codesOf, columnsFor, expected } from './expected.ts';

/**
 * Look-ups against everything a server was ever feared to do, through the whole program. Each behaviour has a process of
 * its own, which must end by itself; it runs its commands twice, for a script and for a person. What the client makes of
 * each behaviour is tried in test/http: here one command meets all of them, and every command meets ten.
 */

/** More than any look-up takes, however busy the machine is. */
const deadlineMs = 60_000;
/** Only what hangs takes longer, milliseconds. */
const hangMs = 100_000;

/** These are waited for in vain, so not for long; the others have all the time that a busy machine needs. */
const silent =
  /^(never-answers|body-never-ends|one-byte-a-time|slow-headers|continue-for-ever|tls-mute|proxy-(hangs|drips|lies-then-hangs))$/;

const thief: Behaviour = { name: 'thief', kind: 'http', answer: (socket) => socket.end() };
const servers: Record<'tls' | 'thief', HostileServer> = {} as never;
let folder = '';
/** Each Node takes another amount by itself. */
let ordinaryMegabytes = 0;

beforeAll(async () => {
  servers.tls = await startHostile(behaviourNamed('tls-good'));
  servers.thief = await startHostile(thief);
  folder = await mkdtemp(join(tmpdir(), 'sbstatus-matrix-'));
  await writeFile(join(folder, 'authority.pem'), (await certificates()).authority);
  await build({
    entryPoints: { cells: 'test/hostile/cells.ts' },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['typescript'],
    // Some packages inside are CommonJS and call require for Node's own modules.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'silent',
  });
  const good = behaviourNamed('tls-good');
  ordinaryMegabytes = (await ran([...forScripts(columns, good, servers.tls), ...forPeople(columns, good, servers.tls)]))
    .megabytes;
});

afterAll(async () => {
  for (const server of Object.values(servers)) await server.close();
  await rm(folder, { recursive: true, force: true });
});

test('every behaviour has its row', () => {
  expect([...expected.keys()].sort()).toEqual(behaviours.map(({ name }) => name).sort());
});

test('a planted secret would be found', () => {
  const { sfmcSecret } = secrets;
  for (const form of [sfmcSecret, encodeURIComponent(sfmcSecret), btoa(sfmcSecret), btoa(`user:${sfmcSecret}:x`)]) {
    expect(() => expectNoSecret(`<${form}>`)).toThrow();
  }
});

describe.concurrent(`${behaviours.length} behaviours`, () => {
  test.each(behaviours.map((behaviour) => [behaviour.name, behaviour] as const))('%s', async (name, behaviour) => {
    const server = await startHostile(behaviour, servers.thief.origin);
    const asking = columnsFor(name);
    const cells = [...forScripts(asking, behaviour, server), ...forPeople(asking, behaviour, server)];
    const runs = await allTold(name.startsWith('bomb') ? cells.map((cell) => [cell]) : [cells]);
    await server.close();

    const codes = codesOf(expected.get(name)!).slice(0, asking.length);
    expect(runs.map(({ code }) => code)).toEqual([...codes, ...codes]);
    runs.slice(0, asking.length).forEach(expectAnswer);
    runs.slice(asking.length).forEach(expectHarmless);
    for (const { stdout, stderr, ms } of runs) {
      expectNoSecret(stdout + stderr);
      expect(ms).toBeLessThan(hangMs);
    }
    expect(servers.thief.requests).toEqual([]);
  });
});

function forScripts(asking: readonly Column[], behaviour: Behaviour, server: HostileServer): Cell[] {
  return asking.map((column) => ({
    argv: [...argvOf(column, behaviour), '--json', '--raw'],
    setting: { env: envOf(column, behaviour, server) },
  }));
}

function forPeople(asking: readonly Column[], behaviour: Behaviour, server: HostileServer): Cell[] {
  return asking.map((column) => ({
    argv: [...argvOf(column, behaviour), '--debug'],
    setting: { env: { ...envOf(column, behaviour, server), NO_COLOR: '1' }, columns: 80 },
  }));
}

function argvOf({ argv }: Column, { name }: Behaviour): string[] {
  const bounds = ['--request-timeout', silent.test(name) ? '400ms' : '40s', '--timeout', `${deadlineMs}ms`];
  return [...argv, ...bounds, '--retries', '1', '--rate', 'off'];
}

/** A proxy stands before a server with which nothing is wrong. */
function envOf(column: Column, { kind }: Behaviour, server: HostileServer): Record<string, string> {
  if (kind !== 'proxy') return { ...column.env(server.origin) };
  const proxy = `http://user:${secrets.proxyPassword}@127.0.0.1:${server.port}`;
  return { ...column.env(servers.tls.origin), HTTPS_PROXY: proxy };
}

/** A process for each group of cells: how much memory a run takes can be told only where it is alone. */
async function allTold(groups: readonly (readonly Cell[])[]): Promise<Told['runs']> {
  const runs: Told['runs'][number][] = [];
  for (const cells of groups) runs.push(...(await told(cells)));
  return runs;
}

/** Fails where the process takes more memory than twelve ordinary runs, and what refusing a body of 2 MiB takes beside. */
async function told(cells: readonly Cell[]): Promise<Told['runs']> {
  const { runs, megabytes } = await ran(cells);
  expect(megabytes).toBeLessThan(ordinaryMegabytes + 10 + 4 * cells.length);
  return runs;
}

/** Fails where the process has anything to say on stderr, such as a warning of Node, or does not end by itself. */
async function ran(cells: readonly Cell[]): Promise<Told> {
  const env = { NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem') };
  const child = spawn(process.execPath, [join(folder, 'cells.mjs')], { env, timeout: hangMs });
  child.stdin.end(JSON.stringify(cells));
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(code ?? signal)));
  const [stdout, stderr, end] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  expect([stderr, end]).toEqual(['', 0]);
  return JSON.parse(stdout) as Told;
}

const answerSchema = v.union([resultSchema, reportSchema]);

/** A valid record or report on stdout; on stderr nothing, or why and what to do next, in one line. */
function expectAnswer({ code, stdout, stderr }: Outcome): void {
  expect(v.parse(answerSchema, JSON.parse(stdout)).exit.code).toBe(code);
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('note: '));
  expect(lines).toHaveLength(code === 0 ? 0 : 1);
  for (const line of lines) expect(line).toMatch(/^error: \S.+; hint: \S.+$/);
}

/** Nothing that a terminal would obey. */
function expectHarmless({ stdout, stderr }: Outcome): void {
  expect(stdout + stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
}

const forms = Object.values(secrets).flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  // Within longer base64 the ends depend on the neighbours.
  ...[1, 2].map((shift) =>
    Buffer.from(' '.repeat(shift) + secret)
      .toString('base64')
      .slice(4, -4),
  ),
]);

function expectNoSecret(said: string): void {
  for (const form of forms) expect(said).not.toContain(form);
}
