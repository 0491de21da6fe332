import type { HttpRequest } from '../core/http.ts';
import type { Connections } from './agents.ts';
import type { Call, CallOptions } from './attempt.ts';
import type { Peer } from './network-fault.ts';
import { type Environment, proxyFor } from './proxy.ts';
import { revealHeaders, secretsOf } from './reveal.ts';
import { createStrike, type Strike } from './strike.ts';

/** What all requests with the same credentials to the same origin have in common. */
export interface Route {
  readonly peer: Peer;
  readonly call: Call;
  readonly strike: Strike;
  /** What goes out beside the headers of the request. */
  readonly ownHeaders: Readonly<Record<string, string>>;
}

export interface RouteOptions {
  /** Where the proxy variables are; `{}` for never a proxy. */
  readonly env: Environment;
  readonly userAgent: string;
  readonly connections: Connections;
  createCall(options: CallOptions): Call;
}

interface Kept {
  readonly origin: string;
  readonly method: HttpRequest['method'];
  readonly route: Promise<Route>;
}

/**
 * The route of a request; rejects with a `config-invalid` or `proxy-invalid` fault before anything is sent. Whoever sends
 * the same headers object again is given the same route: to make one takes longer than all else that is done for a request.
 */
export function createRoutes(options: RouteOptions): (request: HttpRequest) => Promise<Route> {
  const known = new WeakMap<HttpRequest['headers'], Kept>();
  return (request) => {
    // A body has secrets of its own.
    if (request.json !== undefined) return routeOf(request, options);
    const { method, url, headers } = request;
    const { origin } = url;
    const kept = known.get(headers);
    if (kept?.origin === origin && kept.method === method) return kept.route;
    const route = routeOf(request, options);
    known.set(headers, { origin, method, route });
    return route;
  };
}

async function routeOf(request: HttpRequest, options: RouteOptions): Promise<Route> {
  const { userAgent, env, connections, createCall } = options;
  const content = request.json === undefined ? {} : { 'content-type': 'application/json' };
  const ownHeaders = { 'user-agent': userAgent, accept: 'application/json', ...content };
  const headers = revealHeaders({ ...ownHeaders, ...request.headers });
  const proxy = proxyFor(request.url, env);
  const agents = await connections.through(proxy, request.url.protocol);
  return {
    peer: { origin: request.url.origin, proxy: proxy?.origin ?? null },
    call: createCall({ method: request.method, headers, agents }),
    strike: createStrike(secretsOf(request)),
    ownHeaders,
  };
}
