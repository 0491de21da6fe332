import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createRedactor } from '../../src/http/redactor.ts';
import { run } from '../support/run.ts';

// Servers that repeat what they were sent, in every form that hides it from a search for the secret itself.

const key = 'Kq7+aZ9/bX4=cV2-dW8_eU6.fT5~gS3';
const each = (write: (code: number, character: string) => string) =>
  [...key].map((character) => write(character.charCodeAt(0), character)).join('');
const hex = (code: number) => code.toString(16).padStart(2, '0');

/** What a secret looks like inside a decoded text. */
const forms: Readonly<Record<string, string>> = {
  clear: key,
  'lower case': key.toLowerCase(),
  'upper case': key.toUpperCase(),
  'escapes of JSON in the text': each((code) => `\\u00${hex(code)}`),
  'some escapes of JSON in the text': key.replaceAll('+', '\\u002B').replaceAll('=', '\\u003d'),
  'escapes of JSON, escaped': each((code) => `\\\\u00${hex(code)}`),
  'escapes of JavaScript': each((code) => `\\x${hex(code)}`),
  'octal escapes': each((code) => `\\${code.toString(8).padStart(3, '0')}`),
  'escapes with braces': each((code) => `\\u{${code.toString(16)}}`),
  'slashes with a backslash': key.replaceAll('/', '\\/'),
  'percent signs': encodeURIComponent(key),
  'percent signs in lower case': encodeURIComponent(key).toLowerCase(),
  'a percent sign for each letter': each((code) => `%${hex(code)}`),
  'percent signs of JavaScript’s escape': each((code) => `%u00${hex(code)}`),
  'percent signs, twice': encodeURIComponent(encodeURIComponent(key)),
  'decimal entities': each((code) => `&#${code};`),
  'hexadecimal entities': each((code) => `&#x${hex(code).toUpperCase()};`),
  'entities with zeros and no semicolons': each((code) => `&#000${code} `).replaceAll(' ', ''),
  'named entities': key.replaceAll('+', '&plus;').replaceAll('/', '&sol;').replaceAll('=', '&equals;'),
  'entities, escaped': key.replaceAll('+', '&amp;#43;').replaceAll('=', '&amp;#x3d;'),
  hex: Buffer.from(key).toString('hex'),
  'hex in upper case': Buffer.from(key).toString('hex').toUpperCase(),
  'hex with colons': each((code) => `${hex(code)}:`),
  'hex with blanks, as Node shows bytes': `<Buffer ${each((code) => `${hex(code)} `)}>`,
  'hex with dashes': each((code) => `${hex(code).toUpperCase()}-`),
  base64: Buffer.from(key).toString('base64'),
  'base64 behind one letter': Buffer.from(`a${key}b`).toString('base64'),
  'base64 behind two letters': Buffer.from(`ab${key}`).toString('base64'),
  'base64 for URLs': Buffer.from(`ab${key}xyz`).toString('base64url'),
  'full width': each((code) => String.fromCharCode(code + 0xfee0)),
  'zero-width characters between': [...key].join('\u200b'),
  'bidi isolates between': [...key].join('\u2066'),
  'grapheme joiners between': [...key].join('\u034f'),
  'variation selectors between': [...key].join('\ufe0f'),
  'tags between': [...key].join('\u{e0041}'),
  'controls between': [...key].join('\u0085'),
  'soft hyphens between': [...key].join('\u00ad'),
};

/** As a server could write it into JSON: escapes of any mixture are gone once it is parsed. */
const writings: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => JSON.stringify(text),
  escaped: (text) =>
    `"${[...text].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}`).join('')}"`,
};

/** No run of so many characters is left of the secret, in any case. */
function expectNoTrace(output: string, form: string): void {
  const plain = output.toLowerCase();
  for (const whole of [key, form]) {
    for (let at = 0; at + 14 <= whole.length; at += 1) {
      const piece = whole.slice(at, at + 14).toLowerCase();
      expect(plain.includes(piece), `${piece} in ${output}`).toBe(false);
      expect(plain.includes(JSON.stringify(piece).slice(1, -1)), `${piece} in ${output}`).toBe(false);
    }
  }
}

