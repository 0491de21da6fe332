import { Fault } from '../../core/fault.ts';
import type { MessageStatus } from '../../core/provider.ts';
import type { Settings } from '../../core/settings.ts';
import type { Status } from '../../core/state.ts';
import { utc } from '../../core/time.ts';
import { absentHint } from './absent.ts';
import { sendCodes } from './codes.ts';
import { type Given, reasonOf } from './reason.ts';
import { bareWord, lookupStanding } from './status.ts';
import { type MessageBody, readMessage } from './wire.ts';
import { readApiError } from './wire-errors.ts';

/** The provider's clock names no zone and has no summer time: UTC−06:00 all year, whatever Chicago does. */
export const defaultOffset = '-06:00';

/** Keys that are longer are not the provider's; it says 100 characters and not of which kind. */
const longestKey = 100;

/** A look-up's body in our words. Throws a `wrong-shape`, `wrong-id` or `not-found` fault. */
export function readLookup(body: unknown, ask: { readonly id: string; readonly settings: Settings }): MessageStatus {
  refuseError(body, ask.settings);
  const message = readMessage(body);
  const { info } = message;
  checkKey(info?.messageKey ?? null, ask.id);
  const given: Given = {
    statusCode: info?.statusCode ?? message.statusCode,
    statusMessage: info?.statusMessage ?? message.statusMessage,
  };
  const status = lookupStanding(message.eventCategoryType, given.statusCode);
  return {
    status: status,
    providerState: message.eventCategoryType,
    channel: 'sms',
    downgraded: null,
    direction: 'outbound',
    from: null,
    to: info?.to ?? null,
    createdAt: null,
    sentAt: null,
    updatedAt: utc(message.timestamp, ask.settings.text('utcOffset') ?? defaultOffset),
    reason: reasonOf(status, given, sendCodes),
    timeline: [],
    details: detailsOf(message, given),
    warnings: warningsOf(status, message, given, ask.id),
    requestId: message.requestId,
  };
}

/** Error bodies have come with a status of 200 before. */
function refuseError(body: unknown, settings: Settings): void {
  const error = readApiError(body);
  if (error?.code !== '30003') return;
  throw new Fault('not-found', {
    message: error.says ?? 'no such message',
    hint: absentHint(settings),
    requestId: error.requestId ?? undefined,
  });
}

/** A queued message's body names no key. */
function checkKey(named: string | null, asked: string): void {
  if (named === null || named === asked) return;
  throw new Fault('wrong-id', { message: 'the answer is about another message key than the one asked for' });
}

function detailsOf(message: MessageBody, given: Given): MessageStatus['details'] {
  return {
    messageKey: message.info?.messageKey ?? null,
    contactKey: message.info?.contactKey ?? null,
    compositeId: message.compositeId,
    statusCode: given.statusCode,
    statusMessage: given.statusMessage,
    timestamp: message.timestamp,
  };
}

function warningsOf(status: Status, message: MessageBody, given: Given, id: string): string[] {
  const warnings: string[] = [];
  if (id.length > longestKey) {
    warnings.push(`this message key has ${id.length} characters; the provider’s keys have at most ${longestKey}`);
  }
  if (status.state === 'queued') {
    warnings.push('a message stays queued for as long as its send definition is inactive; check that it is active');
  }
  if (status.outcome === 'success' && given.statusCode !== null && given.statusCode !== '0') {
    const name = given.statusMessage === null ? '' : ` (${given.statusMessage})`;
    warnings.push(`the provider calls the message sent and yet gives code ${given.statusCode}${name}`);
  }
  if (['smstransient', 'smsdelivered', 'smsbounced'].includes(bareWord(message.eventCategoryType))) {
    warnings.push('this word is not documented for the look-up; it was read as the event service means it');
  }
  if (status.state === 'sent' && status.terminal) {
    warnings.push(
      'sent is as far as this look-up goes; delivered and bounced come only as events, which sbstatus decode sfmc reads',
    );
  }
  return warnings;
}
