import { BlockList, isIP } from 'node:net';

/**
 * Whether a NO_PROXY list exempts a URL. Entries are parted by commas or blanks: `*` is every host; a name is that host
 * and all below it, with or without a leading `.` or `*.`; an address is itself; `10.0.0.0/8` is a network; a name or
 * an address with a port holds for that port only.
 */
export function isExempt(url: URL, list: string): boolean {
  const host = bare(url.hostname);
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
  const { name, onlyPort } = parted(entry);
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const domain = name.replace(/^\*?\./, '').replace(/\.$/, '');
  if (domain === '') return false;
  return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`));
}

/** An IPv6 address has colons of its own: only a bracketed one can carry a port. */
function parted(entry: string): { name: string; onlyPort?: string | undefined } {
  if (isIP(entry) === 6) return { name: entry };
  const match = /^(.+?)(?::(\d+))?$/.exec(entry);
  return { name: bare(match?.[1] ?? entry), onlyPort: match?.[2] };
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

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}