async function serve(
  answer: (request: IncomingMessage, origin: string) => { status: number; headers?: object; body: string },
) {
  const server = createServer((request, response) => {
    request.resume();
    const { status, headers, body } = answer(request, originOf());
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });
  const originOf = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return originOf();
}

const cases = Object.entries(forms).flatMap(([form, text]) =>
  Object.entries(writings).map(([how, write]) => [form, how, text, write] as const),
);

const common = ['--json', '--raw', '--debug', '--retries', '0'];

test.each(cases)('a key that a server repeats as %s, %s, is in no output', async (_, __, text, write) => {
  const echo = write(`at ${text}!`);
  const bodies = [
    {
      status: 200,
      body: `{"success":true,"data":{"id":"x","status":"SENT","template_name":${echo},${echo}:1,"events":[{"status":"SENT","description":${echo}}],"metadata":{${echo}:${echo}}},"meta":{"request_id":${echo}}}`,
    },
    {
      status: 400,
      body: `{"success":false,"error":{"code":"VALIDATION_001","message":${echo}},"meta":{"request_id":${echo}}}`,
    },
    { status: 200, body: `{"success":true,"data":{"id":"x","status":${echo}}}` },
  ];
  for (const { status, body } of bodies) {
    const headers = { 'x-request-id': `req-${encodeURIComponent(text)}` };
    const SENT_BASE_URL = await serve(() => ({ status, headers, body }));
    const { stdout, stderr } = await run(['sent', 'get', 'x', ...common], {
      env: { SENT_DM_API_KEY: key, SENT_BASE_URL },
    });
    expectNoTrace(stdout + stderr, text);
    expect(stdout).toContain('[redacted]');
    // The answer is read all the same.
    expect(JSON.parse(stdout).error?.code).not.toBe('not-json');
  }
});

test.each(cases)(
  'a client secret that the token endpoint repeats as %s, %s, is in no output',
  async (_, __, text, write) => {
    const echo = write(`at ${text}!`);
    const replies = [
      { status: 400, body: `{"error":${echo},"error_description":${echo}}` },
      {
        status: 200,
        body: `{"access_token":"the-new-bearer","rest_instance_url":${write(`https://${text}.evil.example/`)}}`,
      },
      { status: 200, body: `{"token_type":${echo}}` },
      { status: 500, body: `oh no: ${text}` },
    ];
    for (const reply of replies) {
      const SFMC_AUTH_BASE_URL = await serve(() => reply);
      const env = { SFMC_CLIENT_ID: 'an-id', SFMC_CLIENT_SECRET: key, SFMC_AUTH_BASE_URL };
      const { stdout, stderr } = await run(['sfmc', 'get', 'x', '--no-token-cache', ...common], { env });
      expectNoTrace(stdout + stderr, text);
    }
  },
);

test('the token that was refused is struck from the reply to the one after it', async () => {
  const bearers = [`${key}-first`, `${key.split('').reverse().join('')}-second`];
  let issued = 0;
  const heard: string[] = [];
  const SFMC_AUTH_BASE_URL = await serve((request, origin) => {
    if (request.method === 'POST') {
      issued += 1;
      return {
        status: 200,
        body: JSON.stringify({ access_token: bearers[issued - 1], rest_instance_url: `${origin}/` }),
      };
    }
    heard.push(request.headers.authorization ?? '');
    const status = heard.length === 1 ? 401 : 400;
    return { status, body: JSON.stringify({ message: `tried ${heard.join(' and ')}`, errorcode: 1 }) };
  });
  const env = { SFMC_CLIENT_ID: 'an-id', SFMC_CLIENT_SECRET: 'a-secret', SFMC_AUTH_BASE_URL };
  const { stdout, stderr } = await run(['sfmc', 'get', 'x', '--no-token-cache', ...common], { env });
  // Each was sent as the endpoint gave it, although the first is a secret by the time of the second.
  expect(heard).toEqual(bearers.map((bearer) => `Bearer ${bearer}`));
  for (const bearer of bearers) expect(stdout + stderr).not.toContain(bearer.slice(0, 20));
  expect(stdout).toContain('tried Bearer [redacted] and Bearer [redacted]');
});

