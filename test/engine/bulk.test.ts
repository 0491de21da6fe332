import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { recordsIn } from '../support/figures.ts';
import { tempHome } from '../support/home.ts';
import { type Outcome, run, type Setting } from '../support/run.ts';
import { type AccountMessage, type ListFaults, SendblueAccount, traffic } from '../support/sendblue-account.ts';
import { startAccount } from '../support/servers.ts';

/** `get --bulk`: whatever the list does, each id gets the record that `get` gives it, once. */

interface Case {
  readonly messages: readonly AccountMessage[];
  readonly faults?: ListFaults;
  readonly ids?: readonly string[];
  readonly flags?: readonly string[];
  readonly setting?: Setting;
}

interface Run extends Outcome {
  readonly account: SendblueAccount;
}

const off = ['--rate', 'off', '--retries', '0'];

async function get({ messages, faults, ids, flags = [], setting }: Case, mode: readonly string[]): Promise<Run> {
  const account = new SendblueAccount(messages, faults);
  const { env } = await startAccount(account);
  const stdin = (ids ?? ownIn(messages)).join('\n');
  const argv = ['sendblue', 'get', '-', '-o', 'ndjson', ...off, ...mode, ...flags];
  return { account, ...(await run(argv, { ...setting, env: { ...env, ...setting?.env }, stdin })) };
}

function ownIn(messages: readonly AccountMessage[]): string[] {
  return messages.map(({ id }) => id).filter((id) => id.startsWith('own'));
}

/** The records by id, without what tells of the asking; throws where an id has two. */
function factsIn(stdout: string): Map<string, unknown> {
  const facts = new Map<string, unknown>();
  for (const record of recordsIn(stdout)) {
    const { request: _, checkedAt: __, details, ...rest } = record as unknown as Record<string, unknown>;
    const { via: ___, ...told } = details as Record<string, unknown>;
    if (facts.has(record.id)) throw new Error(`two records of ${record.id}`);
    facts.set(record.id, { ...rest, details: told });
  }
  return facts;
}

const known = new Map<readonly AccountMessage[], Run>();

/** The list's faults change nothing there. */
async function getOneByOne(scene: Case): Promise<Run> {
  const before = scene.ids === undefined ? known.get(scene.messages) : undefined;
  const outcome = before ?? (await get(scene, []));
  if (scene.ids === undefined) known.set(scene.messages, outcome);
  return outcome;
}

/** The same with and without the list, but for who was asked. */
async function expectSame(scene: Case): Promise<Run> {
  const single = await getOneByOne(scene);
  const bulk = await get(scene, ['--bulk']);
  expect(factsIn(bulk.stdout)).toEqual(factsIn(single.stdout));
  expect(bulk.code).toBe(single.code);
  expect(withoutNames(bulk.stderr)).toBe(withoutNames(single.stderr));
  for (const { account, stdout, stderr } of [single, bulk]) {
    expect(stdout + stderr).not.toContain('theirs');
    expect(new Set(account.lookups).size).toBe(account.lookups.length);
  }
  return bulk;
}

/** Which message is told as an example is the first that is known. */
function withoutNames(text: string): string {
  return text.replace(/:\d{4,5}\b/g, ':PORT').replace(/own-\d+/g, 'own-N');
}

function vias(stdout: string): unknown[] {
  return recordsIn(stdout).map((record) => (record as unknown as { details: { via?: string } }).details.via);
}

test('each id has the record of get, found in the list or not', async () => {
  const messages = traffic(900, 10);
  const { account, stdout } = await expectSame({ messages, ids: [...ownIn(messages), 'nosuch'] });
  // A page begins with the last row of the page before; the id that is left over is asked for by itself.
  expect(account.pages.length).toBe(10);
  expect(account.lookups).toEqual(['nosuch']);
  expect(vias(stdout).filter((via) => via === 'list')).toHaveLength(90);
});

const messages = traffic(270, 3);

