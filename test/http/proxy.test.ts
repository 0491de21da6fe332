import { expect, test } from 'vitest';
import { Fault, type FaultCode } from '../../src/core/fault.ts';
import { isExempt, proxyFor } from '../../src/http/proxy.ts';
import { type Behaviour, behaviours } from '../support/hostile-server.ts';
import { client, expectNoConnections, faultOf, get, replyOf, serve, textOf, warningsOf, within } from './ask.ts';

const https = new URL('https://api.sendblue.co/api/status');
const http = new URL('http://127.0.0.1:8080/');
const here = 'http://127.0.0.1:3128';

test.each([
  ['nothing set', https, {}, null],
  ['upper case', https, { HTTPS_PROXY: 'http://p:3128' }, 'http://p:3128'],
  ['lower case', https, { https_proxy: 'http://p:3128' }, 'http://p:3128'],
  ['lower case wins', https, { https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:2' }, 'http://a:1'],
  ['empty counts as unset', https, { https_proxy: '', HTTPS_PROXY: 'http://b:2' }, 'http://b:2'],
  ['the other protocol’s', https, { HTTP_PROXY: 'http://p:3128' }, null],
  ['http', http, { http_proxy: here }, here],
  ['http, on this machine by name', http, { http_proxy: 'localhost:3128' }, 'http://localhost:3128'],
  ['http, on this machine by IPv6', http, { http_proxy: 'http://[::1]:3128' }, 'http://[::1]:3128'],
  ['for all', https, { ALL_PROXY: 'http://p:3128' }, 'http://p:3128'],
  ['its own before that for all', https, { ALL_PROXY: 'http://a:1', HTTPS_PROXY: 'http://b:2' }, 'http://b:2'],
  ['no scheme', https, { HTTPS_PROXY: 'p:3128' }, 'http://p:3128'],
  ['no scheme, with a user', https, { HTTPS_PROXY: 'u:w@p:3128' }, 'http://p:3128'],
  ['a proxy behind TLS', https, { HTTPS_PROXY: 'https://p:3129' }, 'https://p:3129'],
  ['exempt', https, { HTTPS_PROXY: 'http://p:3128', NO_PROXY: 'sendblue.co' }, null],
  ['exempt, lower case wins', https, { HTTPS_PROXY: 'http://p:1', no_proxy: 'other', NO_PROXY: '*' }, 'http://p:1'],
  ['this machine, which a proxy elsewhere cannot reach', http, { HTTP_PROXY: 'http://p:3128' }, null],
  ['this machine by https', new URL('https://127.0.0.1/'), { HTTPS_PROXY: 'http://p:3128' }, 'http://p:3128'],
])('the proxy: %s', (_what, url, env, origin) => {
  const proxy = proxyFor(url, env);
  expect(proxy?.url.origin ?? null).toBe(origin);
  if (proxy !== null) expect(Object.keys(env)).toContain(proxy.variable);
});

test.each([
  ['socks5://user:hunter22@p:1080', 'SOCKS'],
  ['socks5h://p:1080', 'SOCKS'],
  ['ftp://hunter22@p', 'http:// or https://'],
  ['http://', 'not a URL'],
  ['http://p:hunter22', 'not a URL'],
  ['http://us%er:hunter22@p:3128', '%25'],
])('refuses %s', async (value, says) => {
  const server = await serve('empty-200');
  const env = { HTTP_PROXY: value };
  const exchange = await client({ env })(get(server.origin), within(60_000));
  expect(faultOf(exchange)).toMatchObject({ code: 'proxy-invalid', message: expect.stringMatching(/^HTTP_PROXY /) });
  expect(faultOf(exchange).message).toContain(says);
  expect(faultOf(exchange).message + faultOf(exchange).hint).not.toContain('hunter22');
  expect([exchange.attempts, server.requests.length]).toEqual([0, 0]);
});

test.each([
  ['*', 'https://api.sent.dm/', true],
  ['api.sent.dm', 'https://api.sent.dm/', true],
  ['sent.dm', 'https://api.sent.dm/', true],
  ['.sent.dm', 'https://api.sent.dm/', true],
  ['*.sent.dm', 'https://api.sent.dm/', true],
  ['SENT.DM', 'https://api.sent.dm/', true],
  ['sent.dm.', 'https://api.sent.dm/', true],
  ['ent.dm', 'https://api.sent.dm/', false],
  ['api.sent.dm.evil', 'https://api.sent.dm/', false],
  ['', 'https://api.sent.dm/', false],
  ['.', 'https://api.sent.dm/', false],
  [' , ,', 'https://api.sent.dm/', false],
  ['localhost, sent.dm', 'https://api.sent.dm/', true],
  ['localhost sent.dm', 'https://api.sent.dm/', true],
  ['api.sent.dm:443', 'https://api.sent.dm/', true],
  ['api.sent.dm:8443', 'https://api.sent.dm/', false],
  ['127.0.0.1:8080', 'http://127.0.0.1:8080/', true],
  ['127.0.0.1:80', 'http://127.0.0.1:8080/', false],
  ['0.0.1', 'http://127.0.0.1/', false],
  ['127.0.0.0/8', 'http://127.0.0.1/', true],
  ['10.0.0.0/8', 'http://127.0.0.1/', false],
  ['127.0.0.0/99', 'http://127.0.0.1/', false],
  ['127.0.0.0/x', 'http://127.0.0.1/', false],
  ['127.0.0.0/8', 'https://api.sent.dm/', false],
  ['::1', 'http://[::1]:8080/', true],
  ['[::1]', 'http://[::1]:8080/', true],
  ['[::1]:8080', 'http://[::1]:8080/', true],
  ['[::1]:80', 'http://[::1]:8080/', false],
  ['fe80::/10', 'http://[fe80::1]/', true],
  ['::1/128', 'http://127.0.0.1/', false],
])('NO_PROXY %j and %s: %s', (list, url, exempt) => {
  expect(isExempt(new URL(url), list)).toBe(exempt);
});

test('goes through the proxy that the environment names, with its password', async () => {
  const server = await serve('html-200');
  const proxy = await serve('proxy-works');
  const send = client({ env: { HTTP_PROXY: `http://us%40er:p%20w@127.0.0.1:${proxy.port}` } });
  expect(textOf(await send(get(`${server.origin}/a?b=c`), within(60_000)))).toContain('hotel');
  expect(textOf(await send(get(`${server.origin}/b`), within(60_000)))).toContain('hotel');
  expect(server.requests).toHaveLength(2);
  // The whole address and no CONNECT, which proxies allow for port 443 alone.
  expect(proxy.requests[0]).toMatch(new RegExp(`^GET ${server.origin}/a\\?b=c HTTP/1.1\r\n`));
  expect(proxy.requests[0]).toMatch(new RegExp(`^host: 127.0.0.1:${server.port}\r$`, 'im'));
  expect(proxy.requests.join().match(/CONNECT/)).toBeNull();
  const login = Buffer.from('us@er:p w').toString('base64');
  expect(proxy.requests[0]).toMatch(new RegExp(`^proxy-authorization: basic ${login}\r$`, 'im'));
  send.close();
  await expectNoConnections(server, proxy);
});

test('a proxy behind TLS is trusted no more than any other server', async () => {
  const [server, proxy] = [await serve('html-200'), await serve('tls-self-signed')];
  const send = client({ env: { HTTP_PROXY: proxy.origin } });
  expect(faultOf(await send(get(server.origin), within(60_000)))).toMatchObject({
    code: 'tls-untrusted',
    message: expect.stringMatching(`^the proxy ${proxy.origin}`),
    hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
  });
  const plain = await serve('tls-plain-http');
  const through = client({ env: { HTTP_PROXY: plain.origin } });
  expect(faultOf(await through(get(server.origin), within(60_000)))).toMatchObject({
    code: 'tls-failed',
    message: expect.stringMatching(`^the proxy ${plain.origin}`),
    hint: 'check HTTP_PROXY, or except this host with NO_PROXY',
  });
  expect([server.requests, proxy.requests]).toEqual([[], []]);
});

test('what a proxy echoes of its password is struck', async () => {
  const [server, proxy] = [await serve('html-200'), await serve('echoes-the-request')];
  const send = client({ env: { HTTP_PROXY: `http://somebody:hunter22-and-more@127.0.0.1:${proxy.port}` } });
  const { bytes } = replyOf(await send(get(server.origin), within(60_000)));
  const text = Buffer.from(bytes).toString();
  expect(text).toContain('GET http://127.0.0.1');
  expect(text).toContain('[redacted]');
  expect(text).not.toContain(Buffer.from('somebody:hunter22-and-more').toString('base64'));
});

test('a password that is a word is not struck from what the server says', async () => {
  const [server, proxy] = [await serve('html-200'), await serve('proxy-works')];
  const send = client({ env: { HTTP_PROXY: `http://Welcome:Welcome@127.0.0.1:${proxy.port}` } });
  expect(textOf(await send(get(server.origin), within(60_000)))).toContain('Welcome to the hotel');
});

// A login: what the variable holds, what the proxy answers to an http: and to an https: address, and what is told of it.
test.each([
  ['', 407, 'requires a user and a password', /^put user and password into /],
  ['', 401, 'requires a user and a password', /^put user and password into /],
  ['user:hunter22@', 407, 'refused the user and password in ', /^correct /],
  ['user:hunter22@', 401, 'refused the user and password in ', /^correct /],
  ['user@', 407, 'refused the user and password in ', /^correct /],
])('a proxy at %shost that answers %i', async (login, status, says, hints) => {
  const [plain, secure] = [await serve('html-200'), await serve('tls-good')];
  const proxy = await serve(`proxy-${status}`);
  const value = `http://${login}127.0.0.1:${proxy.port}`;
  const ways = [
    ['HTTP_PROXY', plain.origin],
    ['http_proxy', plain.origin],
    ['HTTPS_PROXY', secure.origin],
    ['https_proxy', secure.origin],
    ['ALL_PROXY', secure.origin],
    ['all_proxy', plain.origin],
  ] as const;
  for (const [variable, origin] of ways) {
    // Without a header that names the proxy, a 401 of plain HTTP may be the server's own.
    if (status === 401 && login === '' && origin === plain.origin) continue;
    const exchange = await client({ env: { [variable]: value }, retries: 2 })(get(origin), within(60_000));
    const { code, message, hint } = faultOf(exchange);
    expect([code, exchange.attempts]).toEqual(['proxy-auth', 1]);
    expect(message).toBe(`the proxy ${proxy.origin} ${says}${login === '' ? '' : variable}`);
    expect(hint).toMatch(hints);
    expect(hint).toContain(variable);
    expect(message + hint).not.toContain('hunter22');
  }
  expect([plain.requests, secure.requests]).toEqual([[], []]);
});

test('an exempt host is asked directly', async () => {
  const server = await serve('empty-200');
  const proxy = await serve('proxy-works');
  const env = { HTTP_PROXY: proxy.origin, NO_PROXY: '127.0.0.1' };
  await client({ env })(get(server.origin), within(60_000));
  expect([server.requests.length, proxy.requests.length]).toEqual([1, 0]);
});

/** What an https and an http request come to behind each proxy. For http its answers look like the server's. */
const expected: Readonly<Record<string, readonly [https: FaultCode | number, http: FaultCode | number]>> = {
  // The tunnel is no reason to trust the certificate at its end.
  'proxy-works': ['tls-untrusted', 200],
  'proxy-hangs': ['timeout', 'timeout'],
  'proxy-resets': ['connection-lost', 'connection-lost'],
  'proxy-closes': ['connection-lost', 'connection-lost'],
  'proxy-401': ['proxy-auth', 'proxy-auth'],
  'proxy-407': ['proxy-auth', 'proxy-auth'],
  'proxy-403': ['unreachable', 403],
  'proxy-502': ['unreachable', 502],
  'proxy-302': ['unreachable', 302],
  'proxy-not-http': ['not-http', 'not-http'],
  'proxy-drips': ['timeout', 'timeout'],
  'proxy-lies-then-hangs': ['timeout', 'timeout'],
  'proxy-lies-then-closes': ['connection-lost', 200],
  'proxy-lies-with-garbage': ['tls-failed', 'timeout'],
  'proxy-answers-itself': ['tls-failed', 'timeout'],
};

const proxies = behaviours.filter(({ kind }) => kind === 'proxy');

test('every proxy has its expectation', () => {
  expect(Object.keys(expected).sort()).toEqual(proxies.map(({ name }) => name).sort());
});

test.each(proxies.map((behaviour) => [behaviour.name, behaviour] as const))(
  '%s',
  async (name, behaviour: Behaviour) => {
    const targets = [await serve('tls-self-signed'), await serve('html-200')];
    const thief = await serve('empty-200');
    const proxy = await serve(behaviour, thief.origin);
    const said: (FaultCode | number)[] = [];
    const warnings = await warningsOf(async () => {
      for (const target of targets) {
        const value = `http://user:hunter22@127.0.0.1:${proxy.port}`;
        // A busy machine must not make a time-out of anything else.
        const requestTimeoutMs = expected[name]?.includes('timeout') ? 400 : 60_000;
        const send = client({ env: { HTTPS_PROXY: value, HTTP_PROXY: value }, requestTimeoutMs });
        const { reply } = await send(get(target.origin), within(60_000));
        said.push(reply instanceof Fault ? reply.code : reply.status);
        if (reply instanceof Fault) {
          expect(reply.message).toContain(`proxy ${proxy.origin}`);
          expect(reply.message + reply.hint).not.toContain('hunter22');
        }
        send.close();
        await expectNoConnections(target, proxy);
      }
    });
    expect(said).toEqual(expected[name]);
    expect(warnings).toEqual([]);
    expect(thief.requests).toEqual([]);
  },
);
