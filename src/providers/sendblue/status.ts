import type { Channel } from '../../core/record.ts';
import { finalSent, type State, type Status, statuses } from '../../core/state.ts';
import type { SendblueMessage } from './wire.ts';

/** Sendblue's words in lower case. Those of the reference pages, and those that docs, SDKs and live replies add. */
const statusByWord: ReadonlyMap<string, Status> = new Map([
  ['registered', statuses.queued],
  ['pending', statuses.queued],
  ['queued', statuses.queued],
  ['accepted', statuses.queued],
  ['sent', statuses.sent],
  ['success', finalSent],
  ['downgraded', finalSent],
  ['delivered', statuses.delivered],
  ['read', statuses.read],
  ['received', statuses.received],
  ['error', statuses.failed],
  ['declined', statuses.failed],
  ['failed', statuses.failed],
]);

const channels: ReadonlyMap<string, Channel> = new Map([
  ['imessage', 'imessage'],
  ['sms', 'sms'],
  ['rcs', 'rcs'],
]);

/** The code that says that Sendblue lost track of the message: no proof of failure. */
const unresolved = '10002';

type StatusFacts = Pick<SendblueMessage, 'status' | 'service' | 'was_downgraded' | 'error_code'>;

/** Where a message stands by its word, its route and its error code. */
export function standingOf(message: StatusFacts): Status {
  const status = byWord(message);
  if (message.error_code === null || status.state === 'unknown' || isConfirmed(status.state)) return status;
  return message.error_code === unresolved ? statuses.unknown : statuses.failed;
}

/** States that somebody's device or line vouches for: no error code takes them back. */
export function isConfirmed(state: State): boolean {
  return state === 'delivered' || state === 'read' || state === 'received';
}

/** The route that the message took: after a downgrade SMS, whatever was asked for. */
export function channelOf(message: StatusFacts): Channel | null {
  const named = channels.get(message.service?.toLowerCase() ?? '') ?? null;
  return isDowngraded(message) === true && named !== 'rcs' ? 'sms' : named;
}

export function isDowngraded(message: StatusFacts): boolean | null {
  return isWord(message, 'downgraded') ? true : message.was_downgraded;
}

export function isWord(message: StatusFacts, word: string): boolean {
  return message.status.trim().toLowerCase() === word;
}

/** An SMS never gets beyond SENT, so there it is the good end. */
function byWord(message: StatusFacts): Status {
  const status = statusByWord.get(message.status.trim().toLowerCase()) ?? statuses.unknown;
  const ends = channelOf(message) === 'sms' || isDowngraded(message) === true;
  return status.state === 'sent' && ends ? finalSent : status;
}
