import { type Behaviour, json } from './behaviour.ts';

/** Answers whose frame is wrong: lengths, chunks, headers, or no HTTP at all. */
export const framing: readonly Behaviour[] = [
  raw('content-length-too-long', [json, 'Content-Length: 50'], '{"a":1}'),
  raw('content-length-too-short', [json, 'Content-Length: 3', 'Connection: close'], '{"a":1}'),
  raw('content-length-twice', ['Content-Length: 7', 'Content-Length: 2'], '{"a":1}'),
  raw('content-length-garbage', ['Content-Length: seven'], '{"a":1}'),
  raw('content-length-negative', ['Content-Length: -1'], '{"a":1}'),
  raw('length-and-chunks', ['Content-Length: 7', 'Transfer-Encoding: chunked'], '7\r\n{"a":1}\r\n0\r\n\r\n'),
  raw('no-last-chunk', ['Transfer-Encoding: chunked'], '7\r\n{"a":1}\r\n'),
  raw('chunk-size-garbage', ['Transfer-Encoding: chunked'], 'zz\r\n{"a":1}\r\n'),
  raw('cut-without-length', [json, 'Connection: close'], '{"status":"DELI'),
  raw('headers-64k', [`X-Large: ${'x'.repeat(64 * 1024)}`, 'Content-Length: 2'], '{}'),
  raw('headers-3000', [...Array.from({ length: 3000 }, (_, i) => `X-${i}: 1`), 'Content-Length: 2'], '{}'),
  raw('header-with-nul', ['X-Bad: a\0b', 'Content-Length: 2'], '{}'),
  raw('header-with-escapes', ['X-Request-Id: \u009b31m\u00e9', 'Content-Length: 2'], '{}'),
  whole('not-http', 'SSH-2.0-OpenSSH_9.2p1\r\n'),
  whole('bare-body', '{"status":"DELIVERED"}'),
  whole('http-0.9', 'HTTP/0.9 200 OK\r\n\r\n{}'),
  whole('status-line-garbage', 'HTTP/1.1 two-hundred OK\r\n\r\n'),
  whole('status-without-reason', 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}'),
  whole('endless-header', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(200_000)}`),
  whole('two-answers', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]'),
];

function raw(name: string, headers: readonly string[], body: string): Behaviour {
  return whole(name, ['HTTP/1.1 200 OK', ...headers, '', body].join('\r\n'));
}

function whole(name: string, text: string): Behaviour {
  return { name, kind: 'http', answer: (socket) => socket.end(Buffer.from(text, 'latin1')) };
}
