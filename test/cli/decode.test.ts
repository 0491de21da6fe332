import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { resultSchema } from '../../src/core/record.ts';
import { run } from '../support/run.ts';

interface Looked {
  readonly id: string;
  readonly state: string | null;
  readonly reason: { readonly code: string | null } | null;
  readonly raw: Readonly<Record<string, unknown>>;
}

function records(ndjson: string) {
  return ndjson
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

async function lookUp(provider: string, ids: readonly string[]): Promise<Looked[]> {
  const { stdout } = await run([provider, 'get', ...ids, '--mock', '--raw', '-o', 'ndjson']);
  return records(stdout);
}

async function decode(provider: string, lines: readonly string[], flags: readonly string[] = []) {
  const outcome = await run(['decode', provider, '-o', 'ndjson', ...flags], { stdin: `${lines.join('\n')}\n` });
  return { ...outcome, records: records(outcome.stdout) };
}

/** The webhook that each provider would send for a message that a look-up told of. */
const events: Readonly<Record<string, (looked: Looked) => unknown>> = {
  sendblue: ({ raw }) => raw['data'],
  sent: ({ id, raw }) => {
    const { status, channel, reason_code, reason } = raw['data'] as Record<string, string>;
    const payload = { message_id: id, message_status: status, channel, reason_code, reason };
    const event = `message.${status?.toLowerCase()}`;
    return { field: 'message', event, timestamp: '2026-03-11T19:50:50Z', payload };
  },
  sfmc: ({ id, raw }) => ({
    eventCategoryType: String(raw['eventCategoryType']).replace('SMS', 'Sms'),
    timestampUTC: 1533325278550,
    info: { ...(raw['info'] as object), messageKey: id },
  }),
};

const messages: Readonly<Record<string, readonly string[]>> = {
  sendblue: [
    ...'registered queued sent delivered read received failed declined opted-out unknown unresolved'.split(' '),
    ...'sms downgraded rcs group code-4002 code-5509 status-SUCCESS status-ACCEPTED status-PENDING'.split(' '),
  ],
  sent: [
    ...'queued processed routed scheduled sent delivered read received failed canceled filtered blocked'.split(' '),
    ...'unknown code-BUSINESS_003 status-ACCEPTED'.split(' '),
  ],
  sfmc: 'sent failed code-1 code-25 code-129 code-1000 status-SMSNotSent'.split(' '),
};

const strangers: Readonly<Record<string, unknown>> = {
  sendblue: { number: '+15550100142', is_typing: true, timestamp: '2026-03-11T19:55:10Z' },
  sent: { field: 'contact', event: 'contact.created', payload: { contact_id: 'c1' } },
  sfmc: { callbackId: 'c1', verificationKey: 'k1' },
};

describe.each(Object.keys(messages))('%s', (provider) => {
  test('a stream of valid, broken and unknown events: the states of the look-ups, and the rest goes on', async () => {
    const looked = await lookUp(provider, messages[provider] ?? []);
    expect(looked.map(({ state }) => state)).not.toContain(null);
    const lines = looked.flatMap((each, place) => {
      const line = JSON.stringify(events[provider]?.(each));
      const odd = ['not JSON at all', line.slice(0, line.length / 2), JSON.stringify(strangers[provider])][place % 3];
      return [line, odd ?? ''];
    });
    const { code, records, stderr } = await decode(provider, lines);
    const codes = ['bad-event', 'bad-event', 'wrong-shape'];
    expect(
      records.map(({ id, state, reason, error }) => [id, state, reason?.code ?? null, error?.code ?? null]),
    ).toEqual(
      looked.flatMap(({ id, state, reason }, place) => [
        [id, state, reason?.code ?? null, null],
        [`line-${place * 2 + 2}`, null, null, codes[place % 3]],
      ]),
    );
    expect(code).toBe(2);
    expect(stderr).toContain(`${looked.length} of ${looked.length * 2} not ok`);
    for (const record of records) expect(v.safeParse(resultSchema, record).issues).toBeUndefined();
  });
});

test('SFMC’s delivered and bounced are told by events alone', async () => {
  const event = (word: string, statusCode: string) =>
    JSON.stringify({
      eventCategoryType: `TransactionalSendEvents.${word}`,
      timestampUTC: 1533325278550,
      info: { messageKey: word, statusCode, to: '+15550100142' },
    });
  const { code, records } = await decode('sfmc', [
    event('SmsSent', ''),
    event('SmsTransient', '3001'),
    event('SmsDelivered', '4000'),
    event('SmsBounced', '4504'),
    event('SmsVanished', '9'),
  ]);
  expect(records.map(({ id, state, outcome, terminal }) => [id, state, outcome, terminal])).toEqual([
    ['SmsSent', 'sent', 'pending', false],
    ['SmsTransient', 'sent', 'pending', false],
    ['SmsDelivered', 'delivered', 'success', true],
    ['SmsBounced', 'failed', 'failure', true],
    ['SmsVanished', 'unknown', 'unknown', false],
  ]);
  expect(code).toBe(0);
  const { stdout } = await run(['sfmc', 'get', 'sent', '--mock', '--json']);
  expect(JSON.parse(stdout).warnings).toEqual([expect.stringContaining('sbstatus decode sfmc')]);
});

test('a mixed callback of SFMC: only SMS are records with a verdict, and no address is in to', async () => {
  const at = { timestampUTC: 1612564224759 };
  const { code, records } = await decode('sfmc', [
    JSON.stringify([
      {
        ...at,
        eventCategoryType: 'TransactionalSendEvents.EmailSent',
        info: { messageKey: 'k1', to: 'a@example.test' },
      },
      {
        ...at,
        eventCategoryType: 'TransactionalSendEvents.SmsDelivered',
        info: { messageKey: 'k2', statusCode: '4000' },
      },
      { ...at, eventCategoryType: 'EngagementEvents.OttRead', MessageKey: 'k3' },
      { ...at, eventCategoryType: 'AutomationEvents.AutomationInstanceStarted', info: {} },
      {
        ...at,
        eventCategoryType: 'TransactionalSendEvents.SmsBounced',
        info: { messageKey: 'k5', statusCode: '__proto__' },
      },
    ]),
  ]);
  expect(records.map(({ id, state, exit, error }) => [id, state, exit.code, error?.message ?? null])).toEqual([
    ['line-1-event-1', null, 42, 'not an SMS event: TransactionalSendEvents.EmailSent'],
    ['k2', 'delivered', 0, null],
    ['line-1-event-3', null, 42, 'not an SMS event: EngagementEvents.OttRead'],
    ['line-1-event-4', null, 42, 'not an SMS event: AutomationEvents.AutomationInstanceStarted'],
    ['k5', 'failed', 0, null],
  ]);
  expect(code).toBe(42);
  expect(JSON.stringify(records)).not.toContain('"to":"a@example.test"');
});

test('the failing inputs of November 2026', async () => {
  const bounced = {
    eventCategoryType: 'TransactionalSendEvents.SmsBounced',
    timestampUTC: 1612564224759,
    info: { messageKey: 'k1', statusCode: '1501', statusMessage: 'ValidationError', to: '13175550140' },
  };
  const [internal] = (await decode('sfmc', [JSON.stringify([bounced])])).records;
  expect(internal.reason).toMatchObject({ code: '1501', class: 'provider', resendable: true });
  const undeliverable = {
    field: 'message',
    event: 'message.failed',
    timestamp: '2026-08-14T07:20:00Z',
    payload: {
      message_id: '0f3c2b1a-5d4e-4f60-8a7b-9c0d1e2f3a4b',
      channel: 'whatsapp',
      error: [{ code: 131026, title: 'Message undeliverable' }],
    },
  };
  const [unreachable] = (await decode('sent', [JSON.stringify(undeliverable)])).records;
  expect(unreachable.reason).toMatchObject({ code: '131026', class: 'unreachable' });
  // `decode` has no --wait.
  expect(unreachable.warnings).toEqual([expect.stringContaining('; sbstatus sent get --wait with the same id')]);
});

const delivered = '{"message_handle":"a","status":"DELIVERED","service":"iMessage"}';
const failed = '{"message_handle":"b","status":"ERROR","error_code":10001}';

test('a record of an event', async () => {
  const { records, stderr } = await decode('sendblue', [delivered], ['--raw']);
  expect(stderr).toBe('');
  expect(records).toEqual([
    expect.objectContaining({
      schema: 'sbstatus.result/1',
      index: 0,
      provider: 'sendblue',
      operation: 'decode',
      id: 'a',
      state: 'delivered',
      error: null,
      request: null,
      mock: false,
      checkedAt: expect.stringMatching(/Z$/),
      raw: JSON.parse(delivered),
    }),
  ]);
});

test('states count only with an expectation or a gate', async () => {
  const lines = [delivered, failed];
  expect((await decode('sendblue', lines)).code).toBe(0);
  expect((await decode('sendblue', lines, ['--expect', 'delivered'])).code).toBe(20);
  expect((await decode('sendblue', [delivered], ['--expect', 'delivered'])).code).toBe(0);
  expect((await decode('sendblue', lines, ['--max-failed', '0'])).code).toBe(20);
  expect((await decode('sendblue', lines, ['--max-failed', '1'])).code).toBe(0);
  expect((await decode('sendblue', lines, ['--min-success', '50%'])).code).toBe(0);
});

test('the formats of a batch', async () => {
  const stdin = `${delivered}\nnope\n`;
  const tsv = await run(['decode', 'sendblue'], { stdin });
  expect(tsv.stdout.split('\n').map((line) => line.split('\t').slice(0, 5))).toEqual([
    ['provider', 'operation', 'id', 'state', 'exit'],
    ['sendblue', 'decode', 'a', 'delivered', '0'],
    ['sendblue', 'decode', 'line-2', '', '2'],
    [''],
  ]);
  const report = JSON.parse((await run(['decode', 'sendblue', '--json'], { stdin })).stdout);
  expect(report).toMatchObject({ schema: 'sbstatus.report/1', summary: { total: 2 }, exit: { code: 2 } });
  expect((await run(['decode', 'sendblue', '--field', 'state'], { stdin })).stdout).toBe('delivered\n\n');
  expect(await run(['decode', 'sendblue', '-q'], { stdin: delivered })).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('- is standard input, and anything else is no file', async () => {
  const argv = ['decode', 'sendblue', '--field', 'id'];
  expect(await run([...argv, '-'], { stdin: delivered })).toEqual({ code: 0, stdout: 'a\n', stderr: '' });
  const { code, stderr } = await run([...argv, 'events.ndjson'], { stdin: delivered });
  expect([code, stderr]).toEqual([2, expect.stringContaining('a file is named with --from-file')]);
});

test('nothing in, nothing out', async () => {
  expect(await run(['decode', 'sent', '-o', 'ndjson'], { stdin: '' })).toEqual({
    code: 0,
    stdout: '',
    stderr: 'note: no events in the input\n',
  });
});

test('a file, and one that is not there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sbstatus-decode-'));
  writeFileSync(join(folder, 'events.ndjson'), delivered);
  const flags = ['decode', 'sendblue', '--field', 'id', '--from-file'];
  expect(await run([...flags, 'events.ndjson'], { cwd: folder })).toEqual({ code: 0, stdout: 'a\n', stderr: '' });
  const { code, stdout, stderr } = await run([...flags, 'absent.ndjson'], { cwd: folder });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`cannot read events from ${join(folder, 'absent.ndjson')} (ENOENT)`);
  rmSync(folder, { recursive: true });
});

