import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { got, type Request } from 'got';
import { Fault, type FaultCode } from '../core/fault.ts';
import { abortFault, type Clock, type Reply } from '../core/http.ts';
import type { Agents } from './agents.ts';
import { networkFailure, type Peer, peerName, proxyRefusal } from './network-fault.ts';
import { proxyAuthorization } from './proxy.ts';

/** Decompressed bytes. No documented answer comes near it, and a bomb of 800 bytes can grow to a gigabyte. */
const largestBody = 2 * 1024 * 1024;

/** What requests that go the same way have in common, with their secrets revealed. */
export interface SendOptions {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly agents: Agents;
}

/** Sends one such request. */
export type SendRequest = (url: URL, body: string | null) => Request;

/** One attempt at a request, ready to be sent. */
export interface PreparedRequest {
  readonly url: URL;
  readonly body: string | null;
  readonly sendRequest: SendRequest;
  readonly peer: Peer;
}

/** How long one attempt may take, and what cuts it short. */
export interface AttemptLimits {
  readonly budgetMs: number;
  /** The budget is what was left of the whole look-up's time. */
  readonly isDeadline: boolean;
  /** The option that allows more time. */
  readonly option: '--request-timeout' | '--timeout';
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** got wraps the reason of an end, so it is kept here. */
type StopReason = 'timeout' | 'interrupted' | 'too-large' | 'encoding' | 'redirect' | 'upgrade';

/** One attempt as it goes: what has been seen of it, and why it was stopped. */
interface AttemptState {
  stream: Request | null;
  why: StopReason | null;
  /** Whether there was a connection when it was stopped. */
  connected: boolean;
  request: ClientRequest | null;
  head: IncomingMessage | null;
}

/** 501 and 505 will not change, 511 not before a login; 596 is SFMC's gateway that knows no such service. */
const finalServerErrors: readonly number[] = [501, 505, 511, 596];

/** Whether the same request may get another answer to this status. */
export function isTransientStatus(status: number): boolean {
  if (status === 408 || status === 429) return true;
  return status >= 500 && status <= 599 && !finalServerErrors.includes(status);
}

/** What one attempt came to. */
export interface Attempt {
  readonly result: Reply | Fault;
  /** Asking again may help. */
  readonly transient: boolean;
  /** The connection was an idle one, and broke before any answer. */
  readonly stale: boolean;
}

/** Everything that got would do by itself is off: each leaks, loses or hides something. */
const bare = got.extend({
  decompress: true,
  followRedirect: false,
  throwHttpErrors: false,
  retry: { limit: 0 },
  https: { rejectUnauthorized: true },
});

export function createSendRequest({ method, headers, agents }: SendOptions): SendRequest {
  const { request, ...agent } = agents;
  const { stream } = bare.extend({ method, headers, agent, ...(request === undefined ? {} : { request }) });
  return (url, body) => stream(url, body === null ? {} : { body });
}

/** What is to be done when a signal aborts, by its place among all. */
interface AbortListener {
  readonly interrupt: () => void;
  place: number;
}

const listeners = new WeakMap<AbortSignal, AbortListener[]>();

/**
 * Calls `interrupt` when the signal aborts, at once where it has; returns how to keep it from being called. All who wait
 * share one listener, and a list that forgets who has left: what a removed listener or the table of a Set leaves behind
 * points at those who came later, and V8 would keep thousands of finished requests for it (docs/decisions/memory.md).
 */
export function onAbort(signal: AbortSignal, interrupt: () => void): () => void {
  if (signal.aborted) {
    interrupt();
    return () => undefined;
  }
  const all = listeners.get(signal) ?? [];
  if (!listeners.has(signal)) {
    listeners.set(signal, all);
    const interruptAll = () => {
      for (const each of [...all]) if (all[each.place] === each) each.interrupt();
    };
    signal.addEventListener('abort', interruptAll, { once: true });
  }
  const own = { interrupt, place: all.length };
  all.push(own);
  return () => {
    if (all[own.place] !== own) return;
    const last = all.pop();
    if (last === undefined || last === own) return;
    // The last takes the place of who leaves.
    all[own.place] = last;
    last.place = own.place;
  };
}

/** Asks once. Ends within the budget whatever the server does; never rejects but for a bug. */
export async function attempt(prepared: PreparedRequest, limits: AttemptLimits): Promise<Attempt> {
  const state: AttemptState = { stream: null, why: null, connected: false, request: null, head: null };
  const ignore = onAbort(limits.signal, () => stop(state, 'interrupted'));
  const silence = limits.clock.alarm(limits.budgetMs, () => stop(state, 'timeout'));
  try {
    const reply = await replyTo(prepared, state);
    const { proxy } = prepared.peer;
    if (proxy !== null && isProxyRefusal(reply, proxyAuthorization(proxy.url) !== null))
      return { result: proxyRefusal(proxy), transient: false, stale: false };
    return { result: reply, transient: isTransientStatus(reply.status), stale: false };
  } catch (error) {
    return state.why === null
      ? brokenAttempt(error, prepared, state)
      : stoppedAttempt(state, state.why, prepared, limits);
  } finally {
    ignore();
    silence();
  }
}

/** Some proxies say 401; a server that does names a scheme in a header of its own. */
function isProxyRefusal({ status, headers }: Reply, hasPassword: boolean): boolean {
  if (status === 401) return 'proxy-authenticate' in headers || (hasPassword && !('www-authenticate' in headers));
  return status === 407;
}

/** The whole answer, over got's stream: its promises cost as much again as the request does. */
function replyTo({ sendRequest, url, body }: PreparedRequest, state: AttemptState): Promise<Reply> {
  return new Promise((resolve, reject) => {
    if (state.why !== null) return reject(new Error(state.why));
    const stream = sendRequest(url, body);
    const chunks: Buffer[] = [];
    let size = 0;
    state.stream = stream;
    stream.on('request', (request: ClientRequest) => watch(request, state));
    stream.on('response', (head: IncomingMessage) => {
      stream.once('end', () => {
        // got takes the header away from what it has decompressed.
        const encoding = head.headers['content-encoding'] ?? 'identity';
        if (size > 0 && encoding.toLowerCase() !== 'identity') stop(state, 'encoding');
        else resolve({ status: head.statusCode ?? 0, headers: headersOf(head.headers), bytes: Buffer.concat(chunks) });
      });
    });
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > largestBody) stop(state, 'too-large');
    });
    stream.on('error', reject);
  });
}

