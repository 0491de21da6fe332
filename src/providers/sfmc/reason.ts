import type { CodeEntry } from '../../core/provider.ts';
import type { Reason } from '../../core/record.ts';
import type { Status } from '../../core/state.ts';

/** What the provider says about why. */
export interface Given {
  readonly statusCode: string | null;
  readonly statusMessage: string | null;
}

/**
 * Why a message is where it is, by the catalogue that its code belongs to. Null for a success, and for a message
 * that is under way and of which the code says nothing bad.
 */
export function reasonOf(status: Status, given: Given, catalogue: readonly CodeEntry[]): Reason | null {
  const { statusCode, statusMessage } = given;
  if (status.outcome === 'success' || (statusCode === null && statusMessage === null)) return null;
  const code = statusCode?.trim() ?? null;
  const entry = catalogue.find((each) => each.code === code);
  const underWay = status.state === 'queued' || status.state === 'sent';
  if (underWay && (entry?.class ?? 'unknown') === 'unknown') return null;
  if (entry === undefined) {
    return { code, name: null, message: statusMessage, class: 'unknown', resendable: null, hint: null };
  }
  // Here the provider's message is as a rule the bare name, which explains nothing.
  const message = sameName(statusMessage, entry.name) ? entry.meaning : statusMessage;
  return { code, name: entry.name, message, class: entry.class, resendable: entry.resendable, hint: entry.hint };
}

function sameName(message: string | null, name: string | null): boolean {
  return message === null || message.trim().toLowerCase() === name?.toLowerCase();
}
