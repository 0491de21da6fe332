import { Fault } from '../core/fault.ts';
import { isExempt } from './no-proxy.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for a URL, or null for a direct way. As curl does it: the lower-case variable
 * wins, ALL_PROXY is the last resort, a value without a scheme is an http proxy, and loopback is no exception unless
 * NO_PROXY says so. Unlike curl, HTTP_PROXY counts in upper case too, as in most other tools.
 * Throws a `proxy-invalid` fault, which never shows the value: it may hold a password.
 */
export function proxyFor(url: URL, env: Environment): URL | null {
  const name = variableFor(url, env);
  if (name === null || isExempt(url, variable(env, 'no_proxy')?.value ?? '')) return null;
  return proxyUrl(name.name, name.value);
}

interface Variable {
  readonly name: string;
  readonly value: string;
}

function variableFor(url: URL, env: Environment): Variable | null {
  return variable(env, `${url.protocol.slice(0, -1)}_proxy`) ?? variable(env, 'all_proxy');
}

/** An empty variable counts as unset. */
function variable(env: Environment, lowerName: string): Variable | null {
  for (const name of [lowerName, lowerName.toUpperCase()]) {
    const value = env[name]?.trim();
    if (value !== undefined && value !== '') return { name, value };
  }
  return null;
}

function proxyUrl(name: string, value: string): URL {
  const text = value.includes('://') ? value : `http://${value}`;
  if (!URL.canParse(text)) throw invalid(name, 'is not a URL');
  const url = new URL(text);
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
