import { setMaxListeners } from 'node:events';
import { Fault } from '../core/fault.ts';
import type { Clock, HttpRequest, Send } from '../core/http.ts';
import type { Connections } from './agents.ts';
import type { Wire } from './attempt.ts';
import { exchange, type Tools } from './exchange.ts';
import { type Environment, proxyFor } from './proxy.ts';
import { revealHeaders, revealJson, secretsOf } from './reveal.ts';
import { createStrike } from './strike.ts';
import type { Trace } from './trace.ts';

export interface ClientOptions {
  readonly clock: Clock;
  /** 0 ≤ n < 1. */
  random(): number;
  /** Attempts after the first. */
  readonly retries: number;
  /** For one attempt, milliseconds. */
  readonly requestTimeoutMs: number;
  readonly trace: Trace | null;
  /** Where the proxy variables are; `{}` for never a proxy. */
  readonly env: Environment;
  readonly userAgent: string;
}

/** A `Send` with connections of its own. */
export interface HttpClient extends Send {
  /** Idle connections keep the process alive: call it when nothing is under way any more. */
  close(): void;
}

/** The one HTTP client of all providers. What a server can do to it: docs/faults.md. */
export function createSend(options: ClientOptions): HttpClient {
  const { clock } = options;
  const transport = lazily(() => loadTransport(options));
  const strikeFor = remembered(createStrike);
  const proxyOf = proxies(options.env);
  const unlimited = new WeakSet<AbortSignal>();
  let exchanges = 0;
  const send: Send = async (request, bounds) => {
    if (!unlimited.has(bounds.signal)) setMaxListeners(0, bounds.signal);
    unlimited.add(bounds.signal);
    exchanges += 1;
    const began = clock.monotonic();
    const course = { number: exchanges, attempts: 0, strike: strikeFor(secretsOf(request)) };
    const reply = await asValue(async () => {
      const { connections, tools } = await transport.get();
      const wire = await wireOf(request, options, connections, proxyOf(request.url));
      return exchange({ request, wire, bounds }, tools, course);
    });
    return { reply, attempts: course.attempts, durationMs: clock.monotonic() - began };
  };
  const close = () => void transport.loaded()?.then(({ connections }) => connections.close());
  return Object.assign(send, { close });
}

interface Transport {
  readonly connections: Connections;
  readonly tools: Tools;
}

/** got and Node's HTTP take long to load: only a command that asks something pays for it. */
async function loadTransport(options: ClientOptions): Promise<Transport> {
  const [{ attempt }, { createConnections }] = await Promise.all([import('./attempt.ts'), import('./agents.ts')]);
  const connections = createConnections(options.requestTimeoutMs);
  return { connections, tools: { ...options, attempt, dropIdle: connections.dropIdle } };
}

/** The proxy for an address, looked up once an origin: reading the environment takes long. Throws a `proxy-invalid` fault. */
function proxies(env: Environment): (url: URL) => URL | null {
  const known = new Map<string, URL | null>();
  return (url) => {
    const proxy = known.has(url.origin) ? (known.get(url.origin) ?? null) : proxyFor(url, env);
    known.set(url.origin, proxy);
    return proxy;
  };
}

/** Throws a `config-invalid` fault before anything is sent. */
async function wireOf(
  request: HttpRequest,
  options: ClientOptions,
  connections: Connections,
  proxy: URL | null,
): Promise<Wire> {
  const headers = revealHeaders({ 'user-agent': options.userAgent, ...request.headers });
  return {
    method: request.method,
    url: request.url,
    headers: request.json === undefined ? headers : { 'content-type': 'application/json', ...headers },
    body: request.json === undefined ? null : revealJson(request.json),
    agents: await connections.through(proxy, request.url.protocol),
    peer: { origin: request.url.origin, proxy: proxy?.origin ?? null },
  };
}

async function asValue<T>(work: () => Promise<T>): Promise<T | Fault> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

function lazily<T>(load: () => Promise<T>): { get(): Promise<T>; loaded(): Promise<T> | null } {
  let promise: Promise<T> | null = null;
  return {
    get: () => {
      promise ??= load();
      return promise;
    },
    loaded: () => promise,
  };
}

/** Remembers the last result: the same secrets go with nearly every request. */
function remembered<T>(make: (texts: readonly string[]) => T): (texts: readonly string[]) => T {
  let last: { readonly texts: readonly string[]; readonly made: T } | null = null;
  return (texts) => {
    const same = last?.texts.length === texts.length && texts.every((text, i) => text === last?.texts[i]);
    if (last === null || !same) last = { texts, made: make(texts) };
    return last.made;
  };
}
