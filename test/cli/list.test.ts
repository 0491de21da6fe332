import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MockServer, startMock } from '../../src/mock/server.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { realClock } from '../../src/world.ts';
import { run, type Setting } from '../support/run.ts';

const providers = await loadProviders();

const now = Date.parse('2026-03-11T12:34:56.789Z');
const hour = 3_600_000;

/** The requests of a run, as the mock server logged them. */
const asked: string[] = [];
let server: MockServer;
beforeAll(async () => {
  const clock = { ...realClock, now: () => now };
  server = await startMock({ providers, host: '127.0.0.1', port: 0, clock, log: (line) => void asked.push(line) });
});
afterAll(() => server.close());

function list(flags: readonly string[], setting: Setting = {}) {
  asked.length = 0;
  const { baseUrl = '', apiKeyId = '', apiSecretKey = '' } = server.settingsOf('sendblue');
  const env = {
    SENDBLUE_API_BASE_URL: baseUrl,
    SENDBLUE_API_API_KEY: apiKeyId,
    SENDBLUE_API_API_SECRET: apiSecretKey,
  };
  return run(['sendblue', 'list', '--rate', 'off', ...flags], { env, now, ...setting });
}

function queries(): Record<string, string>[] {
  return asked.map((line) => Object.fromEntries(new URL(line.split(' ')[1] ?? '', 'http://localhost').searchParams));
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** The place of a message in the account, from 1 for the oldest: `delivered-02344` → 2344. */
function placeOf(id: string): number {
  return Number(id.slice(-5));
}

const newestFirst = Array.from({ length: 2345 }, (_, i) => 2345 - i);

describe('2,345 messages, each once and in order', () => {
  test.each([
    ['as they are', []],
    ['when pages do not say hasMore', ['--account-email', 'silent@example.com']],
    ['when a message is added between pages', ['--account-email', 'growing@example.com']],
    ['when both', ['--account-email', 'growing.silent@example.com']],
  ])('%s', async (_, flags) => {
    const { code, stdout, stderr } = await list(['--all', '--ids', ...flags]);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')]);
    expect(lines(stdout).map(placeOf)).toEqual(newestFirst);
    expect(asked.length).toBeLessThanOrEqual(27);
    for (const { limit } of queries()) expect(limit).toBe('100');
  });

  test('oldest first, when a message is added between pages', async () => {
    const { stdout } = await list(['--all', '--ids', '--order', 'asc', '--account-email', 'growing@example.com']);
    const places = lines(stdout).map(placeOf);
    expect(places.slice(0, 2345)).toEqual(newestFirst.toReversed());
    expect(new Set(places).size).toBe(places.length);
  });
});

describe('how many', () => {
  test('50 unless told otherwise, in one request', async () => {
    expect(lines((await list(['--ids'])).stdout).map(placeOf)).toEqual(newestFirst.slice(0, 50));
    expect(queries()).toEqual([{ limit: '50', offset: '0' }]);
  });

  test('a limit beyond a page', async () => {
    expect(lines((await list(['--ids', '--limit', '250'])).stdout).map(placeOf)).toEqual(newestFirst.slice(0, 250));
    expect(asked).toHaveLength(3);
  });

  test.each([
    [['--limit', '0'], 'give a number from 1, or --all'],
    [['--limit', 'many'], 'give a number from 1, or --all'],
    [['--limit', '5', '--all'], 'cannot be used with'],
    [['--ids', '--json'], 'cannot be used with'],
  ])('%j is a usage error, and nothing is asked', async (flags, message) => {
    const { code, stdout, stderr } = await list(flags);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(asked).toEqual([]);
  });
});

test('every filter becomes its parameter', async () => {
  const { code } = await list([
    ...['--number', '+15550100142', '--from', '+15550100100', '--to', '+15550100142', '--line', '+15550100100'],
    ...['--group', 'g 1', '--account-email', 'me@example.com', '--direction', 'outbound', '--service', 'imessage'],
    ...['--status', 'delivered', '--type', 'message', '--since', '2h', '--until', '2026-03-11T12:00:00+01:00'],
    ...['--updated-since', '2026-03-01', '--updated-until', '2026-03-11T12:00:00.5Z'],
    ...['--sent-since', '7d', '--sent-until', '2026-03-11T12:34', '--order-by', 'updated', '--order', 'asc'],
  ]);
  // A time without seconds is none.
  expect(code).toBe(2);
  const good = await list([
    ...['--number', '+15550100142', '--from', '+15550100100', '--to', '+15550100142', '--line', '+15550100100'],
    ...['--group', 'g 1', '--account-email', 'me@example.com', '--direction', 'outbound', '--service', 'iMessage'],
    ...['--status', 'DELIVERED', '--type', 'message', '--since', '2h', '--until', '2026-03-11T12:00:00+01:00'],
    ...['--updated-since', '2026-03-01', '--updated-until', '2026-03-11T12:00:00.5Z'],
    ...['--sent-since', '7d', '--sent-until', '90s', '--order-by', 'updated', '--order', 'asc', '--limit', '7'],
  ]);
  expect([good.code, good.stdout.split('\n').length]).toEqual([0, 2]);
  const { created_at_gte, sent_at_gte, sent_at_lte, ...rest } = queries()[0] ?? {};
  const age = (text = '') => (now - Date.parse(text)) / 1000;
  // The program's clock goes on while it starts.
  expect(age(created_at_gte)).toBeCloseTo(7200, -1);
  expect(age(sent_at_gte)).toBeCloseTo(604_800, -1);
  expect(age(sent_at_lte)).toBeCloseTo(90, -1);
  expect(rest).toEqual({
    number: '+15550100142',
    from_number: '+15550100100',
    to_number: '+15550100142',
    sendblue_number: '+15550100100',
    group_id: 'g 1',
    account_email: 'me@example.com',
    is_outbound: 'true',
    service: 'iMessage',
    status: 'DELIVERED',
    message_type: 'message',
    created_at_lte: '2026-03-11T11:00:00.000Z',
    updated_at_gte: '2026-03-01T00:00:00.000Z',
    updated_at_lte: '2026-03-11T12:00:00.500Z',
    order_by: 'updatedAt',
    order_direction: 'asc',
    limit: '7',
    offset: '0',
  });
});

test.each([
  ['--since', 'yesterday', '"yesterday" is not a valid time for --since'],
  ['--sent-until', '2026-02-30', '"2026-02-30" is not a valid time for --sent-until'],
  ['--since', '12', '"12" is not a valid time for --since'],
  ['--status', 'MAYBE', 'give one of registered, pending'],
  ['--service', 'telegram', 'give one of imessage, sms, rcs'],
  ['--direction', 'sideways', 'give one of outbound, inbound'],
])('%s %s is a usage error, and nothing is asked', async (flag, value, message) => {
  const { code, stdout, stderr } = await list([flag, value]);
  expect([code, stdout, asked]).toEqual([2, '', []]);
  expect(stderr).toContain(message);
});

test('filters choose: only what came in during the last hours', async () => {
  const { stdout } = await list(['--all', '--since', '5h', '--direction', 'inbound', '-o', 'ndjson']);
  const records = lines(stdout).map((line) => JSON.parse(line));
  expect(records.length).toBeGreaterThan(0);
  for (const { direction, createdAt, state } of records) {
    expect([direction, state]).toEqual(['inbound', 'received']);
    expect(Date.parse(createdAt)).toBeGreaterThan(now - 5 * hour - 60_000);
  }
});

test('rows are records like any other, in every format', async () => {
  const { stdout } = await list(['--limit', '3', '--json', '--raw']);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ schema: 'sbstatus.report/1', summary: { total: 3 }, exit: { code: 0 } });
  expect(report.results[0]).toMatchObject({
    index: 0,
    provider: 'sendblue',
    operation: 'list',
    id: 'read-02345',
    state: 'read',
    exit: { code: 0 },
    request: { httpStatus: 200, attempts: 1, url: expect.stringContaining('/api/v2/messages?') },
    mock: true,
    raw: { message_handle: 'read-02345', status: 'READ' },
  });
  const csv = await list(['--limit', '2', '-o', 'csv', '--fields', 'id,state']);
  expect(csv.stdout).toBe('id,state\nread-02345,read\ndelivered-02344,delivered\n');
  expect((await list(['--limit', '2', '--field', 'state'])).stdout).toBe('read\ndelivered\n');
});

