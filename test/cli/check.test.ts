import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type MockServer, startMock } from '../../src/mock/server.ts';
import { loadProviders, providerIds } from '../../src/providers/index.ts';
import { realClock } from '../../src/world.ts';
import { run } from '../support/run.ts';

const providers = await loadProviders();

const requests: string[] = [];
let server: MockServer;
beforeAll(async () => {
  const log = (line: string) => void requests.push(line);
  server = await startMock({ providers, host: '127.0.0.1', port: 0, clock: realClock, log });
});
afterAll(() => server.close());

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sbstatus-check-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  return folder;
}

test('refs of three providers, each by its own operation', async () => {
  const refs = ['sendblue:delivered', 'sendblue/status:queued', 'sent:failed', 'sfmc:bcX0qaEp0USGciEnUJTW0w'];
  const { code, stdout, stderr } = await run([
    'check',
    ...refs,
    '--mock',
    '-o',
    'csv',
    '--fields',
    'operation,id,exit.code',
  ]);
  expect({ code, stdout }).toEqual({
    code: 20,
    stdout: 'operation,id,exit.code\nget,delivered,0\nstatus,queued,21\nget,failed,20\nget,bcX0qaEp0USGciEnUJTW0w,0\n',
  });
  expect(stderr).toMatch(/^note: 4 messages: .*\nerror: 2 of 4 not ok \(1 pending, 1 failed\); failed: /);
});

test('one ref gives a report too: the shape is the command’s', async () => {
  const { code, stdout, stderr } = await run(['check', 'sendblue:delivered', '--mock', '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ schema: 'sbstatus.report/1', results: [{ id: 'delivered' }] });
});

test('an id keeps its colons and, for SFMC, its blanks', async () => {
  const stdin = '  sfmc: status-SMSSent-a:b \nsendblue:  delivered-c:d  \r\n';
  const { code, stdout } = await run(['check', '-', '--mock', '-o', 'ndjson', '--fields', 'id,state'], { stdin });
  const ids = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).id);
  expect(ids).toEqual([' status-SMSSent-a:b ', 'delivered-c:d']);
  // With its blanks the key is another one, which nobody knows.
  expect(code).toBe(24);
});

test('the same ref is asked once, at its first place', async () => {
  const argv = [
    'check',
    'sent:a',
    'sendblue:a',
    'sent:a',
    'sent/get:a',
    '--mock',
    '-o',
    'ndjson',
    '--fields',
    'index,provider',
  ];
  const { stdout } = await run(argv);
  expect(stdout).toBe('{"index":0,"provider":"sent"}\n{"index":1,"provider":"sendblue"}\n');
});

test('a bad line is a row with exit 2 and the rest go on', async () => {
  const stdin = 'nothing\nsen:a\nsendblue/sttus:a\nsent:\nsendblue:delivered\n';
  const { code, stdout, stderr } = await run(
    ['check', '-', '--mock', '-o', 'csv', '--fields', 'error.message,exit.code'],
    {
      stdin,
    },
  );
  expect(code).toBe(2);
  expect(stdout.split('\n')).toEqual([
    'error.message,exit.code',
    'it has no colon,2',
    '"no provider is called ""sen"", did you mean sent?",2',
    '"sendblue has no operation ""sttus"", did you mean status?",2',
    'the id is empty,2',
    ',0',
    '',
  ]);
  expect(stderr).toBe(
    'note: 5 messages: 1 delivered, 4 usage; 1 × it has no colon; 1 × no provider is called "sen", did you mean sent?; 1 × sendblue has no operation "sttus", did you mean status?\n' +
      'error: 4 of 5 not ok (4 usage); nothing: it has no colon; hint: write provider:id, such as sendblue:msg_abc123def456\n',
  );
});

test.each([
  [['sen:a'], '"sen:a" is not a valid ref: no provider is called "sen", did you mean sent?'],
  [['a'], '"a" is not a valid ref: it has no colon'],
  [['sent:..'], '"sent:.." is not a valid ref: the id is a path segment that leads to another address'],
  [
    ['__proto__:a'],
    `"__proto__:a" is not a valid ref: no provider is called "__proto__", only ${providerIds.join(', ')}`,
  ],
  [['sent/toString:a'], '"sent/toString:a" is not a valid ref: sent has no operation "toString", only get'],
  [[], 'no message given'],
])('the arguments %j are refused before anything is asked', async (refs, message) => {
  const before = requests.length;
  const { code, stdout, stderr } = await run(['check', ...refs], { env: mockEnv() });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(`error: ${message}`);
  expect(requests.length).toBe(before);
});

