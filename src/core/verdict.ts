import type { ExitName } from './exit.ts';
import { Fault } from './fault.ts';
import type { MessageStatus } from './provider.ts';
import type { Channel } from './record.ts';
import type { State } from './state.ts';

/** What the user wants of a message; empty and null: that it succeeds. */
export interface Expectation {
  /** Any one of them. Those on the ladder mean "at least". */
  readonly states: readonly State[];
  readonly channel: Channel | null;
}

export interface Verdict {
  readonly exit: ExitName;
  /** Waiting longer cannot change the exit. */
  readonly final: boolean;
  readonly hint?: string;
}

type Facts = Pick<MessageStatus, 'status' | 'channel'>;

/** Each step includes those before it. `scheduled` counts as `queued`. */
const ladder: Partial<Record<State, number>> = { scheduled: 0, queued: 0, sent: 1, delivered: 2, read: 3 };

/** States that can be expected. */
export const expectable = [
  'queued',
  'scheduled',
  'sent',
  'delivered',
  'read',
  'received',
  'failed',
  'canceled',
] as const;

/** What the exit code says about an answer; the only place that decides it. */
export function verdictOf(result: Facts | Fault, expectation: Expectation): Verdict {
  if (result instanceof Fault) return { exit: result.exit, final: true };
  if (result.status.state === 'unknown') return { exit: 'unknown-status', final: false };
  const expects = expectation.states.length > 0 || expectation.channel !== null;
  return expects ? judgeExpectation(result, expectation) : judgeOutcome(result);
}

function judgeOutcome({ status }: Facts): Verdict {
  switch (status.outcome) {
    case 'success':
      return { exit: 'ok', final: true };
    case 'failure':
      return { exit: 'failed', final: true };
    default:
      return { exit: 'pending', final: status.terminal };
  }
}

function judgeExpectation(facts: Facts, expectation: Expectation): Verdict {
  const stateMet = reaches(facts, expectation);
  const channelMet = expectation.channel === null || expectation.channel === facts.channel;
  if (stateMet && channelMet) return { exit: 'ok', final: true };
  if (!isFinal(facts, expectation)) return { exit: 'pending', final: false };
  if (facts.status.outcome === 'failure') return { exit: 'failed', final: true };
  const hint = stateMet ? channelHint(facts, expectation) : stateHint(facts);
  return { exit: 'expect-mismatch', final: true, ...(hint === null ? {} : { hint }) };
}

/** With only a channel expected, the state must be a success all the same. */
function reaches({ status }: Facts, { states }: Expectation): boolean {
  if (states.length === 0) return status.outcome === 'success';
  const reached = ladder[status.state];
  return states.some((wanted) => {
    const step = ladder[wanted];
    return step === undefined || reached === undefined ? wanted === status.state : reached >= step;
  });
}

/** A delivered message may still be read, except where the channel has no read receipts. */
function isFinal({ status, channel }: Facts, { states }: Expectation): boolean {
  const mayBeRead = status.state === 'delivered' && channel !== 'sms' && channel !== 'mms';
  return status.terminal && !(mayBeRead && states.includes('read'));
}

function stateHint({ status }: Facts): string | null {
  if (status.state !== 'sent') return null;
  return 'this route never reports more than sent for this message; use --expect sent';
}

function channelHint({ channel }: Facts, { channel: wanted }: Expectation): string {
  return channel === null
    ? `this look-up does not say over which channel the message went, so --expect-channel ${wanted} cannot be met`
    : `the message went over ${channel}, not ${wanted}`;
}

/** Exits that say something of the message, as opposed to what kept us from learning it. */
const verdicts: readonly ExitName[] = ['failed', 'pending', 'wait-timeout', 'expect-mismatch', 'unknown-status'];

export function isVerdict(exit: ExitName): boolean {
  return verdicts.includes(exit);
}

/** `--exit-zero`: verdicts become 0, but for a wait that ran out; what kept us from one stays. */
export function applyExitZero(exit: ExitName): ExitName {
  return isVerdict(exit) && exit !== 'wait-timeout' ? 'ok' : exit;
}
