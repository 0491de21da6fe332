import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import SentDm from '@sentdm/sentdm';
import Sendblue from 'sendblue';
import { expect, test } from 'vitest';
import { builtBin } from '../support/bin.ts';
import { start } from '../support/process.ts';
import { run } from '../support/run.ts';

// The mock as another process, asked by the providers' own libraries: every route and every id.

const require = createRequire(import.meta.url);

interface MockProcess {
  /** Its log. */
  stderr(): string;
  readonly env: Readonly<Record<string, string>>;
  /** The documented ids of a provider's operations, and the faults that every provider has. */
  idsOf(provider: string): readonly string[];
}

/** `sbstatus mock` until the test ends. */
async function startMockProcess(...flags: string[]): Promise<MockProcess> {
  const bin = builtBin();
  const server = start(process.execPath, [bin, 'mock', '--port', '0', ...flags]);
  await expect.poll(() => server.stderr(), { timeout: 60_000 }).toContain('listens');
  const exports = server.stdout().matchAll(/^export (\w+)='(.*)'$/gm);
  const { stdout } = await run(['mock', '--list']);
  const rows = stdout.split('\n').map((line) => line.split('\t'));
  return {
    stderr: server.stderr,
    env: Object.fromEntries([...exports].map(([, name, value]) => [name, value])),
    idsOf: (provider) =>
      [
        ...new Set(rows.filter(([owner]) => owner === provider || owner === 'any').map(([, , id = '']) => id)),
        ...['http-410', 'http-502', 'html-403'],
      ].filter((id) => id !== '' && !id.includes('<')),
  };
}

/** What an SDK has of an id: an answer, or the HTTP status of its error, or the name of one without a status. */
async function outcomeOf<T>(answer: () => PromiseLike<T>): Promise<{ body?: T; status: number | string }> {
  try {
    return { body: await answer(), status: 200 };
  } catch (error) {
    const { status, name } = error as { readonly status?: number; readonly name: string };
    return { status: status ?? (error as Error).constructor.name ?? name };
  }
}

/** The HTTP status of a fault's id; null for an id that is a message's, or whose fault is not the status. */
function faultStatus(id: string): number | null {
  const status = /^(?:http|html)-(\d{3})/.exec(id)?.[1];
  if (status !== undefined) return Number(status);
  return { 'not-found': 404, redirect: 302 }[id] ?? null;
}

/** Only one of them answers after longer than a busy machine takes. */
function patienceFor(id: string): { readonly timeout: number } {
  return { timeout: id === 'slow' ? 100 : 60_000 };
}

const broken = ['slow', 'html', 'empty', 'truncated', 'reset'];

test('sendblue: every message by retrieve and by getStatus, every fault as its own error', async () => {
  const { env, idsOf } = await startMockProcess();
  const client = sendblueFor(env);
  const [dataTypes, statusTypes] = [
    typesOf('sendblue/resources/messages/messages.d.ts', 'MessageRetrieveResponse', 'Data'),
    typesOf('sendblue/resources/messages/messages.d.ts', null, 'MessageResponse'),
  ];
  const ids = idsOf('sendblue');
  expect(ids.length).toBeGreaterThan(30);
  for (const id of ids) {
    const retrieved = await outcomeOf(() => client.messages.retrieve(id, patienceFor(id)));
    const asked = await outcomeOf(() => client.messages.getStatus({ handle: id }, patienceFor(id)));
    if (broken.includes(id)) {
      expect([id, retrieved.body?.data, asked.body?.status]).toEqual([id, undefined, undefined]);
      continue;
    }
    const status = faultStatus(id) ?? 200;
    expect([id, retrieved.status, asked.status]).toEqual([id, status, status]);
    if (status !== 200) continue;
    expect([id, retrieved.body?.status, retrieved.body?.data?.message_handle]).toEqual([id, 'OK', id]);
    expectTypes(id, retrieved.body?.data, dataTypes);
    expectTypes(id, asked.body, statusTypes);
    // The two examples of the reference pages differ.
    if (id !== 'msg_abc123def456' && id !== 'bare') {
      expect(asked.body).toMatchObject({ message_handle: id, content: retrieved.body?.data?.content });
    }
  }
});

