import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { realClock } from '../../src/world.ts';
import type { SendblueAccount } from './sendblue-account.ts';
import type { SteppedClock } from './stepped-clock.ts';

/** Small servers on loopback that count. They close when the test ends. */

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Before the answer. Infinite: no answer at all. */
  readonly delayMs?: number;
}

/** No answer at all. */
export const never: Reply = { delayMs: Number.POSITIVE_INFINITY };

/** One request as it came in. */
export interface Seen {
  readonly id: string;
  /** Milliseconds on the clock. */
  readonly at: number;
}

/** What a message's look-up says: the provider's word, or a reply. `asked`: how often this id was asked before. */
export type Answer = (id: string, asked: number) => string | Reply;

export interface ServerOptions {
  readonly answer: Answer;
  /** Before every answer. */
  readonly latencyMs?: number;
  /** The program's clock where the program runs in this process; else real time. */
  readonly clock?: SteppedClock;
}

/** Sendblue's route for one message. */
export async function startSendblue(options: ServerOptions) {
  const requests: Seen[] = [];
  const countOf = counter();
  const origin = await listen(options, ({ path, at }) => {
    const id = idIn(path);
    const asked = countOf(id);
    requests.push({ id, at });
    return replyOf(options.answer(id, asked), (word) => sendblueMessage(id, word));
  });
  return {
    requests,
    origin,
    env: {
      SENDBLUE_API_API_KEY: 'test-key-id',
      SENDBLUE_API_API_SECRET: 'test-secret-key',
      SENDBLUE_API_BASE_URL: origin,
    },
  };
}

/** Sendblue's list and its route for one message, over an account whose time begins with the clock's. */
export async function startAccount(account: SendblueAccount, options: Omit<ServerOptions, 'answer'> = {}) {
  const time = options.clock ?? realClock;
  const epoch = clockEpoch(time);
  const origin = await listen({ answer: () => never, ...options }, ({ path, query, at }) =>
    account.answer(path, query, at, epoch),
  );
  return {
    origin,
    env: {
      SENDBLUE_API_API_KEY: 'test-key-id',
      SENDBLUE_API_API_SECRET: 'test-secret-key',
      SENDBLUE_API_BASE_URL: origin,
    },
  };
}

const realEpoch = Math.round(realClock.now() - realClock.monotonic());

/** The wall clock when a clock was at 0; the same for all servers by real time. */
function clockEpoch(clock: Pick<SteppedClock, 'now' | 'monotonic'>): number {
  return clock === realClock ? realEpoch : Math.round(clock.now() - clock.monotonic());
}

export interface SfmcOptions extends ServerOptions {
  /** What the token endpoint answers instead of a good token; `{}` for a good one. */
  readonly token?: Reply | (() => Reply);
}

/** SFMC's token endpoint and its route for one message. */
export async function startSfmc(options: SfmcOptions) {
  const tokens: Seen[] = [];
  const requests: Seen[] = [];
  const countOf = counter();
  const origin = await listen(options, ({ method, path, at }) => {
    if (method === 'POST') {
      tokens.push({ id: 'token', at });
      const token = typeof options.token === 'function' ? options.token() : options.token;
      return { body: { access_token: 'test-token', expires_in: 1079 }, ...token };
    }
    const id = idIn(path);
    const asked = countOf(id);
    requests.push({ id, at });
    return replyOf(options.answer(id, asked), (word) => sfmcMessage(id, word));
  });
  return {
    tokens,
    requests,
    env: {
      SFMC_CLIENT_ID: 'test-client-id',
      SFMC_CLIENT_SECRET: 'test-client-secret',
      SFMC_AUTH_BASE_URL: origin,
      SFMC_REST_BASE_URL: origin,
    },
  };
}

/** Sendblue's answer to a wrong key. */
export const refusedKey: Reply = { status: 401, body: { status: 'ERROR', message: 'Invalid Credentials' } };

interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly at: number;
}

async function listen({ clock, latencyMs = 0 }: ServerOptions, answer: (request: Request) => Reply): Promise<string> {
  const time = clock ?? realClock;
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    request.resume();
    if (!request.complete) await once(request, 'end');
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const asked = { method: request.method ?? '', path: pathname, query: searchParams, at: time.monotonic() };
    const reply = answer(asked);
    const delay = latencyMs + (reply.delayMs ?? 0);
    if (delay > 0) await (clock?.wait(delay, gone.signal) ?? realWait(delay, gone.signal));
    if (!gone.signal.aborted) write(response, reply);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  // An idle connection that is closed here just when it is used again would look like a fault.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function realWait(ms: number, signal: AbortSignal): Promise<void> {
  return realClock.sleep(ms, signal);
}

function write(response: ServerResponse, { status = 200, headers, body }: Reply): void {
  const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length, ...headers });
  response.end(bytes);
}

function idIn(path: string): string {
  return decodeURIComponent(path.split('/').at(-1) ?? '');
}

/** How often it was called with the same id before. */
function counter(): (id: string) => number {
  const counts = new Map<string, number>();
  return (id) => {
    const count = counts.get(id) ?? 0;
    counts.set(id, count + 1);
    return count;
  };
}

function replyOf(answer: string | Reply, bodyOf: (word: string) => unknown): Reply {
  return typeof answer === 'string' ? { body: bodyOf(answer) } : answer;
}

function sendblueMessage(id: string, status: string): unknown {
  return {
    status: 'OK',
    data: { message_handle: id, status, is_outbound: true, service: 'iMessage', error_code: null },
  };
}

/** `word`: SMSQueued, SMSSent. */
function sfmcMessage(id: string, word: string): unknown {
  const body = {
    requestId: '5f0c1d52-0d4b-4c6e-9a51-000000000001',
    eventCategoryType: `TransactionalSendEvents.${word}`,
    timestamp: '2026-01-01T00:00:00.0',
  };
  return word === 'SMSQueued' ? body : { ...body, info: { messageKey: id, contactKey: 'contact-1' } };
}
