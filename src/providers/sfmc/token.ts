import { exitOf } from '../../core/exit.ts';
import { Fault } from '../../core/fault.ts';
import type { Limits } from '../../core/http.ts';
import type { Authorization, Connection } from '../../core/provider.ts';
import { Secret } from '../../core/secret.ts';
import type { Settings } from '../../core/settings.ts';
import { createMemoryTokens, type StoredToken, type TokenKey } from '../../core/token-store.ts';
import { restBase, tokenEndpoint } from './address.ts';
import { askForToken, type Client } from './token-request.ts';

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
 * Asks with tokens fetched for a client: one at a time whoever asks, kept in `tools.tokens` until it expires, and
 * fetched anew once one was refused. `authorize` throws the faults of the token endpoint; those that asking again
 * cannot mend are kept, so that a thousand look-ups send wrong credentials once.
 */
export function connectWithClient(client: Client): Connection {
  const { settings, tools } = client;
  const store = tools.tokens ?? createMemoryTokens();
  const key: TokenKey = { endpoint: tokenEndpoint(settings), client: client.id, account: settings.text('accountId') };
  let last: Grant | null = null;
  let flight: Promise<Grant> | null = null;
  let lasting: Fault | null = null;

  const usable = (token: StoredToken, refused: Authorization | null): boolean =>
    tools.clock.now() < token.expiresAt && !isOf(refused, token.accessToken);

  const stored = async (refused: Authorization | null): Promise<Grant | null> => {
    const token = await store.read(key);
    return token !== null && usable(token, refused) ? grantOf(settings, token) : null;
  };

  const fetched = async (bounds: Limits, refused: Authorization | null): Promise<Grant> => {
    // Another process may have fetched one while this one waited for its turn.
    const other = await stored(refused);
    if (other !== null) return other;
    if (refused !== null) await store.remove(key);
    const grant = grantOf(settings, await askForToken(client, key.endpoint, bounds));
    await store.write(key, grant.token);
    return grant;
  };

  const take = async (bounds: Limits, refused: Authorization | null): Promise<Grant> => {
    try {
      last = (await stored(refused)) ?? (await store.exclusively(key, bounds, () => fetched(bounds, refused)));
      return last;
    } catch (error) {
      if (error instanceof Fault && !exitOf(error.exit).retryable) lasting = error;
      throw error;
    } finally {
      flight = null;
    }
  };

  const authorize = async (bounds: Limits, refused: Authorization | null): Promise<Authorization> => {
    if (lasting !== null) throw lasting;
    if (last !== null && usable(last.token, refused)) return last.authorization;
    const mine = flight === null;
    flight ??= take(bounds, refused);
    try {
      return (await flight).authorization;
    } catch (error) {
      // Whoever fetched ran out of time; this look-up may have some left.
      if (!mine && wasCutShort(error)) return authorize(bounds, refused);
      throw error;
    }
  };

  return { canRenew: true, authorize };
}

function grantOf(settings: Settings, token: StoredToken): Grant {
  return { token, authorization: authorizationOf(settings, token.accessToken, token.restUrl) };
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
