/** The exit codes: part of the public interface. One may be added, none may change its meaning. */
export const exits = {
  ok: {
    code: 0,
    retryable: false,
    when: 'success, which is sent where a route reports no more, or every expectation met',
  },
  internal: {
    code: 1,
    retryable: false,
    when: 'a bug in sbstatus, or an answer that could not be written; never a verdict',
  },
  usage: { code: 2, retryable: false, when: 'bad flag, bad id, contradictory options' },
  failed: { code: 20, retryable: false, when: 'the message failed or was canceled' },
  pending: { code: 21, retryable: true, when: 'not final yet, and no wait was asked for' },
  'wait-timeout': { code: 22, retryable: true, when: 'still not final when --timeout ran out' },
  'expect-mismatch': { code: 23, retryable: false, when: 'final, but not as expected' },
  'not-found': { code: 24, retryable: false, when: 'the provider knows no such message' },
  'unknown-status': { code: 25, retryable: true, when: 'the provider used a word that sbstatus does not know' },
  rejected: { code: 26, retryable: false, when: 'the provider calls the request invalid' },
  network: { code: 30, retryable: true, when: 'DNS, connection, reset or timeout' },
  'rate-limited': { code: 31, retryable: true, when: '429 after the retries' },
  'provider-unavailable': { code: 32, retryable: true, when: '5xx after the retries' },
  auth: { code: 40, retryable: false, when: '401 or 403: the credentials were refused' },
  config: { code: 41, retryable: false, when: 'credentials missing, unknown profile, invalid file, proxy password' },
  'unexpected-response': { code: 42, retryable: false, when: 'not JSON, a web page, wrong shape, redirect, too large' },
  tls: { code: 43, retryable: false, when: 'certificate not trusted, expired or for another host' },
  interrupted: { code: 130, retryable: true, when: 'SIGINT; what is known is printed first' },
  terminated: { code: 143, retryable: true, when: 'SIGTERM; what is known is printed first' },
} as const satisfies Record<string, { code: number; retryable: boolean; when: string }>;

export type ExitName = keyof typeof exits;

export interface Exit {
  readonly code: number;
  readonly name: ExitName;
  readonly retryable: boolean;
}

/** Worst first: what several ids end with is the first of these that any of them ended with. */
const severity: readonly ExitName[] = [
  'internal',
  'usage',
  'failed',
  'expect-mismatch',
  'not-found',
  'rejected',
  'unknown-status',
  'unexpected-response',
  'auth',
  'config',
  'tls',
  'rate-limited',
  'provider-unavailable',
  'network',
  'wait-timeout',
  'pending',
  'ok',
];

export function exitOf(name: ExitName): Exit {
  return { code: exits[name].code, name, retryable: exits[name].retryable };
}

/** The worst of several exits, whatever their order; `ok` for none. An interruption outranks every verdict. */
export function worstOf(names: Iterable<ExitName>): ExitName {
  let worst: ExitName = 'ok';
  for (const name of names) if (severity.indexOf(name) < severity.indexOf(worst)) worst = name;
  return worst;
}
