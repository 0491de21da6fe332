// biome-ignore-all lint/suspicious/noTemplateCurlyInString: manifests hold variables in this form
import { expect, test } from 'vitest';
import { messagesOf } from '../../src/config/manifest/manifest.ts';
import { Fault } from '../../src/core/fault.ts';
import { loadProviders } from '../../src/providers/index.ts';

const providers = await loadProviders();
const known = Object.keys(providers).join(', ');

const env = {
  WHO: 'order-7',
  EMPTY: '',
  SENT_DM_API_KEY: 'sk-never-shown',
  OWN_KEY: 'sk-never-shown',
  GITHUB_TOKEN: 'gh-never-shown',
  TRICK: '$' + '{WHO}',
  SBSTATUS_ID_BUILD: 'build-9',
};
const allowed = ['WHO', 'EMPTY', 'TRICK', 'NOWHERE', 'SENT_DM_API_KEY', 'OWN_KEY', '__proto__', 'constructor'];

async function read(text: string) {
  const secretVariables = async () => ['OWN_KEY', 'SBSTATUS_ID_KEY'];
  const messages = await messagesOf(text, {
    name: 'm.yaml',
    providers,
    env,
    allowed,
    secretVariables,
    mayBeEmpty: false,
  });
  return messages.map((message) => ({ ...message, provider: message.provider.id }));
}

async function complaint(text: string): Promise<string> {
  try {
    await read(text);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    expect(error.exit).toBe('usage');
    return error.message;
  }
  throw new Error('nothing was found wrong');
}

test('defaults fill what a message does not say for itself', async () => {
  const text = `
$schema: ./manifest.v1.json
defaults: { provider: sent, expect: delivered, channel: sms, profile: production }
messages:
  - id: a
  - { id: b, name: Welcome, provider: sendblue, operation: status, expect: [read, failed], channel: imessage, profile: test }
`;
  expect(await read(text)).toEqual([
    {
      name: null,
      provider: 'sent',
      operation: 'get',
      id: 'a',
      expect: ['delivered'],
      channel: 'sms',
      profile: 'production',
    },
    {
      name: 'Welcome',
      provider: 'sendblue',
      operation: 'status',
      id: 'b',
      expect: ['read', 'failed'],
      channel: 'imessage',
      profile: 'test',
    },
  ]);
});

test('words are taken in any case', async () => {
  const text = `
defaults: { provider: SendBlue, channel: SMS, expect: Delivered }
messages:
  - id: A
  - { id: b, name: Welcome, operation: STATUS, expect: [Read, FAILED], channel: iMessage, profile: Test }
`;
  const common = { provider: 'sendblue', expect: ['delivered'], channel: 'sms' };
  expect(await read(text)).toMatchObject([
    { ...common, id: 'A', operation: 'get' },
    {
      id: 'b',
      name: 'Welcome',
      provider: 'sendblue',
      operation: 'status',
      expect: ['read', 'failed'],
      channel: 'imessage',
      profile: 'Test',
    },
  ]);
});

test('a message that says nothing leaves it to the command line', async () => {
  expect(await read('messages: [{ provider: sfmc, id: a }]')).toEqual([
    { name: null, provider: 'sfmc', operation: 'get', id: 'a', expect: null, channel: null, profile: null },
  ]);
});

test.each([
  ['012345', '012345'],
  ['1e10', '1e10'],
  ['0x1F', '0x1F'],
  ['2026-11-21', '2026-11-21'],
  ['true', 'true'],
  ['"a\\tb"', 'a\tb'],
  ['a${WHO}b-${WHO}', 'aorder-7b-order-7'],
  ['b-${SBSTATUS_ID_BUILD}', 'b-build-9'],
  ['$${WHO}', '${WHO}'],
  ['$$${WHO}', '$${WHO}'],
  ['${TRICK}', '${WHO}'],
  ['"$5 {off}"', '$5 {off}'],
])('the id %s is %j', async (written, id) => {
  expect((await read(`messages: [{ provider: sfmc, id: ${quoted(written)} }]`))[0]?.id).toBe(id);
});

/** Braces would begin a mapping here. */
function quoted(written: string): string {
  return /^"|^[\w-]+$/.test(written) ? written : `'${written}'`;
}

test('JSON is read too, whatever it is indented with', async () => {
  const text = '{\r\n\t"messages": [\n\t\t{ "provider": "sent", "id": 12, "name": "\\ud83d\\ude00 </a>" }\n\t]\n}';
  expect((await read(text))[0]).toMatchObject({ id: '12', name: '😀 </a>' });
});