/** The environment that points every provider at the mock server. */
function mockEnv(): Record<string, string> {
  const settings = Object.values(providers).flatMap((provider) =>
    Object.entries(server.settingsOf(provider.id)).map(([key, value]) => [
      provider.settings[key]?.env[0] ?? key,
      value,
    ]),
  );
  return Object.fromEntries(settings);
}

test('a wrong manifest names line, path and nearest key, exit 2, and nothing is asked', async () => {
  const cwd = folderWith({
    'm.yaml': 'messages:\n  - provider: sent\n    id: delivered\n  - providr: sent\n    id: a\n',
  });
  const before = requests.length;
  const { code, stdout, stderr } = await run(['check', '--manifest', 'm.yaml'], { cwd, env: mockEnv() });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(
    /^error: m\.yaml, line 4: messages\[1\]\.providr is not a known key, did you mean provider\?.* hint: /,
  );
  expect(requests.length).toBe(before);
  const json = await run(['check', '--manifest', 'm.yaml', '--json'], { cwd, env: mockEnv() });
  expect(JSON.parse(json.stderr)).toMatchObject({ schema: 'sbstatus.error/1', exit: { code: 2 } });
});

test.each([
  ['absent.yaml', /^error: cannot read absent\.yaml \(ENOENT\)/],
  ['.', /^error: cannot read \. \(EISDIR\)/],
  ['bytes', /^error: bytes is not UTF-8 text/],
  ['large', /^error: large is larger than 4 MiB/],
])('the manifest %s cannot be read', async (file, message) => {
  const cwd = folderWith({ large: '#'.repeat(4 * 1024 * 1024 + 1) });
  writeFileSync(join(cwd, 'bytes'), Buffer.from([0x6d, 0xff]));
  const { code, stdout, stderr } = await run(['check', '--manifest', file], { cwd });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

test('each message has its own expectation, and the flags are for those that have none', async () => {
  const manifest = `
messages:
  - { provider: sendblue, id: failed, expect: failed }
  - { provider: sendblue, id: delivered-1, expect: read, channel: sms }
  - { provider: sent, id: delivered-2, channel: whatsapp }
  - { provider: sent, id: sent }
`;
  const argv = ['check', '-m', '-', '--expect', 'sent', '--mock', '-o', 'csv', '--fields', 'id,exit.name'];
  const { code, stdout } = await run(argv, { stdin: manifest });
  expect({ code, stdout }).toEqual({
    code: 23,
    stdout: 'id,exit.name\nfailed,ok\ndelivered-1,pending\ndelivered-2,expect-mismatch\nsent,ok\n',
  });
});

test('a message may be asked for with a profile of its own, which borrows nothing', async () => {
  const { baseUrl } = server.settingsOf('sent');
  const config = `
profiles:
  good: { sent: { apiKey: '${server.settingsOf('sent')['apiKey']}', baseUrl: '${baseUrl}' } }
  bad: { sent: { apiKey: wrong-key, baseUrl: '${baseUrl}' } }
  none: {}
`;
  const manifest = `
defaults: { provider: sent, profile: bad }
messages: [{ id: delivered-1, profile: good }, { id: delivered-2 }, { id: delivered-3, profile: none }, { id: delivered-4, profile: goood }]
`;
  const cwd = folderWith({ 'c.yaml': config, 'm.yaml': manifest });
  const argv = [
    'check',
    '-m',
    'm.yaml',
    '-c',
    'c.yaml',
    '-p',
    'good',
    '-o',
    'csv',
    '--fields',
    'id,error.code',
    'sent:delivered-5',
  ];
  const { code, stdout } = await run(argv, { cwd, env: mockEnv() });
  expect({ code, stdout }).toEqual({
    code: 40,
    stdout:
      'id,error.code\ndelivered-1,\ndelivered-2,unauthorized\ndelivered-3,credentials-missing\ndelivered-4,profile-unknown\ndelivered-5,\n',
  });
});

test('--wait watches the messages of a manifest together', async () => {
  const manifest = 'messages: [{ provider: sent, id: moving, expect: delivered }, { provider: sendblue, id: failing }]';
  const argv = ['check', '-m', '-', '--wait', '--mock', '-o', 'csv', '--fields', 'id,state,exit.code'];
  const { code, stdout } = await run(argv, { stdin: manifest, speed: 50 });
  expect({ code, stdout }).toEqual({
    code: 20,
    stdout: 'id,state,exit.code\nmoving,delivered,0\nfailing,failed,20\n',
  });
});

test('--curl prints what would be asked, and asks nothing', async () => {
  const manifest = 'messages: [{ provider: sent, id: a b }]';
  const { code, stdout } = await run(['check', '-m', '-', 'sendblue:c', '--curl'], { stdin: manifest });
  expect(code).toBe(0);
  expect(stdout).toBe(
    `curl -sS -H "x-api-key: $SENT_DM_API_KEY" 'https://api.sent.dm/v3/messages/a%20b'\n` +
      `curl -sS -H "sb-api-key-id: $SENDBLUE_API_API_KEY" -H "sb-api-secret-key: $SENDBLUE_API_API_SECRET" 'https://api.sendblue.co/api/v2/messages/c'\n`,
  );
});

const manifestOf = (id: string) => `messages: [{ provider: sent, id: '${id}' }]`;
const named = (name: string) => `$${'{'}${name}}`;
const hidden = { GITHUB_TOKEN: 'never-shown-1', OWN_KEY: 'never-shown-2', HTTPS_PROXY: 'http://never-shown-3.example' };

test.each([
  [
    named('GITHUB_TOKEN'),
    [],
    /refers to GITHUB_TOKEN, which is not allowed here: run with --env GITHUB_TOKEN, or name/,
  ],
  [`x-${named('GITHUB_TOKEN')}-y`, ['--env', 'ORDER'], /refers to GITHUB_TOKEN, which is not allowed here/],
  [named('HTTPS_PROXY'), ['--curl'], /refers to HTTPS_PROXY, which is not allowed here/],
  [named('OWN_KEY'), ['--env', 'OWN_KEY'], /refers to OWN_KEY, which is a credential/],
  [`x-${named('OWN_KEY')}`, ['--env', 'OWN_KEY', '--curl'], /refers to OWN_KEY, which is a credential/],
  [named('SENT_DM_API_KEY'), ['--env', 'SENT_DM_API_KEY'], /refers to SENT_DM_API_KEY, which is a credential/],
  [named('__proto__'), ['--env', '__proto__'], /refers to __proto__, which is not set/],
])('a manifest with the id %s and the flags %j asks nothing and shows nothing', async (id, flags, message) => {
  // The user's own file names OWN_KEY for a key.
  const home = folderWith({ '.sbstatusrc': `sfmc: { clientSecret: '${named('OWN_KEY')}' }` });
  const before = requests.length;
  const env = { ...hidden, ...mockEnv() };
  for (const reports of [[], ['--json'], ['--junit', 'r.xml', '--markdown', 'r.md']]) {
    const argv = ['check', '-m', '-', ...flags, ...reports];
    const { code, stdout, stderr } = await run(argv, { stdin: manifestOf(id), home, cwd: home, env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('never-shown');
  }
  expect(requests.length).toBe(before);
});

test.each([
  [['--env', 'ORDER', '--env', 'BUILD']],
  [['--env', 'ORDER,BUILD']],
  [['--env=OTHER, BUILD', '--env=ORDER']],
])('with %j a manifest reads these variables, and those of the prefix', async (flags) => {
  const id = `delivered-${named('ORDER')}-${named('BUILD')}-${named('SBSTATUS_ID_RUN')}`;
  const env = { ORDER: '7', BUILD: '8', SBSTATUS_ID_RUN: '9' };
  const { code, stdout } = await run(['check', '-m', '-', ...flags, '--mock', '--field', 'id'], {
    stdin: manifestOf(id),
    env,
  });
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'delivered-7-8-9\n' });
});

test('a broken config file could name any variable, so none is read', async () => {
  const home = folderWith({ '.sbstatusrc': 'sent: [' });
  const argv = ['check', '-m', '-', '--env', 'ORDER', '--mock'];
  const { code, stderr } = await run(argv, { stdin: manifestOf(named('ORDER')), home, cwd: home, env: { ORDER: '7' } });
  expect({ code, stderr }).toEqual({ code: 41, stderr: expect.stringContaining('.sbstatusrc, line 1: invalid YAML') });
  expect((await run(argv, { stdin: manifestOf('delivered'), home, cwd: home })).code).toBe(0);
});

test.each([
  [['sent:a', '--env', 'ORDER'], /--env works only with a manifest/],
  [['-m', '-', '--env', 'TOKEN=never-shown'], /--env takes the names of variables only/],
  [['-m', '-', '--env', 'ORDER,'], /--env takes the names of variables only/],
])('%j is refused, and not quoted', async (flags, message) => {
  const { code, stdout, stderr } = await run(['check', ...flags], { stdin: manifestOf('a') });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain('never-shown');
});
