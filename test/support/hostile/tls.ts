import { type Behaviour, respond } from './behaviour.ts';

const answer: Behaviour['answer'] = (socket) => respond(socket, '200 OK', [], '{"status":"DELIVERED"}');

/** Servers behind https. Those with a certificate of the test authority need it in NODE_EXTRA_CA_CERTS. */
export const tls: readonly Behaviour[] = [
  { name: 'tls-good', kind: 'tls', certificate: 'good', answer },
  { name: 'tls-self-signed', kind: 'tls', certificate: 'selfSigned', answer },
  { name: 'tls-expired', kind: 'tls', certificate: 'expired', answer },
  { name: 'tls-not-yet-valid', kind: 'tls', certificate: 'notYetValid', answer },
  { name: 'tls-wrong-name', kind: 'tls', certificate: 'wrongName', answer },
  { name: 'tls-too-old', kind: 'tls', certificate: 'good', oldTls: true, answer },
  { name: 'tls-wants-client-certificate', kind: 'tls', certificate: 'good', wantsClientCertificate: true, answer },
  { name: 'tls-mute', kind: 'tls', connected: (socket) => socket.resume() },
  { name: 'tls-closes', kind: 'tls', connected: (socket) => socket.once('data', () => socket.end()) },
  { name: 'tls-resets', kind: 'tls', connected: (socket) => socket.once('data', () => socket.resetAndDestroy()) },
  {
    name: 'tls-plain-http',
    kind: 'tls',
    connected: (socket) => socket.once('data', () => respond(socket, '400 Bad Request', [], 'this port speaks HTTP')),
  },
];