test.each([
  ['an unknown provider', ['decode', 'sentt'], 'no provider "sentt"; hint: did you mean sent'],
  ['no provider', ['decode'], "missing required argument 'provider'"],
  ['a flag of look-ups', ['decode', 'sent', '--wait'], "unknown option '--wait'"],
])('%s is a usage error', async (_, argv, message) => {
  const { code, stdout, stderr } = await run(argv);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});

test('no configuration is read and nobody is asked: a broken proxy and a broken file do no harm', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sbstatus-decode-'));
  writeFileSync(join(folder, '.sbstatusrc'), '{ broken');
  const env = { HTTPS_PROXY: 'nonsense', SBSTATUS_PROFILE: 'absent' };
  const outcome = await run(['decode', 'sendblue', '--field', 'state'], { stdin: delivered, cwd: folder, env });
  expect(outcome).toEqual({ code: 0, stdout: 'delivered\n', stderr: '' });
  rmSync(folder, { recursive: true });
});

test('events go through while the stream is still open', async () => {
  const seen: string[] = [];
  const order: string[] = [];
  async function* stream() {
    yield `${delivered}\n`;
    while (!seen.join('').includes('"a"')) await new Promise((resolve) => setTimeout(resolve, 5));
    order.push('first one is out');
    yield `${failed}\n`;
  }
  const { code } = await run(['decode', 'sendblue', '-o', 'ndjson'], {
    stdin: stream(),
    onStdout: (text) => void seen.push(text),
  });
  expect([code, order]).toEqual([0, ['first one is out']]);
});

