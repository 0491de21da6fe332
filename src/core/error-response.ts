import { Fault, type FaultCode } from './fault.ts';
import type { Reply } from './http.ts';
import { decodeText, isWebPage, parseBody } from './json.ts';
import type { Provider } from './provider.ts';
import type { Settings } from './settings.ts';
import { formatDuration, retryAfterSeconds } from './time.ts';

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

/** The fault of a reply that is no answer: by its HTTP status, unless the provider knows better. `nowMs`: epoch milliseconds. */
export function faultOfReply(
  provider: Pick<Provider, 'title' | 'mapError'>,
  settings: Settings,
  reply: Reply,
  nowMs: number,
): Fault {
  const text = orUndefined(() => decodeText(reply.bytes)) ?? '';
  const body = orUndefined(() => parseBody(reply));
  const mapped = provider.mapError?.({ reply, body, settings }) ?? {};
  const code = mapped.code ?? codeOf(reply.status, text);
  const says = mapped.says ?? saysOf(body) ?? (body === undefined && !isWebPage(text) ? text : undefined);
  const stay = retryAfterSeconds(reply.headers['retry-after'], nowMs) ?? undefined;
  const advice = stay === undefined || stay === 0 ? '' : `; retry after ${formatDuration(stay * 1000)}`;
  return new Fault(code, {
    message: `${messageOf(provider.title, reply, says)}${advice}`,
    hint: mapped.hint,
    httpStatus: reply.status,
    requestId: mapped.requestId ?? reply.headers['x-request-id'],
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
  const quote = sentence.length > longestQuote ? `${sentence.slice(0, longestQuote)}…` : sentence;
  const status = `${title} answered HTTP ${reply.status}`;
  if (reply.status >= 300 && reply.status < 400)
    return `${status}, a redirect${targetOf(reply)}, which is not followed`;
  return quote === '' ? status : `${status}: ${quote}`;
}

function targetOf(reply: Reply): string {
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
