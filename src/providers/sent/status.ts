import type { Advice, WordEntry } from '../../core/provider.ts';
import type { Channel } from '../../core/record.ts';
import { type Status, statuses } from '../../core/state.ts';

const heldBack: Advice = {
  class: 'account',
  resendable: false,
  hint: 'do not send again: quiet hours or a planned time hold it, and Sent sends it when they end',
};
const failedRoute: Advice = {
  class: 'unknown',
  resendable: false,
  hint: 'sbstatus sent get --activities ID tells more; before sending again change the channel, the template or the number',
};
const noRoute: Advice = {
  class: 'unknown',
  resendable: false,
  hint: 'no route was tried: check that a channel is set up for this number, and that the template’s parameters fit',
};
const denied: Advice = {
  class: 'unknown',
  resendable: false,
  hint: 'do not send again: the contact opted out and must send START first, or a routing rule denies the message',
};
const optedOut: Advice = {
  class: 'opted-out',
  resendable: false,
  hint: 'do not send again before the contact sends START',
};
const stopped: Advice = {
  class: 'account',
  resendable: true,
  hint: 'check balance, onboarding quota and the template’s approval; outside a conversation only a template may be sent',
};
const calledOff: Advice = {
  class: 'unknown',
  resendable: null,
  hint: 'it was canceled while it was scheduled; send it again if it is still wanted',
};

/** The channel `auto` of a failure: it ended before any route was tried. */
const untried = 'with channel auto: before any route was tried';

/** Lower-case on the reference page of March 2026, upper-case ever since; new words came without a new API version. */
export const words: readonly WordEntry[] = [
  { word: 'ACCEPTED', status: statuses.queued, advice: null },
  { word: 'QUEUED', status: statuses.queued, advice: null },
  { word: 'PROCESSED', status: statuses.queued, advice: null },
  { word: 'ROUTED', status: statuses.queued, advice: null },
  { word: 'SCHEDULED', status: statuses.scheduled, advice: heldBack },
  { word: 'SENT', status: statuses.sent, advice: null },
  { word: 'DELIVERED', status: statuses.delivered, advice: null },
  { word: 'READ', status: statuses.read, advice: null },
  { word: 'RECEIVED', status: statuses.received, advice: null },
  { word: 'FAILED', status: statuses.failed, provisional: true, advice: failedRoute },
  { word: 'FAILED', when: untried, status: statuses.failed, provisional: true, advice: noRoute },
  { word: 'FILTERED', status: statuses.failed, advice: denied },
  { word: 'FILTERED', when: untried, status: statuses.failed, advice: optedOut },
  { word: 'BLOCKED', status: statuses.failed, advice: stopped },
  { word: 'CANCELLED', status: statuses.canceled, advice: calledOff },
];

const byWord = new Map<string, WordEntry>();
const byUntriedWord = new Map<string, WordEntry>();
for (const row of words) {
  const rows = row.when === untried ? byUntriedWord : byWord;
  rows.set(row.word.toLowerCase(), row);
}

/** The row of Sent's word in any case; null for a word that is in no row. `channel`: Sent's word for it. */
export function findWord(word: string, channel: string | null = null): WordEntry | null {
  const wanted = word.toLowerCase();
  const untriedWord = channel?.toLowerCase() === 'auto' ? byUntriedWord.get(wanted) : undefined;
  return untriedWord ?? byWord.get(wanted) ?? null;
}

/** Sent's word for a state → where the message is. A word that is in no row is `unknown`. */
export function statusOf(word: string): Status {
  return findWord(word)?.status ?? statuses.unknown;
}

/**
 * For a word that is the end of one route. With automatic routing Sent may go on over another channel under the same id,
 * and neither a look-up nor a webhook says whether the routing was automatic.
 */
const endOfRoute = 'FAILED is the end of one route: automatic routing may still try another channel for this id';

/** Of a look-up, which can be repeated, and of an event, which cannot. */
export const provisionalWarning = `${endOfRoute}; --wait looks once more`;
export const provisionalEventWarning = `${endOfRoute}; sbstatus sent get --wait with the same id looks once more`;

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
