import * as v from 'valibot';
import { exitOf } from '../../core/exit.ts';
import { Fault } from '../../core/fault.ts';
import type { HttpRequest, Limits, Reply } from '../../core/http.ts';
import { decodeText, parseJson } from '../../core/json.ts';
import type { Authorization, ConnectDeps, Connection } from '../../core/provider.ts';
import { Secret } from '../../core/secret.ts';
import type { Settings } from '../../core/settings.ts';
import { formatDuration } from '../../core/time.ts';
import {
  createMemoryTokens,
  type StoredToken,
  type TokenFailure,
  type TokenKey,
  type TokenStore,
} from '../../core/token-store.ts';
import { baseProblem, parseUrl, urlOf, withoutEnding } from '../../core/url.ts';

/** A token with the headers made of it; the headers are what a look-up hands back when they were refused. */
interface Grant {
  readonly token: StoredToken;
  readonly authorization: Authorization;
}

/** Asks with a ready token, which nothing can renew. `authorize` throws a `config-invalid` fault for what is no token. */
export function connectWithToken(settings: Settings, accessToken: Secret): Connection {
  let made: Authorization | null = null;
  return {
    canRenew: false,
    authorize: async () => {
      if (/^[\x21-\x7e]+$/.test(accessToken.reveal())) made ??= authorizationOf(settings, accessToken, null);
      if (made !== null) return made;
      const hint = 'set SFMC_ACCESS_TOKEN to the token alone, without the word Bearer, blanks or line breaks';
      throw new Fault('config-invalid', { message: 'the access token holds a character that no token has', hint });
    },
  };
}

/**
 * Asks with tokens fetched for a client: one at a time whoever asks, kept in `deps.tokens` until it expires, and
 * fetched anew once one was refused. `authorize` throws the faults of the token endpoint; those that asking again
 * cannot mend are kept, so that a thousand look-ups send wrong credentials once.
 */
export function connectWithClient(client: TokenClient): Connection {
  const { settings, deps } = client;
  const store = deps.tokens ?? createMemoryTokens();
  const key: TokenKey = {
    endpoint: tokenEndpoint(settings),
    client: client.id,
    secret: client.secret,
    account: settings.text('accountId'),
  };
  let last: Grant | null = null;
  let pending: Promise<Grant> | null = null;
  let permanent: Fault | null = null;

  const usable = (token: StoredToken, refused: Authorization | null): boolean =>
    deps.clock.now() < token.expiresAt && !isOf(refused, token.accessToken);

  const readStored = async (refused: Authorization | null): Promise<Grant | null> => {
    const token = await store.read(key);
    return token !== null && usable(token, refused) ? storedGrant(settings, token) : null;
  };

  const fetchGrant = async (bounds: Limits, refused: Authorization | null): Promise<Grant> => {
    // Another process may have fetched one while this one waited for its turn.
    const other = await readStored(refused);
    if (other !== null) return other;
    if (refused !== null) await store.remove(key);
    const failure = await store.readFailure(key);
    refuseDuringPause(failure, deps.clock.now());
    try {
      const grant = grantOf(
        settings,
        await askForToken(client, key.endpoint, bounds, failure === null ? mostRetries : 0),
      );
      if (failure !== null) await store.writeFailure(key, null);
      await store.write(key, grant.token);
      return grant;
    } catch (error) {
      if (error instanceof Fault) await notePause(store, key, error, failure, deps.clock.now());
      throw error;
    }
  };

  const take = async (bounds: Limits, refused: Authorization | null): Promise<Grant> => {
    try {
      last = (await readStored(refused)) ?? (await store.exclusively(key, bounds, () => fetchGrant(bounds, refused)));
      return last;
    } catch (error) {
      if (error instanceof Fault && !exitOf(error.exit).retryable) permanent = error;
      throw error;
    } finally {
      pending = null;
    }
  };

  const authorize = async (bounds: Limits, refused: Authorization | null): Promise<Authorization> => {
    if (permanent !== null) throw permanent;
    if (last !== null && usable(last.token, refused)) return last.authorization;
    const mine = pending === null;
    pending ??= take(bounds, refused);
    try {
      return (await pending).authorization;
    } catch (error) {
      // Whoever fetched ran out of time; this look-up may have some left.
      if (!mine && wasCutShort(error)) return authorize(bounds, refused);
      throw error;
    }
  };

  return { canRenew: true, authorize };
}

/** Further attempts at a token whatever `--retries` says: after the first failure each pause brings one. */
const mostRetries = 2;
/** The first pause after a token endpoint has failed; it doubles each time, up to the longest. */
const firstPauseMs = 15_000;
const longestPauseMs = 300_000;

/** Throws the fault of the last request for a token until its pause is over: all who share the store wait for it. */
function refuseDuringPause(failure: TokenFailure | null, nowMs: number): void {
  if (failure === null || nowMs >= failure.until) return;
  const leftMs = failure.until - nowMs;
  throw new Fault(failure.code, {
    message: `${failure.message}; not asked again for ${formatDuration(leftMs)}`,
    hint: failure.hint,
    httpStatus: failure.httpStatus ?? undefined,
    retryAfterSeconds: Math.ceil(leftMs / 1000),
  });
}

