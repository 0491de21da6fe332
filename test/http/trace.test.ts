import { expect, test } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import { Secret } from '../../src/core/secret.ts';
import { textTrace } from '../../src/http/trace.ts';
import { respond } from '../support/hostile/behaviour.ts';
import type { Behaviour } from '../support/hostile-server.ts';
import { client, get, serve, within } from './ask.ts';

function recorder() {
  const pieces: string[] = [];
  return { pieces, trace: textTrace((text) => pieces.push(text)) };
}

test('an exchange over the wire, line by line', async () => {
  const behaviour: Behaviour = {
    name: 'twice',
    kind: 'http',
    answer: (socket, { number }) =>
      number === 1
        ? respond(socket, '503 Busy', ['Retry-After: 0', 'Set-Cookie: session=abc'], 'busy')
        : respond(
            socket,
            '200 OK',
            ['Content-Type: application/json', 'X-RateLimit-Remaining: 7', 'X-Other: no'],
            '{}',
          ),
  };
  const server = await serve(behaviour);
  const { pieces, trace } = recorder();
  const headers = { accept: 'application/json', 'sb-api-key-id': new Secret('key-0123456789', 'SENDBLUE_API_API_KEY') };
  await client({ trace, retries: 1 })(get(`${server.origin}/api/status?handle=h-1`, { headers }), within(60_000));
  const asked = [
    `> GET ${server.origin}/api/status?handle=h-1 (#1)`,
    '> user-agent: sbstatus/test',
    '> accept: application/json',
    '> sb-api-key-id: [redacted]',
  ];
  expect(
    pieces
      .join('')
      .replace(/ in \d+ ms/g, ' in 1 ms')
      .split('\n'),
  ).toEqual([
    ...asked,
    '< 503 in 1 ms, 4 bytes (#1)',
    '< content-length: 4',
    '< retry-after: 0',
    '! retry in 0.1 s after 503 (#1)',
    ...asked,
    '< 200 in 1 ms, 2 bytes (#1)',
    '< content-length: 2',
    '< content-type: application/json',
    '< x-ratelimit-remaining: 7',
    '',
  ]);
});

test('a fault and its retry', () => {
  const { pieces, trace } = recorder();
  const fault = new Fault('timeout', { message: 'no answer from https://api.example within 10 s' });
  trace.onFault(3, fault, 10_000.4);
  trace.onPause(3, 1490, fault);
  expect(pieces).toEqual([
    '! timeout in 10000 ms: no answer from https://api.example within 10 s (#3)\n',
    '! retry in 1.5 s after timeout (#3)\n',
  ]);
});

test('a redirect shows its origin only', () => {
  const { pieces, trace } = recorder();
  const bytes = new Uint8Array();
  trace.onReply(1, { status: 302, headers: { location: 'https://evil.example/a?token=t' }, bytes }, 1);
  trace.onReply(2, { status: 302, headers: { location: '/login?token=t' }, bytes }, 1);
  expect(pieces).toEqual([
    '< 302 in 1 ms, 0 bytes (#1)\n< location: https://evil.example\n',
    '< 302 in 1 ms, 0 bytes (#2)\n< location: (relative)\n',
  ]);
});

test('no byte of a server reaches the terminal as a command', async () => {
  const server = await serve('header-with-escapes');
  const { pieces, trace } = recorder();
  await client({ trace })(get(server.origin), within(60_000));
  expect(pieces.join('')).toContain('< x-request-id: \\x9b31m\\xe9\n');
});

test('a secret that got into the URL or a plain header does not show', async () => {
  const server = await serve('empty-200');
  const { pieces, trace } = recorder();
  const headers = { 'x-api-key': new Secret('key-0123456789', 'SENT_DM_API_KEY'), 'x-profile-id': 'key-0123456789' };
  await client({ trace })(get(`${server.origin}/v3/messages/key-0123456789`, { headers }), within(60_000));
  expect(pieces.join('')).not.toContain('key-0123456789');
  expect(pieces.join('')).toContain(`> GET ${server.origin}/v3/messages/[redacted] (#1)`);
});