test('states count only with an expectation', async () => {
  expect((await list(['--limit', '40'])).code).toBe(0);
  expect((await list(['--limit', '40', '--expect', 'delivered', '-q'])).code).toBe(20);
  expect((await list(['--limit', '2', '--expect', 'delivered', '-q'])).code).toBe(0);
});

test('ids can be asked for again', async () => {
  const ids = await run(['sendblue', 'list', '--mock', '--limit', '3', '--ids']);
  const again = await run(['sendblue', 'get', '-', '--mock', '--field', 'state'], { stdin: ids.stdout });
  expect(again.stdout).toBe('read\ndelivered\nsent\n');
});

test('what was read before a fault stands, and the fault is a record', async () => {
  const flags = ['--all', '--account-email', 'breaking@example.com', '--retries', '0'];
  const { code, stdout, stderr } = await list([...flags, '-o', 'ndjson']);
  const records = lines(stdout).map((line) => JSON.parse(line));
  expect([code, records.length]).toEqual([32, 101]);
  expect(records[99]).toMatchObject({ id: expect.stringMatching(/-02246$/), error: null, exit: { code: 0 } });
  expect(records[100]).toMatchObject({ id: 'row-101', state: null, error: { code: 'provider-error' } });
  expect(stderr).toContain('1 of 101 not ok (1 provider-unavailable)');
  const ids = await list([...flags, '--ids']);
  expect([ids.code, lines(ids.stdout).map(placeOf)]).toEqual([32, newestFirst.slice(0, 100)]);
});

