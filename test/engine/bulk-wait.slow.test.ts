import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { startMock } from '../../src/mock/server.ts';
import { loadProviders } from '../../src/providers/index.ts';
import { recordsIn, runBy, warmUp } from '../support/figures.ts';
import { type AccountMessage, type ListFaults, moving, SendblueAccount } from '../support/sendblue-account.ts';
import { startAccount } from '../support/servers.ts';
import { steppedClock } from '../support/stepped-clock.ts';

/** `get --bulk --wait`: rounds over what was updated, and whatever the list does, each id ends as it ends with `get`. */

const limit = 60_000;

beforeAll(warmUp, limit);

async function wait(messages: readonly AccountMessage[], faults: ListFaults, flags: readonly string[] = []) {
  const clock = steppedClock();
  const account = new SendblueAccount(messages, faults);
  const { env } = await startAccount(account, { clock, latencyMs: 20 });
  const own = messages.map(({ id }) => id).filter((id) => id.startsWith('own'));
  const argv = ['sendblue', 'get', '-', '-o', 'ndjson', '--bulk', '--wait', '-v', ...flags];
  const outcome = await runBy(clock, argv, { env, stdin: own.join('\n') });
  expect(outcome.stdout + outcome.stderr).not.toContain('theirs');
  const records = recordsIn(outcome.stdout);
  expect(records.map(({ id }) => id).sort()).toEqual(own.sort());
  const notes = outcome.stderr.split('\n').filter((line) => line.startsWith('note: bulk'));
  return { ...outcome, account, records, notes, endedAt: clock.elapsed() };
}

function expectTruth(messages: readonly AccountMessage[], records: ReturnType<typeof recordsIn>): void {
  const states = new Map(records.map(({ id, state }) => [id, state]));
  for (const { id, words } of messages) {
    const isFailed = words.at(-1)?.[1] === 'ERROR';
    if (id.startsWith('own')) expect([id, states.get(id)]).toEqual([id, isFailed ? 'failed' : 'delivered']);
  }
}

const some = moving(300);

function wholeSeconds(row: unknown): unknown {
  const { date_updated: time } = row as { readonly date_updated: string };
  return { ...Object(row), date_updated: time.replace(/\.\d+/, '') };
}

test.each<[string, ListFaults, number]>([
  ['does as it should', {}, 70],
  ['does not say hasMore', { silent: true }, 80],
  ['is five seconds behind', { lagMs: 5000 }, 80],
  ['does not heed the time of the update', { ignores: ['updated_at_gte'] }, 80],
  ['tells whole seconds', { change: (rows) => rows.map(wholeSeconds) }, 80],
  ['fails now and then', { statusOf: (page) => (page % 5 === 3 ? 503 : 200) }, 110],
])(
  'a list that %s ends a wait with few requests',
  async (_, faults, most) => {
    const { account, records, endedAt } = await wait(some, faults);
    expectTruth(some, records);
    expect(account.requests.length).toBeLessThanOrEqual(most);
    expect(endedAt).toBeLessThan(80_000);
  },
  limit,
);

test(
  'the states that were seen are told',
  async () => {
    const { stdout } = await wait(moving(60), {});
    const records = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const seen = records.map(({ timeline }) => timeline.map(({ state }: { state: string }) => state).join(' '));
    expect(new Set(seen)).toContain('queued sent delivered');
    expect(seen.filter((states) => !/(delivered|failed)$/.test(states))).toEqual([]);
  },
  limit,
);

const bare = (fields: object) => (rows: readonly unknown[]) => rows.map((row) => ({ ...Object(row), ...fields }));

test.each<[string, ListFaults]>([
  ['does not heed the order', { ignores: ['order_by'] }],
  ['heeds neither the order nor the time', { ignores: ['order_by', 'updated_at_gte'] }],
  ['shows nothing that was updated', { change: (rows, page) => (page > 3 ? [] : rows) }],
  ['says no times', { change: bare({ date_sent: null, date_updated: null, date_created: null }) }],
  ['names no service', { change: bare({ service: '' }) }],
  ['breaks for good', { statusOf: (page) => (page > 3 ? 500 : 200) }],
  ['is closed to this key after a while', { statusOf: (page) => (page > 3 ? 403 : 200) }],
  ['has every row twice', { change: (rows) => rows.flatMap((row) => [row, row]) }],
  [
    'contradicts itself later',
    { change: (rows, page) => (page > 3 ? rows.flatMap((row) => [row, { ...Object(row), status: 'QUEUED' }]) : rows) },
  ],
  ['contradicts itself', { change: (rows) => rows.flatMap((row) => [row, { ...Object(row), status: 'ERROR' }]) }],
  [
    'goes back to what was',
    {
      change: (rows, page) =>
        page % 2 === 0 ? rows : bare({ status: 'QUEUED', date_updated: '2020-01-01T00:00:00Z' })(rows),
    },
  ],
])(
  'nothing is lost while a list %s',
  async (_, faults) => {
    const few = moving(60);
    const { records } = await wait(few, faults, ['--timeout', '10m']);
    expectTruth(few, records);
  },
  limit,
);

