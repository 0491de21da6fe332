import { setMaxListeners } from 'node:events';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';

/** SFMC closes idle connections after 5 s; a request sent into a closing one is lost. */
const idleMs = 4000;

export interface AgentPair {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** Keep-alive connections, direct and through proxies. */
export interface Connections {
  /** `proxy` null: direct. The library for proxies is loaded only when there is one. */
  through(proxy: URL | null): Promise<AgentPair>;
  /** Closes idle connections, so that the next request gets a fresh one. */
  dropIdle(): void;
  close(): void;
}

/** `connectTimeoutMs`: how long a proxy may be silent before it has opened the way. */
export function createConnections(connectTimeoutMs: number): Connections {
  const pairs = new Map<string, AgentPair>();
  const life = new AbortController();
  setMaxListeners(0, life.signal);
  return {
    async through(proxy) {
      const key = proxy?.href ?? '';
      const pair = pairs.get(key) ?? (proxy === null ? direct() : await proxied(proxy, connectTimeoutMs, life.signal));
      // While the library was loading, another request may have made the pair.
      if (!pairs.has(key)) pairs.set(key, pair);
      return pairs.get(key) ?? pair;
    },
    dropIdle() {
      for (const agent of agentsOf(pairs)) {
        for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
      }
    },
    close() {
      for (const agent of agentsOf(pairs)) agent.destroy();
      pairs.clear();
      life.abort();
    },
  };
}

function agentsOf(pairs: ReadonlyMap<string, AgentPair>): HttpAgent[] {
  return [...pairs.values()].flatMap((pair) => [pair.http, pair.https]);
}

/** `rejectUnauthorized` is said aloud, so that NODE_TLS_REJECT_UNAUTHORIZED cannot switch the checks off. */
const always = { keepAlive: true, rejectUnauthorized: true };

function direct(): AgentPair {
  return {
    http: new HttpAgent({ ...always, timeout: idleMs }),
    https: new HttpsAgent({ ...always, timeout: idleMs }),
  };
}

/** A CONNECT under way belongs to no agent, so `life` must end it: else it would keep the process alive. */
async function proxied(proxy: URL, connectTimeoutMs: number, life: AbortSignal): Promise<AgentPair> {
  const { HttpProxyAgent, HttpsProxyAgent } = await import('hpagent');
  const proxyRequestOptions = { rejectUnauthorized: true, signal: life };
  const options = { ...always, timeout: connectTimeoutMs, proxy, proxyRequestOptions };
  const pair = { http: new HttpProxyAgent(options), https: new HttpsProxyAgent(options) };
  for (const agent of [pair.http, pair.https]) agent.on('free', limitIdle);
  return pair;
}

/** hpagent knows one `timeout` for both the CONNECT and idleness; a shorter one that the server asked for stands. */
function limitIdle(socket: Socket): void {
  if (socket.timeout === undefined || socket.timeout === 0 || socket.timeout > idleMs) socket.setTimeout(idleMs);
}
