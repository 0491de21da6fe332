import { describe, expect, it } from 'vitest';
import type { Outcome, State } from '../../../src/core/state.ts';
import { findEventWord, findLookupWord, statusOf, words } from '../../../src/providers/sfmc/status.ts';

type Row = readonly [word: string, code: string | null, state: State, outcome: Outcome, terminal: boolean];

const lookup: readonly Row[] = [
  ['TransactionalSendEvents.SMSQueued', null, 'queued', 'pending', false],
  ['TransactionalSendEvents.SMSSent', null, 'sent', 'success', true],
  ['TransactionalSendEvents.SMSNotSent', null, 'failed', 'failure', true],
  ['TransactionalSendEvents.SMSNotSent', '16', 'failed', 'failure', true],
  ['TransactionalSendEvents.SMSNotSent', '25', 'scheduled', 'pending', false],
  ['TransactionalSendEvents.SMSSent', '25', 'sent', 'success', true],
  ['TransactionalSendEvents.SMSTransient', null, 'sent', 'pending', false],
  ['TransactionalSendEvents.SMSDelivered', null, 'delivered', 'success', true],
  ['TransactionalSendEvents.SMSBounced', null, 'failed', 'failure', true],
  ['SMSSent', null, 'sent', 'success', true],
];

const events: readonly Row[] = [
  ['TransactionalSendEvents.SmsSent', null, 'sent', 'pending', false],
  ['TransactionalSendEvents.SmsTransient', '3000', 'sent', 'pending', false],
  ['TransactionalSendEvents.SmsDelivered', '4000', 'delivered', 'success', true],
  ['TransactionalSendEvents.SmsBounced', '4500', 'failed', 'failure', true],
  ['TransactionalSendEvents.SmsNotSent', '47', 'failed', 'failure', true],
  ['TransactionalSendEvents.SmsNotSent', '25', 'scheduled', 'pending', false],
  ['TransactionalSendEvents.SmsQueued', null, 'queued', 'pending', false],
];

const strangers = [
  '',
  '.',
  'Sent',
  'SMSNotQueued',
  'EmailSent',
  'PushSent',
  'SMS Sent',
  'xSMSSent',
  'X.SMSNotSent.SMSSent',
  'X.SMSSent',
  'SMSNotSent.SMSSent',
  'toString',
  '__proto__',
];

const mixed = (word: string) => Array.from(word, (c, i) => (i % 2 === 0 ? c.toLowerCase() : c.toUpperCase())).join('');

describe.each([
  ['look-up', findLookupWord, lookup],
  ['event', findEventWord, events],
] as const)('the words of the %s', (_, find, rows) => {
  it.each(rows)('%s with code %s', (word, code, state, outcome, terminal) => {
    const wanted = { state, outcome, terminal };
    for (const spelt of [word, word.toUpperCase(), word.toLowerCase(), mixed(word)]) {
      expect(statusOf(find(spelt, code)), spelt).toEqual(wanted);
    }
  });

  it.each(strangers)('never guesses at %j', (word) => {
    for (const spelt of [word, `TransactionalSendEvents.${word}`]) {
      expect(statusOf(find(spelt, null))).toEqual({ state: 'unknown', outcome: 'unknown', terminal: false });
    }
  });
});

it('every row is among these, and says why a message is held or failed', () => {
  const told = [...lookup, ...events].map(([word]) => word.toLowerCase());
  for (const { word } of words) expect(told).toContain(`transactionalsendevents.${word.toLowerCase()}`);
  const reasons = words.flatMap(({ word, advice }) =>
    advice === null ? [] : [[word, advice.class, advice.resendable]],
  );
  expect(reasons).toEqual([
    ['SMSNotSent', 'unknown', null],
    ['SMSBounced', 'unknown', null],
    ['SMSNotSent', 'account', false],
  ]);
});
