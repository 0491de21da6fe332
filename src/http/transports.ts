import type { HttpRequest } from '../core/http.ts';
import type { Connections } from './agents.ts';
import type { SendOptions, SendRequest } from './attempt.ts';
import type { Peer } from './network-fault.ts';
import { type Environment, proxyFor } from './proxy.ts';
import { createRedactor, type Redactor, revealHeaders, secretsOf } from './redactor.ts';

/** What all requests with the same credentials to the same origin have in common; the redactor is every request's. */
export interface Transport {
  readonly peer: Peer;
  readonly call: SendRequest;
  readonly redactor: Redactor;
  /** What goes out beside the headers of the request. */
  readonly ownHeaders: Readonly<Record<string, string>>;
}

export interface TransportOptions {
  /** Where the proxy variables are; `{}` for never a proxy. */
  readonly env: Environment;
  readonly userAgent: string;
  readonly connections: Connections;
  createSendRequest(options: SendOptions): SendRequest;
}

interface CacheEntry {
  readonly origin: string;
  readonly method: HttpRequest['method'];
  readonly route: Promise<Transport>;
}

/**
 * The route of a request; rejects with a `config-invalid` or `proxy-invalid` fault before anything is sent. Whoever sends
 * the same headers object again is given the same route: to make one takes longer than all else that is done for a request.
 */
export function createTransports(options: TransportOptions): (request: HttpRequest) => Promise<Transport> {
  const known = new WeakMap<HttpRequest['headers'], CacheEntry>();
  const redactor = createRedactor();
  return (request) => {
    // A body has secrets of its own.
    if (request.json !== undefined) return openTransport(request, options, redactor);
    const { method, url, headers } = request;
    const { origin } = url;
    const kept = known.get(headers);
    if (kept?.origin === origin && kept.method === method) return kept.route;
    const route = openTransport(request, options, redactor);
    known.set(headers, { origin, method, route });
    return route;
  };
}

async function openTransport(request: HttpRequest, options: TransportOptions, redactor: Redactor): Promise<Transport> {
  const { userAgent, env, connections, createSendRequest } = options;
  const content = request.json === undefined ? {} : { 'content-type': 'application/json' };
  const ownHeaders = { 'user-agent': userAgent, accept: 'application/json', ...content };
  const headers = revealHeaders({ ...ownHeaders, ...request.headers });
  redactor.add(secretsOf(request));
  const proxy = proxyFor(request.url, env);
  const agents = await connections.through(proxy, request.url.protocol);
  return {
    peer: { origin: request.url.origin, proxy: proxy?.origin ?? null },
    call: createSendRequest({ method: request.method, headers, agents }),
    redactor,
    ownHeaders,
  };
}
