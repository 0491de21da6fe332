import { beforeAll, expect, test } from 'vitest';
import { recordsIn, runBy, warmUp } from '../support/figures.ts';
import { run } from '../support/run.ts';
import { type AccountMessage, type ListFaults, moving, SendblueAccount, traffic } from '../support/sendblue-account.ts';
import { startAccount } from '../support/servers.ts';
import { steppedClock } from '../support/stepped-clock.ts';

/** What `--bulk` saves, in requests: counted by the server. */

const limit = 600_000;

beforeAll(warmUp, limit);

const get = ['sendblue', 'get', '-', '-o', 'ndjson', '--bulk'];

function ownIn(messages: readonly AccountMessage[]): string[] {
  return messages.map(({ id }) => id).filter((id) => id.startsWith('own'));
}

async function ask(messages: readonly AccountMessage[], wanted: readonly string[], flags: readonly string[] = []) {
  const account = new SendblueAccount(messages);
  const { env } = await startAccount(account);
  const { stdout } = await run([...get, '--rate', 'off', ...flags], { env, stdin: wanted.join('\n') });
  const records = recordsIn(stdout);
  expect(records.map(({ id }) => id).sort()).toEqual([...wanted].sort());
  expect(records.filter(({ state }) => state === null)).toEqual([]);
  return account;
}

test.each([
  [10_000, 1_400],
  [100, 20],
])(
  '%i ids in an account with 11 times that traffic: at most %i requests',
  async (count, most) => {
    const messages = traffic(11 * count, 11);
    const account = await ask(messages, ownIn(messages));
    expect(account.requests.length).toBeLessThanOrEqual(most);
    expect(account.requests.length).toBeGreaterThan(count / 10);
  },
  limit,
);

test(
  'ids spread so thinly that get is cheaper: at most 1.05 times its requests',
  async () => {
    const messages = traffic(150_000, 150);
    const account = await ask(messages, ownIn(messages));
    expect(account.requests.length).toBeLessThanOrEqual(1_050);
  },
  limit,
);

test.each<[string, number, ListFaults]>([
  ['at once', 0, {}],
  ['with answers that take 50 ms', 50, {}],
  ['when the list has an order of its own', 50, { ignores: ['order_by'] }],
  ['when the list does not heed the time', 50, { ignores: ['updated_at_gte'] }],
])(
  'waiting on 2,000 ids that end after 5 to 60 s, %s: at most 200 requests, and 1.3 times the ideal',
  async (_, latencyMs, faults) => {
    const clock = steppedClock();
    const messages = moving(2000);
    const account = new SendblueAccount(messages, faults);
    const { env } = await startAccount(account, { clock, latencyMs });
    const { stdout } = await runBy(clock, [...get, '--wait', '--timeout', '5m'], {
      env,
      stdin: ownIn(messages).join('\n'),
    });
    const records = recordsIn(stdout);
    expect(records).toHaveLength(2000);
    expect(new Set(records.map(({ state }) => state))).toEqual(new Set(['delivered', 'failed']));
    expect(account.requests.length).toBeLessThanOrEqual(200);
    expect(clock.elapsed()).toBeLessThanOrEqual(1.3 * 60_000);
  },
  limit,
);
