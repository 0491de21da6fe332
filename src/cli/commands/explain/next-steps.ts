import type { ExitName } from '../../../core/exit.ts';

/** What to do about each exit code; a record’s own `error.hint` or `reason.hint` is closer to the case. */
export const nextSteps: Readonly<Record<ExitName, string>> = {
  ok: 'nothing to do',
  internal: 'report it to sbstatus with the output of --debug',
  usage: 'correct the command line as the message on stderr says; --help shows what the command takes',
  failed: 'read reason in the record: it says why, and whether sending again may help',
  pending: 'ask again later, or add --wait',
  'wait-timeout': 'raise --timeout, or ask again later',
  'expect-mismatch': 'read the warnings of the record; lower --expect where the route reports no more than it did',
  'not-found': 'check the id, the account and the host; a message just sent may need --not-found-grace 30s',
  'unknown-status': 'look the word up in the provider’s documentation, and report it to sbstatus',
  rejected: 'check the id: asking the same again will be refused again',
  network: 'check the connection, the base URL and the proxy, then run it again',
  'rate-limited': 'wait as long as error.retryAfterSeconds says, then ask more slowly with --rate',
  'provider-unavailable': 'run it again later; the provider has trouble of its own',
  auth: 'check the credentials; do not repeat it in a loop, some providers lock a key out',
  config: 'set the credentials that the message names, or correct the config file',
  'unexpected-response': 'check the base URL and any proxy: something other than the provider’s API may have answered',
  tls: 'set NODE_EXTRA_CA_CERTS for a proxy’s certificate, or check host name and clock',
  interrupted: 'run the same command again',
  terminated: 'run the same command again',
};
