import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Behaviour } from './hostile/behaviour.ts';
import { bodies, compressed } from './hostile/bodies.ts';
import { certificates } from './hostile/certificates.ts';
import { connections } from './hostile/connections.ts';
import { framing } from './hostile/framing.ts';
import { proxies } from './hostile/proxies.ts';
import { redirects, retryAfter, statuses } from './hostile/statuses.ts';
import { tls } from './hostile/tls.ts';

export type { Behaviour, HostileRequest } from './hostile/behaviour.ts';

/** Everything a server or a proxy was ever seen or feared to do, by name. */
export const behaviours: readonly Behaviour[] = [
  ...connections,
  ...framing,
  ...bodies,
  ...compressed,
  ...redirects,
  ...retryAfter,
  ...statuses,
  ...tls,
  ...proxies,
];

export interface HostileServer {
  readonly port: number;
  /** `http://127.0.0.1:port`, or https for a `tls` behaviour. */
  readonly origin: string;
  /** Heads of all requests so far. */
  readonly requests: readonly string[];
  /** Connections that are open now. */
  openConnections(): number;
  close(): Promise<void>;
}

export function behaviourNamed(name: string): Behaviour {
  const found = behaviours.find((behaviour) => behaviour.name === name);
  if (found === undefined) throw new Error(`no behaviour ${name}`);
  return found;
}

/** Starts a server on a free port of 127.0.0.1. `elsewhere`: an origin that redirects lead to. */
export async function startHostile(behaviour: Behaviour, elsewhere = 'http://127.0.0.1:9'): Promise<HostileServer> {
  const open = new Set<Socket>();
  const requests: string[] = [];
  const serve = (socket: Socket) => {
    socket.on('error', () => undefined);
    behaviour.connected?.(socket);
    if (behaviour.answer !== undefined) hear(socket, behaviour, requests, elsewhere);
  };
  const server = await createFor(behaviour, serve);
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `${behaviour.kind === 'tls' ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests,
    openConnections: () => open.size,
    close: () => {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function createFor(behaviour: Behaviour, serve: (socket: Socket) => void): Promise<Server> {
  if (behaviour.certificate === undefined) return createServer(serve);
  const { servers, authority } = await certificates();
  const server = createTlsServer(
    {
      ...servers[behaviour.certificate],
      ...(behaviour.oldTls ? { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } : {}),
      ...(behaviour.wantsClientCertificate ? { requestCert: true, rejectUnauthorized: true, ca: authority } : {}),
    },
    serve,
  );
  return server.on('tlsClientError', () => undefined);
}

/** Cuts what a connection says into requests, and has each answered. */
function hear(socket: Socket, behaviour: Behaviour, requests: string[], elsewhere: string): void {
  let heard = '';
  let numberHere = 0;
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1');
    for (let end = requestEnd(heard); end !== null; end = requestEnd(heard)) {
      const [head = '', body = ''] = heard.slice(0, end).split(/\r\n\r\n([\s\S]*)/);
      heard = heard.slice(end);
      numberHere += 1;
      requests.push(head);
      behaviour.answer?.(socket, { number: requests.length, numberHere, head, body, elsewhere });
    }
  });
}

/** Where the first request ends, or null while it has not come in full. */
function requestEnd(heard: string): number | null {
  const head = heard.indexOf('\r\n\r\n');
  if (head === -1) return null;
  const length = Number(/^content-length: *(\d+)/im.exec(heard.slice(0, head))?.[1] ?? 0);
  return heard.length >= head + 4 + length ? head + 4 + length : null;
}