test.each([
  ['messages: [', 'm.yaml, line 1: invalid YAML: a [ or { is not closed'],
  ['messages:\n\t- id: a', 'm.yaml, line 2: invalid YAML: tabs cannot indent'],
  ['messages:\n  - id: "a\n', 'm.yaml, line 2: invalid YAML: a quote is not closed'],
  ['messages:\n  - id: hush: hush', 'm.yaml, line 2: invalid YAML: wrong indentation, or a value that needs quotes'],
  ['messages:\n- id: *hush', 'm.yaml, line 2: invalid YAML: an alias (*) for which there is no anchor (&)'],
  ['messages:\n- id: !hush a', 'm.yaml, line 2: invalid YAML: an unknown tag (!)'],
  ['messages:\n  - id: a\n    id: b', 'm.yaml, line 3: the same key stands here twice'],
  ['a: 1\n---\nb: 2', 'm.yaml: invalid YAML: there is more than one document'],
  ['', 'm.yaml, line 1: the file must be a mapping with the key messages, not empty'],
  ['- id: a', 'm.yaml, line 1: the file must be a mapping with the key messages, not a list'],
  ['hush', 'm.yaml, line 1: the file must be a mapping with the key messages, not text'],
  ['messages:\n- a', 'm.yaml, line 2: messages[0] must be a mapping of keys to values'],
  ['messages:\n- [a]', 'm.yaml, line 2: messages[0] must be a mapping of keys to values'],
  ['messages: []', 'm.yaml, line 1: messages holds no message'],
  ['messages: [{ provider: sent, id: a, expect: [] }]', 'm.yaml, line 1: messages[0].expect holds no state'],
  [
    'messages: [{ provider: sent, id: a, expect: [read, Deliverd] }]',
    'm.yaml, line 1: messages[0].expect is not known, did you mean delivered?',
  ],
  ['messages: 5', 'm.yaml, line 1: messages must be a list of messages'],
  [
    'message:\n- id: a',
    'm.yaml, line 1: messages is missing; line 1: message is not a known key, did you mean messages?',
  ],
  [
    'messages:\n  - provider: sent\n    id: a\n\n    expct: delivered',
    'm.yaml, line 5: messages[0].expct is not a known key, did you mean expect?',
  ],
  [
    '{\n "messages": [\n  {\n   "provider": "sent",\n   "id": "a",\n   "url": "https://evil.example"\n  }\n ]\n}',
    'm.yaml, line 6: messages[0].url is not a known key (known: name, id, provider, operation, expect, channel, profile)',
  ],
  [
    'defaults:\n  provider: sent\n  name: x\nmessages: [{ id: a }]',
    'm.yaml, line 3: defaults.name is not a known key (known: provider, operation, expect, channel, profile)',
  ],
  [
    'messages:\n  - id: a\n    provider: sendbleu',
    'm.yaml, line 3: messages[0].provider is not known, did you mean sendblue?',
  ],
  ['messages:\n  - id: a\n    provider: twilio', `m.yaml, line 3: messages[0].provider must be one of ${known}`],
  [
    'defaults: { provider: sent }\nmessages:\n  - id: a\n  - id: b\n    expect: [delivered, reed]',
    'm.yaml, line 5: messages[1].expect is not known, did you mean read?',
  ],
  ['messages:\n  - provider: sent\n    id:\n', 'm.yaml, line 3: messages[0].id is empty'],
  ['messages:\n  - provider: sent\n    name: a', 'm.yaml, line 2: messages[0].id is missing'],
  ['messages:\n  - id: a', 'm.yaml, line 2: messages[0].provider is missing, here and in the defaults'],
  [
    'messages:\n  - id: a\n    provider: sent\n    operation: status',
    'm.yaml, line 4: messages[0].operation must be one of get for sent',
  ],
  [
    'messages:\n  - provider: sent\n    id: ..',
    'm.yaml, line 3: messages[0].id is not a valid id: the id is a path segment that leads to another address',
  ],
  [
    'messages:\n  - provider: sent\n    id: a${NOWHERE}',
    'm.yaml, line 3: messages[0].id refers to NOWHERE, which is not set',
  ],
  [
    'messages:\n  - provider: sent\n    id: a${EMPTY}',
    'm.yaml, line 3: messages[0].id refers to EMPTY, which is not set',
  ],
  [
    'messages:\n  - provider: sent\n    id: a${WHO',
    'm.yaml, line 3: messages[0].id holds a variable that is not written ${NAME}; $${ stands for ${ itself',
  ],
  [
    'messages:\n  - provider: sfmc\n    id: a${SENT_DM_API_KEY}',
    'm.yaml, line 3: messages[0].id refers to SENT_DM_API_KEY, which is a credential and never part of an id',
  ],
  [
    'messages:\n  - provider: sfmc\n    id: x-${GITHUB_TOKEN}-y',
    'm.yaml, line 3: messages[0].id refers to GITHUB_TOKEN, which is not allowed here: run with --env GITHUB_TOKEN, or name it SBSTATUS_ID_…',
  ],
  [
    'messages:\n  - { provider: sfmc, id: "\\u0024{HTTPS_PROXY}" }',
    'm.yaml, line 2: messages[0].id refers to HTTPS_PROXY, which is not allowed here: run with --env HTTPS_PROXY, or name it SBSTATUS_ID_…',
  ],
  [
    'messages:\n  - provider: sfmc\n    id: ${OWN_KEY}',
    'm.yaml, line 3: messages[0].id refers to OWN_KEY, which is a credential and never part of an id',
  ],
  // On Windows these are the same variables.
  [
    'messages:\n  - provider: sfmc\n    id: ${sent_dm_api_key}',
    'm.yaml, line 3: messages[0].id refers to sent_dm_api_key, which is a credential and never part of an id',
  ],
  [
    'messages:\n  - provider: sfmc\n    id: ${Own_Key}',
    'm.yaml, line 3: messages[0].id refers to Own_Key, which is a credential and never part of an id',
  ],
  [
    'messages:\n  - provider: sfmc\n    id: ${SBSTATUS_ID_KEY}',
    'm.yaml, line 3: messages[0].id refers to SBSTATUS_ID_KEY, which is a credential and never part of an id',
  ],
  [
    'messages:\n  - provider: sfmc\n    id: ${SBSTATUS_ID_NOWHERE}',
    'm.yaml, line 3: messages[0].id refers to SBSTATUS_ID_NOWHERE, which is not set',
  ],
  [
    'messages:\n  - provider: sfmc\n    id: ${__proto__}',
    'm.yaml, line 3: messages[0].id refers to __proto__, which is not set',
  ],
  [
    'messages:\n  - provider: sfmc\n    id: ${constructor}',
    'm.yaml, line 3: messages[0].id refers to constructor, which is not set',
  ],
])('%j is refused by line and path', async (text, message) => {
  expect(await complaint(text)).toBe(message);
});

