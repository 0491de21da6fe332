import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { type Behaviour, flood, json, respond } from './behaviour.ts';

const good = '{"status":"DELIVERED"}';
const html = '<!doctype html><html><body><h1>Welcome to the hotel</h1></body></html>';

/** Bodies that are not what they should be. The frame around them is right. */
export const bodies: readonly Behaviour[] = [
  body('bom', [json], Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(good)])),
  body('latin-1', ['Content-Type: application/json; charset=latin1'], Buffer.from('{"status":"\xe9"}', 'latin1')),
  body('nul', [json], '{"status":"DELI\0VERED"}'),
  body('only-nul', [json], Buffer.alloc(64)),
  body('depth-10000', [json], `${'['.repeat(10_000)}${']'.repeat(10_000)}`),
  body('proto-key', [json], '{"__proto__":{"status":"DELIVERED"},"constructor":{"prototype":{"a":1}}}'),
  body('duplicate-keys', [json], '{"status":"FAILED","status":"DELIVERED"}'),
  body('beyond-2-53', [json], '{"status":"DELIVERED","error_code":9007199254740993}'),
  body('number-overflow', [json], '{"status":"DELIVERED","error_code":1e400}'),
  body('html-200', ['Content-Type: text/html'], html),
  body('html-404', ['Content-Type: text/html'], html, '404 Not Found'),
  body('json-as-html', ['Content-Type: text/html'], good),
  body('empty-200', [json], ''),
  body('blank-200', [json], ' \r\n\t '),
  { name: 'no-content-204', kind: 'http', answer: (socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n') },
  body('reset-content-205', [], '', '205 Reset Content'),
  body('null', [json], 'null'),
  body('bare-number', [json], '5'),
  body('array', [json], '[1]'),
  body('deep-object', [json], `${'{"a":'.repeat(70)}1${'}'.repeat(70)}`),
  body('terminal-escapes', [json], '{"status":"\\u001b[2J\\u202eDELIVERED\\u009b31m"}'),
  body('too-large', [json], Buffer.alloc(3 * 1024 * 1024, ' ')),
  {
    name: 'endless-body',
    kind: 'http',
    answer: (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${json}\r\nConnection: close\r\n\r\n`);
      flood(socket, Buffer.alloc(64 * 1024, ' '));
    },
  },
  {
    name: 'echoes-the-request',
    kind: 'http',
    answer: (socket, { head, body: sent }) =>
      respond(socket, '400 Bad Request', [json], JSON.stringify({ head, sent })),
  },
];

/** Compressed bodies: bombs, and streams that are cut or no streams at all. A bomb is made when it is asked for. */
export const compressed: readonly Behaviour[] = [
  bomb('bomb-gzip', 'gzip', gzipSync),
  bomb('bomb-deflate', 'deflate', deflateSync),
  bomb('bomb-brotli', 'br', fastBrotli),
  bomb('bomb-in-an-error', 'gzip', gzipSync, '500 Internal Server Error'),
  body('gzip', encoded('gzip'), gzipSync(good)),
  body('gzip-cut', encoded('gzip'), gzipSync(good).subarray(0, 20)),
  body('gzip-junk-after', encoded('gzip'), Buffer.concat([gzipSync(good), Buffer.from('junk')])),
  body('gzip-not-at-all', encoded('gzip'), good),
  body('brotli-not-at-all', encoded('br'), good),
  body('gzip-twice', encoded('gzip, gzip'), gzipSync(gzipSync(good))),
  body('unknown-encoding', encoded('rot13'), '{"fgnghf":"QRYVIRERQ"}'),
];

function body(name: string, headers: readonly string[], content: string | Buffer, status = '200 OK'): Behaviour {
  return { name, kind: 'http', answer: (socket) => respond(socket, status, headers, content) };
}

function encoded(encoding: string): string[] {
  return [json, `Content-Encoding: ${encoding}`];
}

/** The best quality takes a second. */
function fastBrotli(data: Buffer): Buffer {
  return brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
}

/** 64 MiB of blanks: far beyond any cap, quick to make. */
function bomb(name: string, encoding: string, compress: (data: Buffer) => Buffer, status = '200 OK'): Behaviour {
  let packed: Buffer | undefined;
  return {
    name,
    kind: 'http',
    answer: (socket) => {
      packed ??= compress(Buffer.alloc(64 * 1024 * 1024, ' '));
      respond(socket, status, encoded(encoding), packed);
    },
  };
}
