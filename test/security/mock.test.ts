import { execFileSync } from 'node:child_process';
import { request } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { mockEnv } from '../support/mock.ts';
import { run } from '../support/run.ts';

// The mock server is a server too: whoever reaches it may send it anything.

const sendblue = { 'sb-api-key-id': 'mock-key-id', 'sb-api-secret-key': 'mock-secret-key' };

async function get(url: string, headers: Readonly<Record<string, string>> = sendblue) {
  const reply = await fetch(url, { headers });
  return { status: reply.status, body: (await reply.json()) as { data?: unknown[] } };
}

test.each([0, 1, 2, 5])('an SDK that joins with slashes is understood: %i more of them', async (more) => {
  const { origin } = await mockEnv();
  const slashes = '/'.repeat(1 + more);
  const path = `/sfmc${slashes}messaging/v1${slashes}sms/messages/sent`;
  expect((await get(origin + path, { authorization: 'Bearer mock-access-token' })).status).toBe(200);
  expect((await get(`${origin}${slashes}sendblue/api/v2/messages/sent`)).status).toBe(200);
});

test('an offset far behind the end is an empty page, and takes no time', async () => {
  const { origin } = await mockEnv();
  const list = `${origin}/sendblue/api/v2/messages`;
  for (const query of ['offset=999999999&limit=1', 'offset=999999999&limit=999999999', 'offset=0&limit=999999999']) {
    const { status, body } = await get(`${list}?${query}&account_email=growing`);
    expect([status, (body.data?.length ?? 0) <= 4000]).toEqual([200, true]);
  }
  for (const query of ['offset=-1', 'offset=1e9', 'limit=0', 'limit=99999999999999999999', 'offset=NaN']) {
    expect((await get(`${list}?${query}`)).status).toBe(400);
  }
});

test('a body of more than 1 MiB is refused, also one that never ends', async () => {
  const { origin } = await mockEnv();
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const asking = request(`${origin}/sfmc/v2/token`, { method: 'POST' }, (response) => {
      response.resume();
      clearInterval(feeding);
      resolve(response.statusCode);
    });
    const feeding = setInterval(() => asking.write(Buffer.alloc(256 * 1024, 'x')), 1);
    onTestFinished(() => {
      clearInterval(feeding);
      asking.destroy();
    });
    asking.on(
      'error',
      (error: NodeJS.ErrnoException) => error.code !== 'EPIPE' && error.code !== 'ECONNRESET' && reject(error),
    );
  });
  expect(status).toBe(413);
  expect((await get(`${origin}/sendblue/api/v2/messages/sent`)).status).toBe(200);
});

test.each([
  'GET //sendblue/api/v2/messages/sent HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET * HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /sendblue/%zz HTTP/1.1\r\nHost: a b<>\r\n\r\n',
  'GET /sendblue/api/v2/messages/%E0%A4%A HTTP/1.1\r\nHost: [::1\r\n\r\n',
  'OPTIONS ?x HTTP/1.1\r\nHost: \r\n\r\n',
])('%j is answered', async (text) => {
  const { origin } = await mockEnv();
  const socket = connect(Number(new URL(origin).port), '127.0.0.1', () => socket.write(text));
  onTestFinished(() => void socket.destroy());
  const head = await new Promise<string>((resolve) => socket.once('data', (data: Buffer) => resolve(data.toString())));
  expect(head).toMatch(/^HTTP\/1\.1 4\d\d /);
});

/** Starts `sbstatus mock`, and ends it as soon as it listens. */
async function started(...argv: string[]) {
  let stop = (_: 'SIGINT') => {};
  const { stdout, stderr } = await run(['mock', '--port', '0', ...argv], {
    onStart: (signal) => {
      stop = signal;
    },
    onStdout: () => setTimeout(() => stop('SIGINT'), 20),
  });
  return { stdout, stderr };
}

test('who listens beyond this machine is warned, and the exports lead to it all the same', async () => {
  const { stdout, stderr } = await started('--host', '0.0.0.0');
  expect(stderr).toContain('warning: whoever can reach 0.0.0.0 can use the mock');
  expect(stdout).toMatch(/export SENT_BASE_URL='http:\/\/127\.0\.0\.1:\d+\/sent'/);
  expect((await started()).stderr).not.toContain('warning');
});

test('a shell takes the exports', async () => {
  const { stdout } = await started();
  const script = `${stdout}\nprintf '%s' "$SENT_BASE_URL $SFMC_CLIENT_SECRET"`;
  expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toMatch(
    /^http:\/\/127\.0\.0\.1:\d+\/sent mock-client-secret$/,
  );
});
