import { Fault } from '../../core/fault.ts';
import type { Settings } from '../../core/settings.ts';

const domain = '.marketingcloudapis.com';

/** Where tokens are issued: below the auth URL, which may name the whole path already, or below the tenant's host. */
export function tokenEndpoint(settings: Settings): URL {
  const base = settings.url('authUrl') ?? tenantUrl(settings, 'auth');
  if (base === null) throw unaddressed('SFMC_SUBDOMAIN or SFMC_AUTH_BASE_URL');
  const path = base.pathname.replace(/\/+$/, '').replace(/\/v2\/token$/, '');
  return new URL(`${path}/v2/token`, base.origin);
}

/**
 * Where to ask. `named`: the address in the token's reply, which is followed only where the bearer may go.
 * Throws an `origin-refused` fault for any other.
 */
export function restBase(settings: Settings, named: string | null): URL {
  const own = settings.url('restUrl');
  if (own !== null) return own;
  if (named === null) return assumedBase(settings);
  const url = URL.canParse(named) ? new URL(named) : null;
  if (url !== null && mayGetToken(url, settings.url('authUrl'))) return new URL(url.pathname, url.origin);
  throw new Fault('origin-refused', {
    message: `the token’s reply names ${url === null ? 'no valid URL' : url.origin} as the address to ask, which is not Salesforce’s; nothing was sent there`,
    hint: 'if that address is right, set SFMC_REST_BASE_URL beside the credentials',
  });
}

/** Salesforce's own hosts, and those of whoever the user chose to issue the token. */
function mayGetToken(url: URL, authUrl: URL | null): boolean {
  if (url.username !== '' || url.password !== '') return false;
  if (url.protocol === 'https:' && url.hostname.endsWith(domain) && url.port === '') return true;
  if (authUrl === null) return false;
  return url.origin === authUrl.origin || (isLoopback(url) && isLoopback(authUrl));
}

function isLoopback({ protocol, hostname }: URL): boolean {
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function assumedBase(settings: Settings): URL {
  const authUrl = settings.url('authUrl');
  const base = authUrl === null ? tenantUrl(settings, 'rest') : siblingOf(authUrl);
  if (base === null) throw unaddressed('SFMC_SUBDOMAIN or SFMC_REST_BASE_URL');
  return base;
}

/** `x.auth.marketingcloudapis.com` → `x.rest.…`; any other host serves both, as the mock server does. */
function siblingOf(authUrl: URL): URL {
  const host = authUrl.host.replace(/\.auth(\.marketingcloudapis\.com)$/, '.rest$1');
  return new URL(authUrl.pathname.replace(/(\/v2\/token)?\/*$/, '/'), `${authUrl.protocol}//${host}`);
}

function tenantUrl(settings: Settings, service: 'auth' | 'rest'): URL | null {
  const subdomain = settings.text('subdomain');
  return subdomain === null ? null : new URL(`https://${subdomain}.${service}${domain}`);
}

function unaddressed(names: string): Fault {
  return new Fault('credentials-missing', { message: 'no tenant is set', hint: `set ${names}` });
}
