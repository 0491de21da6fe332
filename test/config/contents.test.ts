import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configJsonSchema } from '../../src/config/index.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { providers, sent } from './providers.ts';
import { scene } from './scene.ts';

const registry = await loadProviders();

/** The fault's message for a project file, without the file's name. */
async function problem(content: string | object, name = '.sbstatusrc'): Promise<string> {
  const s = scene();
  const path = s.write(`home/project/${name}`, content);
  // Complete credentials elsewhere do not excuse a broken file.
  const fault = await s.faultOf(sent, { env: { SENT_DM_API_KEY: 'from-env' } });
  expect(fault).toMatchObject({ code: 'config-invalid', exit: 'config' });
  expect(fault.message.startsWith(path)).toBe(true);
  return fault.message.slice(path.length);
}

test.each([
  ['sent: { apikey: hush-hush }', ': sent.apikey is not a known key, did you mean apiKey?'],
  ['sennt: { apiKey: hush-hush }', ': sennt is not a known key, did you mean sent?'],
  ['profles: {}', ': profles is not a known key, did you mean profiles?'],
  ['profiles: { p: { sentt: {} } }', ': profiles.p.sentt is not a known key, did you mean sent?'],
  [
    'profiles: { p: { sent: { key: hush-hush } } }',
    ': profiles.p.sent.key is not a known key (known: apiKey, profileId, baseUrl)',
  ],
  ['proxy: http://hush-hush', ': proxy is not a known key (known: defaultProfile, profiles, sendblue, sent, sfmc)'],
  ['sent: { ca: hush-hush }', ': sent.ca is not a known key (known: apiKey, profileId, baseUrl)'],
  ['sent: { "a b\\u001b": 1 }', ': sent."a b\\u001b" is not a known key (known: apiKey, profileId, baseUrl)'],
  ['sent: { apiKey: 012345 }', ': sent.apiKey must be a string: quote it'],
  ['sent: { apiKey: 1e10 }', ': sent.apiKey must be a string: quote it'],
  ['sent: { apiKey: 2026-03-11 }', ': sent.apiKey must be a string: quote it'],
  ['sent: { apiKey: yes, profileId: true }', ': sent.profileId must be a string: quote it'],
  ['sfmc: { accountId: 510000000 }', ': sfmc.accountId must be a string: quote it'],
  ['sent: { apiKey: !!binary aHVzaA== }', ': sent.apiKey must be a string: quote it'],
  ['sent: { apiKey: }', ': sent.apiKey is empty: give it a value or remove the key'],
  ['sent: { apiKey: "" }', ': sent.apiKey is empty'],
  ['sent: { profileId: }', ': sent.profileId is empty: give it a value or remove the key'],
  ['sent: { profileId: [hush-hush] }', ': sent.profileId must be a string'],
  ['sent: { apiKey: "hush hush" }', ': sent.apiKey holds a blank, a line end or a character that no header can carry'],
  [
    'sent: { apiKey: "hush-hush\\n" }',
    ': sent.apiKey holds a blank, a line end or a character that no header can carry',
  ],
  ['sent: { apiKey: "hush-ü" }', ': sent.apiKey holds a blank, a line end or a character that no header can carry'],
  [`sent: { apiKey: "pre-\${HUSH}" }`, `: sent.apiKey must be \${NAME} as a whole, with nothing around it`],
  [`sent: { apiKey: "\${HUSH}\${HUSH}" }`, `: sent.apiKey must be \${NAME} as a whole, with nothing around it`],
  [`sent: { profileId: "\${HUSH}" }`, ': sent.profileId may not refer to a variable: only credentials may'],
  ['sent: { profileId: "a\\r\\nx: y" }', ': sent.profileId holds a character that no header can carry'],
  ['sfmc: { subdomain: "evil.example/#" }', ': sfmc.subdomain does not look like a tenant’s subdomain'],
  ['sfmc: { subdomain: "a@evil.example/" }', ': sfmc.subdomain does not look like a tenant’s subdomain'],
  ['sfmc: { subdomain: "evil.example?" }', ': sfmc.subdomain does not look like a tenant’s subdomain'],
  [
    'sent: { apiKey: { path: hush-hush } }',
    `: sent.apiKey must be a string, "\${NAME}", { file: … } or { command: [ … ] }`,
  ],
  ['sent: { apiKey: { file: "" } }', ': sent.apiKey.file is empty'],
  [
    'sent: { apiKey: { file: a, command: [b] } }',
    ': sent.apiKey: a command must be a list of words, and is honoured only in your own file, never in a project’s',
  ],
  [
    'sent: { apiKey: { command: [hush-hush] } }',
    ': sent.apiKey: a command must be a list of words, and is honoured only in your own file, never in a project’s',
  ],
  ['sent: hush-hush', ': sent must be a mapping of settings'],
  ['sent: [hush-hush]', ': sent must be a mapping of settings'],
  ['sent:', ': sent must be a mapping of settings'],
  ['profiles: [p]', ': profiles must be a mapping of profiles'],
  ['profiles: { p: x }', ': profiles.p must be a mapping of providers'],
  ['- sent', ': must be a mapping of settings'],
  ['hush-hush', ': must be a mapping of settings'],
  ['defaultProfile: 7', ': defaultProfile must be a string: quote it'],
  ['defaultProfile: ""', ': defaultProfile is empty'],
  [
    'profiles: { p: {} }\nsent: {}',
    ': there are profiles and provider blocks at the top level: move the blocks into a profile',
  ],
  ['$import: ./other.yaml', ': $import is not allowed: it could run code'],
  ['$import:', ': $import is not allowed: it could run code'],
  ['__proto__: { sent: {} }', ': __proto__ is not a possible key'],
  ['sent: { constructor: { name: x } }', ': sent: constructor is not a possible key'],
  ['profiles: { constructor: { sent: {} } }', ': profiles: constructor is not a possible key'],
  ['profiles: { __proto__: { sent: {} } }', ': profiles: __proto__ is not a possible key'],
  ['profiles: { p: { prototype: {} } }', ': profiles.p: prototype is not a possible key'],
  ['toString: {}', ': toString is not a known key (known: defaultProfile, profiles, sendblue, sent, sfmc)'],
  ['sent:\n  apiKey: "hush-hush\n', ', line 3, column 1: is not valid YAML'],
  ['sent: { apiKey: hush-hush }\nsent: {}', ', line 2, column 1: the same key stands here twice'],
  ['sent: { apiKey: !hush-hush x }', ', line 1, column 30: is not valid YAML'],
  ['sent: { apiKey: !!js/function "hush-hush" }', ', line 1, column 42: is not valid YAML'],
])('%j', async (content, message) => {
  expect(await problem(content)).toBe(message);
  expect(message).not.toContain('hush-hush');
});

