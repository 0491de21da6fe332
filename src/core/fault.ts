import type { ExitName } from './exit.ts';

/**
 * Everything that can keep a look-up from an answer: fault code → exit and what to do about it.
 * `retryable` is the exit's; a provider may give a better hint than the table's.
 */
export const faults = {
  'bad-event': {
    exit: 'usage',
    hint: 'give one JSON event per line, arrays of events, or a JSON document; the other events were read',
  },
  'bad-id': { exit: 'usage', hint: 'give the id as the provider gave it, in quotes where the shell might change it' },
  'manifest-invalid': { exit: 'usage', hint: 'correct the file; sbstatus schema manifest tells what it may hold' },

  'not-found': { exit: 'not-found', hint: 'check the id, and that the credentials belong to the account that sent it' },
  rejected: {
    exit: 'rejected',
    hint: 'check the id; the provider calls the request invalid, so asking again will not help',
  },

  'unknown-host': { exit: 'network', hint: 'check the host name and your DNS' },
  refused: { exit: 'network', hint: 'check the base URL’s host and port, and that nothing blocks the way' },
  'connection-lost': { exit: 'network', hint: 'try again; --retries raises the number of attempts' },
  unreachable: { exit: 'network', hint: 'check your network connection and proxy settings' },
  timeout: { exit: 'network', hint: 'try again, or allow more time with --request-timeout or --timeout' },

  'rate-limited': { exit: 'rate-limited', hint: 'wait and ask again, or ask more slowly with --rate' },
  'provider-error': { exit: 'provider-unavailable', hint: 'the fault is on the provider’s side; try again later' },

  unauthorized: { exit: 'auth', hint: 'check the credentials; `sbstatus doctor` tells which are in use' },
  forbidden: { exit: 'auth', hint: 'the credentials are known but may not do this; check their permissions' },

  'credentials-missing': { exit: 'config', hint: 'set the variables, write a config file, or try --mock' },
  'config-invalid': { exit: 'config', hint: 'correct the file; `sbstatus schema config` tells every key' },
  'profile-unknown': { exit: 'config', hint: 'name a profile that the config file has' },
  'origin-refused': { exit: 'config', hint: 'put the URL and the credentials into the same source' },
  'proxy-auth': { exit: 'config', hint: 'put user and password into HTTPS_PROXY: http://user:password@host:port' },
  'proxy-invalid': { exit: 'config', hint: 'HTTPS_PROXY must be an http:// or https:// URL' },

  redirect: {
    exit: 'unexpected-response',
    hint: 'redirects are never followed, to protect the credentials; check the base URL, any proxy and a login page of this network',
  },
  'not-json': {
    exit: 'unexpected-response',
    hint: 'something other than the provider’s API may have answered; check the base URL and any proxy',
  },
  empty: {
    exit: 'unexpected-response',
    hint: 'something other than the provider’s API may have answered; check the base URL and any proxy',
  },
  'wrong-shape': {
    exit: 'unexpected-response',
    hint: 'the provider’s API may have changed; --raw and --debug show more',
  },
  'wrong-id': {
    exit: 'unexpected-response',
    hint: 'the answer is about another message and was not used; report it to the provider',
  },
  'too-large': {
    exit: 'unexpected-response',
    hint: 'something other than the provider’s API may have answered; check the base URL',
  },
  'not-http': { exit: 'unexpected-response', hint: 'check the base URL’s host and port' },
  'unexpected-status': { exit: 'unexpected-response', hint: 'check the base URL; --debug shows the exchange' },

  'tls-untrusted': {
    exit: 'tls',
    hint: 'behind an intercepting proxy, put its CA into a file and set NODE_EXTRA_CA_CERTS; checks cannot be switched off',
  },
  'tls-expired': {
    exit: 'tls',
    hint: 'check this machine’s clock; if it is right, the server’s certificate must be renewed',
  },
  'tls-host': { exit: 'tls', hint: 'check the base URL’s host name' },
  'tls-failed': { exit: 'tls', hint: 'check that the base URL’s port speaks TLS' },

  'time-up': { exit: 'wait-timeout', hint: 'raise --timeout, or ask for fewer ids' },
  interrupted: { exit: 'interrupted', hint: 'run the same command again' },
  terminated: { exit: 'terminated', hint: 'run the same command again' },
  internal: { exit: 'internal', hint: 'this is a bug in sbstatus; please report it with the output of --debug' },
} as const satisfies Record<string, { exit: ExitName; hint: string }>;

export type FaultCode = keyof typeof faults;

export interface FaultDetails {
  /** What happened and where, lower case, no full stop, no secret. */
  readonly message: string;
  /** What to type next; the table's where absent. */
  readonly hint?: string | undefined;
  readonly httpStatus?: number | undefined;
  readonly requestId?: string | undefined;
  /** How long the provider asked us to stay away. */
  readonly retryAfterSeconds?: number | undefined;
}

/** Why a look-up has no answer. Thrown inside, and turned into a record's `error` at the edge. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  readonly hint: string;
  readonly httpStatus: number | null;
  readonly requestId: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(code: FaultCode, details: FaultDetails) {
    super(details.message);
    this.code = code;
    this.hint = details.hint ?? faults[code].hint;
    this.httpStatus = details.httpStatus ?? null;
    this.requestId = details.requestId ?? null;
    this.retryAfterSeconds = details.retryAfterSeconds ?? null;
  }

  get exit(): ExitName {
    return faults[this.code].exit;
  }
}

/** The command line is wrong. Message and hint obey the rules of every message: lower case, no full stop. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly hint: string | null;

  constructor(message: string, hint: string | null = null) {
    super(message);
    this.hint = hint;
  }
}

/** A file that we were to write cannot be written; `code` is the system's, such as ENOSPC. */
export class UnwritableError extends Error {
  override readonly name = 'UnwritableError';

  constructor(path: string, code: string) {
    super(`${path} could not be written (${code})`);
  }
}
