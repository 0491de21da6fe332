import { type Behaviour, json, repeat, respond } from './behaviour.ts';

const head = `HTTP/1.1 200 OK\r\n${json}\r\n`;

/** Connections that break, stall or never end. */
export const connections: readonly Behaviour[] = [
  { name: 'reset-at-once', kind: 'http', connected: (socket) => socket.resetAndDestroy() },
  { name: 'reset-before-headers', kind: 'http', answer: (socket) => socket.resetAndDestroy() },
  {
    name: 'reset-in-headers',
    kind: 'http',
    answer: (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-', () => socket.resetAndDestroy()),
  },
  {
    name: 'reset-after-headers',
    kind: 'http',
    answer: (socket) => socket.write(`${head}Content-Length: 20\r\n\r\n`, () => socket.resetAndDestroy()),
  },
  { name: 'end-before-headers', kind: 'http', answer: (socket) => socket.end() },
  { name: 'end-in-headers', kind: 'http', answer: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-') },
  { name: 'end-after-headers', kind: 'http', answer: (socket) => socket.end(`${head}Content-Length: 20\r\n\r\n`) },
  { name: 'never-answers', kind: 'http', answer: () => undefined },
  {
    name: 'body-never-ends',
    kind: 'http',
    answer: (socket) => socket.write(`${head}Content-Length: 20\r\n\r\n{"status":`),
  },
  {
    name: 'one-byte-a-time',
    kind: 'http',
    answer: (socket) => {
      socket.write(`${head}Content-Length: 100000\r\n\r\n`);
      repeat(socket, 50, ' ');
    },
  },
  {
    name: 'slow-headers',
    kind: 'http',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      repeat(socket, 50, 'X-Slow: 1\r\n');
    },
  },
  {
    name: 'continue-for-ever',
    kind: 'http',
    answer: (socket) => repeat(socket, 50, 'HTTP/1.1 100 Continue\r\n\r\n'),
  },
  {
    name: 'switches-protocol',
    kind: 'http',
    answer: (socket) =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: evil\r\nConnection: Upgrade\r\n\r\n'),
  },
  {
    name: 'idle-connection-dies',
    kind: 'http',
    answer: (socket, { numberHere }) => {
      if (numberHere > 1) socket.resetAndDestroy();
      else respond(socket, '200 OK', [json, 'Connection: keep-alive'], '{"status":"DELIVERED"}');
    },
  },
];
