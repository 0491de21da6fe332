import { expect, test } from 'vitest';
import { namedCommands } from '../../src/cli/commands/index.ts';
import { createProgram } from '../../src/cli/program.ts';
import { loadProviders, providerIds } from '../../src/providers/index.ts';
import { realWorld } from '../../src/world.ts';
import { mockEnv } from '../support/mock.ts';
import { run } from '../support/run.ts';

const uuid = '8ba7b830-9dad-11d1-80b4-00c04fd430c8';
const providers = await loadProviders();

test('the names of the commands are those of the program', () => {
  const program = createProgram({ world: realWorld(), setExit: () => undefined, providers });
  const names = program.commands.map((command) => command.name()).filter((name) => !name.startsWith('__'));
  expect([...Object.keys(providers), ...namedCommands.keys()].sort()).toEqual(names.sort());
});

test.each([
  ['--mock sendblue get delivered --field state'],
  ['sendblue --mock get delivered --field state'],
  ['--field state --mock sendblue get delivered'],
  ['--field=state sendblue --mock get -- delivered'],
  ['SendBlue GET delivered --mock --field state'],
  ['--mock --field state check sendblue:delivered'],
])('flags may stand before the command, and words be in any case: %s', async (line) => {
  expect(await run(line.split(' '))).toEqual({ code: 0, stdout: 'delivered\n', stderr: '' });
});

test.each([
  ['explain SFMC 129', 'explain sfmc 129'],
  ['schema Result', 'schema result'],
  ['completion BASH', 'completion bash'],
  ['help Exit-Codes', 'help exit-codes'],
  ['help SendBlue Get', 'help sendblue get'],
  ['config PATH', 'config path'],
  ['check SendBlue/Status:delivered --mock --field state', 'check sendblue/status:delivered --mock --field state'],
])('words are taken in any case: %s', async (line, plain) => {
  const asked = await run(line.split(' '));
  expect(asked).toEqual({ ...(await run(plain.split(' '))), code: 0, stderr: '' });
});

test('decode takes its provider in any case', async () => {
  const stdin = '{"message_handle":"Abc","status":"DELIVERED"}';
  expect((await run(['decode', 'SendBlue', '--field', 'id'], { stdin })).stdout).toBe('Abc\n');
});

test('choices are taken in any case', async () => {
  const { code, stdout } = await run('sendblue get delivered --mock -o NDJSON --expect-channel iMessage'.split(' '));
  expect([code, JSON.parse(stdout).id]).toEqual([0, 'delivered']);
  const wrong = await run('sendblue get delivered --mock -o JSON --expect nothing'.split(' '));
  expect([wrong.code, JSON.parse(wrong.stderr).schema]).toEqual([2, 'sbstatus.error/1']);
  expect((await run('sendblue get delivered --mock --rate Off --field id'.split(' '))).stdout).toBe('delivered\n');
});

test('sbstatus sendblue help is the help on it', async () => {
  for (const words of [[], ['get']]) {
    const { code, stdout } = await run(['sendblue', 'help', ...words]);
    expect([code, stdout]).toEqual([0, (await run(['help', 'sendblue', ...words])).stdout]);
  }
});

const none = 'error: unknown command';
const whoHas = (name: string) =>
  Object.values(providers)
    .filter(({ operations, listing }) => Object.keys({ ...operations, ...(listing && { list: 0 }) }).includes(name))
    .map(({ id }) => `sbstatus ${id} ${name}`)
    .join(', ');
