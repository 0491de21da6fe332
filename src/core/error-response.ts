import { Fault, type FaultCode, faults } from './fault.ts';
import type { Reply } from './http.ts';
import { decodeText, isWebPage, parseBody } from './json.ts';
import type { MappedError, Provider } from './provider.ts';
import type { Settings } from './settings.ts';
import { formatDuration, retryAfterSeconds } from './time.ts';
import { parseUrl, type Target } from './url.ts';

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
  // A network that wants a login first; no provider sends it (RFC 6585).
  511: 'unexpected-status',
  // "Service not found", from SFMC's gateway: a wrong address, not a provider in trouble.
  596: 'unexpected-status',
};

/** Whoever sends the web page that comes with one of these, the status says what to do. */
const meantWithPage: readonly number[] = [407, 408, 429];

/** A page need not be UTF-8. */
const lenient = new TextDecoder();

/**
 * The fault of a reply that is no answer: by its HTTP status, unless the provider knows better. `nowMs`: epoch
 * milliseconds. `target`: what was asked for.
 */
export function faultOfReply(
  provider: Pick<Provider, 'title' | 'mapError' | 'plainErrors'>,
  settings: Settings,
  reply: Reply,
  nowMs: number,
  target?: Target,
): Fault {
  const body = orUndefined(() => parseBody(reply));
  const text = body === undefined ? lenient.decode(reply.bytes) : '';
  const isPage = isWebPage(text);
  const isForeign = isPage ? isRefusal(reply.status) : isVerdict(reply.status) && isForeignText(text, provider);
  const fromElsewhere = reply.status === 511 || isForeign;
  const mapped = provider.mapError?.({ reply, body, fromElsewhere, settings, ...(target && { target }) }) ?? {};
  const { code, says, hint } = fromElsewhere
    ? faultFromElsewhere(isPage, isForeign ? text : '', mapped)
    : faultByStatus(reply, body, mapped);
  const stay = retryAfterSeconds(reply.headers['retry-after'], nowMs) ?? undefined;
  const advice = stay === undefined || stay === 0 ? '' : `; retry after ${formatDuration(stay * 1000)}`;
  return new Fault(code, {
    message: `${messageOf(provider.title, reply, isPage && !fromElsewhere ? undefined : says)}${advice}`,
    hint,
    httpStatus: reply.status,
    requestId: mapped.requestId ?? reply.headers['x-request-id'],
    retryAfterSeconds: stay,
  });
}

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && !meantWithPage.includes(status);
}

/** Whether the status says something of the message or its id. */
function isVerdict(status: number): boolean {
  return ['not-found', 'rejected'].includes(byStatus[status] ?? '');
}

/** A sentence that web servers and proxies write, as opposed to nothing, to JSON that is cut off, and to the provider's own. */
function isForeignText(text: string, { plainErrors }: Pick<Provider, 'plainErrors'>): boolean {
  return /^\s*[^\s{["]/.test(text) && plainErrors?.test(text) !== true;
}

/** A router, a proxy or a login page: it says nothing about credentials or the message. */
function faultFromElsewhere(isPage: boolean, text: string, { hint = faults['not-json'].hint }: MappedError) {
  const whose = 'not the API’s answer';
  const says = isPage ? `a web page, ${whose}` : text === '' ? `from the network, ${whose}` : `${whose}: ${text}`;
  return { code: 'unexpected-status', says, hint } as const;
}

function faultByStatus(reply: Reply, body: unknown, { code = codeOf(reply.status), says, hint }: MappedError) {
  const text = body === undefined ? orUndefined(() => decodeText(reply.bytes)) : undefined;
  // A 408 came from a server that got no whole request: more time for the answer is no help.
  const noTime = code === 'timeout' ? faults['connection-lost'].hint : undefined;
  return { code, says: says ?? saysOf(body) ?? text, hint: hint ?? noTime };
}

function codeOf(status: number): FaultCode {
  const known = byStatus[status];
  if (known !== undefined) return known;
  if (status >= 300 && status < 400) return 'redirect';
  return status >= 500 && status < 600 ? 'provider-error' : 'unexpected-status';
}

function messageOf(title: string, reply: Reply, says: string | undefined): string {
  const sentence = says?.trim().replace(/\s+/g, ' ').replace(/\.$/, '') ?? '';
  const quote = sentence.length > longestQuote ? `${sentence.slice(0, longestQuote)}…` : sentence;
  const status = `${title} answered HTTP ${reply.status}`;
  if (reply.status >= 300 && reply.status < 400)
    return `${status}, a redirect${targetOf(reply)}, which is not followed`;
  return quote === '' ? status : `${status}: ${quote}`;
}

function targetOf(reply: Reply): string {
  const url = parseUrl(reply.headers['location'] ?? '');
  return url === null ? '' : ` to ${url.origin}`;
}

/** The sentence in an error body; the shapes that the providers' endpoints are known to use. */
function saysOf(body: unknown): string | undefined {
  if (typeof body === 'string') return body;
  if (typeof body !== 'object' || body === null) return undefined;
  const fields = body as Record<string, unknown>;
  if (typeof fields['error'] === 'object') return saysOf(fields['error']);
  const names = ['error_description', 'message', 'error_message', 'error_detail', 'error', 'title'];
  return names.map((name) => fields[name]).find((value): value is string => typeof value === 'string' && value !== '');
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