/** Only what the endpoint itself answered counts: a connection that is missing may be back the next moment. */
async function notePause(
  store: TokenStore,
  key: TokenKey,
  fault: Fault,
  before: TokenFailure | null,
  nowMs: number,
): Promise<void> {
  const { code, message, hint, httpStatus, retryAfterSeconds } = fault;
  if (httpStatus === null || !exitOf(fault.exit).retryable) return;
  const count = (before?.count ?? 0) + 1;
  const growing = Math.min(longestPauseMs, firstPauseMs * 2 ** (count - 1));
  const until = nowMs + Math.max(growing, (retryAfterSeconds ?? 0) * 1000);
  await store.writeFailure(key, { until, count, code, message, hint, httpStatus });
}

function grantOf(settings: Settings, token: StoredToken): Grant {
  return { token, authorization: authorizationOf(settings, token.accessToken, token.restUrl) };
}

/** A stored token whose address may not be followed is none: it was written by another version, or by somebody else. */
function storedGrant(settings: Settings, token: StoredToken): Grant | null {
  try {
    return grantOf(settings, token);
  } catch (error) {
    if (error instanceof Fault && error.code === 'origin-refused') return null;
    throw error;
  }
}

/** The label is the shell variable that `curlPreamble` fills. */
function authorizationOf(settings: Settings, token: Secret, restUrl: string | null): Authorization {
  const authorization = new Secret(bearer(token), 'SFMC_AUTHORIZATION');
  return { base: restBase(settings, restUrl), headers: { authorization } };
}

function isOf(authorization: Authorization | null, token: Secret): boolean {
  const header = authorization?.headers['authorization'];
  return header instanceof Secret && header.reveal() === bearer(token);
}

function bearer(token: Secret): string {
  return `Bearer ${token.reveal()}`;
}

function wasCutShort(error: unknown): boolean {
  return error instanceof Fault && (error.code === 'timeout' || error.exit === 'interrupted');
}

export interface TokenClient {
  readonly settings: Settings;
  readonly id: Secret;
  readonly secret: Secret;
  readonly deps: ConnectDeps;
  /** The fault of a reply of the token endpoint that is no 2xx. */
  refusalOf(reply: Reply): Fault;
}

/** What the provider gives today; assumed where a reply does not say. */
const usualLifetimeSeconds = 1080;
/** A token is given up this long before it expires, so that no request arrives with one that just has. */
const marginSeconds = 60;

const tokenReply = v.object({
  // Visible characters only: anything else cannot travel in a header.
  access_token: v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/)),
  expires_in: v.fallback(
    v.pipe(v.union([v.string(), v.number()]), v.transform(Number), v.finite(), v.minValue(1)),
    usualLifetimeSeconds,
  ),
  rest_instance_url: v.fallback(v.nullish(v.pipe(v.string(), v.nonEmpty()), null), null),
});

/** One request for a token. Throws the fault of an exchange that brought none. */
async function askForToken(client: TokenClient, endpoint: URL, bounds: Limits, retries: number): Promise<StoredToken> {
  let left = retries;
  const request: HttpRequest = {
    method: 'POST',
    url: endpoint,
    headers: {},
    json: tokenRequest(client),
    replyIsSecret: true,
    mayRetry: () => left-- > 0,
  };
  const { reply } = await client.deps.send(request, bounds);
  if (reply instanceof Fault) throw endpointFault(reply, client.settings);
  if (reply.status < 200 || reply.status > 299) throw client.refusalOf(reply);
  if (reply.status > 204) throw unreadable('unexpected-status', 'its reply is not a whole one', reply);
  return tokenOf(reply, client.deps.clock.now());
}

/** No `scope`: left out it means all that the package has, and empty it would mean none. */
function tokenRequest({ id, secret, settings }: TokenClient): NonNullable<HttpRequest['json']> {
  const account = settings.text('accountId');
  return {
    grant_type: 'client_credentials',
    client_id: id,
    client_secret: secret,
    ...(account === null ? {} : { account_id: accountNumber(account) }),
  };
}

/** The provider documents a number; anything else goes as it is, for it to refuse. */
function accountNumber(account: string): number | string {
  return /^\d{1,15}$/.test(account) ? Number(account) : account;
}

function tokenOf(reply: Reply, nowMs: number): StoredToken {
  const body = bodyOf(reply);
  const parsed = v.safeParse(tokenReply, body);
  if (!parsed.success) throw unreadable('wrong-shape', 'its reply holds no usable access_token', reply);
  const { access_token, expires_in, rest_instance_url } = parsed.output;
  const lifetime = expires_in - Math.min(marginSeconds, expires_in / 2);
  const accessToken = new Secret(access_token, 'SFMC_ACCESS_TOKEN');
  return {
    accessToken,
    expiresAt: nowMs + lifetime * 1000,
    // A message may quote it.
    restUrl: rest_instance_url && String(reply.redact?.(rest_instance_url, accessToken) ?? rest_instance_url),
  };
}