test('--at reads the event out of a field, as JSON or as text, one or several', async () => {
  const event = { message_handle: 'abc', status: 'READ' };
  const lines = [
    { headers: {}, body: JSON.stringify(event) },
    { body: event },
    { body: [event, { ...event, message_handle: 'def' }] },
    { other: event },
  ];
  const stdin = lines.map((line) => JSON.stringify(line)).join('\n');
  const { code, stdout } = await run(['decode', 'sendblue', '--at', 'body', '-o', 'ndjson'], { stdin });
  const records = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(records.map(({ id, state }) => [id, state])).toEqual([
    ['abc', 'read'],
    ['abc', 'read'],
    ['abc', 'read'],
    ['def', 'read'],
    ['line-4', null],
  ]);
  expect(records[4].error.message).toBe('no JSON at "body" of the line');
  expect(code).toBe(2);
  const deep = JSON.stringify({ request: JSON.stringify({ body: JSON.stringify(event) }) });
  const nested = await run(['decode', 'sendblue', '--at', 'request.body', '--field', 'id'], { stdin: deep });
  expect(nested).toEqual({ code: 0, stdout: 'abc\n', stderr: '' });
});

test.each([
  ['.body', { body: 1 }],
  ['$.body', { body: 1 }],
  ["$['body']", { body: 1 }],
  ['Records[0].body', { Records: [{ body: 1 }, { body: 2 }] }],
  ['.Records[].body', { Records: [{ body: 1 }] }],
  ['$.Records[*].body', { Records: [{ body: 1 }] }],
  ['Records.0.body', { Records: [{ body: 1 }] }],
  ['$', 1],
])('--at %s is read as people write it', async (path, line) => {
  const event = { message_handle: 'abc', status: 'READ' };
  const stdin = JSON.stringify(line, (_, value) => (value === 1 ? event : value));
  const outcome = await run(['decode', 'sendblue', '--at', path, '--field', 'id'], { stdin });
  expect(outcome).toEqual({ code: 0, stdout: 'abc\n', stderr: '' });
});

