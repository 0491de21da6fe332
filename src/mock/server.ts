import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../core/http.ts';
import {
  type MockLimit,
  type MockProvider,
  type MockReply,
  type MockRequest,
  type MockRoute,
  mockHeader,
} from '../core/mock.ts';
import type { Providers } from '../core/provider.ts';
import { parseUrl } from '../core/url.ts';
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
    const started = options.clock.now();
    mocks.set(provider.id, { provider: await provider.mock(), asked: new Map(), window, started });
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
    settingsOf: (id) => settingsOf(mocks.get(id)?.provider, `${reachable(origin)}/${id}`),
    close: () => {
      closing.abort();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface Mock {
  readonly provider: MockProvider;
  readonly asked: Map<string, Asked>;
  readonly window: SlidingWindow | null;
  /** Epoch milliseconds. */
  readonly started: number;
}

/** How often an id was asked, and when first. */
interface Asked {
  readonly count: number;
  readonly firstAt: number;
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

/** Who listens on every address of the machine is reached on loopback, and look-ups take plain http from nowhere else. */
function reachable(origin: string): string {
  return origin.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
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
  const url = urlIn(request);
  if (url === null) return write(response, { reply: { status: 400, body: { message: 'no such address' } } });
  const body = await readBody(request);
  if (body === null) return refuseBody(response);
  const [, name = '', ...rest] = url.pathname.split('/');
  const mock = mocks.get(name);
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

/**
 * What was asked for, with the server's address as the client spells it. Doubled slashes count as one: Salesforce's own
 * SDK joins with two. Null for what is no address.
 */
function urlIn({ url: asked = '/', headers, socket }: IncomingMessage): URL | null {
  const host = hostPattern.test(headers.host ?? '') ? headers.host : `127.0.0.1:${socket.localPort}`;
  const [, target = ''] = /^(?:https?:\/\/[^/?#]*)?(.*)$/is.exec(asked) ?? [];
  const [path = '', ...query] = target.split('?');
  const base = `http://${host}/`;
  const address = `${base}${path.replace(/\/+/g, '/').replace(/^\//, '')}${query.length === 0 ? '' : `?${query.join('?')}`}`;
  return parseUrl(address);
}

const hostPattern = /^[\w.:[\]-]{1,255}$/;

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
  const limit = mock.window?.take(call.now) ?? null;
  if (limit !== null) return { reply: rateLimitReply(route, limit) };
  const asked = mock.asked.get(id) ?? { count: 0, firstAt: call.now };
  const request = mockRequest(call, id, asked, mock.started);
  const refusal = route.refuse(request);
  if (refusal !== null) return { reply: refusal };
  if (id !== '' && !route.aside) remember(mock.asked, id, { ...asked, count: asked.count + 1 });
  const whole = (): MockReply => route.answer({ ...request, id: mock.provider.ids[0]?.id ?? id });
  const throttle = (seconds: number): MockReply =>
    rateLimitReply(route, { count: usualLimit, seconds, resetAt: call.now + seconds * 1000 });
  const fail = (status: number): MockReply => (status === 429 ? throttle(1) : route.fail(status));
  return misbehaviourOf(id)?.({ whole, fail, throttle }) ?? { reply: route.answer(request) };
}

/** Ids whose looks are counted; the oldest is forgotten for a new one. */
const mostIds = 100_000;

function remember(asked: Map<string, Asked>, id: string, count: Asked): void {
  asked.set(id, count);
  const [oldest] = asked.keys();
  if (asked.size > mostIds && oldest !== undefined) asked.delete(oldest);
}

/** Requests in a window, where an id asks for a 429 and no `--limit` says more. */
const usualLimit = 200;

function rateLimitReply(route: MockRoute, limit: MockLimit): MockReply {
  const reply = route.fail(429, limit);
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(limit.seconds) } };
}

function mockRequest(call: IncomingCall, id: string, { count, firstAt }: Asked, started: number): MockRequest {
  const { request, url, path, name, body, now } = call;
  const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, String(value)]));
  return {
    method: request.method ?? '',
    path,
    query: url.searchParams,
    headers,
    body,
    id,
    asked: count,
    firstAsked: firstAt,
    started,
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

/** No request of these APIs comes near it. */
const largestBody = 1024 * 1024;

/** Null for a body that is too large, as soon as it is. The rest is thrown away: a client that is cut off hears no reply. */
function readBody(request: IncomingMessage): Promise<string | null> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= largestBody) chunks.push(chunk);
      else {
        chunks = [];
        resolve(null);
      }
    });
    request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.once('error', reject);
  });
}

function refuseBody(response: ServerResponse): void {
  write(response, { reply: { status: 413, body: { message: `a body of more than ${largestBody} bytes` } } });
}

function write(response: ServerResponse, { reply, cut }: Misbehaviour): void {
  const isText = typeof reply.body === 'string';
  const whole = Buffer.from(isText ? String(reply.body) : reply.body === undefined ? '' : JSON.stringify(reply.body));
  const bytes = cut === undefined ? whole : whole.subarray(0, whole.length / 2);
  response.writeHead(reply.status, {
    ...(whole.length === 0 ? {} : { 'content-type': isText ? 'text/html; charset=utf-8' : 'application/json' }),
    'content-length': cut === 'connection' ? whole.length : bytes.length,
    [mockHeader]: '1',
    // HTTP wants a scheme named; where a provider has one of its own, that stands.
    ...(reply.status === 401 ? { 'www-authenticate': 'ApiKey realm="mock"' } : {}),
    ...reply.headers,
  });
  if (cut === 'connection') response.write(bytes, () => response.destroy());
  else response.end(bytes);
}

/** A sliding window of requests, as the providers describe theirs. */
class SlidingWindow {
  readonly #count: number;
  readonly #windowMs: number;
  #times: number[] = [];

  /** At most `count` requests within any `windowMs` milliseconds. */
  constructor(count: number, windowMs: number) {
    this.#count = count;
    this.#windowMs = windowMs;
  }

  /** Takes a request at `now` (epoch milliseconds); null when it was taken. */
  take(now: number): MockLimit | null {
    this.#times = this.#times.filter((at) => at > now - this.#windowMs);
    const oldest = this.#times[0];
    if (oldest === undefined || this.#times.length < this.#count) {
      this.#times.push(now);
      return null;
    }
    const resetAt = oldest + this.#windowMs;
    return { count: this.#count, seconds: Math.ceil((resetAt - now) / 1000), resetAt };
  }
}
