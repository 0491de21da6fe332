import type { Channel } from '../../core/record.ts';
import { type Standing, type State, sentForGood, standings } from '../../core/state.ts';
import type { Message } from './wire.ts';

/** Sendblue's words in lower case. Those of the reference pages, and those that docs, SDKs and live replies add. */
const words: ReadonlyMap<string, Standing> = new Map([
  ['registered', standings.queued],
  ['pending', standings.queued],
  ['queued', standings.queued],
  ['accepted', standings.queued],
  ['sent', standings.sent],
  ['success', sentForGood],
  ['downgraded', sentForGood],
  ['delivered', standings.delivered],
  ['read', standings.read],
  ['received', standings.received],
  ['error', standings.failed],
  ['declined', standings.failed],
  ['failed', standings.failed],
]);

const channels: ReadonlyMap<string, Channel> = new Map([
  ['imessage', 'imessage'],
  ['sms', 'sms'],
  ['rcs', 'rcs'],
]);

/** The code that says that Sendblue lost track of the message: no proof of failure. */
const unresolved = '10002';

type Facts = Pick<Message, 'status' | 'service' | 'was_downgraded' | 'error_code'>;

/** Where a message stands by its word, its route and its error code. */
export function standingOf(message: Facts): Standing {
  const standing = byWord(message);
  if (message.error_code === null || standing.state === 'unknown' || isConfirmed(standing.state)) return standing;
  return message.error_code === unresolved ? standings.unknown : standings.failed;
}

/** States that somebody's device or line vouches for: no error code takes them back. */
export function isConfirmed(state: State): boolean {
  return state === 'delivered' || state === 'read' || state === 'received';
}

/** The route that the message took: after a downgrade SMS, whatever was asked for. */
export function channelOf(message: Facts): Channel | null {
  const named = channels.get(message.service?.toLowerCase() ?? '') ?? null;
  return isDowngraded(message) === true && named !== 'rcs' ? 'sms' : named;
}

export function isDowngraded(message: Facts): boolean | null {
  return isWord(message, 'downgraded') ? true : message.was_downgraded;
}

export function isWord(message: Facts, word: string): boolean {
  return message.status.trim().toLowerCase() === word;
}

/** An SMS never gets beyond SENT, so there it is the good end. */
function byWord(message: Facts): Standing {
  const standing = words.get(message.status.trim().toLowerCase()) ?? standings.unknown;
  const ends = channelOf(message) === 'sms' || isDowngraded(message) === true;
  return standing.state === 'sent' && ends ? sentForGood : standing;
}