test.each<[string, ListFaults]>([
  ['pages do not say hasMore', { silent: true }],
  ['every parameter but the offset is ignored', { ignores: ['limit', 'created_at_gte', 'order_by'] }],
  ['the offset is ignored', { ignores: ['offset'] }],
  ['every row comes twice', { change: (rows) => rows.flatMap((row) => [row, row]) }],
  [
    'rows contradict each other',
    { change: (rows) => rows.flatMap((row) => [{ ...Object(row), status: 'QUEUED' }, row]) },
  ],
  ['rows come in no order', { change: (rows) => rows.toSorted((a, b) => hash(a) - hash(b)) }],
  ['rows are no messages', { change: (rows, page) => (page === 1 ? rows.map(() => 7) : rows) }],
  ['rows lack what matters', { change: (rows) => rows.map((row) => ({ ...Object(row), status: undefined })) }],
  ['rows name no service', { change: (rows) => rows.map((row) => ({ ...Object(row), service: null })) }],
  ['rows are about nobody', { change: (rows) => rows.map((row) => ({ ...Object(row), message_handle: null })) }],
  ['a page fails', { statusOf: (page) => (page === 2 ? 500 : 200) }],
  ['the list is forbidden', { statusOf: () => 403 }],
  ['there is no list', { statusOf: () => 404 }],
  ['the list is empty', { change: () => [] }],
  ['messages come in while it is read', { meanwhile: (account, page) => account.add(`theirs-new-${page}`, 7) }],
  ['messages leave while it is read', { meanwhile: (account, page) => account.hide(page * 40, 5) }],
])('nothing is lost or doubled when %s', async (_, faults) => {
  await expectSame({ messages, faults });
});

test.each<[string, NonNullable<ListFaults['change']>]>([
  ['the last row', (rows) => (rows.length < 100 ? rows : rows.map((row, i) => (i === 99 ? queued(row) : row)))],
  ['the first row', (rows, page) => (page === 0 ? rows : rows.map((row, i) => (i === 0 ? queued(row) : row)))],
  [
    'a row more',
    (rows, page) => (page === 0 ? rows : rows.flatMap((row, i) => (i === 0 ? [row, queued(row)] : [row]))),
  ],
])('of a message that %s of a page contradicts the page beside about, get alone can tell', async (_, change) => {
  const all = traffic(270, 1);
  const { account } = await expectSame({ messages: all, faults: { change } });
  // At most one at the end of each page but the last.
  expect([1, 2]).toContain(account.lookups.length);
  expect(account.pages.length).toBeLessThanOrEqual(4);
});

function queued(row: unknown): unknown {
  return { ...Object(row), status: 'QUEUED' };
}

function hash(row: unknown): number {
  return [...JSON.stringify(row)].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 1009, 7);
}

test('a list that is no list, or an error with 200, is given up at once', async () => {
  for (const body of [{}, { status: 'ERROR', data: [] }, { error: 'no', data: [] }, 'OK', null]) {
    const { account } = await expectSame({ messages, faults: { bodyOf: () => body } });
    expect(account.pages.length).toBe(1);
  }
});

test('a time with --bulk goes to the list, and its end is seen where the list does not heed it', async () => {
  const since = new Date(Date.now() - performance.now() - 150_500).toISOString();
  const single = await getOneByOne({ messages });
  for (const ignores of [[], ['created_at_gte']]) {
    const bulk = await get({ messages, faults: { ignores } }, [`--bulk=${since}`]);
    expect(factsIn(bulk.stdout)).toEqual(factsIn(single.stdout));
    expect(bulk.account.pages[0]?.query['created_at_gte']).toBe(since);
    expect(bulk.account.pages.length).toBeLessThanOrEqual(5);
    expect(bulk.account.lookups.length).toBeGreaterThan(20);
  }
});

test('what is said on the way: what was chosen, and why', async () => {
  const { stderr } = await get({ messages: traffic(300, 3), ids: ['own-1', 'own-2', 'own-99', 'nosuch'] }, [
    '--bulk',
    '-v',
  ]);
  expect(stderr).toContain(
    'note: bulk: 1 of 4 ids found; requests for the list of Sendblue: 2; ' +
      'ids asked for one by one: 3, as reading on would cost more requests\n',
  );
});

test('the list is not read for one id, and for few ids no further than a page without any', async () => {
  const one = await get({ messages: traffic(300, 3), ids: ['own-99'] }, ['--bulk']);
  expect([one.account.pages.length, one.account.lookups]).toEqual([0, ['own-99']]);
  const few = await get({ messages: traffic(300, 3), ids: ['own-0', 'own-1', 'own-2'] }, ['--bulk']);
  expect([few.account.pages.length, few.account.lookups]).toEqual([1, ['own-0', 'own-1', 'own-2']]);
});

test('what is spread thinly costs at most a twenty-fifth more than get does', async () => {
  const { account } = await get({ messages: traffic(7500, 150) }, ['--bulk']);
  expect(account.requests.length).toBeLessThanOrEqual(52);
});

