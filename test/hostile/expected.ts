import { type ExitName, exits } from '../../src/core/exit.ts';
import { type Column, columns } from './commands.ts';

/** The exit of each command of `commands.ts`, in its order. */
export type Row = readonly [ExitName, ExitName, ExitName, ExitName, ExitName, ExitName];

/** A name alone: every command ends so. */
const table: Readonly<Record<string, ExitName | Row>> = {
  'reset-at-once': 'network',
  'reset-before-headers': 'network',
  'reset-in-headers': 'network',
  'reset-after-headers': 'network',
  'end-before-headers': 'network',
  'end-in-headers': 'network',
  'end-after-headers': 'network',
  'never-answers': 'network',
  'body-never-ends': 'network',
  'one-byte-a-time': 'network',
  'slow-headers': 'network',
  'continue-for-ever': 'network',
  'switches-protocol': 'unexpected-response',
  'idle-connection-dies': statusAlone('ok'),

  'content-length-too-long': 'network',
  'content-length-too-short': 'unexpected-response',
  'content-length-twice': 'unexpected-response',
  'content-length-garbage': 'unexpected-response',
  'content-length-negative': 'unexpected-response',
  'length-and-chunks': 'unexpected-response',
  'no-last-chunk': 'network',
  'chunk-size-garbage': 'unexpected-response',
  'cut-without-length': 'unexpected-response',
  'headers-64k': 'unexpected-response',
  'headers-3000': 'unexpected-response',
  'header-with-nul': 'unexpected-response',
  'header-with-escapes': 'unexpected-response',
  'not-http': 'unexpected-response',
  'bare-body': 'unexpected-response',
  'http-0.9': 'unexpected-response',
  'status-line-garbage': 'unexpected-response',
  'status-without-reason': 'unexpected-response',
  'endless-header': 'unexpected-response',
  'two-answers': 'unexpected-response',

  bom: statusAlone('ok'),
  'latin-1': 'unexpected-response',
  nul: 'unexpected-response',
  'only-nul': 'unexpected-response',
  'depth-10000': 'unexpected-response',
  'proto-key': 'unexpected-response',
  // JSON.parse takes the last of them, like most parsers.
  'duplicate-keys': statusAlone('ok'),
  // DELIVERED stands, whatever the code beside it.
  'beyond-2-53': statusAlone('ok'),
  'number-overflow': statusAlone('ok'),
  'html-200': 'unexpected-response',
  'html-404': 'unexpected-response',
  'json-as-html': statusAlone('ok'),
  'empty-200': 'unexpected-response',
  'blank-200': 'unexpected-response',
  'no-content-204': 'unexpected-response',
  'reset-content-205': 'unexpected-response',
  null: 'unexpected-response',
  'bare-number': 'unexpected-response',
  array: 'unexpected-response',
  'deep-object': 'unexpected-response',
  'terminal-escapes': statusAlone('unknown-status'),
  'too-large': 'unexpected-response',
  'endless-body': 'unexpected-response',
  'echoes-the-request': tokenApart('rejected', 'auth'),

  'bomb-gzip': 'unexpected-response',
  'bomb-deflate': 'unexpected-response',
  'bomb-brotli': 'unexpected-response',
  'bomb-in-an-error': 'unexpected-response',
  gzip: statusAlone('ok'),
  'gzip-cut': 'unexpected-response',
  'gzip-junk-after': 'unexpected-response',
  'gzip-not-at-all': 'unexpected-response',
  'brotli-not-at-all': 'unexpected-response',
  'gzip-twice': 'unexpected-response',
  'unknown-encoding': 'unexpected-response',

  'redirect-300': 'unexpected-response',
  'redirect-301': 'unexpected-response',
  'redirect-302': 'unexpected-response',
  'redirect-303': 'unexpected-response',
  'redirect-304': 'unexpected-response',
  'redirect-305': 'unexpected-response',
  'redirect-307': 'unexpected-response',
  'redirect-308': 'unexpected-response',
  'redirect-slow-body': 'unexpected-response',
  'redirect-to-file': 'unexpected-response',
  'redirect-garbage': 'unexpected-response',
  'redirect-relative': 'unexpected-response',
  'redirect-nowhere': 'unexpected-response',

  'retry-after-0': 'rate-limited',
  'retry-after-negative': 'rate-limited',
  'retry-after-exponent': 'rate-limited',
  'retry-after-huge': 'rate-limited',
  'retry-after-hour': 'rate-limited',
  'retry-after-garbage': 'rate-limited',
  'retry-after-past-date': 'rate-limited',
  'retry-after-far-date': 'rate-limited',
  'retry-after-hex': 'rate-limited',
  'retry-after-infinity': 'rate-limited',
  'retry-after-none': 'rate-limited',

  // The token endpoint says 400 and 422 to wrong credentials, and what it does not find is no message.
  'status-400': tokenApart('rejected', 'auth'),
  'status-401': 'auth',
  'status-403': 'auth',
  'status-404': tokenApart('not-found', 'unexpected-response'),
  'status-405': 'unexpected-response',
  'status-407': 'config',
  'status-408': 'network',
  'status-409': tokenApart('rejected', 'unexpected-response'),
  'status-410': tokenApart('not-found', 'unexpected-response'),
  'status-413': tokenApart('rejected', 'unexpected-response'),
  'status-418': 'unexpected-response',
  'status-422': tokenApart('rejected', 'auth'),
  'status-425': 'unexpected-response',
  'status-431': tokenApart('rejected', 'unexpected-response'),
  'status-451': 'unexpected-response',
  'status-500': 'provider-unavailable',
  'status-501': 'provider-unavailable',
  'status-502': 'provider-unavailable',
  'status-503': 'provider-unavailable',
  'status-504': 'provider-unavailable',
  'status-505': 'provider-unavailable',
  'status-507': 'provider-unavailable',
  'status-520': 'provider-unavailable',
  'status-596': 'unexpected-response',
  'status-599': 'provider-unavailable',
  'status-600': 'unexpected-response',
  'status-999': 'unexpected-response',

  'tls-good': statusAlone('ok'),
  'tls-self-signed': 'tls',
  'tls-expired': 'tls',
  'tls-not-yet-valid': 'tls',
  'tls-wrong-name': 'tls',
  'tls-too-old': 'tls',
  'tls-wants-client-certificate': 'tls',
  'tls-mute': 'network',
  'tls-closes': 'network',
  'tls-resets': 'network',
  'tls-plain-http': 'tls',

  'proxy-works': statusAlone('ok'),
  'proxy-hangs': 'network',
  'proxy-resets': 'network',
  'proxy-closes': 'network',
  'proxy-401': 'config',
  'proxy-407': 'config',
  'proxy-403': 'network',
  'proxy-502': 'network',
  'proxy-302': 'network',
  'proxy-not-http': 'unexpected-response',
  'proxy-drips': 'network',
  'proxy-lies-then-hangs': 'network',
  'proxy-lies-then-closes': 'network',
  'proxy-lies-with-garbage': 'tls',
  'proxy-answers-itself': 'tls',
};

/** What each command ends with, by the behaviour of the server or proxy. */
export const expected: ReadonlyMap<string, Row> = new Map(
  Object.entries(table).map(([name, row]) => [name, typeof row === 'string' ? [row, row, row, row, row, row] : row]),
);

/** What every command meets; the first command meets all that there is. */
export const metByAll: readonly string[] = [
  'never-answers',
  'reset-after-headers',
  'content-length-too-short',
  'echoes-the-request',
  'bomb-gzip',
  'redirect-302',
  'retry-after-hour',
  'status-404',
  'tls-self-signed',
  'proxy-407',
];

/** The commands that meet a behaviour. */
export function columnsFor(behaviour: string): readonly Column[] {
  return metByAll.includes(behaviour) ? columns : columns.slice(0, 1);
}

export function codesOf(row: Row): number[] {
  return row.map((name) => exits[name].code);
}

/** The body is a bare status: an answer of `/api/status`, and of no other route the shape. */
function statusAlone(exit: ExitName): Row {
  const other = 'unexpected-response';
  return [exit, other, other, other, other, other];
}

function tokenApart(exit: ExitName, token: ExitName): Row {
  return [exit, exit, exit, exit, exit, token];
}