test('sendblue: what send was given is what retrieve, getStatus and list then show', async () => {
  const { env } = await startMockProcess();
  const client = sendblueFor(env);
  const to = { from_number: '+15550100111', number: '+15550100199' };
  const media_url = 'https://media.example.com/cat.png';
  for (const wanted of [
    { ...to, content: 'Hello 👋' },
    { ...to, media_url },
    { ...to, content: 'Look', media_url, send_style: 'confetti' as const, seat_id: 'seat-7' },
    { ...to, reply_to: { message_handle: 'delivered', part_index: 0 }, content: 'Yes' },
  ]) {
    const sent = await client.messages.send(wanted);
    const handle = sent.message_handle ?? '';
    expect(sent).toMatchObject({ ...wanted, status: 'QUEUED', account_email: 'account@example.com' });
    const { data } = await client.messages.retrieve(handle);
    expect(data).toMatchObject({ ...wanted, message_handle: handle, to_number: to.number });
    expect(await client.messages.getStatus({ handle })).toMatchObject({ ...wanted, message_handle: handle });
    const { data: rows = [] } = await client.messages.list({ number: to.number });
    expect(rows.find((row) => row.message_handle === handle)).toEqual(data);
  }
  await expect(client.messages.send({ ...to })).rejects.toMatchObject({ status: 400, error: { error_code: 4000 } });
});

test('sendblue: the pages of the list meet, and each filter and order holds', async () => {
  const { env } = await startMockProcess();
  const { messages } = sendblueFor(env);
  const handles = new Set<string>();
  for (let offset = 0; ; ) {
    const { data = [], pagination } = await messages.list({ limit: 1000, offset });
    for (const { message_handle = '' } of data) handles.add(message_handle);
    offset += data.length;
    expect(pagination).toEqual({ limit: 100, offset: offset - data.length, total: 2345, hasMore: offset < 2345 });
    if (pagination?.hasMore !== true) break;
  }
  expect(handles.size).toBe(2345);
  const email = 'account@example.com';
  expect((await messages.list({ account_email: email, limit: 3 })).data).toMatchObject(
    Array(3).fill({ accountEmail: email }),
  );
  expect((await messages.list({ account_email: 'nobody@example.com' })).data).toEqual([]);
  expect((await messages.list({ is_outbound: 'false', limit: 2 })).data).toMatchObject(
    Array(2).fill({ is_outbound: false }),
  );
  expect((await messages.list({ service: 'RCS', limit: 2 })).data).toMatchObject(Array(2).fill({ service: 'RCS' }));
  expect((await messages.list({ status: 'DECLINED', limit: 2 })).data).toMatchObject(
    Array(2).fill({ status: 'DECLINED' }),
  );
  expect((await messages.list({ message_type: 'group', limit: 2 })).data).toMatchObject(
    Array(2).fill({ message_type: 'group' }),
  );
  for (const order_by of ['createdAt', 'updatedAt', 'sentAt'] as const) {
    for (const order_direction of ['asc', 'desc'] as const) {
      const { data = [] } = await messages.list({ order_by, order_direction, limit: 100 });
      const times = data.map(({ date_updated }) => Date.parse(date_updated ?? ''));
      const sign = order_direction === 'asc' ? 1 : -1;
      expect(times).toEqual([...times].sort((a, b) => sign * (a - b)));
    }
  }
  const { data: [row] = [] } = await messages.list({ limit: 1, offset: 70 });
  expect((await messages.retrieve(row?.message_handle ?? '')).data).toEqual(row);
  const { data: later = [] } = await messages.list({ sent_at_gte: row?.date_sent ?? '', limit: 1 });
  expect(later).toHaveLength(1);
  expect((await messages.list({ sent_at_gte: row?.date_sent ?? '' })).pagination?.total).toBe(71);
  expect((await messages.list({ updated_at_lte: row?.date_updated ?? '' })).pagination?.total).toBe(2345 - 70);
});

test('@sentdm/sentdm: every message with its activities, every fault as its own error, and the account', async () => {
  const { env, idsOf } = await startMockProcess();
  const client = sentFor(env);
  const file = '@sentdm/sentdm/resources/messages.d.ts';
  const types = {
    data: typesOf(file, 'MessageRetrieveStatusResponse', 'Data'),
    event: typesOf(file, 'MessageRetrieveStatusResponse', 'Event'),
    activity: typesOf(file, 'MessageRetrieveActivitiesResponse', 'Activity'),
  };
  const ids = idsOf('sent');
  expect(ids.length).toBeGreaterThan(30);
  for (const id of ids) {
    const message = await outcomeOf(() => client.messages.retrieveStatus(id, {}, patienceFor(id)));
    const activities = await outcomeOf(() => client.messages.retrieveActivities(id, {}, patienceFor(id)));
    if (broken.includes(id)) {
      expect([id, message.body?.data, activities.body?.data]).toEqual([id, undefined, undefined]);
      continue;
    }
    const own = { '00000000-0000-4000-8000-000000000000': 404, 'not-a-uuid': 400 }[id];
    const status = faultStatus(id) ?? own ?? 200;
    expect([id, message.status, activities.status]).toEqual([id, status, status]);
    if (status !== 200) continue;
    if (id === 'denied') {
      expect(message.body).toMatchObject({ success: false, data: null, error: { code: 'RESOURCE_003' } });
      continue;
    }
    const [data, log] = [message.body?.data, activities.body?.data];
    expect([id, data?.id, log?.message_id]).toEqual([id, id, id]);
    expectTypes(id, data, types.data);
    for (const event of data?.events ?? []) expectTypes(id, event, types.event);
    for (const activity of log?.activities ?? []) expectTypes(id, activity, types.activity);
    // The newest activity is the state that the message has.
    expect([id, log?.activities?.[0]?.status, log?.activities?.[0]?.timestamp]).toEqual([
      id,
      data?.status,
      data?.events?.at(-1)?.timestamp,
    ]);
  }
  const { data: account } = await client.me.retrieve();
  expectTypes('me', account, typesOf('@sentdm/sentdm/resources/me.d.ts', 'MeRetrieveResponse', 'Data'));
  expect(account).toMatchObject({ type: 'organization', channels: { sms: { configured: true } } });
  const params = { 'x-profile-id': account?.profiles?.[0]?.id ?? '' };
  expect((await client.messages.retrieveStatus('delivered', params)).data?.status).toBe('DELIVERED');
  await expect(sentFor(env, { apiKey: 'wrong' }).me.retrieve()).rejects.toMatchObject({ status: 401 });
});