test.each([
  [
    uuid,
    `${none} '${uuid}'; hint: to look it up, name its provider: ${providerIds.map((id) => `sbstatus ${id} get ${uuid}`).join(', ')}`,
  ],
  ['list', `${none} 'list'; hint: name the provider first: ${whoHas('list')}`],
  ['LIST', `${none} 'LIST'; hint: name the provider first: ${whoHas('list')}`],
  ['get', `${none} 'get'; hint: name the provider first: ${whoHas('get')}`],
  ['status', `${none} 'status'; hint: name the provider first: ${whoHas('status')}`],
  ['sendblue get x --mock --wait=5m', 'error: --wait takes no value; hint: write --wait --timeout 5m'],
  ...['sendblue get x --mock --wait 5m', 'sendblue get -w 5m x --mock', '--wait 5m sendblue get x --mock'].map(
    (line): [string, string] => [
      line,
      'error: --wait takes no value; hint: write --wait --timeout 5m; an id that is called 5m goes before --wait',
    ],
  ),
  [
    'sendblue get delivered,failed --mock',
    'error: "delivered,failed" is not a valid message id: it looks like several ids; hint: give each by itself: delivered failed',
  ],
  [
    'sent get a;b;c;d,e --mock',
    'error: "a;b;c;d,e" is not a valid id: it looks like several ids; hint: give each by itself: a b c …',
  ],
  [
    'check sendblue:a,sendblue:b --mock',
    'error: "sendblue:a,sendblue:b" is not a valid ref: it looks like several ids: give each by itself: a sendblue:b; hint: write provider:id, such as sendblue:msg_abc123def456',
  ],
  [
    'sendblue get ids.CSV --mock',
    'error: "ids.CSV" is not a valid message id: it is the name of a file; hint: read it with --from-file ids.CSV',
  ],
  [
    'check ./messages.yaml --mock',
    'error: "./messages.yaml" is not a valid ref: it is the name of a file; hint: read it with --manifest ./messages.yaml',
  ],
  [
    'check refs.txt --mock',
    'error: "refs.txt" is not a valid ref: it is the name of a file; hint: read it with --from-file refs.txt',
  ],
  ['sendblue get x --mock --quiet=yes', 'error: --quiet takes no value; hint: leave the value out'],
  [
    'sendblue get +14155550100 --mock',
    'error: "+14155550100" is not a valid message id: it is a phone number; hint: list its messages: sbstatus sendblue list --number +14155550100',
  ],
  [
    `sent get https://app.sent.dm/m/${uuid} --mock`,
    `error: "https://app.sent.dm/m/${uuid}" is not a valid id: it is an address; hint: give the id alone: sbstatus sent get ${uuid}`,
  ],
  [
    'sendblue get {msg_abc123} --mock',
    'error: "{msg_abc123}" is not a valid message id: it has quotes, brackets or commas around it; hint: did you mean msg_abc123?',
  ],
  [
    'check sendblue:+14155550100 --mock',
    'error: "sendblue:+14155550100" is not a valid ref: it is a phone number: list its messages: sbstatus sendblue list --number +14155550100; hint: write provider:id, such as sendblue:msg_abc123def456',
  ],
  [
    'check sendblue:"msg_abc123" --mock',
    'error: "sendblue:\\"msg_abc123\\"" is not a valid ref: it has quotes, brackets or commas around it: did you mean msg_abc123? hint: write provider:id, such as sendblue:msg_abc123def456',
  ],
  [
    'sendblue list --to 4155550100 --mock',
    'error: "4155550100" is not a phone number for --to: its country is not sure; hint: write it with its country code: +14155550100',
  ],
])('%s', async (line, stderr) => {
  expect(await run(line.split(' '))).toEqual({ code: 2, stdout: '', stderr: `${stderr}\n` });
});

test('an id that is certain is taken out of what was pasted around it', async () => {
  const argv = ['sent', 'get', `"${uuid}",`, '--mock', '--field', 'id'];
  expect(await run(argv)).toEqual({ code: 0, stdout: `${uuid}\n`, stderr: '' });
  const ref = ['check', `sent:{${uuid}}`, '--mock', '--field', 'id'];
  expect(await run(ref)).toEqual({ code: 0, stdout: `${uuid}\n`, stderr: '' });
  const stdin = `[\n"${uuid}",\n"not-an-uuid",\n]\n`;
  const { stdout } = await run(['sent', 'get', '-', '--mock', '-o', 'csv', '--fields', 'id,exit.code,error.hint'], {
    stdin,
  });
  expect(stdout).toBe(
    `id,exit.code,error.hint\n[,26,the id must be a UUID: the message_id of the reply to the send\n${uuid},0,\n"""not-an-uuid"",",2,did you mean not-an-uuid?\n],26,the id must be a UUID: the message_id of the reply to the send\n`,
  );
  // Salesforce's keys may be anything.
  expect((await run(['sfmc', 'get', '"a",', '--mock', '--field', 'id'])).stdout).toBe('"a",\n');
});

