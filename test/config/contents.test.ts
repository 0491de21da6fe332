import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configJsonSchema } from '../../src/config/index.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { providers, sent } from './providers.ts';
import { scene, unending } from './scene.ts';

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
  ['sent: { apikey: hush-hush }', ', line 1: sent.apikey is not a known key, did you mean apiKey?'],
  ['sennt: { apiKey: hush-hush }', ', line 1: sennt is not a known key, did you mean sent?'],
  ['profles: {}', ', line 1: profles is not a known key, did you mean profiles?'],
  ['profiles: { p: { sentt: {} } }', ', line 1: profiles.p.sentt is not a known key, did you mean sent?'],
  [
    'profiles: { p: { sent: { key: hush-hush } } }',
    ', line 1: profiles.p.sent.key is not a known key (known: apiKey, profileId, baseUrl)',
  ],
  [
    'proxy: http://hush-hush',
    ', line 1: proxy is not a known key (known: defaultProfile, profiles, sendblue, sent, sfmc)',
  ],
  ['sent: { ca: hush-hush }', ', line 1: sent.ca is not a known key (known: apiKey, profileId, baseUrl)'],
  ['sent: { "a b\\u001b": 1 }', ', line 1: sent."a b\\u001b" is not a known key (known: apiKey, profileId, baseUrl)'],
  ['sent: { apiKey: 012345 }', ', line 1: sent.apiKey must be a string: quote it'],
  ['sent: { apiKey: 1e10 }', ', line 1: sent.apiKey must be a string: quote it'],
  ['sent: { apiKey: 2026-03-11 }', ', line 1: sent.apiKey must be a string: quote it'],
  ['sent: { apiKey: yes, profileId: true }', ', line 1: sent.profileId must be a string: quote it'],
  ['sfmc: { accountId: 510000000 }', ', line 1: sfmc.accountId must be a string: quote it'],
  ['sent: { apiKey: !!binary aHVzaA== }', ': sent.apiKey must be a string: quote it'],
  ['sent: { apiKey: }', ', line 1: sent.apiKey is empty: give it a value or remove the key'],
  ['sent: { apiKey: "" }', ', line 1: sent.apiKey is empty'],
  ['sent: { profileId: }', ', line 1: sent.profileId is empty: give it a value or remove the key'],
  ['sent: { profileId: [hush-hush] }', ', line 1: sent.profileId must be a string'],
  [
    'sent: { apiKey: "hush hush" }',
    ', line 1: sent.apiKey holds a blank, a line end or a character that no header can carry',
  ],
  [
    'sent: { apiKey: "hush-hush\\n" }',
    ', line 1: sent.apiKey holds a blank, a line end or a character that no header can carry',
  ],
  [
    'sent: { apiKey: "hush-ü" }',
    ', line 1: sent.apiKey holds a blank, a line end or a character that no header can carry',
  ],
  [`sent: { apiKey: "pre-\${HUSH}" }`, `, line 1: sent.apiKey must be \${NAME} as a whole, with nothing around it`],
  [`sent: { apiKey: "\${HUSH}\${HUSH}" }`, `, line 1: sent.apiKey must be \${NAME} as a whole, with nothing around it`],
  [`sent: { profileId: "\${HUSH}" }`, ', line 1: sent.profileId may not refer to a variable: only credentials may'],
  ['sent: { profileId: "a\\r\\nx: y" }', ', line 1: sent.profileId holds a character that no header can carry'],
  ['sfmc: { subdomain: "evil.example/#" }', ', line 1: sfmc.subdomain does not look like a tenant’s subdomain'],
  ['sfmc: { subdomain: "a@evil.example/" }', ', line 1: sfmc.subdomain does not look like a tenant’s subdomain'],
  ['sfmc: { subdomain: "evil.example?" }', ', line 1: sfmc.subdomain does not look like a tenant’s subdomain'],
  [
    'sent: { apiKey: { path: hush-hush } }',
    `, line 1: sent.apiKey must be a string, "\${NAME}", { file: … } or { command: [ … ] }`,
  ],
  ['sent: { apiKey: { file: "" } }', ', line 1: sent.apiKey.file is empty'],
  [
    'sent: { apiKey: { file: a, command: [b] } }',
    ', line 1: sent.apiKey: a command must be a list of words, and is honoured only in your own file, never in a project’s or another git checkout’s',
  ],
  [
    'sent: { apiKey: { command: [hush-hush] } }',
    ', line 1: sent.apiKey: a command must be a list of words, and is honoured only in your own file, never in a project’s or another git checkout’s',
  ],
  ['sent: hush-hush', ', line 1: sent must be a mapping of settings'],
  ['sent: [hush-hush]', ', line 1: sent must be a mapping of settings'],
  ['sent:', ', line 1: sent must be a mapping of settings'],
  ['profiles: [p]', ', line 1: profiles must be a mapping of profiles'],
  ['profiles: { p: x }', ', line 1: profiles.p must be a mapping of providers'],
  ['- sent', ', line 1: the file must be a mapping of settings'],
  ['hush-hush', ', line 1: the file must be a mapping of settings'],
  ['defaultProfile: 7', ', line 1: defaultProfile must be a string: quote it'],
  ['defaultProfile: ""', ', line 1: defaultProfile is empty'],
  ['profiles: { p: {} }\nsent: {}', ', line 2: sent stands beside profiles: move it into a profile'],
  [
    '$import: ./other.yaml',
    ', line 1: $import is not a known key (known: defaultProfile, profiles, sendblue, sent, sfmc)',
  ],
  ['sent:\n\tapiKey: hush-hush', ', line 2: invalid YAML: tabs cannot indent'],
  [
    'sent:\n  apiKey: "hush"\n\n  profileid: x\nsentt: {}',
    ', line 4: sent.profileid is not a known key, did you mean profileId?; line 5: sentt is not a known key, did you mean sent?',
  ],
  ['a: &a [*a]', ': its aliases (*) stand for too much'],
  // Keys that are not text in YAML.
  [
    'sent: { apiKey: x }\n12: x',
    ', line 2: 12 is not a known key (known: defaultProfile, profiles, sendblue, sent, sfmc)',
  ],
  ['__proto__: { sent: {} }', ', line 1: __proto__ is not a possible key'],
  ['sent: { constructor: { name: x } }', ', line 1: sent: constructor is not a possible key'],
  ['profiles: { constructor: { sent: {} } }', ', line 1: profiles: constructor is not a possible key'],
  ['profiles: { __proto__: { sent: {} } }', ', line 1: profiles: __proto__ is not a possible key'],
  ['profiles: { p: { prototype: {} } }', ', line 1: profiles.p: prototype is not a possible key'],
  ['toString: {}', ', line 1: toString is not a known key (known: defaultProfile, profiles, sendblue, sent, sfmc)'],
  ['sent:\n  apiKey: "hush-hush\n', ', line 2: invalid YAML: a quote is not closed'],
  ['sent: { apiKey: hush-hush }\nsent: {}', ', line 2: the same key stands here twice'],
  ['sent: { apiKey: !hush-hush x }', ', line 1: invalid YAML: an unknown tag (!)'],
  ['sent: { apiKey: !!js/function "hush-hush" }', ', line 1: invalid YAML: an unknown tag (!)'],
])('%j', async (content, message) => {
  expect(await problem(content)).toBe(message);
  expect(message).not.toContain('hush-hush');
});

