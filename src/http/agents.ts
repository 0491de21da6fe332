import { setMaxListeners } from 'node:events';
import { type ClientRequest, Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent, RequestOptions } from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import { platform } from 'node:os';
import { type Environment, proxyAuthorization } from './proxy.ts';
import { createHostLookup } from './resolve-host.ts';

/** SFMC closes idle connections after 5 s; a request sent into a closing one is lost. */
const idleMs = 4000;

/** What sends requests, by the protocol of their addresses; what is not needed is not there. */
export interface Agents {
  readonly http?: HttpAgent;
  readonly https?: HttpsAgent;
  /** Instead of Node's own function of this name. */
  readonly request?: (url: URL, options: RequestOptions) => ClientRequest;
}

/** Keep-alive connections, direct and through proxies. */
export interface Connections {
  /** `proxy` null: direct. The library for proxies is loaded only when there is one, TLS only for `https:`. */
  through(proxy: URL | null, protocol: string): Promise<Agents>;
  /** Closes idle connections, so that the next request gets a fresh one. */
  dropIdle(): void;
  close(): void;
}

/** `connectTimeoutMs`: how long a proxy may be silent before it has opened the way. */
export function createConnections(connectTimeoutMs: number, env: Environment): Connections {
  const known = new Map<string, Agents>();
  const life = new AbortController();
  setMaxListeners(0, life.signal);
  const hostsFile =
    platform() === 'win32' ? `${env['SystemRoot'] ?? 'C:\\Windows'}\\System32\\drivers\\etc\\hosts` : '/etc/hosts';
  const lookup = createHostLookup({ signal: life.signal, hostsFile });
  return {
    async through(proxy, protocol) {
      const key = `${protocol}${proxy?.href ?? ''}`;
      const agents =
        known.get(key) ??
        (proxy === null
          ? await createDirectAgents(protocol, lookup)
          : await createProxyAgents(proxy, protocol, connectTimeoutMs, { lookup, signal: life.signal }));
      // While a library was loading, another request may have made them.
      if (!known.has(key)) known.set(key, agents);
      return known.get(key) ?? agents;
    },
    dropIdle() {
      for (const agent of agentsOf(known)) {
        for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
      }
    },
    close() {
      for (const agent of agentsOf(known)) agent.destroy();
      known.clear();
      life.abort();
    },
  };
}

function agentsOf(known: ReadonlyMap<string, Agents>): HttpAgent[] {
  const agents: HttpAgent[] = [];
  for (const { http, https } of known.values()) {
    if (http !== undefined) agents.push(http);
    if (https !== undefined) agents.push(https);
  }
  return agents;
}

/** `rejectUnauthorized` is said aloud, so that NODE_TLS_REJECT_UNAUTHORIZED cannot switch the checks off. */
const always = { keepAlive: true, rejectUnauthorized: true };

async function createDirectAgents(protocol: string, lookup: LookupFunction): Promise<Agents> {
  const options = { ...always, timeout: idleMs, lookup };
  if (protocol === 'http:') return { http: new HttpAgent(options) };
  const { Agent } = await import('node:https');
  return { https: new Agent(options) };
}

/** What a CONNECT needs. It belongs to no agent, so `signal` must end it: else it would keep the process alive. */
interface TunnelOptions {
  readonly lookup: LookupFunction;
  readonly signal: AbortSignal;
}

async function createProxyAgents(
  proxy: URL,
  protocol: string,
  connectTimeoutMs: number,
  tunnel: TunnelOptions,
): Promise<Agents> {
  if (protocol === 'http:') return createForwardingAgents(proxy, tunnel.lookup);
  const { HttpsProxyAgent } = await import('hpagent');
  const proxyRequestOptions = { rejectUnauthorized: true, ...tunnel };
  const agent = new HttpsProxyAgent({ ...always, timeout: connectTimeoutMs, proxy, proxyRequestOptions });
  agent.on('free', limitIdle);
  return { https: agent };
}

/** A proxy is asked for the whole of an http: address, without CONNECT: many allow that for port 443 alone. */
async function createForwardingAgents(proxy: URL, lookup: LookupFunction): Promise<Agents> {
  const { Agent, request } = await import(proxy.protocol === 'https:' ? 'node:https' : 'node:http');
  const { hostname, port } = proxy;
  const login = proxyAuthorization(proxy);
  const authorization = login === null ? {} : { 'proxy-authorization': login };
  return {
    http: new Agent({ ...always, timeout: idleMs, lookup }),
    request: (url, { headers, ...options }) =>
      request({
        ...options,
        hostname: hostname.replace(/^\[|\]$/g, ''),
        port,
        path: url.href,
        headers: { ...headers, host: url.host, ...authorization },
      }),
  };
}

/** hpagent knows one `timeout` for both the CONNECT and idleness; a shorter one that the server asked for stands. */
function limitIdle(socket: Socket): void {
  if (socket.timeout === undefined || socket.timeout === 0 || socket.timeout > idleMs) socket.setTimeout(idleMs);
}
