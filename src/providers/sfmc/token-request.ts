import * as v from 'valibot';
import { Fault } from '../../core/fault.ts';
import type { HttpRequest, Limits, Reply } from '../../core/http.ts';
import { decodeText, parseJson } from '../../core/json.ts';
import type { ConnectDeps } from '../../core/provider.ts';
import { Secret } from '../../core/secret.ts';
import type { Settings } from '../../core/settings.ts';
import type { StoredToken } from '../../core/token-store.ts';

export interface Client {
  readonly settings: Settings;
  readonly id: Secret;
  readonly secret: Secret;
  readonly tools: ConnectDeps;
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
export async function askForToken(client: Client, endpoint: URL, bounds: Limits): Promise<StoredToken> {
  const request: HttpRequest = {
    method: 'POST',
    url: endpoint,
    headers: {},
    json: tokenQuestion(client),
  };
  const { reply } = await client.tools.send(request, bounds);
  if (reply instanceof Fault) throw unreached(reply, client.settings);
  if (reply.status < 200 || reply.status > 299) throw client.refusalOf(reply);
  return tokenOf(reply, client.tools.clock.now());
}

/** No `scope`: left out it means all that the package has, and empty it would mean none. */
function tokenQuestion({ id, secret, settings }: Client): NonNullable<HttpRequest['json']> {
  const account = settings.text('accountId');
  return {
    grant_type: 'client_credentials',
    client_id: id,
    client_secret: secret,
    ...(account === null ? {} : { account_id: accountNumber(account) }),
  };
}

/** The provider documents a number; anything else goes as it is, for it to refuse. */
export function accountNumber(account: string): number | string {
  return /^\d{1,15}$/.test(account) ? Number(account) : account;
}

function tokenOf(reply: Reply, nowMs: number): StoredToken {
  const body = bodyOf(reply);
  const parsed = v.safeParse(tokenReply, body);
  if (!parsed.success) throw unreadable('wrong-shape', 'its reply holds no usable access_token', reply);
  const { access_token, expires_in, rest_instance_url } = parsed.output;
  const lifetime = expires_in - Math.min(marginSeconds, expires_in / 2);
  return {
    accessToken: new Secret(access_token, 'SFMC_ACCESS_TOKEN'),
    expiresAt: nowMs + lifetime * 1000,
    restUrl: rest_instance_url,
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
function unreached(fault: Fault, settings: Settings): Fault {
  if (fault.code !== 'unknown-host') return fault;
  const hint =
    settings.url('authUrl') === null
      ? 'compare SFMC_SUBDOMAIN with the package’s Authentication Base URI: no tenant may have this one; or this machine has no network'
      : 'check the host name in SFMC_AUTH_BASE_URL';
  return new Fault(fault.code, { message: fault.message, hint });
}
