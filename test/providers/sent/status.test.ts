import { describe, expect, it } from 'vitest';
import { verdictOfStatus } from '../../../src/core/verdict.ts';
import { channelOf, words as rows } from '../../../src/providers/sent/status.ts';
import { answer, read } from './support.ts';

/** By hand from the fact sheet §3 and docs/providers/sent.md. */
const words = [
  ['ACCEPTED', 'queued', 'pending', false, 'pending'],
  ['QUEUED', 'queued', 'pending', false, 'pending'],
  ['PROCESSED', 'queued', 'pending', false, 'pending'],
  ['ROUTED', 'queued', 'pending', false, 'pending'],
  ['SCHEDULED', 'scheduled', 'pending', false, 'pending'],
  ['SENT', 'sent', 'pending', false, 'pending'],
  ['DELIVERED', 'delivered', 'success', true, 'ok'],
  ['READ', 'read', 'success', true, 'ok'],
  ['RECEIVED', 'received', 'success', true, 'ok'],
  ['FAILED', 'failed', 'failure', true, 'failed'],
  ['FILTERED', 'failed', 'failure', true, 'failed'],
  ['BLOCKED', 'failed', 'failure', true, 'failed'],
  ['CANCELLED', 'canceled', 'failure', true, 'failed'],
  ['TELEPORTED', 'unknown', 'unknown', false, 'unknown-status'],
  ['CONSTRUCTOR', 'unknown', 'unknown', false, 'unknown-status'],
  ['__PROTO__', 'unknown', 'unknown', false, 'unknown-status'],
  [' DELIVERED', 'unknown', 'unknown', false, 'unknown-status'],
  // A dotless i and a long s: not the word, though upper-casing would make it so.
  ['DELıVERED', 'unknown', 'unknown', false, 'unknown-status'],
  ['ſENT', 'unknown', 'unknown', false, 'unknown-status'],
] as const;

const mixed = (word: string) => [...word].map((c, i) => (i % 2 === 0 ? c.toLowerCase() : c)).join('');

const cases = words.flatMap(([word, ...rest]) =>
  (/^[ -~]+$/.test(word) ? [word, word.toLowerCase(), mixed(word)] : [word]).map((spelt) => [spelt, ...rest] as const),
);

describe('the words of Sent', () => {
  it.each(cases)('%s is %s, %s, terminal: %s, exit %s', (word, state, outcome, terminal, exit) => {
    const finding = read(answer({ status: word }));
    expect(finding.status).toEqual({ state, outcome, terminal });
    expect(finding.providerState).toBe(word);
    expect(verdictOfStatus(finding, { states: [], channel: null }).exit).toBe(exit);
  });

  it.each(['FAILED', 'failed', 'Failed'])('%s is provisional and says so', (word) => {
    const finding = read(answer({ status: word }));
    expect(finding.provisional).toBe(true);
    expect(finding.warnings).toEqual([expect.stringContaining('automatic routing may still try another channel')]);
  });

  it.each(['FILTERED', 'BLOCKED', 'CANCELLED', 'DELIVERED', 'SENT', 'TELEPORTED'])('%s is not provisional', (word) => {
    const finding = read(answer({ status: word }));
    expect(finding.provisional).toBeUndefined();
    expect(finding.warnings).toEqual([]);
  });
});

describe('the channels of Sent', () => {
  it.each([
    ['sms', 'sms'],
    ['SMS', 'sms'],
    ['mms', 'mms'],
    ['rcs', 'rcs'],
    ['whatsapp', 'whatsapp'],
    ['WhatsApp', 'whatsapp'],
    ['auto', null],
    ['unknown', null],
    ['sent', null],
    ['pigeon', null],
    [null, null],
  ])('%s is %s', (word, channel) => {
    expect(channelOf(word)).toBe(channel);
    const finding = read(answer({ channel: word }));
    expect(finding.channel).toBe(channel);
    expect(finding.details['providerChannel']).toBe(word);
  });
});

it('every row is among these, and says why a message is held or failed', () => {
  const told = words.map(([word]): string => word);
  for (const { word } of rows) expect(told).toContain(word);
  const reasons = rows.flatMap(({ word, when = '', advice }) =>
    advice === null ? [] : [[word, when.split(':')[0], advice.class, advice.resendable]],
  );
  expect(reasons).toEqual([
    ['SCHEDULED', '', 'account', false],
    ['FAILED', '', 'unknown', false],
    ['FAILED', 'with channel auto', 'unknown', false],
    ['FILTERED', '', 'unknown', false],
    ['FILTERED', 'with channel auto', 'opted-out', false],
    ['BLOCKED', '', 'account', true],
    ['CANCELLED', '', 'unknown', null],
  ]);
});
