import { Fault } from '../core/fault.ts';
import type { Clock, HttpRequest, Limits, Reply, Send } from '../core/http.ts';
import type { Connections } from './agents.ts';
import { type ExchangeDeps, type ExchangeState, exchange } from './exchange.ts';
import type { Environment } from './proxy.ts';
import type { Trace } from './trace.ts';
import { createTransports, type Transport } from './transports.ts';

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
  let transport: Promise<LoadedClient> | null = null;
  let exchanges = 0;
  const replyTo = async (request: HttpRequest, bounds: Limits, course: ExchangeState): Promise<Reply | Fault> => {
    try {
      transport ??= loadClient(options);
      const { routeOf, tools } = await transport;
      return await exchange({ request, route: await routeOf(request), bounds }, tools, course);
    } catch (error) {
      if (error instanceof Fault) return error;
      throw error;
    }
  };
  const send: Send = async (request, bounds) => {
    exchanges += 1;
    const began = clock.monotonic();
    const course = { number: exchanges, attempts: 0 };
    const reply = await replyTo(request, bounds, course);
    return { reply, attempts: course.attempts, durationMs: clock.monotonic() - began };
  };
  const close = async () => (await transport)?.connections.close();
  return Object.assign(send, { close });
}

interface LoadedClient {
  readonly connections: Connections;
  readonly tools: ExchangeDeps;
  readonly routeOf: (request: HttpRequest) => Promise<Transport>;
}

/** got and Node's HTTP take long to load: only a command that asks something pays for it. */
async function loadClient(options: ClientOptions): Promise<LoadedClient> {
  const [{ attempt, createSendRequest }, { createConnections }] = await Promise.all([
    import('./attempt.ts'),
    import('./agents.ts'),
  ]);
  const connections = createConnections(options.requestTimeoutMs, options.env);
  return {
    connections,
    tools: { ...options, attempt, dropIdle: connections.dropIdle },
    routeOf: createTransports({ ...options, connections, createSendRequest }),
  };
}