test('JSON is judged like YAML, wherever it stands', async () => {
  expect(await problem('{ "sent": { "apiKey": "hush-hush" } ', '.sbstatusrc.json')).toBe(': is not valid JSON');
  expect(await problem({ sent: { apiKey: 5 } }, '.sbstatusrc.json')).toBe(': sent.apiKey must be a string: quote it');
  expect(await problem('{"__proto__": {}}', '.sbstatusrc.json')).toBe(': __proto__ is not a possible key');
  expect(await problem({ $import: '/etc/hostname' }, '.sbstatusrc.json')).toContain('$import is not allowed');
  expect(await problem({ sbstatus: { $import: './x.js' } }, 'package.json')).toContain('$import is not allowed');
  expect(await problem({ sbstatus: { sent: { apikey: 'x' } } }, 'package.json')).toContain('did you mean apiKey?');
  expect(await problem({ sbstatus: 'sent' }, 'package.json')).toBe(': must be a mapping of settings');
});

test('a byte order mark is no problem', async () => {
  const s = scene();
  s.write('home/project/.sbstatusrc.json', `\ufeff${JSON.stringify({ sent: { apiKey: 'with-bom' } })}`);
  expect((await s.settingsOf(sent)).settings.secret('apiKey')?.reveal()).toBe('with-bom');
});

test('all problems of a file are named at once, up to a bound', async () => {
  expect(await problem({ sent: { apikey: 'x', profileId: 5 }, sfmc: { subdomain: 'a.b', extra: 1 }, foo: 1 })).toBe(
    ': sent.profileId must be a string: quote it; sent.apikey is not a known key, did you mean apiKey?; ' +
      'sfmc.subdomain does not look like a tenant’s subdomain; ' +
      'sfmc.extra is not a known key (known: subdomain, clientId, clientSecret, accountId, accessToken, authUrl, restUrl, utcOffset); ' +
      'foo is not a known key (known: defaultProfile, profiles, sendblue, sent, sfmc)',
  );
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`unheard-of-${i}`, 1]));
  expect(await problem(many)).toMatch(/unheard-of-7 is [^;]*; and 92 more$/);
});