function watch(request: ClientRequest, state: AttemptState): void {
  state.request = request;
  request.once('response', (response) => {
    state.head = response;
    // Where it leads is all that matters of a redirect; its body may never end.
    const status = response.statusCode ?? 0;
    if (status >= 300 && status <= 399) stop(state, 'redirect');
  });
  // Node hands the socket of a 101 to the listener and forgets it: left open, it keeps the process alive.
  request.once('upgrade', (response, socket) => {
    state.head = response;
    socket.destroy();
    stop(state, 'upgrade');
  });
}

function stop(state: AttemptState, why: StopReason): void {
  if (state.why === null) state.connected = isConnected(state.request?.socket ?? null);
  state.why ??= why;
  state.stream?.destroy(new Error(why));
}

function faultAttempt(code: FaultCode, message: string, httpStatus: number | undefined): Attempt {
  return { result: new Fault(code, { message, httpStatus }), transient: false, stale: false };
}

function brokenAttempt(error: unknown, { peer }: PreparedRequest, { request, head }: AttemptState): Attempt {
  const { fault, transient } = networkFailure(error, peer);
  const stale = fault.code === 'connection-lost' && head === null && request?.reusedSocket === true;
  return { result: fault, transient, stale };
}

function stoppedAttempt(
  state: AttemptState,
  why: StopReason,
  { peer }: PreparedRequest,
  limits: AttemptLimits,
): Attempt {
  const { head } = state;
  switch (why) {
    case 'redirect':
      return {
        result: { status: head?.statusCode ?? 0, headers: headersOf(head?.headers ?? {}), bytes: new Uint8Array() },
        transient: false,
        stale: false,
      };
    case 'interrupted':
      return { result: abortFault(limits.signal), transient: false, stale: false };
    case 'timeout':
      return { result: timeout(state, peer, limits), transient: true, stale: false };
    case 'upgrade':
      return faultAttempt(
        'unexpected-status',
        `${peerName(peer)} answered HTTP 101, a change of protocol`,
        head?.statusCode,
      );
    case 'encoding':
      return faultAttempt(
        'not-json',
        `${peerName(peer)} compressed its answer in a way that was not offered`,
        head?.statusCode,
      );
    case 'too-large':
      return faultAttempt('too-large', `${peerName(peer)} answered with more than 2 MiB`, head?.statusCode);
  }
}

function timeout(state: AttemptState, peer: Peer, { budgetMs, isDeadline, option }: AttemptLimits): Fault {
  const when = isDeadline ? 'before the time was up' : `within ${Number((budgetMs / 1000).toFixed(1))} s`;
  const hint = `try again, or allow more time with ${option}`;
  return new Fault('timeout', { message: `${describeMissing(state)} ${peerName(peer)} ${when}`, hint });
}

/** What did not come, by how far it got. */
function describeMissing({ connected, head }: AttemptState): string {
  if (head !== null) return 'no end of the answer from';
  return connected ? 'no answer from' : 'no connection to';
}

/** A socket that is destroyed no longer says so. `secureConnecting` is the TLS handshake. */
function isConnected(socket: (Socket & { secureConnecting?: boolean }) | null): boolean {
  return socket !== null && !socket.connecting && socket.secureConnecting !== true;
}

/** Only `set-cookie` comes as a list. */
function headersOf(headers: IncomingMessage['headers']): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) texts[name] = String(value);
  return texts;
}