test('an endpoint that gives the same token again is believed', async () => {
  let looks = 0;
  const heard: string[] = [];
  const SFMC_AUTH_BASE_URL = await serve((request, origin) => {
    if (request.method === 'POST') {
      return { status: 200, body: JSON.stringify({ access_token: key, rest_instance_url: `${origin}/` }) };
    }
    heard.push(request.headers.authorization ?? '');
    looks += 1;
    const body = { eventCategoryType: 'TransactionalSendEvents.SMSSent', info: { messageKey: 'x' } };
    return looks === 1 ? { status: 401, body: '{}' } : { status: 200, body: JSON.stringify(body) };
  });
  const env = { SFMC_CLIENT_ID: 'an-id', SFMC_CLIENT_SECRET: 'a-secret', SFMC_AUTH_BASE_URL };
  expect((await run(['sfmc', 'get', 'x', '--no-token-cache', ...common], { env })).code).toBe(0);
  expect(heard).toEqual([`Bearer ${key}`, `Bearer ${key}`]);
});

test.each([
  (host: string) => host,
  (host: string) => host.toUpperCase(),
  (host: string) => [...host].map((character) => `%${hex(character.charCodeAt(0))}`).join(''),
])('a redirect whose host is the key does not show it', async (write) => {
  const secret = 'kqx731zwv842yjt953pmd';
  const headers = { location: `https://${write(secret)}.evil.example/x` };
  const SENT_BASE_URL = await serve(() => ({ status: 302, headers, body: '' }));
  const env = { SENT_DM_API_KEY: secret, SENT_BASE_URL };
  const { code, stdout, stderr } = await run(['sent', 'get', 'x', ...common], { env });
  expect(code).toBe(42);
  expect((stdout + stderr).toLowerCase()).not.toContain('zwv842');
  expect(stdout).toContain('a redirect');
});

test('the host of a redirect in letters of full width is the same host', () => {
  const location = `https://${[...'kqx731zwv842'].map((c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)).join('')}.evil.example/`;
  const { headers } = createRedactor(['kqx731zwv842']).reply({
    status: 302,
    headers: { location },
    bytes: new Uint8Array(),
  });
  expect(headers['location']).toBe('https://[redacted].evil.example/');
});

describe('what counts as a secret', () => {
  const struck = (text: string, ...secrets: string[]) => createRedactor(secrets).text(text);

  test('five characters do, four do not', () => {
    expect(struck('a3f9k a3f9', 'a3f9k', 'a3f9')).toBe('[redacted] a3f9');
  });

  test('each half of one that was cut in two does from eight characters with a digit on, or from twelve', () => {
    expect(struck('{"a":"Kq7+aZ9/","b":"bX4=cV2-"}', 'Kq7+aZ9/bX4=cV2-')).toBe('{"a":"[redacted]","b":"[redacted]"}');
    expect(struck('delivery, deliverypend', 'deliverypendingkey')).toBe('delivery, [redacted]');
    expect(struck('Kq7+aZ9', 'Kq7+aZ9/bX4=cV2-')).toBe('Kq7+aZ9');
  });

  test('of one below twelve characters only the whole does', () => {
    expect(struck('12345678 12345678901', '12345678901')).toBe('12345678 [redacted]');
  });

  test('a number that is one does', () => {
    expect(createRedactor(['1234567']).value({ a: 1234567, b: 123456, c: [1234567] })).toEqual({
      a: '[redacted]',
      b: 123456,
      c: ['[redacted]'],
    });
  });
});

test('a value without secrets is the same value, and keys keep their meaning', () => {
  const { value } = createRedactor([key]);
  const plain = { a: [1, null, true, { b: 'x' }] };
  expect(value(plain)).toBe(plain);
  const odd = JSON.parse(`{"__proto__":${JSON.stringify(key)},"toString":"x"}`);
  expect(JSON.stringify(value(odd))).toBe('{"__proto__":"[redacted]","toString":"x"}');
});
