import type { Settings } from '../../core/settings.ts';
import { accountNumber, tokenEndpoint } from './token.ts';

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
