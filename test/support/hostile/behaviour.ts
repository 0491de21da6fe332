import type { Socket } from 'node:net';

/** One way in which a server can be bad. Behaviours write bytes themselves: no HTTP library would let them. */
export interface Behaviour {
  readonly name: string;
  /** `http`: a server over plain HTTP; `tls`: one behind https; `proxy`: what HTTPS_PROXY or HTTP_PROXY names. */
  readonly kind: 'http' | 'tls' | 'proxy';
  /** Which certificate a TLS server shows; absent on a `tls` behaviour that never gets that far. */
  readonly certificate?: CertificateName;
  /** TLS 1.1 is the newest that it speaks. */
  readonly oldTls?: boolean;
  readonly wantsClientCertificate?: boolean;
  /** Called once a connection is made, before a byte was read. */
  connected?(socket: Socket): void;
  /** Called for each request, when its head has come in full. */
  answer?(socket: Socket, request: HostileRequest): void;
}

export type CertificateName = 'good' | 'selfSigned' | 'expired' | 'notYetValid' | 'wrongName';

export interface HostileRequest {
  /** How many the server had, this one included. */
  readonly number: number;
  /** How many this connection had, this one included. */
  readonly numberHere: number;
  /** Request line and headers. */
  readonly head: string;
  readonly body: string;
  /** Origin of a server that no request may reach. */
  readonly elsewhere: string;
}

/** An answer in full, on a connection that stays open. */
export function respond(socket: Socket, status: string, headers: readonly string[], body: string | Buffer): void {
  const bytes = Buffer.from(body);
  const head = [`HTTP/1.1 ${status}`, `Content-Length: ${bytes.length}`, ...headers, '', ''].join('\r\n');
  socket.write(Buffer.concat([Buffer.from(head, 'latin1'), bytes]));
}

export const json = 'Content-Type: application/json';

/** Writes a piece again and again until the other side is gone. */
export function repeat(socket: Socket, everyMs: number, piece: string | Buffer): void {
  const timer = setInterval(() => socket.write(piece), everyMs);
  socket.once('close', () => clearInterval(timer));
}

/** Writes as fast as the other side reads, for ever. */
export function flood(socket: Socket, piece: Buffer): void {
  const pour = () => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on('drain', pour);
  pour();
}
