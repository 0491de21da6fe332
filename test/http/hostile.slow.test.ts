import { expect, test } from 'vitest';
import { Fault, type FaultCode } from '../../src/core/fault.ts';
import { Secret } from '../../src/core/secret.ts';
import { type Behaviour, behaviours } from '../support/hostile-server.ts';
import { client, expectNoConnections, get, serve, warningsOf, within } from './ask.ts';

/** The fault, or the status and size of the reply, by behaviour; the number of attempts where one retry is allowed. */
const expected: Readonly<Record<string, readonly [FaultCode | number, attempts: number]>> = {
  'reset-at-once': ['connection-lost', 2],
  'reset-before-headers': ['connection-lost', 2],
  'reset-in-headers': ['connection-lost', 2],
  'reset-after-headers': ['connection-lost', 2],
  'end-before-headers': ['connection-lost', 2],
  'end-in-headers': ['connection-lost', 2],
  'end-after-headers': ['connection-lost', 2],
  'never-answers': ['timeout', 2],
  'body-never-ends': ['timeout', 2],
  'one-byte-a-time': ['timeout', 2],
  'slow-headers': ['timeout', 2],
  'continue-for-ever': ['timeout', 2],
  'switches-protocol': ['unexpected-status', 1],
  'idle-connection-dies': [200, 1],
  'content-length-too-long': ['connection-lost', 2],
  'content-length-too-short': ['not-http', 1],
  'content-length-twice': ['not-http', 1],
  'content-length-garbage': ['not-http', 1],
  'content-length-negative': ['not-http', 1],
  'length-and-chunks': ['not-http', 1],
  'no-last-chunk': ['connection-lost', 2],
  'chunk-size-garbage': ['not-http', 1],
  'cut-without-length': [200, 1],
  'headers-64k': ['too-large', 1],
  'headers-3000': ['too-large', 1],
  'header-with-nul': ['not-http', 1],
  'header-with-escapes': [200, 1],
  'not-http': ['not-http', 1],
  'bare-body': ['not-http', 1],
  'http-0.9': [200, 1],
  'status-line-garbage': ['not-http', 1],
  'status-without-reason': [200, 1],
  'endless-header': ['too-large', 1],
  'two-answers': [200, 1],
  bom: [200, 1],
  'latin-1': [200, 1],
  nul: [200, 1],
  'only-nul': [200, 1],
  'depth-10000': [200, 1],
  'proto-key': [200, 1],
  'duplicate-keys': [200, 1],
  'beyond-2-53': [200, 1],
  'number-overflow': [200, 1],
  'html-200': [200, 1],
  'html-404': [404, 1],
  'json-as-html': [200, 1],
  'empty-200': [200, 1],
  'blank-200': [200, 1],
  'no-content-204': [204, 1],
  'reset-content-205': [205, 1],
  null: [200, 1],
  'bare-number': [200, 1],
  array: [200, 1],
  'deep-object': [200, 1],
  'terminal-escapes': [200, 1],
  'too-large': ['too-large', 1],
  'endless-body': ['too-large', 1],
  'echoes-the-request': [400, 1],
  'bomb-gzip': ['too-large', 1],
  'bomb-deflate': ['too-large', 1],
  'bomb-brotli': ['too-large', 1],
  'bomb-in-an-error': ['too-large', 1],
  gzip: [200, 1],
  'gzip-cut': ['not-json', 1],
  'gzip-junk-after': ['not-json', 1],
  'gzip-not-at-all': ['not-json', 1],
  'brotli-not-at-all': ['not-json', 1],
  'gzip-twice': ['not-json', 1],
  'unknown-encoding': ['not-json', 1],
  'redirect-300': [300, 1],
  'redirect-301': [301, 1],
  'redirect-302': [302, 1],
  'redirect-303': [303, 1],
  'redirect-304': [304, 1],
  'redirect-305': [305, 1],
  'redirect-307': [307, 1],
  'redirect-308': [308, 1],
  'redirect-slow-body': [302, 1],
  'redirect-to-file': [302, 1],
  'redirect-garbage': [302, 1],
  'redirect-relative': [302, 1],
  'redirect-nowhere': [302, 1],
  'retry-after-0': [429, 2],
  'retry-after-negative': [429, 2],
  'retry-after-exponent': [429, 2],
  'retry-after-huge': [429, 1],
  'retry-after-hour': [429, 1],
  'retry-after-garbage': [429, 2],
  'retry-after-past-date': [429, 2],
  'retry-after-far-date': [429, 1],
  'retry-after-hex': [429, 2],
  'retry-after-infinity': [429, 2],
  'retry-after-none': [429, 2],
  'status-400': [400, 1],
  'status-401': [401, 1],
  'status-403': [403, 1],
  'status-404': [404, 1],
  'status-405': [405, 1],
  'status-407': [407, 1],
  'status-408': [408, 2],
  'status-409': [409, 1],
  'status-410': [410, 1],
  'status-413': [413, 1],
  'status-418': [418, 1],
  'status-422': [422, 1],
  'status-425': [425, 1],
  'status-431': [431, 1],
  'status-451': [451, 1],
  'status-500': [500, 2],
  'status-501': [501, 1],
  'status-502': [502, 2],
  'status-503': [503, 2],
  'status-504': [504, 2],
  'status-505': [505, 1],
  'status-507': [507, 2],
  'status-520': [520, 2],
  'status-596': [596, 1],
  'status-599': [599, 2],
  'status-600': [600, 1],
  'status-999': [999, 1],
  // The authority that signed these is not trusted here; process.slow.test.ts has them trusted.
  'tls-good': ['tls-untrusted', 1],
  'tls-self-signed': ['tls-untrusted', 1],
  'tls-expired': ['tls-expired', 1],
  'tls-not-yet-valid': ['tls-expired', 1],
  'tls-wrong-name': ['tls-untrusted', 1],
  'tls-too-old': ['tls-failed', 1],
  'tls-wants-client-certificate': ['tls-untrusted', 1],
  'tls-mute': ['timeout', 2],
  'tls-closes': ['connection-lost', 2],
  'tls-resets': ['connection-lost', 2],
  'tls-plain-http': ['tls-failed', 1],
};