test('without credentials nothing is asked, and the names are told', async () => {
  const { code, stdout, stderr } = await run(['sendblue', 'list', '--ids']);
  expect([code, stdout]).toEqual([41, '']);
  expect(stderr).toContain('SENDBLUE_API_API_KEY');
});

test('--curl shows the first page and asks nothing', async () => {
  const { code, stdout } = await list(['--to', '+15550100142', '--limit', '20', '--curl']);
  expect([code, asked]).toEqual([0, []]);
  expect(stdout).toContain('-H "sb-api-key-id: $SENDBLUE_API_API_KEY"');
  expect(stdout).toContain(`'${server.origin}/sendblue/api/v2/messages?to_number=%2B15550100142&limit=20&offset=0'`);
});

test('the first rows are out before the last page is asked for', async () => {
  let before = Number.POSITIVE_INFINITY;
  const onStdout = () => {
    before = Math.min(before, asked.length);
  };
  await list(['--all', '--ids'], { onStdout });
  expect(before).toBeLessThan(4);
  expect(asked.length).toBeGreaterThan(20);
});

describe('pages as they may come', () => {
  const row = (handle: unknown) => ({ message_handle: handle, status: 'DELIVERED', service: 'iMessage' });

  async function listOf(body: unknown) {
    const odd = createServer((_, response) => response.end(JSON.stringify(body)));
    await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve));
    const env = {
      SENDBLUE_API_BASE_URL: `http://127.0.0.1:${(odd.address() as AddressInfo).port}`,
      SENDBLUE_API_API_KEY: 'key-id-0123456789',
      SENDBLUE_API_API_SECRET: 'key-secret-0123456789',
    };
    const outcome = await run(['sendblue', 'list', '-o', 'ndjson', '--fields', 'id,state,error.code'], { env });
    odd.closeAllConnections();
    odd.close();
    return { code: outcome.code, records: lines(outcome.stdout).map((line) => JSON.parse(line)) };
  }

  test('a row that cannot be read is a record, and the rest go on', async () => {
    const data = [row('a'), { status: 'SENT' }, 'nonsense', row('b')];
    const { code, records } = await listOf({ status: 'OK', data, pagination: { hasMore: false } });
    expect(code).toBe(42);
    expect(records.map(({ id, state, error }) => [id, state, error?.code ?? null])).toEqual([
      ['a', 'delivered', null],
      ['row-2', null, 'wrong-shape'],
      ['row-3', null, 'wrong-shape'],
      ['b', 'delivered', null],
    ]);
  });

  test.each([
    ['an empty account', { status: 'OK', data: [], pagination: { hasMore: false, total: 0 } }, 0, []],
    ['no pagination at all', { data: [] }, 0, []],
    ['no list', { status: 'OK' }, 42, ['wrong-shape']],
    ['a list that is none', { data: { a: 1 } }, 42, ['wrong-shape']],
    ['the same page for ever', { data: [row('a')] }, 42, [null, 'wrong-shape']],
  ])('%s', async (_, body, code, errors) => {
    const outcome = await listOf(body);
    expect([outcome.code, outcome.records.map(({ error }) => error?.code ?? null)]).toEqual([code, errors]);
  });
});

test('says when there may be more, and only then', async () => {
  const note = (count: number) =>
    new RegExp(
      `^note: ${count} messages: .*\nnote: there may be more than these ${count}: raise --limit, or use --all\n$`,
    );
  const listed = (...flags: string[]) => run(['sendblue', 'list', '--mock', '--field', 'id', ...flags]);
  expect((await listed()).stderr).toMatch(note(50));
  expect((await listed('--limit', '3')).stderr).toMatch(note(3));
  expect((await listed('--limit', '2345')).stderr).not.toContain('may be more');
  expect((await listed('--limit', '3', '-q')).stderr).toBe('');
});