test('a time is an id all the same where it does not stand behind --wait', async () => {
  const argv = ['sendblue', 'get', '5m-delivered', '5m', '--wait', '--mock', '--field', 'id', '--timeout', '5s'];
  expect((await run(argv, { speed: 40 })).stdout).toBe('5m-delivered\n5m\n');
  const behind = ['sfmc', 'get', '--mock', '--field', 'id', '--', '--wait', '5m'];
  expect((await run(behind)).stdout).toBe('--wait\n5m\n');
});

test('several ids on one line, or in one argument', async () => {
  const ids = async (argument: string) => (await run(['sendblue', 'get', argument, '--mock'])).stderr;
  for (const text of ['delivered failed', 'delivered\nfailed', '["delivered", "failed"]'])
    expect(await ids(text)).toContain('it looks like several ids; hint: give each by itself: delivered failed\n');
  const stdin = 'delivered-1\ndelivered failed\n';
  const { stdout } = await run(['sendblue', 'get', '-', '--mock', '-o', 'csv', '--fields', 'id,exit.code,error.hint'], {
    stdin,
  });
  expect(stdout).toBe(
    'id,exit.code,error.hint\ndelivered-1,0,\ndelivered failed,2,give each by itself: delivered failed\n',
  );
  // Salesforce's keys may be anything.
  expect((await run(['sfmc', 'get', 'a,b', '--mock', '--field', 'id'])).stdout).toBe('a,b\n');
});

test('numbers of a list are asked for in E.164, and our states as the words that they stand for', async () => {
  const { env, requests } = await mockEnv();
  for (const number of ['+1 (555) 010-0142', '001-555-010-0142', '+15550100142']) {
    await run(['sendblue', 'list', '--to', number, '--limit', '1'], { env });
  }
  expect(new Set(requests.map((line) => /to_number=([^&\s]*)/.exec(line)?.[1]))).toEqual(new Set(['%2B15550100142']));
  const words = async (...flags: string[]) => {
    const { stdout } = await run(['sendblue', 'list', '--mock', '--field', 'providerState', ...flags]);
    return [...new Set(stdout.trim().split('\n'))];
  };
  expect(await words('--status', 'failed', '--all')).toEqual(['ERROR', 'DECLINED']);
  expect(await words('--status', 'failed', '--limit', '2')).toEqual(['ERROR']);
  expect(await words('--status', 'Delivered', '--limit', '2')).toEqual(['DELIVERED']);
});

test('options without effect are told', async () => {
  const note = async (...flags: string[]) => (await run(['sendblue', 'get', 'delivered', '--mock', ...flags])).stderr;
  expect(await note('--interval', '5s')).toBe('note: --interval has no effect without --wait\n');
  expect(await note('--exit-zero', '--expect', 'failed')).toBe(
    'note: --expect has no effect on the exit code with --exit-zero\n',
  );
  expect(await note('--interval', '5s', '-q')).toBe('');
  expect(await note('--exit-zero', '--expect-channel', 'sms')).toBe(
    'note: --expect-channel has no effect on the exit code with --exit-zero\n',
  );
  expect(await note('--junit-pending', 'skipped')).toBe('note: --junit-pending has no effect without --junit\n');
  for (const flags of [[], ['--json'], ['-o', 'table', '--fields', 'id'], ['--field', 'id']])
    expect(await note('--details', ...flags)).toBe(
      'note: --details has no effect without a card, such as -o table draws\n',
    );
  expect(await note('--details', '-o', 'table')).toBe('');
});

test('options of input without effect are told where there is none', async () => {
  const text = (flags: string) => `note: ${flags} without ids from standard input or a file\n`;
  const note = async (...argv: string[]) =>
    (await run([...argv, '--mock', '--field', 'id'], { stdin: 'sendblue:a\n' })).stderr;
  expect(await note('sendblue', 'get', 'delivered', '--column', '2')).toBe(text('--column has no effect'));
  expect(await note('sendblue', 'get', 'delivered', '-0', '--allow-empty')).toBe(
    text('--null has no effect') + text('--allow-empty has no effect'),
  );
  expect(await note('check', 'sent:delivered', '--allow-empty')).toBe(text('--allow-empty has no effect'));
  expect(await note('sendblue', 'get', 'delivered', '--allow-empty', '-q')).toBe('');
  const manifest = ['check', '--manifest', '-', '--allow-empty', '--mock'];
  expect(await run([...manifest, '--field', 'id'], { stdin: 'messages: []' })).toEqual({
    code: 0,
    stdout: '',
    stderr: 'note: no ids in the input\n',
  });
});
