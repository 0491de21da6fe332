import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runsInCi, withoutCommands, withoutCommandsInJson } from '../../src/core/text.ts';
import { tempHome } from '../support/home.ts';
import { run } from '../support/run.ts';

// Texts that a CI system would obey in a job's log, in every place that a provider fills.

/** What the systems look for: GitHub trims the line, the others search it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
const acts = /^[^\S\n]*(?:\u001b\[[\d;]*m|[^\S\n])*::|##[a-z]{0,20}\[/im;
const obeyed =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
  /[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/;

const texts = [
  '##vso[task.setvariable variable=x]y',
  '##[add-matcher]x',
  '##[error]x',
  '###[error]x',
  '##VSO[task.complete]x',
  "##teamcity[buildStatus status='SUCCESS']",
  '::stop-commands::x',
  '  ::error file=a::b',
  '\t::add-mask::x',
  '\n::set-output name=x::y',
  'x\r::error::y',
  'x\n \u2003::error::y',
  '\u200b::error::x',
  `${'word '.repeat(30)}::error::wrapped ##vso[x]`,
];

async function providerThatSays(text: string) {
  const server = createServer((request, response) => {
    const id = decodeURIComponent((request.url ?? '').split('/').at(-1) ?? '');
    const data = {
      id,
      status: id === 'odd' ? text : 'FAILED',
      phone: text,
      reason: text,
      reason_code: text,
      template_name: text,
      metadata: { [text]: text },
      events: [{ status: 'FAILED', description: text }],
    };
    const bad = { success: false, error: { code: text, message: text }, meta: { request_id: text } };
    response.setHeader('content-type', 'application/json');
    response.statusCode = id === 'refused' ? 400 : 200;
    response.end(JSON.stringify(id === 'refused' ? bad : { success: true, data }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    SENT_DM_API_KEY: 'a-key-of-tests',
    SENT_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
}

const formats: readonly (readonly string[])[] = [
  [],
  ['-o', 'csv'],
  ['-o', 'csv', '--fields', 'details.templateName,to,id'],
  ['--fields', 'details.templateName,to,id'],
  ['--fields', 'channel,details.templateName'],
  ['--field', 'details.templateName'],
  ['--field', 'reason.message'],
  ['--field', 'details.metadata'],
  ['--json', '--raw'],
  ['-o', 'ndjson', '--raw'],
  ['--github'],
  ['--debug', '-v'],
];

const systems: readonly Readonly<Record<string, string>>[] = [
  { CI: 'true' },
  { TF_BUILD: 'True' },
  { TEAMCITY_VERSION: '2026.1' },
  { GITHUB_ACTIONS: 'true' },
];

/** Every format under the first system, and a few under the others; each to a pipe and to a terminal. */
const cases = systems.flatMap((system, place) =>
  formats
    .slice(0, place === 0 ? formats.length : 4)
    .flatMap((format) => [{}, { columns: 40 }].map((screen) => ({ system, format, screen }))),
);

/** Our own annotations are the only commands there. */
const withoutAnnotations = (text: string) => text.replace(/^::(error|warning) title=/gm, '');

test.each(texts)('%j starts nothing, in any format', async (text) => {
  const provider = await providerThatSays(text);
  const { home, cwd } = tempHome();
  for (const { system, format, screen } of cases) {
    const argv = [
      'sent',
      'get',
      'x',
      'odd',
      'refused',
      text.trim().slice(0, 200),
      '--reveal',
      '--retries',
      '0',
      '--rate',
      'off',
    ];
    const env = { ...provider, ...system, FORCE_COLOR: '1' };
    const { stdout, stderr } = await run([...argv, ...format], { env, home, cwd, ...screen });
    expect(stdout, format.join(' ')).not.toMatch(acts);
    expect(withoutAnnotations(stderr), format.join(' ')).not.toMatch(acts);
    expect(stdout.replaceAll('\r\n', '\n')).not.toMatch(obeyed);
  }
});

test('outside of CI, data are what they are', async () => {
  const text = '::error::##vso[x]';
  const env = await providerThatSays(text);
  expect((await run(['sent', 'get', 'x', '--field', 'details.templateName'], { env })).stdout).toBe(`${text}\n`);
  const inCi = await run(['sent', 'get', 'x', '--field', 'details.templateName'], { env: { ...env, CI: '1' } });
  expect(inCi.stdout).toBe('\\x3a:error::\\x23#vso[x]\n');
});

test('JSON means the same with and without commands in it', async () => {
  const env = { ...(await providerThatSays('::a ##vso[x] \ud83d')), CI: '1' };
  const { stdout } = await run(['sent', 'get', 'x', '--json', '--raw', '--reveal'], { env });
  expect(JSON.parse(stdout)).toMatchObject({ details: { templateName: '::a ##vso[x] \ufffd' } });
  expect(stdout).not.toMatch(/\\ud8/i);
});

test('doctor, config and error lines show no raw control or bidi character of a path', async () => {
  const { home, write } = tempHome();
  const name = 'a\u009b31m\u202egnp##vso[x]';
  write(`${name}/.sbstatusrc`, { sent: { apiKey: 'a-key-of-tests', baseUrl: 'http://127.0.0.1:1' } });
  write(`${name}/.git/x`, '');
  const setting = { home, cwd: join(home, name), env: { CI: 'true' } };
  for (const argv of [
    ['doctor', '--json'],
    ['doctor'],
    ['config', 'show', '--json'],
    ['config', 'show'],
    ['config', 'path', '--json'],
    ['config', 'path', '--all', '--json'],
    ['config', 'path', '--all'],
    ['config', 'show', '--config', join(home, name, 'absent')],
    ['sent', 'get', 'x', '--json', '--config', join(home, name, 'absent')],
    ['sent', 'get', 'x', '--json', '--from-file', join(home, name, 'absent')],
    ['sent', 'get', 'x', '--from-file', join(home, name, 'absent')],
  ]) {
    const { stdout, stderr } = await run(argv, setting);
    expect(stdout + stderr, argv.join(' ')).not.toMatch(obeyed);
    expect(stdout + stderr, argv.join(' ')).not.toMatch(acts);
  }
});

test.each([
  ['a::b', 'a::b'],
  ['::a', '\\x3a:a'],
  [' \t::a\n::b\n', ' \t\\x3a:a\n\\x3a:b\n'],
  ['\u001b[1m ::a', '\u001b[1m \\x3a:a'],
  ['# ##[x', '# \\x23#[x'],
  ['##x', '##x'],
  ['####[x', '##\\x23#[x'],
])('%j as lines of a log is %j', (text, safe) => {
  expect(withoutCommands(text)).toBe(safe);
  expect(withoutCommands(safe)).toBe(safe);
});

test('only the commands of JSON are escaped', () => {
  const values = ['::a', '\\"::b', '##[c]', { '##d[': '"::', '': ':' }];
  const json = withoutCommandsInJson(JSON.stringify(values));
  expect(json).not.toMatch(acts);
  expect(JSON.parse(json)).toEqual(values);
});

test('which systems are known', () => {
  expect(['CI', 'GITHUB_ACTIONS', 'TF_BUILD', 'TEAMCITY_VERSION'].map((name) => runsInCi({ [name]: '1' }))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(runsInCi({ CI: '', HOME: '/' })).toBe(false);
});
