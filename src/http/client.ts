import { Fault } from '../core/fault.ts';
import type { Clock, HttpRequest, Reply, Send } from '../core/http.ts';
import type { Connections } from './agents.ts';
import type { SendOptions, SendRequest } from './attempt.ts';
import { type ExchangeDeps, type ExchangeState, exchange, type Transport } from './exchange.ts';
import { type Environment, proxyAuthorization, proxyFor } from './proxy.ts';
import { createRedactor, type Redactor, revealHeaders, secretsOf } from './redactor.ts';
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
  let loading: Promise<LoadedClient> | null = null;
  let exchanges = 0;
  const send: Send = async (request, bounds) => {
    exchanges += 1;
    const state: ExchangeState = { number: exchanges, attempts: 0, beganAt: null, hasTimedOut: false };
    let reply: Reply | Fault;
    try {
      loading ??= loadClient(options);
      const client = await loading;
      reply = await exchange({ request, transport: await transportOf(request, client), bounds }, client.deps, state);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      reply = error;
    }
    return { reply, attempts: state.attempts, durationMs: clock.monotonic() - (state.beganAt ?? clock.monotonic()) };
  };
  const close = async () => (await loading)?.connections.close();
  return Object.assign(send, { close });
}

interface CacheEntry {
  readonly origin: string;
  readonly method: HttpRequest['method'];
  readonly transport: Promise<Transport>;
}

export interface LoadedClient {
  readonly options: Pick<ClientOptions, 'env' | 'userAgent'>;
  readonly connections: Connections;
  readonly deps: ExchangeDeps;
  readonly redactor: Redactor;
  readonly transports: WeakMap<HttpRequest['headers'], CacheEntry>;
  createSendRequest(options: SendOptions): SendRequest;
}

/** got and Node's HTTP take long to load: only a command that asks something pays for it. */
async function loadClient(options: ClientOptions): Promise<LoadedClient> {
  const [{ attempt, createSendRequest }, { createConnections }] = await Promise.all([
    import('./attempt.ts'),
    import('./agents.ts'),
  ]);
  const connections = createConnections(options.requestTimeoutMs, options.env);
  const deps = { ...options, attempt, dropIdle: connections.dropIdle };
  return { options, connections, deps, redactor: createRedactor(), transports: new WeakMap(), createSendRequest };
}

/**
 * The transport of a request; rejects with a `config-invalid` or `proxy-invalid` fault before anything is sent. Whoever sends
 * the same headers object again is given the same one: to make one takes longer than all else that is done for a request.
 */
export function transportOf(request: HttpRequest, client: Omit<LoadedClient, 'deps'>): Promise<Transport> {
  // A body has secrets of its own.
  if (request.json !== undefined) return openTransport(request, client);
  const { method, url, headers } = request;
  const { origin } = url;
  const known = client.transports.get(headers);
  if (known?.origin === origin && known.method === method) return known.transport;
  const transport = openTransport(request, client);
  client.transports.set(headers, { origin, method, transport });
  return transport;
}

async function openTransport(request: HttpRequest, client: Omit<LoadedClient, 'deps'>): Promise<Transport> {
  const { options, connections, redactor, createSendRequest } = client;
  const content = request.json === undefined ? {} : { 'content-type': 'application/json' };
  const ownHeaders = { 'user-agent': options.userAgent, accept: 'application/json', ...content };
  const headers = revealHeaders({ ...ownHeaders, ...request.headers });
  const proxy = proxyFor(request.url, options.env);
  const login = proxy === null ? null : proxyAuthorization(proxy.url);
  redactor.add(login === null ? secretsOf(request) : [...secretsOf(request), login]);
  const agents = await connections.through(proxy?.url ?? null, request.url.protocol);
  return {
    peer: { origin: request.url.origin, proxy },
    sendRequest: createSendRequest({ method: request.method, headers, agents }),
    redactor,
    ownHeaders,
  };
}
