import { BlockList, isIP } from 'node:net';
import { Fault } from '../core/fault.ts';
import { parseUrl } from '../core/url.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ProxySetting {
  /** May hold a password. */
  readonly url: URL;
  /** The variable that names it. */
  readonly variable: string;
}

/**
 * The proxy that the environment names for a URL, or null for a direct way. As curl does it: the lower-case variable
 * wins, ALL_PROXY is the last resort, a value without a scheme is an http proxy. Where it differs from curl:
 * docs/configuration.md. Throws a `proxy-invalid` fault, which never shows the value: it may hold a password.
 */
export function proxyFor(url: URL, env: Environment): ProxySetting | null {
  const named = variable(env, `${url.protocol.slice(0, -1)}_proxy`) ?? variable(env, 'all_proxy');
  if (named === null || isExempt(url, variable(env, 'no_proxy')?.value ?? '')) return null;
  const proxy = proxyUrl(named.name, named.value);
  // Plain http is spoken on loopback alone, and a proxy elsewhere has a loopback of its own.
  if (url.protocol === 'http:' && !isLoopback(proxy.hostname)) return null;
  return { url: proxy, variable: named.name };
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

interface ProxyVariable {
  readonly name: string;
  readonly value: string;
}

/** An empty variable counts as unset. */
function variable(env: Environment, lowerName: string): ProxyVariable | null {
  for (const name of [lowerName, lowerName.toUpperCase()]) {
    const value = env[name]?.trim();
    if (value !== undefined && value !== '') return { name, value };
  }
  return null;
}

function proxyUrl(name: string, value: string): URL {
  const text = value.includes('://') ? value : `http://${value}`;
  const url = parseUrl(text);
  if (url === null) throw invalid(name, 'is not a URL');
  if (url.protocol.startsWith('socks')) throw invalid(name, 'names a SOCKS proxy, which is not supported');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw invalid(name, 'is not an http:// or https:// URL');
  if (url.hostname === '') throw invalid(name, 'names no host');
  if (!isDecodable(url.username) || !isDecodable(url.password))
    throw invalid(name, 'has a user or password with a stray % sign; write it as %25');
  return url;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function invalid(name: string, problem: string): Fault {
  return new Fault('proxy-invalid', {
    message: `${name} ${problem}`,
    hint: `set ${name} to http://host:port, or unset it for a direct connection`,
  });
}

/**
 * Whether a NO_PROXY list exempts a URL. Entries are parted by commas or blanks: `*` is every host; a name is that host
 * and all below it, with or without a leading `.` or `*.`; an address is itself; `10.0.0.0/8` is a network; a name or
 * an address with a port holds for that port only.
 */
export function isExempt(url: URL, list: string): boolean {
  const host = withoutBrackets(url.hostname);
  const port = url.port === '' ? defaultPorts[url.protocol] : url.port;
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && covers(entry, host, port));
}

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

function covers(entry: string, host: string, port: string | undefined): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return coversNetwork(entry, host);
  const { name, onlyPort } = splitPort(entry);
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const domain = name.replace(/^\*?\./, '').replace(/\.$/, '');
  if (domain === '') return false;
  return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`));
}

/** An IPv6 address has colons of its own: only a bracketed one can carry a port. */
function splitPort(entry: string): { name: string; onlyPort?: string | undefined } {
  if (isIP(entry) === 6) return { name: entry };
  const match = /^(.+?)(?::(\d+))?$/.exec(entry);
  return { name: withoutBrackets(match?.[1] ?? entry), onlyPort: match?.[2] };
}

function coversNetwork(entry: string, host: string): boolean {
  const [address = '', bits = ''] = entry.split('/');
  const version = isIP(address);
  if (version === 0 || version !== isIP(host) || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (version === 4 ? 32 : 128)) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const network = new BlockList();
  network.addSubnet(address, Number(bits), family);
  return network.check(host, family);
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/** What a proxy is shown of the user and password in its URL; null where there is neither. */
export function proxyAuthorization({ username, password }: URL): string | null {
  if (username === '' && password === '') return null;
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(login).toString('base64')}`;
}
