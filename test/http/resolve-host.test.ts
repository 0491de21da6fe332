import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createHostLookup, type HostLookupOptions } from '../../src/http/resolve-host.ts';
import { type Records, startNameServer } from './name-server.ts';

const ipv4 = { address: '192.0.2.1', family: 4 };
const ipv6 = { address: '2001:db8::1', family: 6 };
/** What the system says to every name. */
const ofSystem = { address: '192.0.2.99', family: 4 };
const both: Records = { 'api.example A': [ipv4.address], 'api.example AAAA': [ipv6.address] };

/** A machine with these addresses beside those of loopback. */
function machineWith(...addresses: string[]): typeof networkInterfaces {
  const own = addresses.map((address) => ({
    address,
    family: address.includes(':') ? 'IPv6' : 'IPv4',
    internal: false,
  }));
  const all = [{ address: '::1', family: 'IPv6', internal: true }, ...own];
  return () => ({ all }) as unknown as ReturnType<typeof networkInterfaces>;
}

function hostsFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sbstatus-hosts-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'hosts'), text);
  return join(folder, 'hosts');
}

/** A look-up that asks a server with these records; no name of the real machine plays a part. */
async function resolver(records: Records, options: Partial<HostLookupOptions> = {}) {
  const server = await startNameServer(records);
  const end = new AbortController();
  onTestFinished(() => end.abort());
  const asked: string[] = [];
  const getaddrinfo = (name: string, _: LookupOptions, tell: (error: null, found: LookupAddress[]) => void) => {
    asked.push(name);
    tell(null, [ofSystem]);
  };
  const lookup = createHostLookup({
    signal: end.signal,
    hostsFile: '/nonexistent',
    servers: [server.address],
    interfaces: machineWith('2001:db8::9'),
    getaddrinfo: getaddrinfo as typeof systemLookup,
    // However busy this machine is, an answer is in time.
    retry: { timeout: 10_000, tries: 1 },
    ...options,
  });
  const addressesOf = (name: string, wanted: LookupOptions = {}): Promise<string | LookupAddress[]> =>
    new Promise((resolve, reject) => {
      lookup(name, wanted, (error, found) => (error === null ? resolve(found) : reject(error)));
    });
  return { lookup, addressesOf, end, server, asked };
}

test('all addresses are given, or the first of them, as the caller wants it', async () => {
  const { lookup, addressesOf } = await resolver(both);
  expect(await addressesOf('api.example', { all: true })).toEqual([ipv6, ipv4]);
  expect(await addressesOf('API.example.', { all: true })).toEqual([ipv6, ipv4]);
  const one = new Promise((resolve) => lookup('api.example', {}, (...given) => resolve(given)));
  expect(await one).toEqual([null, ipv6.address, 6]);
});

test.each<[string, string[], LookupAddress[], string[]]>([
  ['a global IPv6 address', ['192.0.2.9', '2001:db8::9'], [ipv6, ipv4], ['A', 'AAAA']],
  ['a private IPv6 address', ['192.0.2.9', 'fd00::9'], [ipv4, ipv6], ['A', 'AAAA']],
  ['an IPv6 address of the link', ['192.0.2.9', 'fe80::9'], [ipv4], ['A']],
  ['IPv4 only', ['192.0.2.9'], [ipv4], ['A']],
])('the order on a machine with %s is that of getaddrinfo', async (_, own, addresses, kinds) => {
  const { addressesOf, server } = await resolver(both, { interfaces: machineWith(...own) });
  expect(await addressesOf('api.example', { all: true })).toEqual(addresses);
  expect([...server.questions].sort()).toEqual(kinds.map((kind) => `api.example ${kind}`));
});

test('a machine that does not tell its addresses uses IPv4', async () => {
  const interfaces = () => {
    throw new Error('forbidden');
  };
  const { addressesOf } = await resolver(both, { interfaces });
  expect(await addressesOf('api.example', { all: true })).toEqual([ipv4]);
});

test.each<[LookupOptions['family'], LookupAddress]>([
  [4, ipv4],
  ['IPv4', ipv4],
  [6, ipv6],
  ['IPv6', ipv6],
])('family %s is the only one that is asked for', async (family, address) => {
  const { addressesOf, server } = await resolver(both);
  expect(await addressesOf('api.example', { all: true, family })).toEqual([address]);
  expect(server.questions).toHaveLength(1);
});

test('a family that has no address, or no answer, does not keep the other one back', async () => {
  const { addressesOf } = await resolver({
    'four.example A': [ipv4.address],
    'six.example AAAA': [ipv6.address],
    'dropped.example A': [ipv4.address],
    'dropped.example AAAA': 'silence',
  });
  expect(await addressesOf('four.example', { all: true })).toEqual([ipv4]);
  expect(await addressesOf('six.example', { all: true })).toEqual([ipv6]);
  expect(await addressesOf('dropped.example', { all: true })).toEqual([ipv4]);
});

