import type { LookupAddress, LookupOptions, lookup, Resolver } from 'node:dns';
import { readFileSync } from 'node:fs';
import { isIP, type LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';

export interface HostLookupOptions {
  /** Aborted: queries under way are cancelled, and none is sent any more. */
  readonly signal: AbortSignal;
  /** The system's list of names and addresses. */
  readonly hostsFile: string;
  /** `address:port` each; the system's where absent. */
  readonly servers?: readonly string[];
  /** The network interfaces of this machine. */
  readonly interfaces?: typeof networkInterfaces;
  /** What the system itself knows of a name; `dns.lookup` where absent. */
  readonly getaddrinfo?: typeof lookup;
  /** How long the servers are asked; `patience` where absent. */
  readonly retry?: { readonly timeout: number; readonly tries: number };
}

type IpFamily = 4 | 6;

/** What the name servers said of one family: addresses, or an error code of c-ares. */
interface FamilyAnswer {
  readonly addresses: readonly LookupAddress[];
  readonly code: string;
}

/**
 * Each server is given 1, 2 and 4 s, which c-ares stretches a little: 7 s in all. That is less than the default of
 * `--request-timeout` (10 s), so that the message is about the look-up of the host; getaddrinfo gives up after 10 s.
 */
const patience = { timeout: 1000, tries: 3 };

/** Milliseconds that one family waits for the other: some name servers drop questions for AAAA. */
const otherFamilyMs = 1000;

/**
 * The `lookup` of `net.connect` that cannot hold the process. `dns.lookup` calls getaddrinfo in libuv's thread pool,
 * where nothing cancels it, and the end of the process waits for that thread: `uv_library_shutdown` joins the pool
 * (libuv, src/threadpool.c, `uv__threadpool_cleanup`; node, src/api/environment.cc,
 * `DefaultProcessExitHandlerInternal`). So the name servers are asked first through c-ares, which needs no thread.
 * Only where they answered that they know no address is getaddrinfo asked as well. docs/decisions/name-resolution.md
 */
export function createHostLookup(options: HostLookupOptions): LookupFunction {
  let resolver: Promise<Resolver> | null = null;
  const resolverOnce = () => {
    resolver ??= createResolver(options);
    return resolver;
  };
  return (hostname, wanted, callback) => {
    resolveHost(hostname, wanted, options, resolverOnce).then(
      (found) => {
        const [first] = found;
        if (wanted.all === true || first === undefined) callback(null, [...found]);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
}

/** `node:dns` takes half a millisecond to load, which a request to an address does not need. */
async function createResolver({ servers, signal, retry = patience }: HostLookupOptions): Promise<Resolver> {
  const dns = await import('node:dns');
  const resolver = new dns.Resolver(retry);
  if (servers !== undefined) resolver.setServers(servers);
  signal.addEventListener('abort', () => resolver.cancel(), { once: true });
  return resolver;
}

async function resolveHost(
  hostname: string,
  wanted: LookupOptions,
  options: HostLookupOptions,
  resolverOnce: () => Promise<Resolver>,
): Promise<readonly LookupAddress[]> {
  const { signal, hostsFile, interfaces = networkInterfaces, getaddrinfo } = options;
  const name = hostname.toLowerCase().replace(/\.$/, '');
  if (isIP(name) !== 0 || isInHostsFile(name, hostsFile)) return systemLookup(hostname, wanted, getaddrinfo);
  if (name === 'localhost' || name.endsWith('.localhost')) return loopback(wanted.family);
  const resolver = await resolverOnce();
  if (signal.aborted) throw noAnswerError(hostname);
  const known = await askServers(hostname, familiesOf(wanted.family, interfaces), resolver, options);
  return known.length > 0 ? known : systemLookup(hostname, wanted, getaddrinfo);
}

/** What the name servers know: empty where they said promptly that there is no address. */
async function askServers(
  hostname: string,
  families: readonly IpFamily[],
  resolver: Resolver,
  { retry = patience }: HostLookupOptions,
): Promise<readonly LookupAddress[]> {
  const began = Date.now();
  const answers = await answersOf(families.map((family) => ask(resolver, hostname, family)));
  const addresses = answers.flatMap((answer) => answer.addresses);
  // An answer after the first timeout came from the second server: getaddrinfo would have to wait for the first one too.
  const isLate = Date.now() - began >= retry.timeout;
  const isSilent = isLate || answers.some(({ code }) => noAnswer.has(code));
  if (addresses.length === 0 && isSilent) throw noAnswerError(hostname);
  return addresses;
}

const noAnswer: ReadonlySet<string> = new Set(['ETIMEOUT', 'ECANCELLED']);

/** The first field of a line is the address, the others are its names; `#` begins a comment. */
function isInHostsFile(name: string, path: string): boolean {
  const lines = textOf(path).split('\n');
  return lines.some((line) => line.replace(/#.*/, '').trim().split(/\s+/).indexOf(name) > 0);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').toLowerCase();
  } catch {
    return '';
  }
}

/** RFC 6761 §6.3: never a question for a name server. IPv4 first, since most servers of one's own listen there. */
function loopback(family: LookupOptions['family']): LookupAddress[] {
  const both = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ];
  const only = onlyFamily(family);
  return both.filter((address) => only === null || address.family === only);
}

/**
 * The order of getaddrinfo (RFC 6724): IPv6 first where this machine has a global address, last where it has a private
 * one, and not at all where it has none, as with `AI_ADDRCONFIG`.
 */
function familiesOf(family: LookupOptions['family'], interfaces: typeof networkInterfaces): readonly IpFamily[] {
  const only = onlyFamily(family);
  if (only !== null) return [only];
  const ipv6 = ipv6Addresses(interfaces);
  if (ipv6.length === 0) return [4];
  return ipv6.some((address) => /^[23]/.test(address)) ? [6, 4] : [4, 6];
}

/** Of this machine, without those that reach no further than itself or its link. */
function ipv6Addresses(interfaces: typeof networkInterfaces): readonly string[] {
  try {
    const all = Object.values(interfaces()).flatMap((addresses = []) => addresses);
    const reaching = all.filter(
      ({ address, internal }) => !internal && isIP(address) === 6 && !/^fe80:/i.test(address),
    );
    return reaching.map(({ address }) => address);
  } catch {
    // Sandboxes such as Android's forbid the question.
    return [];
  }
}

function onlyFamily(family: LookupOptions['family']): IpFamily | null {
  if (family === 4 || family === 'IPv4') return 4;
  return family === 6 || family === 'IPv6' ? 6 : null;
}

function ask(resolver: Resolver, hostname: string, family: IpFamily): Promise<FamilyAnswer> {
  return new Promise((resolve) => {
    const report = (error: NodeJS.ErrnoException | null, texts: readonly string[] = []) =>
      resolve({ addresses: texts.map((address) => ({ address, family })), code: error?.code ?? '' });
    if (family === 4) resolver.resolve4(hostname, report);
    else resolver.resolve6(hostname, report);
  });
}

/** In the order of the questions. Once there is an address, those that are missing get `otherFamilyMs` more. */
function answersOf(asked: readonly Promise<FamilyAnswer>[]): Promise<FamilyAnswer[]> {
  const answers: FamilyAnswer[] = [];
  let missing = asked.length;
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const end = () => {
      clearTimeout(timer);
      resolve(answers);
    };
    asked.forEach(async (answer, place) => {
      answers[place] = await answer;
      missing -= 1;
      if (missing === 0) end();
      else if (answers[place].addresses.length > 0) timer ??= setTimeout(end, otherFamilyMs);
    });
  });
}

async function systemLookup(
  hostname: string,
  wanted: LookupOptions,
  getaddrinfo?: typeof lookup,
): Promise<readonly LookupAddress[]> {
  const ask = getaddrinfo ?? (await import('node:dns')).lookup;
  return new Promise((resolve, reject) => {
    ask(hostname, { ...wanted, all: true }, (error, found) => (error === null ? resolve(found) : reject(error)));
  });
}

/** The error of getaddrinfo for a name server that does not answer. */
function noAnswerError(hostname: string): NodeJS.ErrnoException {
  const text = `getaddrinfo EAI_AGAIN ${hostname}`;
  return Object.assign(new Error(text), { code: 'EAI_AGAIN', syscall: 'getaddrinfo', hostname });
}