test('an alias bomb is a problem like any other', async () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 30; i += 1)
    lines.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(', ')}]`,
    );
  expect(await problem(lines.join('\n'))).toMatch(/^: a0 is not a known key/);
});

test.each([
  ['http://api.example', 'must be https:// (http:// only to this machine)'],
  ['http://localhost.evil.example', 'must be https:// (http:// only to this machine)'],
  ['http://localhost.', 'must be https:// (http:// only to this machine)'],
  ['http://127.0.0.1.evil.example', 'must be https:// (http:// only to this machine)'],
  ['http://128.0.0.1', 'must be https:// (http:// only to this machine)'],
  ['http://[::ffff:127.0.0.1]', 'must be https:// (http:// only to this machine)'],
  ['https://user@api.example', 'must not hold a user or a password'],
  ['https://@api.example', 'must not hold a user or a password'],
  ['https://api.sent.dm:x@evil.example', 'must not hold a user or a password'],
  ['https://api.example/?key=1', 'must not hold a query or a fragment'],
  ['https://api.example/?', 'must not hold a query or a fragment'],
  ['https://api.example/#', 'must not hold a query or a fragment'],
  ['https://api.example:0', 'must not name port 0'],
  [`https://\${SENT_DM_API_KEY}.evil.example`, 'may not refer to a variable: only credentials may'],
  ['https:api.example', 'must be an https:// URL'],
  ['https:\\\\evil.example', 'must be an https:// URL'],
  ['https://api.example\\@evil.example', 'must be an https:// URL'],
  ['https://api .example', 'must be an https:// URL'],
  ['https://', 'must be an https:// URL'],
  ['api.example', 'must be an https:// URL'],
  ['ftp://api.example', 'must be an https:// URL'],
  ['file:///etc/passwd', 'must be an https:// URL'],
  ['javascript:alert(1)', 'must be an https:// URL'],
  ['', 'is empty'],
])('the address %j %s', async (baseUrl, message) => {
  const s = scene();
  const path = s.write('home/project/.sbstatusrc', { sent: { apiKey: 'k', baseUrl } });
  expect((await s.faultOf(sent)).message).toBe(`${path}: sent.baseUrl ${message}`);
  if (baseUrl === '') return;
  s.write('home/project/.sbstatusrc', '');
  const fault = await s.faultOf(sent, { env: { SENT_DM_API_KEY: 'k', SENT_BASE_URL: baseUrl } });
  expect(fault.message).toBe(`sent.baseUrl from the environment (SENT_BASE_URL) ${message}`);
});

test.each([
  ['https://api.sent.dm', 'https://api.sent.dm/'],
  ['https://proxy.example:8443/sent/v1', 'https://proxy.example:8443/sent/v1'],
  ['http://localhost:8080', 'http://localhost:8080/'],
  ['http://127.0.0.1:1', 'http://127.0.0.1:1/'],
  ['http://127.8.9.10', 'http://127.8.9.10/'],
  ['http://[::1]:8080', 'http://[::1]:8080/'],
])('the address %s is fine', async (baseUrl, href) => {
  const s = scene();
  s.write('home/project/.sbstatusrc', { sent: { apiKey: 'k', baseUrl } });
  expect((await s.settingsOf(sent)).settings.url('baseUrl')?.href).toBe(href);
});

test('.sbstatusrc.example is valid for the providers there are, complete and in force as it stands', async () => {
  const s = scene();
  const example = readFileSync('.sbstatusrc.example', 'utf8');
  s.write('home/.sbstatusrc', example);
  s.write('home/.secrets/sent-api-key', 'from-the-file\n');
  const configuration = await s.load({ providers: registry });
  expect(configuration.files).toMatchObject([{ fault: null }]);
  expect(configuration.profiles).toEqual(['production', 'staging']);
  const { settings } = await configuration.settingsOf(sent, {});
  expect(settings.secret('apiKey')?.reveal()).toBe('from-the-file');
  const keys = Object.values(registry).flatMap((provider) => Object.keys(provider.settings));
  for (const key of keys) expect(example).toMatch(new RegExp(`^ +${key}: `, 'm'));
  for (const provider of Object.values(registry)) {
    expect((await s.settingsOf(provider, { profile: 'staging', providers: registry })).notes.join()).not.toContain(
      'chmod',
    );
  }
});

test('the providers of these tests declare what the real ones do', () => {
  const declared = (all: typeof registry) =>
    Object.entries(all).map(([id, { settings, credentials }]) => [
      id,
      Object.entries(settings).map(([key, { kind, env }]) => [key, kind, env]),
      credentials,
    ]);
  expect(declared(providers)).toEqual(declared(registry));
});

test('the JSON Schema lists every setting and admits nothing else', async () => {
  const schema = await configJsonSchema(providers);
  expect(schema).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'sbstatus configuration',
    type: 'object',
    additionalProperties: { not: {} },
    properties: {
      defaultProfile: { type: 'string' },
      profiles: {
        type: 'object',
        additionalProperties: {
          type: 'object',
          additionalProperties: { not: {} },
          properties: { sent: { type: 'object' } },
        },
      },
      sent: {
        type: 'object',
        additionalProperties: { not: {} },
        properties: {
          apiKey: {
            description: 'the API key',
            anyOf: [
              { type: 'string' },
              {
                type: 'object',
                properties: { file: { type: 'string' } },
                required: ['file'],
                additionalProperties: false,
              },
              {
                type: 'object',
                properties: { command: { type: 'array', items: { type: 'string' }, minItems: 1 } },
                required: ['command'],
                additionalProperties: false,
              },
            ],
          },
          profileId: { type: 'string', description: 'the profile id' },
          baseUrl: { type: 'string', description: 'the address' },
        },
      },
    },
  });
});