test('what never was is asked for by itself, and stops no reading that pays', async () => {
  const wrong = Array.from({ length: 15 }, (_, n) => `wrong-${n}`);
  const { account } = await expectSame({ messages, ids: [...ownIn(messages), ...wrong] });
  expect(account.lookups.toSorted()).toEqual(wrong.toSorted());
});

test.each(['json', 'csv', 'table'])('a format that has an order keeps it: %s', async (output) => {
  const account = new SendblueAccount(messages);
  const { env } = await startAccount(account);
  const argv = ['sendblue', 'get', '-', '-o', output, ...off];
  const stdin = ownIn(messages).join('\n');
  const single = await run(argv, { env, stdin });
  const bulk = await run([...argv, '--bulk'], { env, stdin });
  expect(idsIn(bulk.stdout)).toEqual(idsIn(single.stdout));
  expect(bulk.code).toBe(single.code);
});

function idsIn(text: string): readonly string[] {
  return [...new Set(text.match(/own-\d+\b/g))];
}

test('--raw, --expect, a gate, masks and reports are those of get', async () => {
  const flags = ['--raw', '--expect', 'read', '--max-failed', '20', '--redact', '--junit', 'r.xml'];
  const { cwd, home, path } = tempHome();
  const reports: string[] = [];
  const outcomes: Run[] = [];
  for (const mode of [[], ['--bulk']]) {
    outcomes.push(await get({ messages, flags, setting: { cwd, home } }, mode));
    reports.push(readFileSync(path('project/r.xml'), 'utf8').replace(/ time(stamp)?="[^"]*"/g, ''));
  }
  const [single, bulk] = outcomes;
  expect(factsIn(bulk?.stdout ?? '')).toEqual(factsIn(single?.stdout ?? ''));
  expect([bulk?.code, bulk?.stdout.includes('+15550100142')]).toEqual([single?.code, false]);
  expect(sorted(reports[1])).toEqual(sorted(reports[0]));
});

function sorted(text = ''): string[] {
  return text.split('\n').sort();
}

test('where a record comes from is a field like any other', async () => {
  const { env } = await startAccount(new SendblueAccount(messages));
  const argv = [
    'sendblue',
    'get',
    'own-88',
    'own-89',
    'nosuch',
    '--bulk',
    '-o',
    'csv',
    '--fields',
    'id,details.via',
    ...off,
  ];
  const { stdout } = await run(argv, { env });
  expect(stdout.trim().split(/\r?\n/)).toEqual(['id,details.via', 'own-88,list', 'own-89,list', 'nosuch,']);
});

test('--resume asks for nothing twice, in the list neither', async () => {
  const { cwd, home, path } = tempHome();
  const account = new SendblueAccount(messages);
  const { env } = await startAccount(account);
  const own = ownIn(messages);
  const argv = ['sendblue', 'get', '-', '--bulk', '--resume', 'out.ndjson', ...off];
  const resume = async (ids: readonly string[]) => {
    account.requests.splice(0);
    await run(argv, { cwd, home, env, stdin: ids.join('\n') });
    return factsIn(readFileSync(path('project/out.ndjson'), 'utf8')).size;
  };
  expect([await resume(own.slice(0, 60)), account.lookups]).toEqual([60, []]);
  expect([await resume(own), account.lookups]).toEqual([90, []]);
  expect([await resume(own), account.requests]).toEqual([90, []]);
});

test('--fail-fast reads no further page, and what was on the page counts', async () => {
  const { account, code, stdout } = await get({ messages, flags: ['--fail-fast'] }, ['--bulk']);
  expect([account.pages.length, account.lookups.length, code]).toEqual([1, 0, 20]);
  expect(recordsIn(stdout)).toHaveLength(33);
});

test('an interruption keeps what the list has told', async () => {
  let interrupt: (name: 'SIGINT') => void = () => undefined;
  const faults: ListFaults = { meanwhile: (_, page) => void (page === 2 && setImmediate(() => interrupt('SIGINT'))) };
  const setting: Setting = {
    onStart: (signal) => {
      interrupt = signal;
    },
  };
  const { account, code, stdout } = await get({ messages: traffic(3000, 3), faults, setting }, ['--bulk']);
  expect(code).toBe(130);
  expect(recordsIn(stdout).length).toBeGreaterThanOrEqual(66);
  expect(account.pages.length).toBeLessThanOrEqual(4);
  expect(account.lookups).toEqual([]);
});

test('of messages that nobody asked for nothing is told: not by --raw, the trace or a file', async () => {
  const { cwd, home, path } = tempHome();
  const flags = ['--raw', '--debug', '-v', '--resume', 'kept.ndjson', '--junit', 'r.xml', '--markdown', 'r.md'];
  const { stdout, stderr } = await get({ messages, flags, setting: { cwd, home } }, ['--bulk']);
  const files = readdirSync(path('project')).filter((name) => name !== '.git');
  expect(files.sort()).toEqual(['kept.ndjson', 'r.md', 'r.xml']);
  const texts = [stdout, stderr, ...files.map((name) => readFileSync(path(`project/${name}`), 'utf8'))];
  for (const text of texts) expect(text).not.toContain('theirs');
  expect(stderr).toContain('/api/v2/messages?limit=100&offset=0');
});

test('refused keys are asked twice, and no more', async () => {
  const { account, code, stdout } = await get({ messages, faults: { statusOf: () => 401 } }, ['--bulk']);
  expect([account.requests.length, code, recordsIn(stdout).length]).toEqual([2, 40, 90]);
});

test('ids that come in slowly are looked for without waiting for the last', async () => {
  const own = ownIn(messages);
  let isFirstOut = false;
  async function* slowly() {
    yield `${own.slice(0, 60).join('\n')}\n`;
    while (!isFirstOut) await new Promise((resolve) => setTimeout(resolve, 20));
    yield own.slice(60).join('\n');
  }
  const account = new SendblueAccount(messages);
  const { env } = await startAccount(account);
  const argv = ['sendblue', 'get', '-', '-o', 'ndjson', ...off, '--bulk'];
  const onStdout = () => {
    isFirstOut = true;
  };
  const { stdout } = await run(argv, { env, stdin: slowly(), onStdout, speed: 20 });
  expect(factsIn(stdout).size).toBe(90);
  expect(account.lookups).toEqual([]);
});

test('the flag: a bare --bulk takes no id for a time', async () => {
  const { env } = await startAccount(new SendblueAccount(messages));
  const setting = { env, stdin: 'own-5\nown-6' };
  const read = async (...args: string[]) => recordsIn((await run(args, setting)).stdout).map(({ id }) => id);
  expect(await read('sendblue', 'get', '-o', 'ndjson', '--bulk', 'own-1', '-')).toEqual(['own-1', 'own-5', 'own-6']);
  expect(await read('sendblue', 'get', '-o', 'ndjson', '--bulk', '-')).toEqual(['own-5', 'own-6']);
  expect(await read('sendblue', 'get', '-o', 'ndjson', '--bulk=2h', '--', '--bulk')).toEqual(['--bulk']);
  const wrong = await run(['sendblue', 'get', '--bulk=soon', 'own-1'], setting);
  expect([wrong.code, wrong.stdout]).toEqual([2, '']);
  expect(wrong.stderr).toContain('"soon" is not a valid time for --bulk; hint: give an age');
  const empty = await run(['sendblue', 'get', '--bulk=', 'own-1'], setting);
  expect([empty.code, empty.stdout]).toEqual([2, '']);
  expect(empty.stderr).toContain('--bulk= names no time; hint: give an age such as --bulk=2h, or leave the = out');
  for (const argv of [
    ['sendblue', 'get', '--curl', '--bulk', 'a'],
    ['sendblue', 'status', '--bulk', 'a'],
    ['sent', 'get', '--bulk', 'a'],
  ]) {
    expect((await run(argv, setting)).code).toBe(2);
  }
  const { stderr } = await run(['sendblue', 'get', '--curl', '--bulk', 'a'], setting);
  expect(stderr).toContain("option '--bulk [=since]' cannot be used with option '--curl'");
});

test('the mock tells the same in its list and by itself', async () => {
  const now = Date.parse('2026-03-11T12:34:56.789Z');
  const { stdout: list } = await run(['sendblue', 'list', '--mock', '--limit', '120', '--ids'], { now });
  const argv = ['sendblue', 'get', '-', '--mock', '-o', 'ndjson'];
  const single = await run(argv, { now, stdin: list });
  const bulk = await run([...argv, '--bulk', '-v'], { now, stdin: list });
  expect(bulk.stderr).toMatch(/^note: bulk: 120 of 120 ids found; requests for the list of Sendblue: 2$/m);
  expect(factsIn(bulk.stdout)).toEqual(factsIn(single.stdout));
  expect(bulk.code).toBe(single.code);
});