test.each(['no such name', 'refused', 'failed'] as const)('after “%s” the system is asked as well', async (said) => {
  const { addressesOf, server, asked } = await resolver({ 'intranet A': said, 'intranet AAAA': said });
  expect(await addressesOf('intranet', { all: true })).toEqual([ofSystem]);
  expect([server.questions.length, asked]).toEqual([2, ['intranet']]);
});

test('the error of the system is the error', async () => {
  const failure = Object.assign(new Error('not known'), { code: 'ENOTFOUND' });
  const getaddrinfo = (_: string, __: LookupOptions, tell: (error: Error) => void) => tell(failure);
  const { addressesOf } = await resolver({}, { getaddrinfo: getaddrinfo as typeof systemLookup });
  await expect(addressesOf('api.example')).rejects.toBe(failure);
});

test('no server at all is an answer: the system may know others', async () => {
  const { addressesOf, asked } = await resolver({}, { servers: ['127.0.0.1:1'] });
  expect(await addressesOf('api.example')).toBe(ofSystem.address);
  expect(asked).toEqual(['api.example']);
});

test('where one of two servers is silent, the system is not asked, which would wait for it', async () => {
  const silent = await startNameServer({ 'api.example A': 'silence', 'api.example AAAA': 'silence' });
  const absent = await startNameServer({});
  const servers = [silent.address, absent.address];
  const { addressesOf, asked } = await resolver({}, { servers, retry: { timeout: 100, tries: 2 } });
  await expect(addressesOf('api.example')).rejects.toMatchObject({ code: 'EAI_AGAIN' });
  expect([absent.questions.length > 0, asked]).toEqual([true, []]);
});

test('a server that does not answer is asked again, and then the name cannot be looked up now', async () => {
  const { addressesOf, server, asked } = await resolver(
    { 'api.example A': 'silence', 'api.example AAAA': 'silence' },
    { retry: { timeout: 50, tries: 3 } },
  );
  await expect(addressesOf('api.example')).rejects.toMatchObject({
    code: 'EAI_AGAIN',
    syscall: 'getaddrinfo',
    hostname: 'api.example',
  });
  expect([server.questions.length, asked]).toEqual([6, []]);
});

test('the end cancels what is under way, and nothing is asked after it', async () => {
  const silent: Records = { 'api.example A': 'silence', 'api.example AAAA': 'silence' };
  // c-ares waits 5 s at most: without the end it would ask many times more.
  const { addressesOf, end, server } = await resolver(silent, { retry: { timeout: 1_000_000, tries: 10 } });
  const pending = addressesOf('api.example');
  const outcome = expect(pending).rejects.toMatchObject({ code: 'EAI_AGAIN' });
  await expect.poll(() => server.questions.length, { timeout: 100_000 }).toBeGreaterThanOrEqual(2);
  const { length } = server.questions;
  end.abort();
  await outcome;
  await expect(addressesOf('api.example')).rejects.toMatchObject({ code: 'EAI_AGAIN' });
  expect(server.questions).toHaveLength(length);
});

test('an end before the first question sends none', async () => {
  const { addressesOf, end, server } = await resolver(both);
  end.abort();
  await expect(addressesOf('api.example')).rejects.toMatchObject({ code: 'EAI_AGAIN' });
  expect(server.questions).toEqual([]);
});

test('addresses are no names, and are not asked for', async () => {
  const { addressesOf, server } = await resolver({}, { getaddrinfo: systemLookup });
  expect(await addressesOf('192.0.2.7', { all: true })).toEqual([{ address: '192.0.2.7', family: 4 }]);
  expect(await addressesOf('2001:db8::7')).toBe('2001:db8::7');
  expect(server.questions).toEqual([]);
});

test('localhost and the names below it are this machine', async () => {
  const { addressesOf, server } = await resolver({});
  const loopback = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ];
  expect(await addressesOf('localhost', { all: true })).toEqual(loopback);
  expect(await addressesOf('api.LOCALHOST.', { all: true })).toEqual(loopback);
  expect(await addressesOf('localhost', { family: 6 })).toBe('::1');
  expect(server.questions).toEqual([]);
});

test('names of the hosts file are the system’s to resolve', async () => {
  const file = hostsFile('# listed.invalid\n127.0.0.1 localhost\n10.0.0.7\tother Listed.invalid # commented.invalid\n');
  const { addressesOf, server, asked } = await resolver({}, { hostsFile: file });
  expect(await addressesOf('listed.INVALID')).toBe(ofSystem.address);
  expect(await addressesOf('localhost')).toBe(ofSystem.address);
  expect([server.questions, asked]).toEqual([[], ['listed.INVALID', 'localhost']]);
  for (const name of ['commented.invalid', 'isted.invalid']) {
    await addressesOf(name);
    expect(server.questions).toContain(`${name} A`);
  }
});
