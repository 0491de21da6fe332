import { Fault, type FaultCode } from './fault.ts';
import type { Exchange, Limits, Reply } from './http.ts';
import { decodeText, isWebPage, parseBody } from './json.ts';
import type { Authorization, ConnectDeps, Connection, Provider } from './provider.ts';
import type { RequestInfo } from './record.ts';
import type { Settings } from './settings.ts';
import { formatDuration, retryAfterSeconds } from './time.ts';
import { type Target, urlOf } from './url.ts';

/** A provider with its credentials resolved; one for all look-ups of a run. */
export interface AccountConnection {
  readonly settings: Settings;
  readonly connection: Connection;
  /** Set once the provider refused the credentials: asking on would only lock them out. */
  refused?: Fault;
}

/** What one question got, good or bad, and how it was asked. `body`: the decoded answer, whatever it says. */
export interface ApiResult<T> {
  readonly result: T | Fault;
  readonly request: RequestInfo | null;
  readonly mock: boolean;
  readonly body?: unknown;
}

/** One GET, and how its answer is read. */
export interface ApiRequest<T> {
  readonly provider: Provider;
  readonly target: Target;
  /** Throws a fault. */
  read(body: unknown, settings: Settings): T & { readonly requestId?: string | null };
}

/** The header that marks every reply of the mock server. */
export const mockHeader = 'x-sbstatus-mock';

/** Asks one question. Never throws but for a bug. */
export async function execute<T>(
  question: ApiRequest<T>,
  line: AccountConnection,
  tools: ConnectDeps,
  bounds: Limits,
): Promise<ApiResult<T>> {
  if (line.refused !== undefined) return faultResult(line.refused);
  try {
    const first = await send(question, line, tools, bounds, null);
    const renew = line.connection.canRenew && statusOf(first) === 401;
    const sent = renew ? joined(first, await send(question, line, tools, bounds, first.authorization)) : first;
    return read(question, line, sent, tools.clock.now());
  } catch (error) {
    return faultResult(faultOf(error));
  }
}

/** The answer of an id that was never asked for. */
export function faultResult(fault: Fault): ApiResult<never> {
  return { result: fault, request: null, mock: false };
}

interface Sent {
  readonly url: URL;
  readonly authorization: Authorization;
  readonly exchange: Exchange;
}

async function send(
  { provider, target }: ApiRequest<unknown>,
  line: AccountConnection,
  tools: ConnectDeps,
  bounds: Limits,
  refused: Authorization | null,
): Promise<Sent> {
  const authorization = await line.connection.authorize(bounds, refused);
  const url = urlOf(authorization.base, target);
  const { mayRetry } = provider;
  const request = {
    method: 'GET',
    url,
    headers: authorization.headers,
    ...(mayRetry === undefined ? {} : { mayRetry }),
  } as const;
  return { url, authorization, exchange: await tools.send(request, bounds) };
}

function joined(first: Sent, second: Sent): Sent {
  const attempts = first.exchange.attempts + second.exchange.attempts;
  const durationMs = first.exchange.durationMs + second.exchange.durationMs;
  return { ...second, exchange: { ...second.exchange, attempts, durationMs } };
}

function read<T>(question: ApiRequest<T>, line: AccountConnection, sent: Sent, nowMs: number): ApiResult<T> {
  const { provider } = question;
  const { reply } = sent.exchange;
  if (reply instanceof Fault) return { result: reply, request: requestInfo(sent, null), mock: false };
  const mock = reply.headers[mockHeader] !== undefined;
  let body: unknown;
  try {
    if (reply.status < 200 || reply.status > 299) throw refusalOf(provider, line.settings, reply, nowMs);
    body = parseBody(reply);
    const result = question.read(body, line.settings);
    return { result, request: requestInfo(sent, result.requestId ?? null), mock, body };
  } catch (error) {
    const result = located(faultOf(error), provider, reply);
    if (result.code === 'unauthorized') line.refused = result;
    return { result, request: requestInfo(sent, result.requestId), mock, body };
  }
}

