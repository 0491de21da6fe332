import { type Behaviour, flood, json, repeat, respond } from './behaviour.ts';

const redirectCodes = [300, 301, 302, 303, 304, 305, 307, 308];

/** Redirects of every kind, to a server that no request may reach; most with bodies that never end. */
export const redirects: readonly Behaviour[] = [
  ...redirectCodes.map(
    (code): Behaviour => ({
      name: `redirect-${code}`,
      kind: 'http',
      answer: (socket, { elsewhere }) => {
        socket.write(`HTTP/1.1 ${code} Moved\r\nLocation: ${elsewhere}/thief?id=1\r\nConnection: close\r\n\r\n`);
        if (code !== 304) flood(socket, Buffer.alloc(64 * 1024, 'x'));
      },
    }),
  ),
  {
    name: 'redirect-slow-body',
    kind: 'http',
    answer: (socket, { elsewhere }) => {
      socket.write(`HTTP/1.1 302 Found\r\nLocation: ${elsewhere}/thief\r\nContent-Length: 1000\r\n\r\n`);
      repeat(socket, 50, 'x');
    },
  },
  redirect('redirect-to-file', 'file:///etc/passwd'),
  redirect('redirect-garbage', 'http://[not a url'),
  redirect('redirect-relative', '/elsewhere'),
  { name: 'redirect-nowhere', kind: 'http', answer: (socket) => respond(socket, '302 Found', [], '') },
];

/** `Retry-After` as servers send it, well-meant or not. */
export const retryAfter: readonly Behaviour[] = [
  throttled('retry-after-0', '0'),
  throttled('retry-after-negative', '-5'),
  throttled('retry-after-exponent', '1e12'),
  throttled('retry-after-huge', '999999999999'),
  throttled('retry-after-hour', '3600'),
  throttled('retry-after-garbage', 'soon'),
  throttled('retry-after-past-date', 'Wed, 21 Oct 2015 07:28:00 GMT'),
  throttled('retry-after-far-date', 'Fri, 31 Dec 2199 23:59:59 GMT'),
  throttled('retry-after-hex', '0x1'),
  throttled('retry-after-infinity', 'Infinity'),
  throttled('retry-after-none', null),
];

const codes = [400, 401, 403, 404, 405, 407, 408, 409, 410, 413, 418, 422, 425, 431, 451];
const serverCodes = [500, 501, 502, 503, 504, 505, 507, 520, 596, 599, 600, 999];

export const statuses: readonly Behaviour[] = [...codes, ...serverCodes].map(
  (code): Behaviour => ({
    name: `status-${code}`,
    kind: 'http',
    answer: (socket) => respond(socket, `${code} Whatever`, [json], '{"message":"no"}'),
  }),
);

function redirect(name: string, location: string): Behaviour {
  return { name, kind: 'http', answer: (socket) => respond(socket, '302 Found', [`Location: ${location}`], '') };
}

function throttled(name: string, value: string | null): Behaviour {
  const headers = value === null ? [json] : [json, `Retry-After: ${value}`];
  return { name, kind: 'http', answer: (socket) => respond(socket, '429 Too Many Requests', headers, '{}') };
}
