import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../core/http.ts';
import { type MockProvider, type MockReply, type MockRequest, type MockRoute, mockHeader } from '../core/mock.ts';
import type { Providers } from '../core/provider.ts';
import { type Misbehaviour, misbehaviourOf } from './faults.ts';

export interface MockServerOptions {
  readonly providers: Providers;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly clock: Clock;
  /** Refuse requests beyond this sliding window with 429; each provider has its own. */
  readonly limit?: { readonly count: number; readonly windowMs: number } | null;
  /** Milliseconds before every answer. */
  readonly latencyMs?: number;
  /** Called with one line a request. */
  readonly log?: (line: string) => void;
}

export interface MockServer {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** What to set so that a provider's look-ups come here. */
  settingsOf(providerId: string): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Serves the documented routes of every provider under `/<provider>`. Rejects when the port is taken. */
export async function startMock(options: MockServerOptions): Promise<MockServer> {
  const mocks = new Map<string, Mock>();
  for (const provider of Object.values(options.providers)) {
    const { limit } = options;
    const window = limit == null ? null : new SlidingWindow(limit.count, limit.windowMs);
    mocks.set(provider.id, { provider: await provider.mock(), asked: new Map(), window });
  }
  const closing = new AbortController();
  // Every delayed answer listens.
  setMaxListeners(0, closing.signal);
  const server = createServer((request, response) => {
    serve(request, response, mocks, options, closing.signal).catch((error: Error) => response.destroy(error));
  });
  const origin = await listen(server, options);
  return {
    origin,
    settingsOf: (id) => settingsOf(mocks.get(id)?.provider, `${origin}/${id}`),
    close: () => {
      closing.abort();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface Mock {
  readonly provider: MockProvider;
  /** How often each id was asked. */
  readonly asked: Map<string, number>;
  readonly window: SlidingWindow | null;
}

function listen(server: Server, { host, port }: MockServerOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const { address, family, port: taken } = server.address() as AddressInfo;
      resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`);
    });
  });
}

function settingsOf(mock: MockProvider | undefined, address: string): Readonly<Record<string, string>> {
  if (mock === undefined) return {};
  return { ...mock.settings, ...Object.fromEntries(mock.urlSettings.map((key) => [key, address])) };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  mocks: ReadonlyMap<string, Mock>,
  options: MockServerOptions,
  closing: AbortSignal,
): Promise<void> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? options.host}`);
  const [, name = '', ...rest] = url.pathname.split('/');
  const mock = mocks.get(name);
  const body = await readBody(request);
  const misbehaviour: Misbehaviour =
    mock === undefined
      ? {
          reply: {
            status: 404,
            body: { message: `no provider is served here; try /${[...mocks.keys()].join(', /')}` },
          },
        }
      : behave(mock, { request, url, name, path: `/${rest.join('/')}`, body, now: options.clock.now() });
  const delay = (misbehaviour.delayMs ?? 0) + (options.latencyMs ?? 0);
  if (delay > 0) await options.clock.sleep(delay, closing);
  options.log?.(`${request.method} ${url.pathname}${url.search} ${misbehaviour.reply.status}`);
  write(response, misbehaviour);
}

interface IncomingCall {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly name: string;
  readonly path: string;
  readonly body: string;
  readonly now: number;
}

/** Route, limit, credentials, fault, answer: in the order in which a real API looks at a request. */
function behave(mock: Mock, call: IncomingCall): Misbehaviour {
  const found = routeOf(mock.provider.routes, call);
  if (found === null) return { reply: { status: 404, body: { message: 'no such route' } } };
  const { route, id } = found;
  if (route.method !== call.request.method) return { reply: { status: 405, headers: { allow: route.method } } };
  const wait = mock.window?.take(call.now) ?? 0;
  if (wait > 0) return { reply: rateLimitReply(route, wait) };
  const asked = mock.asked.get(id) ?? 0;
  const request = mockRequest(call, id, asked);
  const refusal = route.refuse(request);
  if (refusal !== null) return { reply: refusal };
  if (id !== '' && !route.aside) mock.asked.set(id, asked + 1);
  const whole = (): MockReply => route.answer({ ...request, id: 'sent' });
  return misbehaviourOf(id)?.(whole, (status) => route.fail(status)) ?? { reply: route.answer(request) };
}

function rateLimitReply(route: MockRoute, waitMs: number): MockReply {
  const reply = route.fail(429);
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(Math.ceil(waitMs / 1000)) } };
}

function mockRequest({ request, url, path, name, body, now }: IncomingCall, id: string, asked: number): MockRequest {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, String(value)]));
  return {
    method: request.method ?? '',
    path,
    query: url.searchParams,
    headers,
    body,
    id,
    asked,
    origin: `${url.origin}/${name}`,
    now,
  };
}

function routeOf(routes: readonly MockRoute[], call: IncomingCall): { route: MockRoute; id: string } | null {
  for (const route of routes) {
    const id = idIn(route, call);
    if (id !== null) return { route, id };
  }
  return null;
}

/** The id in a request that matches the route, empty on a route without one; null where it does not match. */
function idIn(route: MockRoute, { path, url }: IncomingCall): string | null {
  const wanted = route.path.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  if (!wanted.every((segment, i) => segment === ':id' || segment === given[i])) return null;
  if (route.idParameter !== undefined) return url.searchParams.get(route.idParameter) ?? '';
  const encoded = given[wanted.indexOf(':id')];
  return encoded === undefined ? '' : decodeSegment(encoded);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function write(response: ServerResponse, { reply, cut }: Misbehaviour): void {
  const isText = typeof reply.body === 'string';
  const whole = Buffer.from(isText ? String(reply.body) : reply.body === undefined ? '' : JSON.stringify(reply.body));
  const bytes = cut === undefined ? whole : whole.subarray(0, whole.length / 2);
  response.writeHead(reply.status, {
    ...(whole.length === 0 ? {} : { 'content-type': isText ? 'text/html; charset=utf-8' : 'application/json' }),
    'content-length': cut === 'connection' ? whole.length : bytes.length,
    [mockHeader]: '1',
    ...reply.headers,
  });
  if (cut === 'connection') response.write(bytes, () => response.destroy());
  else response.end(bytes);
}

/** A sliding window of requests, as the providers describe theirs. */
export class SlidingWindow {
  readonly #count: number;
  readonly #windowMs: number;
  #times: number[] = [];

  /** At most `count` requests within any `windowMs` milliseconds. */
  constructor(count: number, windowMs: number) {
    this.#count = count;
    this.#windowMs = windowMs;
  }

  /** Takes a request at `now` (milliseconds); the milliseconds until one would be taken, 0 when it was. */
  take(now: number): number {
    this.#times = this.#times.filter((at) => at > now - this.#windowMs);
    const oldest = this.#times[0];
    if (oldest === undefined || this.#times.length < this.#count) {
      this.#times.push(now);
      return 0;
    }
    return oldest + this.#windowMs - now;
  }
}
