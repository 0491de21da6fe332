import { afterEach, expect } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import type { Exchange, HttpRequest, Limits, Reply } from '../../src/core/http.ts';
import { type ClientOptions, createSend, type HttpClient } from '../../src/http/client.ts';
import { realClock } from '../../src/world.ts';
import { type Behaviour, behaviourNamed, type HostileServer, startHostile } from '../support/hostile-server.ts';

/** What the tests of the client share: servers, clients and bounds that do not outlive the test. */

const endings: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

export async function serve(behaviour: Behaviour | string, elsewhere?: string): Promise<HostileServer> {
  const server = await startHostile(typeof behaviour === 'string' ? behaviourNamed(behaviour) : behaviour, elsewhere);
  endings.push(server.close);
  return server;
}

export function client(options: Partial<ClientOptions> = {}): HttpClient {
  const send = createSend({
    clock: realClock,
    random: () => 0,
    retries: 0,
    requestTimeoutMs: 60_000,
    trace: null,
    env: {},
    userAgent: 'sbstatus/test',
    ...options,
  });
  endings.push(send.close);
  return send;
}

/** Bounds that end `ms` from now. */
export function within(ms: number, signal: AbortSignal = new AbortController().signal): Limits {
  return { signal, deadline: realClock.monotonic() + ms };
}

export function get(url: string, rest: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url: new URL(url), headers: {}, ...rest };
}

export function replyOf({ reply }: Exchange): Reply {
  if (reply instanceof Fault) throw new Error(`a reply was expected, not ${reply.code}: ${reply.message}`);
  return reply;
}

export function faultOf({ reply }: Exchange): Fault {
  if (!(reply instanceof Fault)) throw new Error(`a fault was expected, not HTTP ${reply.status}`);
  return reply;
}

export function textOf(exchange: Exchange): string {
  return Buffer.from(replyOf(exchange).bytes).toString('latin1');
}

/** Runs `work` and returns what Node warned of meanwhile. */
export async function warningsOf(work: () => Promise<void>): Promise<string[]> {
  const warnings: string[] = [];
  const listen = (warning: Error) => warnings.push(`${warning.name}: ${warning.message}`);
  process.on('warning', listen);
  try {
    await work();
    // Warnings are emitted on the next tick.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('warning', listen);
  }
  return warnings;
}

/** Every connection ends once the client has closed. */
export async function expectNoConnections(...servers: readonly HostileServer[]): Promise<void> {
  const open = () => servers.map((server) => server.openConnections());
  await expect.poll(open, { interval: 5 }).toEqual(servers.map(() => 0));
}