function bodyOf(reply: Reply): unknown {
  try {
    return parseJson(decodeText(reply.bytes));
  } catch (error) {
    if (error instanceof Fault) throw unreadable(error.code, error.message, reply);
    throw error;
  }
}

function unreadable(code: Fault['code'], message: string, { status }: Reply): Fault {
  const hint = 'check SFMC_SUBDOMAIN and SFMC_AUTH_BASE_URL; something other than the token endpoint may have answered';
  return new Fault(code, { message: `token endpoint: ${message} (HTTP ${status})`, hint, httpStatus: status });
}

/** A wrong subdomain is a host that does not exist: the provider has no wildcard. */
function endpointFault(fault: Fault, settings: Settings): Fault {
  if (fault.code !== 'unknown-host') return fault;
  const hint =
    settings.url('authUrl') === null
      ? 'compare SFMC_SUBDOMAIN with the package’s Authentication Base URI: no tenant may have this one; or this machine has no network'
      : 'check the host name in SFMC_AUTH_BASE_URL';
  return new Fault(fault.code, { message: fault.message, hint });
}

const domain = '.marketingcloudapis.com';
const tokenPath = ['v2', 'token'];

/** Where tokens are issued: below the auth URL, which may name the whole path already, or below the tenant's host. */
export function tokenEndpoint(settings: Settings): URL {
  const base = settings.url('authUrl') ?? tenantUrl(settings, 'auth');
  if (base === null) throw tenantMissing('SFMC_SUBDOMAIN or SFMC_AUTH_BASE_URL');
  return urlOf(withoutEnding(base, tokenPath), { path: tokenPath });
}

/**
 * Where to ask. `named`: the address in the token's reply or in the cache, which is followed only where the bearer may
 * go. Throws an `origin-refused` fault for any other.
 */
export function restBase(settings: Settings, named: string | null): URL {
  const own = settings.url('restUrl');
  if (own !== null) return own;
  if (named === null) return assumedBase(settings);
  const problem = namedProblem(named, settings.url('authUrl'));
  if (problem === null) return new URL(named);
  const url = parseUrl(named);
  const origin = url === null ? '' : ` at ${url.origin}`;
  throw new Fault('origin-refused', {
    message: `the token’s reply names an address${origin} that is refused: it ${problem}; nothing was sent there`,
    hint: 'if that address is right, set SFMC_REST_BASE_URL beside the credentials',
  });
}

function namedProblem(named: string, authUrl: URL | null): string | null {
  const problem = baseProblem(named);
  if (problem !== null) return problem;
  const url = new URL(named);
  return mayGetToken(url, authUrl) ? null : 'is not Salesforce’s';
}

/** Salesforce's own hosts, and those of whoever the user chose to issue the token. */
function mayGetToken(url: URL, authUrl: URL | null): boolean {
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
  if (base === null) throw tenantMissing('SFMC_SUBDOMAIN or SFMC_REST_BASE_URL');
  return base;
}

/** `x.auth.marketingcloudapis.com` → `x.rest.…`; any other host serves both, as the mock server does. */
function siblingOf(authUrl: URL): URL {
  const url = withoutEnding(authUrl, tokenPath);
  url.host = authUrl.host.replace(/\.auth(\.marketingcloudapis\.com)$/, '.rest$1');
  return url;
}

function tenantUrl(settings: Settings, service: 'auth' | 'rest'): URL | null {
  const subdomain = settings.text('subdomain');
  return subdomain === null ? null : new URL(`https://${subdomain}.${service}${domain}`);
}

function tenantMissing(names: string): Fault {
  return new Fault('credentials-missing', { message: 'no tenant is set', hint: `set ${names}` });
}

/** Shell lines that put the bearer into SFMC_AUTHORIZATION. Secrets reach curl on stdin, where `ps` cannot see them. */
export function curlPreamble(settings: Settings): readonly string[] {
  if (settings.secret('accessToken') !== null) return ['SFMC_AUTHORIZATION="Bearer $SFMC_ACCESS_TOKEN"'];
  const account = accountOf(settings.text('accountId'));
  const body = ['"grant_type":"client_credentials"', '"client_id":"%s"', '"client_secret":"%s"', ...account.fields];
  const values = ['"$SFMC_CLIENT_ID"', '"$SFMC_CLIENT_SECRET"', ...account.values];
  const question = `printf '{${body.join()}}' ${values.join(' ')}`;
  const request = `curl -sS -H 'content-type: application/json' -d @- ${shellQuote(tokenEndpoint(settings).href)}`;
  return [`SFMC_AUTHORIZATION="Bearer $(${question} | ${request} | jq -r .access_token)"`];
}

/** A number is safe to print as it is; other text is left to the variable. */
function accountOf(account: string | null): { fields: string[]; values: string[] } {
  if (account === null) return { fields: [], values: [] };
  const known = accountNumber(account);
  if (typeof known === 'number') return { fields: [`"account_id":${known}`], values: [] };
  return { fields: ['"account_id":"%s"'], values: ['"$SFMC_ACCOUNT_ID"'] };
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