test('JSON is judged like YAML, wherever it stands', async () => {
  expect(await problem('{\n "sent": { "apiKey": "hush-hush" } ', '.sbstatusrc.json')).toBe(
    ', line 2: invalid JSON: a [ or { is not closed',
  );
  const quote = ', line 2: sent.apiKey must be a string: quote it';
  expect(await problem('{ "sent": {\n "apiKey": 5 } }', '.sbstatusrc.json')).toBe(quote);
  expect(await problem('{"__proto__": {}}', '.sbstatusrc.json')).toBe(', line 1: __proto__ is not a possible key');
  expect(await problem({ $import: '/etc/hostname' }, '.sbstatusrc.json')).toContain('$import is not a known key');
  expect(await problem({ sbstatus: { $import: './x.js' } }, 'package.json')).toContain('$import is not a known key');
  expect(await problem('{ "name": "x",\n"sbstatus": {\n"sent": {\n"apikey": "x" } } }', 'package.json')).toBe(
    ', line 4: sent.apikey is not a known key, did you mean apiKey?',
  );
  expect(await problem({ sbstatus: 'sent' }, 'package.json')).toBe(', line 1: the file must be a mapping of settings');
});

test.each([
  ['{\n// hush-hush\n "sent": {} }', ', line 2: invalid JSON: a comment'],
  ['{\n# hush-hush\n "sent": {} }', ', line 2: invalid JSON: a comment'],
  ['{ "sent": {\n "apiKey": "hush-hush",\n} }', ', line 2: invalid JSON: a comma before a closing bracket'],
  ['{\n "sent": { apiKey: "hush-hush" } }', ', line 2: invalid JSON: keys and texts need double quotes'],
  ["{\n 'sent': { 'apiKey': 'hush-hush' } }", ', line 2: invalid JSON: keys and texts need double quotes'],
  ['sent:\n  apiKey: hush-hush', ', line 1: invalid JSON: keys and texts need double quotes'],
  ['{ "sent":\n {\n"sendblue" } }', ': invalid JSON, though valid YAML'],
])('what is wrong in %j is told with its line, in package.json too', async (text, message) => {
  expect(await problem(text, '.sbstatusrc.json')).toBe(message);
  const within = `{ "name": "x", "sbstatus":\n${text} }`;
  const line = (_: string, number: string) => `line ${Number(number) + 1}`;
  if (text.startsWith('{')) expect(await problem(within, 'package.json')).toBe(message.replace(/line (\d)/, line));
});

