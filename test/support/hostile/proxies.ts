import { connect, type Socket } from 'node:net';
import { type Behaviour, type HostileRequest, repeat, respond } from './behaviour.ts';

const opened = 'HTTP/1.1 200 Connection established\r\n\r\n';

/** Proxies: one that works, and many that do not. For https they are asked with CONNECT, for http for the whole address. */
export const proxies: readonly Behaviour[] = [
  proxy('proxy-works', tunnel),
  proxy('proxy-hangs', () => undefined),
  proxy('proxy-resets', (socket) => socket.resetAndDestroy()),
  proxy('proxy-closes', (socket) => socket.end()),
  proxy('proxy-401', (socket) => respond(socket, '401 Unauthorized', [], '')),
  proxy('proxy-407', (socket) => respond(socket, '407 Proxy Authentication Required', [], '')),
  proxy('proxy-403', (socket) => respond(socket, '403 Forbidden', [], 'blocked by policy')),
  proxy('proxy-502', (socket) => respond(socket, '502 Bad Gateway', [], '')),
  proxy('proxy-302', (socket, { elsewhere }) => respond(socket, '302 Found', [`Location: ${elsewhere}/thief`], '')),
  proxy('proxy-not-http', (socket) => socket.end('SOCKS?\r\n')),
  proxy('proxy-drips', (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    repeat(socket, 50, 'X-Slow: 1\r\n');
  }),
  proxy('proxy-lies-then-hangs', (socket) => socket.write(opened)),
  proxy('proxy-lies-then-closes', (socket) => socket.end(opened)),
  proxy('proxy-lies-with-garbage', (socket) => {
    socket.write(opened);
    socket.once('data', () => socket.end('this is neither TLS nor HTTP'));
  }),
  proxy('proxy-answers-itself', (socket) => {
    socket.write(opened);
    socket.once('data', () => respond(socket, '200 OK', [], '<html>please log in to the network</html>'));
  }),
];

/** A connection that became a tunnel carries no more requests for the proxy. */
function proxy(name: string, answer: (socket: Socket, request: HostileRequest) => void): Behaviour {
  return {
    name,
    kind: 'proxy',
    answer: (socket, request) => {
      if (request.numberHere === 1 || /^\w+ http:/.test(request.head)) answer(socket, request);
    },
  };
}

function tunnel(socket: Socket, { head, body }: HostileRequest): void {
  const [, method, host = '', port = ''] = /^(\w+) (?:http:\/\/)?([^:/ ]+):(\d+)/.exec(head) ?? [];
  const far = connect(Number(port), host, () => {
    if (method === 'CONNECT') {
      socket.write(opened);
      socket.pipe(far).pipe(socket);
    } else {
      const passed = head.replace(/ http:\/\/[^/]+/, ' ').replace(/^proxy-authorization: .*\r\n/im, '');
      far.write(`${passed}\r\n\r\n${body}`);
      far.pipe(socket, { end: false });
    }
  });
  far.on('error', () => socket.destroy());
  socket.on('close', () => far.destroy());
}