/** A fault found while reading a reply knows neither who result it nor the status. */
function located(fault: Fault, provider: Provider, reply: Reply): Fault {
  if (fault.httpStatus !== null) return fault;
  return new Fault(fault.code, {
    message: `${provider.title}: ${fault.message} (HTTP ${reply.status})`,
    hint: fault.hint,
    httpStatus: reply.status,
    requestId: fault.requestId ?? reply.headers['x-request-id'],
  });
}

function requestInfo(sent: Sent, requestId: string | null): RequestInfo {
  const { reply, attempts, durationMs } = sent.exchange;
  const header = reply instanceof Fault ? undefined : reply.headers['x-request-id'];
  return {
    url: sent.url.href,
    httpStatus: statusOf(sent),
    requestId: requestId ?? header ?? null,
    attempts,
    durationMs: Math.round(durationMs),
  };
}

function statusOf(sent: Sent): number | null {
  const { reply } = sent.exchange;
  return reply instanceof Fault ? reply.httpStatus : reply.status;
}

function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  throw error;
}

/** As much of a provider's sentence as an error message carries, in characters. */
const longestQuote = 200;

const byStatus: Readonly<Record<number, FaultCode>> = {
  400: 'rejected',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  407: 'proxy-auth',
  408: 'timeout',
  409: 'rejected',
  410: 'not-found',
  413: 'rejected',
  414: 'rejected',
  415: 'rejected',
  422: 'rejected',
  429: 'rate-limited',
  431: 'rejected',
  // "Service not found", from SFMC's gateway: a wrong address, not a provider in trouble.
  596: 'unexpected-status',
};

/** The fault of a reply that is no answer: by its HTTP status, refined by the provider. `nowMs`: epoch milliseconds. */
export function refusalOf(
  provider: Pick<Provider, 'title' | 'mapError'>,
  settings: Settings,
  reply: Reply,
  nowMs: number,
): Fault {
  const text = leniently(() => decodeText(reply.bytes)) ?? '';
  const body = leniently(() => parseBody(reply));
  const refined = provider.mapError?.({ reply, body, settings }) ?? {};
  const code = refined.code ?? codeOf(reply.status, text);
  const says = refined.says ?? saysOf(body) ?? (body === undefined && !isWebPage(text) ? text : undefined);
  const stay = retryAfterSeconds(reply.headers['retry-after'], nowMs) ?? undefined;
  const plea = stay === undefined || stay === 0 ? '' : `; it asks to be left alone for ${formatDuration(stay * 1000)}`;
  return new Fault(code, {
    message: `${messageOf(provider.title, reply, says)}${plea}`,
    hint: refined.hint,
    httpStatus: reply.status,
    requestId: refined.requestId ?? reply.headers['x-request-id'],
    retryAfterSeconds: stay,
  });
}

function codeOf(status: number, text: string): FaultCode {
  // A router's or a proxy's page says nothing about the message.
  if (status === 404 && isWebPage(text)) return 'unexpected-status';
  const known = byStatus[status];
  if (known !== undefined) return known;
  if (status >= 300 && status < 400) return 'redirect';
  return status >= 500 && status < 600 ? 'provider-error' : 'unexpected-status';
}

function messageOf(title: string, reply: Reply, says: string | undefined): string {
  const sentence = says?.trim().replace(/\s+/g, ' ') ?? '';
  const quoted = sentence.length > longestQuote ? `${sentence.slice(0, longestQuote)}…` : sentence;
  const status = `${title} answered HTTP ${reply.status}`;
  if (reply.status >= 300 && reply.status < 400) return `${status}, a redirect${towards(reply)}, which is not followed`;
  return quoted === '' ? status : `${status}: ${quoted}`;
}

function towards(reply: Reply): string {
  const location = reply.headers['location'];
  if (location === undefined || !URL.canParse(location)) return '';
  return ` to ${new URL(location).origin}`;
}

/** The sentence in an error body; the shapes that the providers' endpoints are known to use. */
function saysOf(body: unknown): string | undefined {
  if (typeof body === 'string') return body;
  if (typeof body !== 'object' || body === null) return undefined;
  const fields = body as Record<string, unknown>;
  if (typeof fields['error'] === 'object') return saysOf(fields['error']);
  const named = ['error_description', 'message', 'error_message', 'error_detail', 'error', 'title'];
  return named.map((name) => fields[name]).find((value): value is string => typeof value === 'string' && value !== '');
}

function leniently<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