test('every problem is named at once, in the order of the lines, up to eight', async () => {
  const wrong = '  - { id: a, provider: nobody }\n';
  expect(await complaint(`messages:\n${wrong.repeat(2)}`)).toBe(
    `m.yaml, line 2: messages[0].provider must be one of ${known}; line 3: messages[1].provider must be one of ${known}`,
  );
  expect(await complaint(`messages:\n${wrong.repeat(10)}`)).toMatch(/line 9: .*; and 2 more$/);
});

test('a message given by an alias is placed where its anchor is used', async () => {
  expect(await complaint('messages:\n  - &one { id: a, provider: nobody }\n  - *one')).toMatch(
    /^m\.yaml, line 2: messages\[0\]\.provider .*; line 3: messages\[1\]\.provider /,
  );
});

test('the files that may name secrets are looked at only where an id holds a variable', async () => {
  const secretVariables = async () => {
    throw new Error('nobody needs them');
  };
  const options = { name: 'm.yaml', providers, env, allowed, secretVariables, mayBeEmpty: false };
  await expect(messagesOf('messages: [{ provider: sent, id: a }]', options)).resolves.toHaveLength(1);
  await expect(messagesOf("messages: [{ provider: sent, id: 'a${WHO}' }]", options)).rejects.toThrow('nobody needs');
});

test.each([
  ['aliases within aliases', `a0: &a0 [x, x]\n${nested((i) => `a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`)}`],
  ['an alias within what it stands for', 'messages: &a [*a]'],
  ['a chain of aliases, read from its end', `? &a0 [x]\n${nested((i) => `${10_000 - i}: &a${i} [*a${i - 1}]`, 5000)}`],
])('%s: refused, whatever they would stand for', async (_, text) => {
  expect(await complaint(text)).toMatch(/^m\.yaml(: its aliases \(\*\) stand for too much|, line \d+: )/);
});

function nested(line: (place: number) => string, count = 40): string {
  return Array.from({ length: count }, (_, place) => line(place + 1)).join('\n');
}

test('many problems take time that grows with the file, and one line', async () => {
  const rows = Array.from({ length: 8000 }, (_, i) => `- { id: a${i}, provider: nobody }`);
  expect(await complaint(`messages:\n${rows.join('\n')}`)).toMatch(/line 9: [^;]*; and 7992 more$/);
  rows[1] = '- { id: a, provider: sent, x: 1 }';
  expect(await complaint(`default: {}\nmessages:\n${rows.join('\n')}`)).toMatch(/line 10: [^;]*; and 7993 more$/);
});

test('a message far down is told by its place', async () => {
  const rows = Array.from({ length: 2500 }, (_, i) => `- { id: a${i}, provider: sent }`);
  expect(await read(`messages:\n${rows.join('\n')}`)).toHaveLength(2500);
  rows[2400] = '- { id: a, provider: sent, nam: b }';
  expect(await complaint(`messages:\n${rows.join('\n')}`)).toBe(
    'm.yaml, line 2402: messages[2400].nam is not a known key, did you mean name?',
  );
});