test('--at reads every entry of a list', async () => {
  const body = (id: string) => ({ body: JSON.stringify({ message_handle: id, status: 'READ' }) });
  const stdin = JSON.stringify({ Records: [body('abc'), { other: 1 }, body('def')] });
  const outcome = await run(
    ['decode', 'sendblue', '--at', 'Records[].body', '-o', 'csv', '--fields', 'id,error.message'],
    { stdin },
  );
  expect(outcome.stdout).toBe(
    'id,error.message\nabc,\nline-1-event-2,"no JSON at ""Records[].body"" of the line"\ndef,\n',
  );
  expect(outcome.code).toBe(2);
});

test.each([
  ['request.body', { request: { body: 1 } }],
  ['Records[].body', { path: '/', Records: [{ body: 1 }] }],
  ['detail.events', { detail: { events: [1] } }],
])('the error says where a line has the event: %s', async (path, line) => {
  const event = { message_handle: 'abc', status: 'READ' };
  const stdin = JSON.stringify(line, (_, value) => (value === 1 ? event : value));
  const { code, stderr } = await run(['decode', 'sendblue', '--field', 'id'], { stdin });
  expect([code, stderr]).toEqual([42, expect.stringContaining(`; hint: the line wraps the event: add --at ${path}\n`)]);
  const again = await run(['decode', 'sendblue', '--field', 'id', '--at', path], { stdin });
  expect(again).toEqual({ code: 0, stdout: 'abc\n', stderr: '' });
});

test('without it the error says which field wraps the event', async () => {
  const event = { message_handle: 'abc', status: 'READ' };
  for (const body of [event, JSON.stringify(event), [event]]) {
    const stdin = JSON.stringify({ headers: { status: 'x' }, path: '/hook', body });
    const { code, stderr } = await run(['decode', 'sendblue', '--field', 'id'], { stdin });
    expect([code, stderr]).toEqual([42, expect.stringContaining('; hint: the line wraps the event: add --at body\n')]);
  }
});

test('a full stop at the end of the provider’s sentence is not told before what follows it', async () => {
  const event = { message_handle: 'a', status: 'ERROR', error_code: 10001, error_message: 'The carrier refused it.' };
  const argv = ['decode', 'sendblue', '--expect', 'delivered', '--field', 'reason.message'];
  const { code, stdout, stderr } = await run(argv, { stdin: JSON.stringify(event) });
  expect([code, stdout]).toEqual([20, 'The carrier refused it.\n']);
  expect(stderr).toContain('the message failed: The carrier refused it, code 10001; hint: ');
});
