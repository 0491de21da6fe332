import type { CodeEntry } from '../../core/provider.ts';
import { messageCodes } from './codes-message.ts';
import { requestCodes } from './codes-request.ts';

/** Every code that Sent is known to use. Sent publishes no names beside the codes and no list of its reason codes. */
export const codes: readonly CodeEntry[] = [...requestCodes, ...messageCodes];

/** The catalogue's entry for a code in any case, or null. */
export function codeEntry(code: string | null): CodeEntry | null {
  if (code === null) return null;
  const wanted = code.toUpperCase();
  return codes.find((entry) => entry.code === wanted) ?? null;
}