test(
  'what does not end is 22 with what was seen last, and the last round is not cut off',
  async () => {
    const messages = moving(100).map((message) => ({ ...message, words: message.words.slice(0, 2) }));
    const { code, records, endedAt, account } = await wait(messages, {}, ['--timeout', '90s']);
    expect(code).toBe(22);
    expect(new Set(records.map(({ state, exit }) => `${state} ${exit.name}`))).toEqual(new Set(['sent wait-timeout']));
    expect(endedAt).toBeLessThan(91_000);
    expect(account.requests.at(-1)?.at).toBeGreaterThan(86_000);
    expect(account.lookups).toEqual([]);
  },
  limit,
);

test(
  '--interval is the time between two rounds',
  async () => {
    const { account, records } = await wait(some, {}, ['--interval', '10s']);
    expectTruth(some, records);
    const begins = account.pages.filter(({ query }) => query['offset'] === '0').map(({ at }) => at);
    const gaps = begins.slice(2).map((at, i) => at - (begins[i + 1] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(10_000);
  },
  limit,
);

test(
  'the last few are asked for one by one, and so is everything in an account where too much is updated',
  async () => {
    const { notes } = await wait(some, {});
    expect(notes[0]).toBe('note: bulk: 300 of 300 ids found; requests for the list of Sendblue: 4');
    const busy = Array.from({ length: 4000 }, (_, n): AccountMessage => {
      const words = Array.from({ length: 60 }, (_, k) => [-9000 + 2000 * k + (n % 2000), `WORD${k}`] as const);
      return { id: `theirs-${n}`, createdAt: -900_000, words };
    });
    const few = moving(10);
    const crowded = await wait([...busy, ...few], {});
    expectTruth(few, crowded.records);
    expect(crowded.notes[1]).toMatch(/^note: bulk: ids asked for one by one from now on: \d+, as .* requests/);
    expect(crowded.account.pages.length).toBeLessThanOrEqual(13);
  },
  limit,
);

test(
  'new ids are found while others are waited for',
  async () => {
    const clock = steppedClock();
    const account = new SendblueAccount(some);
    const { env } = await startAccount(account, { clock, latencyMs: 20 });
    const own = some.map(({ id }) => id);
    async function* slowly() {
      yield `${own.slice(0, 150).join('\n')}\n`;
      await clock.sleep(15_000, new AbortController().signal);
      yield own.slice(150).join('\n');
    }
    const argv = ['sendblue', 'get', '-', '-o', 'ndjson', '--bulk', '--wait'];
    const { stdout } = await runBy(clock, argv, { env, stdin: slowly() });
    expectTruth(some, recordsIn(stdout));
    expect(account.requests.length).toBeLessThanOrEqual(80);
  },
  limit,
);

test(
  'messages that were sent to the mock are waited for by its list',
  async () => {
    const clock = steppedClock();
    const log: string[] = [];
    const server = await startMock({
      ...at,
      providers: await loadProviders(),
      clock,
      log: (line) => void log.push(line),
    });
    onTestFinished(() => server.close());
    const { baseUrl = '', apiKeyId = '', apiSecretKey = '' } = server.settingsOf('sendblue');
    const handles: string[] = [];
    for (let n = 0; n < 30; n += 1) {
      const answer = await fetch(`${baseUrl}/api/send-message`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'sb-api-key-id': apiKeyId, 'sb-api-secret-key': apiSecretKey },
        body: JSON.stringify({ number: '+15550100142', from_number: '+15550100100', content: 'Hello' }),
      });
      handles.push(((await answer.json()) as { message_handle: string }).message_handle);
    }
    const env = {
      SENDBLUE_API_API_KEY: apiKeyId,
      SENDBLUE_API_API_SECRET: apiSecretKey,
      SENDBLUE_API_BASE_URL: baseUrl,
    };
    const argv = ['sendblue', 'get', '-', '-o', 'ndjson', '--bulk', '--wait'];
    const { code, stdout } = await runBy(clock, argv, { env, stdin: handles.join('\n') });
    expect(recordsIn(stdout).map(({ state }) => state)).toEqual(handles.map(() => 'delivered'));
    expect(code).toBe(0);
    expect(log.filter((line) => line.startsWith('GET')).length).toBeLessThanOrEqual(12);
  },
  limit,
);

const at = { host: '127.0.0.1', port: 0 };
