import type { Advice, WordEntry } from '../../core/provider.ts';
import { finalSent, type Status, statuses } from '../../core/state.ts';

/** Why a message failed whose code says nothing. */
const noReason: Advice = {
  class: 'unknown',
  resendable: null,
  hint: 'check the contact and the send definition; give Salesforce support the composite id to learn the reason',
};
const bounced: Advice = {
  class: 'unknown',
  resendable: null,
  hint: 'check the number; give Salesforce support the composite id to learn the carrier’s reason',
};
const heldBack: Advice = {
  class: 'account',
  resendable: false,
  hint: 'do not send again; the provider sends it when the blackout window ends',
};

/** The look-up never says more than sent; events may still follow theirs. */
const sentInLookup: WordEntry = { word: 'SMSSent', when: 'in a look-up', status: finalSent, advice: null };
const sentInEvent: WordEntry = { word: 'SMSSent', when: 'in an event', status: statuses.sent, advice: null };
const rescheduled: WordEntry = {
  word: 'SMSNotSent',
  when: 'with status code 25',
  status: statuses.scheduled,
  advice: heldBack,
};

/** The last three are documented for events alone; should the look-up ever say one, it means the same. */
const anywhere: readonly WordEntry[] = [
  { word: 'SMSQueued', status: statuses.queued, advice: null },
  { word: 'SMSNotSent', status: statuses.failed, advice: noReason },
  { word: 'SMSTransient', status: statuses.sent, advice: null },
  { word: 'SMSDelivered', status: statuses.delivered, advice: null },
  { word: 'SMSBounced', status: statuses.failed, advice: bounced },
];

export const words: readonly WordEntry[] = [...anywhere, sentInLookup, sentInEvent, rescheduled];

/** Blackout window: "not sent" by its word, and yet the provider sends it later by itself. */
const blackout = '25';

/** The row of a category in one of the two places; null for a word that is in no row. */
export type FindWord = (category: string, statusCode: string | null) => WordEntry | null;

/** For the look-up's `eventCategoryType`. */
export const findLookupWord = createFinder(sentInLookup);
/** For the event service's `eventCategoryType`. */
export const findEventWord = createFinder(sentInEvent);

function createFinder(sent: WordEntry): FindWord {
  const byWord = new Map([...anywhere, sent].map((entry) => [entry.word.toLowerCase(), entry]));
  return (category, statusCode) => {
    const word = bareWord(category);
    if (word === 'smsnotsent' && statusCode?.trim() === blackout) return rescheduled;
    return byWord.get(word) ?? null;
  };
}

/** `TransactionalSendEvents.SMSSent` or `SMSSent` → `smssent`; empty for any other shape. */
export function bareWord(category: string): string {
  return /^(?:TransactionalSendEvents\.)?\s*([a-z]+)$/i.exec(category.trim())?.[1]?.toLowerCase() ?? '';
}

/** Words whose codes are the carriers'. */
export function isCarrierWord(category: string): boolean {
  return ['smstransient', 'smsdelivered', 'smsbounced'].includes(bareWord(category));
}

/** Whether a category is one of SMS, known or not. */
export function isSms(category: string): boolean {
  return bareWord(category).startsWith('sms');
}

/** What else a message key can be of: `TransactionalSendEvents.EmailSent` → `email`. Null for none of these. */
export function otherChannelOf(category: string): string | null {
  return /(?:^|\.)(email|push|ott|whatsapp)[a-z]*$/i.exec(category.trim())?.[1]?.toLowerCase() ?? null;
}

export function statusOf(entry: WordEntry | null): Status {
  return entry?.status ?? statuses.unknown;
}
