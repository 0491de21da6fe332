import type { Reason, ReasonClass } from '../../core/record.ts';
import { codeEntry } from './codes.ts';
import { standingOf } from './status.ts';

/** What is known about why a message is where it is. */
export interface Cause {
  /** Sent's word for the state. */
  readonly word: string;
  /** Sent's word for the channel. */
  readonly channel: string | null;
  readonly code: string | null;
  readonly says: string | null;
}

type Known = Pick<Reason, 'class' | 'resendable' | 'hint'>;

/** The reason of a state: the catalogue's where there is a code, else what the word itself tells; null for no reason. */
export function reasonOf(cause: Cause): Reason | null {
  const failed = standingOf(cause.word).outcome === 'failure';
  if (!failed && cause.code === null && cause.says === null) return null;
  const entry = codeEntry(cause.code);
  const byWord = knownByWord(cause);
  const known = entry ?? (cause.code === null ? byWord : { class: 'unknown' as const, resendable: null });
  return {
    code: cause.code,
    name: entry?.name ?? null,
    message: cause.says ?? entry?.meaning ?? null,
    class: known.class,
    // Sent never takes a FILTERED message again, whatever the code.
    resendable: cause.word.toLowerCase() === 'filtered' ? false : known.resendable,
    hint: entry?.hint ?? byWord.hint,
  };
}

/** The codes that Sent put into the texts of events before it had reason codes. */
export function codeInText(text: string | null): string | null {
  return /\bERR_[A-Z_]{3,60}\b/.exec(text ?? '')?.[0] ?? null;
}

function knownByWord({ word, channel }: Cause): Known {
  const unrouted = channel?.toLowerCase() === 'auto';
  switch (word.toLowerCase()) {
    case 'failed':
      return known(
        'unknown',
        true,
        unrouted
          ? 'no route was tried: check that a channel is set up for this number, and that the template’s parameters fit'
          : 'the timeline’s newest entry may tell why; a resend under the same id is billed again',
      );
    case 'filtered':
      return known(
        unrouted ? 'opted-out' : 'unknown',
        false,
        'the contact opted out, or a routing rule denies the message: do not send it again',
      );
    case 'blocked':
      return known(
        'account',
        true,
        'something in the account stopped it: check balance, onboarding quota, the template’s approval and whether a conversation is open, then resend',
      );
    case 'cancelled':
      return known('unknown', null, 'it was called off while it was scheduled; send it anew if it is still wanted');
    default:
      return known('unknown', null, null);
  }
}

function known(kind: ReasonClass, resendable: boolean | null, hint: string | null): Known {
  return { class: kind, resendable, hint };
}
