import type { Channel } from '../../core/record.ts';
import { type Status, statuses } from '../../core/state.ts';

/** Lower-case on the reference page of March 2026, upper-case ever since; new words came without a new API version. */
const statusByWord: ReadonlyMap<string, Status> = new Map([
  ['accepted', statuses.queued],
  ['queued', statuses.queued],
  ['processed', statuses.queued],
  ['routed', statuses.queued],
  ['scheduled', statuses.scheduled],
  ['sent', statuses.sent],
  ['delivered', statuses.delivered],
  ['read', statuses.read],
  ['received', statuses.received],
  ['failed', statuses.failed],
  ['filtered', statuses.failed],
  ['blocked', statuses.failed],
  ['cancelled', statuses.canceled],
]);

/** Sent's word for a state, in any case → where the message is. A word that is not in the table is `unknown`. */
export function standingOf(word: string): Status {
  return statusByWord.get(word.toLowerCase()) ?? statuses.unknown;
}

/**
 * FAILED is the end of one route. With automatic routing Sent may go on over another channel under the same id, and
 * neither a look-up nor a webhook says whether the routing was automatic.
 */
export function isProvisional(word: string): boolean {
  return word.toLowerCase() === 'failed';
}

export const provisionalWarning =
  'FAILED is the end of one route: automatic routing may still try another channel for this id; --wait looks once more';

const channels: ReadonlyMap<string, Channel> = new Map([
  ['sms', 'sms'],
  ['mms', 'mms'],
  ['rcs', 'rcs'],
  ['whatsapp', 'whatsapp'],
]);

/** `auto` (no route was tried yet) and `unknown` (a placeholder until May 2026) are no channels: null. */
export function channelOf(word: string | null): Channel | null {
  return word === null ? null : (channels.get(word.toLowerCase()) ?? null);
}
