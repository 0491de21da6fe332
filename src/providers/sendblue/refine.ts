import * as v from 'valibot';
import type { FaultCode } from '../../core/fault.ts';
import { decodeText, isWebPage } from '../../core/json.ts';
import type { ErrorResponse, MappedError } from '../../core/provider.ts';
import type { Settings } from '../../core/settings.ts';
import { codeEntry } from './codes.ts';

/** Sendblue's SDKs use one host, its own command-line tool the other; both serve the same paths. */
export const hosts = ['https://api.sendblue.co', 'https://api.sendblue.com'] as const;

const scalar = v.fallback(v.nullable(v.pipe(v.union([v.string(), v.number()]), v.transform(String))), null);
/** v3 endpoints put code and message into an object, the others lay them flat. */
const errorSchema = v.object({ code: scalar, message: scalar });
const bodySchema = v.object({
  error: v.fallback(v.nullable(v.union([v.string(), errorSchema])), null),
  message: scalar,
  error_code: scalar,
  error_message: scalar,
  error_detail: scalar,
  error_reason: scalar,
});

/** Codes that say more than a plain 400 or 500 does. */
const faultOfCode: ReadonlyMap<string, FaultCode> = new Map([
  ['4001', 'rate-limited'],
  ['5003', 'rate-limited'],
  ['5509', 'rate-limited'],
  ['5000', 'provider-error'],
]);

/** What Sendblue's error bodies add to the HTTP status. They may be empty, text or a page: never throws. */
export function refine({ reply, body, settings }: ErrorResponse): MappedError {
  const { code, words } = errorOf(body);
  const entry = codeEntry(code);
  const isVague = reply.status === 400 || reply.status >= 500;
  const says = [code, words ?? entry?.meaning].filter((part) => part != null).join(': ');
  return {
    code: isVague && code !== null ? faultOfCode.get(code) : undefined,
    says: says === '' ? undefined : says,
    hint: entry?.hint ?? hintOf(reply.status, isPage(reply.bytes), settings),
  };
}

function errorOf(body: unknown): { code: string | null; words: string | null } {
  const { success, output } = v.safeParse(bodySchema, body);
  if (!success) return { code: null, words: null };
  const nested = typeof output.error === 'string' ? { code: null, message: output.error } : output.error;
  const sentences = [nested?.message, output.message, output.error_message, output.error_detail, output.error_reason];
  const code = nested?.code ?? output.error_code;
  return { code: code === '0' || code === '' ? null : code, words: sentences.find((text) => text) ?? null };
}

function hintOf(status: number, page: boolean, settings: Settings): string | undefined {
  switch (status) {
    case 400:
    case 422:
      return 'ask with the message_handle that Sendblue gave when the message was sent';
    case 401:
      return `check SENDBLUE_API_API_KEY and SENDBLUE_API_API_SECRET: both are needed, from the same account; ${elsewhere(settings)}`;
    case 403:
      return 'these keys may not read this message; keys can be limited to certain lines or plans';
    case 404:
      return page
        ? `this address has no Sendblue API; ${elsewhere(settings)}`
        : `ask with the message_handle, not a uuid, and with the keys of the account that sent it; ${elsewhere(settings)}`;
    default:
      return undefined;
  }
}

function elsewhere(settings: Settings): string {
  const other = settings.url('baseUrl')?.origin === hosts[1] ? hosts[0] : hosts[1];
  return `if all that is right, try Sendblue’s other host, SENDBLUE_API_BASE_URL=${other}`;
}

function isPage(bytes: Uint8Array): boolean {
  try {
    return isWebPage(decodeText(bytes));
  } catch {
    return false;
  }
}