const secret = 'key-6f1c2d9e8b';
const headers = { 'x-api-key': new Secret(secret, 'TEST_API_KEY') };
const direct = behaviours.filter(({ kind }) => kind !== 'proxy');

test('every behaviour has its expectation', () => {
  expect(Object.keys(expected).sort()).toEqual(direct.map(({ name }) => name).sort());
  expect(new Set(behaviours.map(({ name }) => name)).size).toBe(behaviours.length);
});

test.each(direct.map((behaviour) => [behaviour.name, behaviour] as const))('%s', async (name, behaviour: Behaviour) => {
  const thief = await serve({ name: 'thief', kind: 'http', answer: (socket) => socket.end() });
  const server = await serve(behaviour, thief.origin);
  // A busy machine must not make a time-out of anything else.
  const send = client({ retries: 1, requestTimeoutMs: expected[name]?.[0] === 'timeout' ? 400 : 60_000 });

  const warnings = await warningsOf(async () => {
    const exchange = await send(get(`${server.origin}/v1/messages/42`, { headers }), within(100_000));
    const { reply } = exchange;
    expect([reply instanceof Fault ? reply.code : reply.status, exchange.attempts]).toEqual(expected[name]);
    expect(
      JSON.stringify(exchange) + (reply instanceof Fault ? reply.message : Buffer.from(reply.bytes)),
    ).not.toContain(secret);
    if (reply instanceof Fault) {
      expect(reply.message).toContain(server.origin);
      expect(reply.message).toMatch(/^[\x20-\x7e]{10,200}$/);
      expect(reply.cause).toBeUndefined();
    }
    send.close();
    await expectNoConnections(server, thief);
  });

  expect(warnings).toEqual([]);
  expect(thief.requests).toEqual([]);
});

test('bodies that another layer must judge arrive byte for byte', async () => {
  const send = client();
  const body = async (name: string) => {
    const server = await serve(name);
    const { reply } = await send(get(server.origin), within(60_000));
    return reply instanceof Fault ? reply.code : Buffer.from(reply.bytes).toString('latin1');
  };
  expect(await body('bom')).toBe('\xef\xbb\xbf{"status":"DELIVERED"}');
  expect(await body('latin-1')).toBe('{"status":"\xe9"}');
  expect(await body('nul')).toBe('{"status":"DELI\0VERED"}');
  expect(await body('cut-without-length')).toBe('{"status":"DELI');
  expect(await body('gzip')).toBe('{"status":"DELIVERED"}');
  expect(await body('duplicate-keys')).toBe('{"status":"FAILED","status":"DELIVERED"}');
  expect(await body('no-content-204')).toBe('');
});

test('a redirect keeps its target and gives up its body', async () => {
  const server = await serve('redirect-302', 'http://127.0.0.1:9');
  const { reply } = await client()(get(server.origin), within(60_000));
  expect(reply).toMatchObject({
    status: 302,
    headers: { location: 'http://127.0.0.1:9/thief?id=1' },
    bytes: new Uint8Array(),
  });
});
