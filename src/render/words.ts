import type { Reason, Result } from '../core/record.ts';
import type { Outcome, State } from '../core/state.ts';
import type { Tone } from './paint.ts';

/** What stands where the state goes. */
export interface Word {
  readonly symbol: string;
  readonly word: string;
  readonly tone: Tone;
}

const byOutcome: Readonly<Record<Outcome, Omit<Word, 'word'>>> = {
  success: { symbol: '✓', tone: 'good' },
  pending: { symbol: '○', tone: 'waiting' },
  failure: { symbol: '✗', tone: 'bad' },
  unknown: { symbol: '?', tone: 'odd' },
};

const meanings: Readonly<Record<State, string>> = {
  scheduled: 'held by the provider, goes out later by itself',
  queued: 'accepted, not yet handed on',
  sent: 'handed on, delivery is not confirmed yet',
  delivered: 'the device or the carrier confirmed it',
  read: 'the recipient opened it',
  received: 'an inbound message that arrived',
  failed: 'the provider could not deliver it, or refused it',
  canceled: 'called off before it was sent',
  unknown: 'the provider used a word that sbstatus does not know',
};

/** The state; where the look-up itself failed, the name of its exit, which is never a state's name. */
export function resultName(result: Result): string {
  return result.state ?? result.exit.name;
}

export function wordOf(result: Result): Word {
  const word = resultName(result);
  return result.outcome === null ? { symbol: '!', word, tone: 'bad' } : { ...byOutcome[result.outcome], word };
}

/** The colour of an outcome; null where there is none. */
export function toneOf(outcome: Outcome | null): Tone {
  return outcome === null ? 'bad' : byOutcome[outcome].tone;
}

/** One short phrase: what the state means for the message. */
export function meaningOf({ state, outcome, reason }: Pick<Result, 'state' | 'outcome' | 'reason'>): string {
  if (state === null) return 'the look-up failed, so nothing is known about the message';
  if (state === 'sent' && outcome === 'success') return 'handed on, this route reports nothing further';
  if (state === 'unknown' && !isUnknownWord({ reason })) return 'the provider does not know what became of it';
  return meanings[state];
}

/** Of a state that is unknown: it is for the word, and not for a code that says that the provider lost track. */
export function isUnknownWord({ reason }: Pick<Result, 'reason'>): boolean {
  return reason === null || reason.class === 'unknown';
}

/** `4001 Invalid number: no such subscriber`, as much of it as is known. */
export function reasonText({ code, name, message }: Reason): string {
  const title = [code, name].filter((part) => part !== null && part !== '').join(' ');
  return [title, message].filter((part) => part !== null && part !== '').join(': ');
}

/** The one thing to say about a result beside its state; empty where there is none. */
export function remarkOf(result: Result): string {
  if (result.error !== null) return result.error.message;
  if (result.reason !== null) return reasonText(result.reason);
  return result.warnings[0] ?? '';
}