test('a key that stands twice in JSON is refused, though JSON would take the last', async () => {
  const text = '{ "sent": { "apiKey": "hush-hush" },\n"sent": {} }';
  expect(await problem(text, '.sbstatusrc.json')).toBe(', line 2: the same key stands here twice');
});

test('a byte order mark is no problem', async () => {
  const s = scene();
  s.write('home/project/.sbstatusrc.json', `\ufeff${JSON.stringify({ sent: { apiKey: 'with-bom' } })}`);
  expect((await s.settingsOf(sent)).settings.secret('apiKey')?.reveal()).toBe('with-bom');
});

test('all problems of a file are named at once, by line, up to a bound', async () => {
  const text = 'sfmc:\n  extra: 1\n  subdomain: a.b\nfoo: 1\nsent:\n  apikey: x\n  profileId: 5\n';
  expect(await problem(text)).toBe(
    ', line 2: sfmc.extra is not a known key (known: subdomain, clientId, clientSecret, accountId, accessToken, authUrl, restUrl, utcOffset); ' +
      'line 3: sfmc.subdomain does not look like a tenant’s subdomain; ' +
      'line 4: foo is not a known key (known: defaultProfile, profiles, sendblue, sent, sfmc); ' +
      'line 6: sent.apikey is not a known key, did you mean apiKey?; ' +
      'line 7: sent.profileId must be a string: quote it',
  );
  const many = Array.from({ length: 20_000 }, (_, i) => `unheard-of-${i}: 1`).join('\n');
  expect(await problem(many)).toMatch(/line 8: unheard-of-7 is [^;]*; and 19992 more$/);
});

test('an alias bomb is a problem like any other', async () => {
  const bomb = (line: (place: number) => string) => Array.from({ length: 30 }, (_, i) => line(i + 1)).join('\n');
  const lists = `a0: &a0 [x, x, x, x]\n${bomb((i) => `a${i}: &a${i} [*a${i - 1}, *a${i - 1}, *a${i - 1}]`)}`;
  expect(await problem(lists)).toBe(': its aliases (*) stand for too much');
  const keys = Array.from({ length: 2000 }, (_, i) => `k${i}: 1`).join(', ');
  const names = Array.from({ length: 2000 }, (_, i) => `p${i}: *wrong`).join(', ');
  expect(await problem(`profiles: { first: &wrong { ${keys} }, ${names} }`)).toBe(
    ': its aliases (*) stand for too much',
  );
});

test('aliases and merged keys are as good as what they stand for', async () => {
  const s = scene();
  s.write(
    'home/.sbstatusrc',
    'profiles:\n  a: &a\n    sent: &key { apiKey: shared-key }\n  b: *a\n  c: { sent: { <<: *key, profileId: x } }\n',
  );
  for (const profile of ['a', 'b', 'c']) {
    expect((await s.settingsOf(sent, { profile })).settings.secret('apiKey')?.reveal()).toBe('shared-key');
  }
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
  ['https://api.example//evil.example/', 'must not have a path that begins with two slashes'],
  ['https://api.example/..//evil.example', 'must not have a path with dots for a segment'],
  ['https://api.example/v1/%2E%2e/', 'must not have a path with dots for a segment'],
  ['https://api.example/\u0001', 'must not hold a blank, a control character or a backslash'],
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
  expect((await s.faultOf(sent)).message).toBe(`${path}, line 1: sent.baseUrl ${message}`);
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

test('.sbstatusrc.example is valid for the providers that it shows, complete and in force as it stands', async () => {
  const s = scene();
  const example = readFileSync('.sbstatusrc.example', 'utf8');
  s.write('home/.sbstatusrc', example);
  s.write('home/.secrets/sent-api-key', 'from-the-file\n');
  const configuration = await s.load({ providers: registry });
  expect(configuration.files).toMatchObject([{ fault: null }]);
  expect(configuration.profiles).toEqual(['production', 'staging']);
  const { settings } = await configuration.settingsOf(sent, {}, unending);
  expect(settings.secret('apiKey')?.reveal()).toBe('from-the-file');
  const shown = Object.values(registry).filter(({ id }) => new RegExp(`^ +${id}:$`, 'm').test(example));
  expect(shown.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.keys(providers)));
  const keys = shown.flatMap((provider) => Object.keys(provider.settings));
  for (const key of keys) expect(example).toMatch(new RegExp(`^ +${key}: `, 'm'));
  for (const provider of shown) {
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
  const real = Object.fromEntries(Object.entries(registry).filter(([id]) => Object.hasOwn(providers, id)));
  expect(declared(providers)).toEqual(declared(real));
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
