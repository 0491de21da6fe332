import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { curlPreamble } from '../../../src/providers/sfmc/token.ts';
import { fixture, serve, settingsOf } from './support.ts';

const client = { clientId: 'real-client-id', clientSecret: 'real-client-secret' };
const env = { SFMC_CLIENT_ID: 'id-of-env', SFMC_CLIENT_SECRET: 'secret-of-env', SFMC_ACCOUNT_ID: 'MID-of-env' };

const hasTools = spawnSync('/bin/sh', ['-c', 'command -v curl && command -v jq']).status === 0;

/** The preamble run by a shell, and what its variable then holds. */
async function shell(lines: readonly string[], more: object): Promise<string> {
  const script = [...lines, 'printf %s "$SFMC_AUTHORIZATION"'].join('\n');
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', script], {
    env: { PATH: process.env['PATH'], ...more },
  });
  return stdout;
}

describe('the preamble of --curl', () => {
  it('is one line that shows no secret', () => {
    const lines = curlPreamble(settingsOf({ ...client, subdomain: 'mc0example' }));
    expect(lines).toEqual([
      'SFMC_AUTHORIZATION="Bearer $(' +
        `printf '{"grant_type":"client_credentials","client_id":"%s","client_secret":"%s"}' ` +
        '"$SFMC_CLIENT_ID" "$SFMC_CLIENT_SECRET" | ' +
        `curl -sS -H 'content-type: application/json' -d @- 'https://mc0example.auth.marketingcloudapis.com/v2/token' | ` +
        'jq -r .access_token)"',
    ]);
  });

  it('asks for nothing where there is a token', async () => {
    const lines = curlPreamble(settingsOf({ accessToken: 'real-token', subdomain: 'mc0example' }));
    expect(await shell(lines, { SFMC_ACCESS_TOKEN: 'token of env' })).toBe('Bearer token of env');
  });

  it.skipIf(!hasTools).each([
    ['7000001', 7000001],
    ['MID-7', 'MID-of-env'],
  ])('works as printed, with the account id %s (needs curl and jq)', async (accountId, account_id) => {
    const server = await serve(() => ({ status: 200, body: fixture('token') }));
    try {
      const lines = curlPreamble(settingsOf({ ...client, accountId, authUrl: `${server.origin}/it's` }));
      expect(await shell(lines, env)).toBe('Bearer fixture-access-token');
      expect(server.seen).toMatchObject([
        {
          method: 'POST',
          path: "/it's/v2/token",
          json: {
            grant_type: 'client_credentials',
            client_id: 'id-of-env',
            client_secret: 'secret-of-env',
            account_id,
          },
        },
      ]);
    } finally {
      await server.close();
    }
  });
});