test('@sentdm/sentdm: a rate limit says when it is over, and the SDK waits as long', async () => {
  const { env } = await startMockProcess('--limit', '2/min');
  const { messages } = sentFor(env);
  const asked = await Promise.allSettled(Array.from({ length: 4 }, () => messages.retrieveStatus('delivered')));
  const refusals = asked.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  expect(refusals.map(({ status }) => status)).toEqual([429, 429]);
  for (const { headers, error } of refusals) {
    const told = (name: string) => Number(headers.get(name));
    expect(error).toMatchObject({ success: false, error: { code: 'BUSINESS_002' } });
    expect([told('x-ratelimit-limit'), told('x-ratelimit-remaining')]).toEqual([2, 0]);
    expect(told('retry-after')).toBeGreaterThan(0);
    expect(Math.abs(told('x-ratelimit-reset') - told('retry-after') - Date.now() / 1000)).toBeLessThan(60);
  }
  const impatient = await startMockProcess('--limit', '1/s');
  const patient = sentFor(impatient.env, { maxRetries: 9 });
  for (let count = 0; count < 3; count += 1) {
    expect((await patient.messages.retrieveStatus('delivered')).data?.status).toBe('DELIVERED');
  }
});

test('salesforce-marketing-cloud-sdk: a token, then every message, every fault as its own error', async () => {
  const { env, idsOf } = await startMockProcess();
  const { TransactionalMessagingApi } = require('salesforce-marketing-cloud-sdk') as SalesforceSdk;
  const keys = ['SFMC_AUTH_BASE_URL', 'SFMC_CLIENT_ID', 'SFMC_CLIENT_SECRET', 'SFMC_ACCOUNT_ID'];
  const api = new TransactionalMessagingApi(...keys.map((key) => env[key]));
  // It would follow a redirect off this machine, and nothing keeps it from that.
  for (const id of idsOf('sfmc').filter((each) => each !== 'redirect')) {
    api.apiClient.timeout = patienceFor(id).timeout;
    const { status, body } = await outcomeOf(() => api.getSmsSendStatusForRecipient(id));
    if (broken.includes(id)) {
      expect([id, body?.eventCategoryType]).toEqual([id, undefined]);
      continue;
    }
    const own = { blocked: 429, 'token-expired': 401 }[id];
    expect([id, status]).toEqual([id, faultStatus(id) ?? own ?? 200]);
    if (status === 200) expectEvent(id, body);
  }
});

test('fuel-rest: a token, then every message; a refused token is fetched anew', async () => {
  const { env, idsOf, stderr } = await startMockProcess('-v');
  const FuelRest = require('fuel-rest') as FuelRestClass;
  const keys = { clientId: env['SFMC_CLIENT_ID'], clientSecret: env['SFMC_CLIENT_SECRET'] };
  const base = {
    authUrl: `${env['SFMC_AUTH_BASE_URL']}/v2/token`,
    authOptions: { authVersion: 2, accountId: env['SFMC_ACCOUNT_ID'] },
  };
  const globalReqOptions = { followRedirect: false };
  // With its own tokens the library writes addresses in lower case; a ready token leaves a key as it is.
  const withClient = new FuelRest({ auth: { ...keys, ...base }, globalReqOptions });
  const withToken = new FuelRest({
    auth: { ...keys, accessToken: 'mock-access-token' },
    origin: `${env['SFMC_REST_BASE_URL']}/`,
    globalReqOptions,
  });
  for (const id of idsOf('sfmc')) {
    const path = `messaging/v1/sms/messages/${encodeURIComponent(id)}`;
    const isPlain = id === id.toLowerCase();
    const get = () =>
      isPlain ? withClient.get({ ...patienceFor(id), uri: `/${path}` }) : withToken.get({ uri: path });
    const { status, body } = await outcomeOf(get);
    if (id === 'token-expired') {
      // By the header of the 401 the library knows what to do. Its second address is right only below a host in .com.
      await expect
        .poll(stderr, { timeout: 60_000 })
        .toMatch(/\/token-expired 401\nPOST \/sfmc\/v2\/token 200\nGET \/sfmc\/undefined 404\n$/);
      continue;
    }
    if (broken.includes(id) || /^html|^http-(401|403)$|^redirect/.test(id)) {
      expect([id, body?.res.statusCode === 200 && body.body.eventCategoryType !== undefined]).toEqual([id, false]);
      continue;
    }
    expect([id, status, body?.res.statusCode]).toEqual([id, 200, faultStatus(id) ?? { blocked: 429 }[id] ?? 200]);
    if (body?.res.statusCode === 200) expectEvent(id, body.body);
  }
});

