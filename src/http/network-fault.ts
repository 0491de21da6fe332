import { Fault, type FaultCode, faults } from '../core/fault.ts';
import { type ProxySetting, proxyAuthorization } from './proxy.ts';

/** Who was asked. Messages name origins only, so no id, no query and no proxy password. */
export interface Peer {
  readonly origin: string;
  readonly proxy: ProxySetting | null;
}

/** `transient`: asking again may help. */
export interface NetworkFailure {
  readonly fault: Fault;
  readonly transient: boolean;
}

interface ErrorRow {
  readonly codes: RegExp;
  readonly fault: FaultCode;
  /** Follows the name of the peer. */
  readonly says: string;
  /** Where there is a proxy, it is the one that is looked up and connected to. */
  readonly firstHop?: true;
  readonly transient?: true;
}

/** Error codes of Node, OpenSSL, llhttp and zlib → what happened. The first match counts. */
const rows: readonly ErrorRow[] = [
  { codes: /^EAI_AGAIN$/, fault: 'unreachable', says: 'cannot be looked up now', firstHop: true, transient: true },
  { codes: /^(ENOTFOUND|EAI_|ENODATA|ESERVFAIL)/, fault: 'unknown-host', says: 'is not known to DNS', firstHop: true },
  { codes: /^ECONNREFUSED$/, fault: 'refused', says: 'refused the connection', firstHop: true },
  { codes: /^ETIMEDOUT$/, fault: 'timeout', says: 'took too long to connect', firstHop: true, transient: true },
  {
    codes: /^(ECONNRESET|ECONNABORTED|EPIPE|ERR_STREAM_PREMATURE_CLOSE)$/,
    fault: 'connection-lost',
    says: 'broke the connection before its answer was complete',
    transient: true,
  },
  { codes: /^CERT_HAS_EXPIRED$/, fault: 'tls-expired', says: 'has a certificate that has expired' },
  { codes: /^CERT_NOT_YET_VALID$/, fault: 'tls-expired', says: 'has a certificate that is not valid yet' },
  { codes: /^ERR_TLS_CERT_ALTNAME/, fault: 'tls-host', says: 'has a certificate for another host' },
  {
    codes: /SELF_SIGNED_CERT/,
    fault: 'tls-untrusted',
    says: 'has a self-signed certificate, or one from a private authority',
  },
  {
    codes: /^(UNABLE_TO_|CERT_|CRL_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)/,
    fault: 'tls-untrusted',
    says: 'has a certificate that this machine does not trust',
  },
  { codes: /ALERT_CERTIFICATE_REQUIRED$/, fault: 'tls-failed', says: 'requires a client certificate' },
  { codes: /^(EPROTO$|ERR_SSL_|ERR_TLS_|ERR_OSSL_)/, fault: 'tls-failed', says: 'does not speak TLS as it should' },
  { codes: /^HPE_HEADER_OVERFLOW$/, fault: 'too-large', says: 'answered with more than 16 KiB of headers' },
  { codes: /^HPE_/, fault: 'not-http', says: 'answered something that is not HTTP' },
  // zlib's, brotli's and zstd's codes each have their own style.
  {
    codes: /^(Z_|ERR__|ERR_BROTLI_|ZSTD_|ERR_ZSTD_|ERR_BUFFER_)/,
    fault: 'not-json',
    says: 'sent a broken compressed answer',
  },
  {
    codes: /^E[MN]FILE$/,
    fault: 'unreachable',
    says: 'was not asked, as too many files and connections are open; lower --concurrency or raise ulimit -n',
    transient: true,
  },
  { codes: /^E[A-Z0-9]+$/, fault: 'unreachable', says: 'cannot be reached', firstHop: true },
  { codes: /^/, fault: 'internal', says: 'could not be asked' },
];

/** The fault of an error that got threw. The error's text is never used: it may hold headers or a provider's bytes. */
export function networkFailure(error: unknown, peer: Peer): NetworkFailure {
  const { code, message } = readable(error);
  if (peer.proxy !== null) {
    const refusal = proxyFailure(message, peer.origin, peer.proxy);
    if (refusal !== null) return refusal;
    if (code === 'ERR_INVALID_ARG_VALUE') return { fault: proxyByAddress(peer.proxy), transient: false };
  }
  const row = rows.find(({ codes }) => codes.test(code));
  if (row === undefined) throw new Error('the last row matches every code');
  // For plain http the proxy is all that is spoken to.
  const proxy = row.firstHop === true || peer.origin.startsWith('http:') ? peer.proxy : null;
  const name = proxy === null ? peerName(peer) : `the proxy ${proxy.url.origin}`;
  const text = `${name} ${row.says} (${/^[A-Z0-9_]{1,60}$/.test(code) ? code : 'no error code'})`;
  // The system's own time-out, which no option changes.
  let hint: string | undefined = row.fault === 'timeout' ? faults.unreachable.hint : undefined;
  if (proxy !== null && row.fault !== 'tls-untrusted')
    hint = `check ${proxy.variable}, or except this host with NO_PROXY`;
  return { fault: new Fault(row.fault, { message: text, hint }), transient: row.transient ?? false };
}

/** Who was asked, for the beginning or the middle of a sentence. */
export function peerName({ origin, proxy }: Peer): string {
  return proxy === null ? origin : `${origin} (through the proxy ${proxy.url.origin})`;
}

/** hpagent says in its error text, and only there, what the proxy answered to CONNECT. */
function proxyFailure(message: string, origin: string, proxy: ProxySetting): NetworkFailure | null {
  const name = `the proxy ${proxy.url.origin}`;
  if (message === 'Proxy timeout') {
    const text = `${name} did not open the way to ${origin} in time`;
    return {
      fault: new Fault('timeout', { message: text, hint: 'try again, or allow more time with --request-timeout' }),
      transient: true,
    };
  }
  const status = /^Bad response: (\d{3})$/.exec(message)?.[1];
  if (status === undefined) return null;
  if (status === '401' || status === '407') return { fault: proxyRefusal(proxy), transient: false };
  const text = `${name} answered HTTP ${status} instead of opening the way to ${origin}`;
  const hint = 'ask whoever runs the proxy to allow this host, or except it with NO_PROXY';
  return { fault: new Fault('unreachable', { message: text, hint }), transient: status.startsWith('5') };
}

/** The proxy wants a password, or another one. */
export function proxyRefusal({ url, variable }: ProxySetting): Fault {
  const refuses = proxyAuthorization(url) !== null;
  const message = `the proxy ${url.origin} ${refuses ? `refused the user and password in ${variable}` : 'requires a user and a password'}`;
  const hint = refuses
    ? `correct ${variable}: http://user:password@host:port, with %40 for @, %3A for :, %2F for / and %25 for %`
    : `put user and password into ${variable}: http://user:password@host:port`;
  return new Fault('proxy-auth', { message, hint });
}

/** From Node 26 on TLS wants a name to check, and hpagent gives it the proxy's address where it has no other. */
function proxyByAddress({ url, variable }: ProxySetting): Fault {
  const hint = `name the proxy by its host name in ${variable}`;
  return new Fault('proxy-invalid', {
    message: `the certificate of ${url.origin} cannot be checked by an address`,
    hint,
  });
}

/** got copies the `code` of what it wraps; a number there would be a DOMException's. */
function readable(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: '', message: '' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { code, message: error.message };
}
