import type { Advice, WordEntry } from '../../core/provider.ts';
import type { Channel } from '../../core/record.ts';
import { finalSent, type State, type Status, statuses } from '../../core/state.ts';
import type { SendblueMessage } from './wire.ts';

/** A failure without a code. */
const noReason: Advice = {
  class: 'unknown',
  resendable: null,
  hint: 'Sendblue gave no error code: check the number and the text, then give its support the message handle',
};

/** Where no better report can follow. */
const sentForGood: WordEntry = { word: 'SENT', when: 'over SMS, or downgraded', status: finalSent, advice: null };

/** Sendblue's words: those of the reference pages, and those that docs, SDKs and live replies add. */
export const words: readonly WordEntry[] = [
  { word: 'REGISTERED', status: statuses.queued, advice: null },
  { word: 'PENDING', status: statuses.queued, advice: null },
  { word: 'QUEUED', status: statuses.queued, advice: null },
  { word: 'ACCEPTED', status: statuses.queued, advice: null },
  { word: 'SENT', status: statuses.sent, advice: null },
  sentForGood,
  { word: 'DOWNGRADED', status: finalSent, advice: null },
  { word: 'SUCCESS', status: finalSent, advice: null },
  { word: 'DELIVERED', status: statuses.delivered, advice: null },
  { word: 'READ', status: statuses.read, advice: null },
  { word: 'RECEIVED', status: statuses.received, advice: null },
  { word: 'ERROR', status: statuses.failed, advice: noReason },
  { word: 'DECLINED', status: statuses.failed, advice: noReason },
  { word: 'FAILED', status: statuses.failed, advice: noReason },
];

const byWord: ReadonlyMap<string, WordEntry> = new Map(
  words.filter(({ when }) => when === undefined).map((entry) => [entry.word.toLowerCase(), entry]),
);

const channels: ReadonlyMap<string, Channel> = new Map([
  ['imessage', 'imessage'],
  ['sms', 'sms'],
  ['rcs', 'rcs'],
]);

/** The code that says that Sendblue lost track of the message: no proof of failure. */
const unresolved = '10002';

type SendblueFacts = Pick<SendblueMessage, 'status' | 'service' | 'was_downgraded' | 'error_code'>;

/** The row of a message's word; null for a word that is in no row. An SMS never gets beyond SENT. */
export function findWord(message: SendblueFacts): WordEntry | null {
  const ends = channelOf(message) === 'sms' || isDowngraded(message) === true;
  if (isWord(message, 'sent') && ends) return sentForGood;
  return byWord.get(message.status.trim().toLowerCase()) ?? null;
}

/** Where a message stands by its word, its route and its error code. */
export function statusOf(message: SendblueFacts): Status {
  const status = findWord(message)?.status ?? statuses.unknown;
  if (message.error_code === null || status.state === 'unknown' || isConfirmed(status.state)) return status;
  return message.error_code === unresolved ? statuses.unknown : statuses.failed;
}

/** States that somebody's device or line vouches for: no error code takes them back. */
export function isConfirmed(state: State): boolean {
  return state === 'delivered' || state === 'read' || state === 'received';
}

/** The route that the message took. `service` names what a downgrade led to, but iMessage: there it was asked for. */
export function channelOf(message: SendblueFacts): Channel | null {
  const named = channels.get(message.service?.toLowerCase() ?? '') ?? null;
  return isDowngraded(message) === true && named !== 'rcs' ? 'sms' : named;
}

export function isDowngraded(message: SendblueFacts): boolean | null {
  return isWord(message, 'downgraded') ? true : message.was_downgraded;
}

export function isWord(message: SendblueFacts, word: string): boolean {
  return message.status.trim().toLowerCase() === word;
}