/** What Salesforce's libraries give of an answer. */
interface SmsEvent {
  readonly eventCategoryType?: string;
  readonly timestamp?: string | Date;
  readonly requestId?: string;
  readonly info?: { readonly messageKey?: string };
}

interface SalesforceSdk {
  readonly TransactionalMessagingApi: new (
    ...[authBaseUrl, clientId, clientSecret, accountId]: (string | undefined)[]
  ) => {
    readonly apiClient: { timeout: number };
    getSmsSendStatusForRecipient(key: string): Promise<SmsEvent>;
  };
}

type FuelRestClass = new (
  options: object,
) => { get(options: object): Promise<{ readonly res: { readonly statusCode: number }; readonly body: SmsEvent }> };

function expectEvent(id: string, event: SmsEvent | undefined): void {
  expect([id, event?.requestId]).toEqual([id, expect.any(String)]);
  expect([id, Number.isNaN(Date.parse(String(event?.timestamp)))]).toEqual([id, false]);
  // A queued message's body names no key.
  if (/SMSQueued$/.test(event?.eventCategoryType ?? '')) expect(event?.info).toBeUndefined();
  else expect([id, event?.info?.messageKey]).toEqual([id, id]);
}

function sendblueFor(env: MockProcess['env']): Sendblue {
  return new Sendblue({
    apiKey: env['SENDBLUE_API_API_KEY'],
    apiSecret: env['SENDBLUE_API_API_SECRET'],
    baseURL: env['SENDBLUE_API_BASE_URL'],
    maxRetries: 0,
    fetchOptions: { redirect: 'manual' },
  });
}

function sentFor(env: MockProcess['env'], options: ConstructorParameters<typeof SentDm>[0] = {}): SentDm {
  return new SentDm({
    apiKey: env['SENT_DM_API_KEY'],
    baseURL: env['SENT_BASE_URL'],
    maxRetries: 0,
    fetchOptions: { redirect: 'manual' },
    ...options,
  });
}

/** Field → the JSON types that the SDK declares for it. */
type FieldTypes = ReadonlyMap<string, readonly string[]>;

/** The fields of an interface of an SDK, read from its declarations. `namespace` null: the first of that name. */
function typesOf(file: string, namespace: string | null, name: string): FieldTypes {
  const text = readFileSync(new URL(`../../node_modules/${file}`, import.meta.url), 'utf8');
  const from = namespace === null ? 0 : text.indexOf(`namespace ${namespace} {`);
  const [, indent = '', body = ''] =
    new RegExp(`^( *)(?:export )?interface ${name} \\{\\n([\\s\\S]*?)^\\1\\}`, 'm').exec(text.slice(from)) ?? [];
  const fields = [...body.matchAll(new RegExp(`^${indent}    ('?[\\w-]+'?)\\??: (.*);$`, 'gm'))];
  expect(fields.length).toBeGreaterThan(2);
  return new Map(fields.map(([, field = '', type = '']) => [field, type.split(' | ').map(jsonTypeOf)]));
}

function jsonTypeOf(type: string): string {
  if (/^'/.test(type)) return 'string';
  if (/^Array</.test(type)) return 'array';
  return ['string', 'number', 'boolean', 'null'].includes(type) ? type : 'object';
}

/** Whether a message was downgraded is null until it is known, whatever the declarations say. */
const nullable = ['was_downgraded', 'error_message'];

function expectTypes(id: string, value: unknown, types: FieldTypes): void {
  expect([id, typeof value]).toEqual([id, 'object']);
  for (const [field, allowed] of types) {
    const found = (value as Readonly<Record<string, unknown>>)[field];
    if (found === undefined || (found === null && nullable.includes(field))) continue;
    const type = found === null ? 'null' : Array.isArray(found) ? 'array' : typeof found;
    expect([id, field, allowed]).toEqual([id, field, expect.arrayContaining([type])]);
  }
}
