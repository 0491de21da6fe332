import { finalSent, type Status, statuses } from '../../core/state.ts';

/** Blackout window: "not sent" by its word, and yet the provider sends it later by itself. */
const rescheduled = '25';

type Words = Readonly<Record<string, Status>>;

/** The last three are documented for events alone; should the look-up ever say one, it means the same. */
const sharedWords: Words = {
  smsqueued: statuses.queued,
  smsnotsent: statuses.failed,
  smstransient: statuses.sent,
  smsdelivered: statuses.delivered,
  smsbounced: statuses.failed,
};

/** The look-up never says more than sent; events may still follow theirs. */
const lookupWords: Words = { ...sharedWords, smssent: finalSent };
const eventWords: Words = { ...sharedWords, smssent: statuses.sent };

/** The look-up's `eventCategoryType`, with or without its prefix and in any case. */
export function lookupStanding(word: string, statusCode: string | null): Status {
  return standingOf(lookupWords, word, statusCode);
}

/** The event service's `eventCategoryType`. */
export function eventStanding(word: string, statusCode: string | null): Status {
  return standingOf(eventWords, word, statusCode);
}

/** `TransactionalSendEvents.SMSSent` → `smssent`. */
export function bareWord(word: string): string {
  return word
    .slice(word.lastIndexOf('.') + 1)
    .trim()
    .toLowerCase();
}

function standingOf(words: Words, word: string, statusCode: string | null): Status {
  const bare = bareWord(word);
  if (bare === 'smsnotsent' && statusCode?.trim() === rescheduled) return statuses.scheduled;
  return Object.hasOwn(words, bare) ? (words[bare] ?? statuses.unknown) : statuses.unknown;
}
