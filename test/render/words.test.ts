import { describe, expect, test } from 'vitest';
import type { Outcome, State } from '../../src/core/state.ts';
import { meaningOf, reasonText, remarkOf, wordOf } from '../../src/render/words.ts';
import { failed, lost, record } from './sample.ts';

test.each<[State, Outcome, string, string]>([
  ['scheduled', 'pending', '○', 'waiting'],
  ['queued', 'pending', '○', 'waiting'],
  ['sent', 'pending', '○', 'waiting'],
  ['sent', 'success', '✓', 'good'],
  ['delivered', 'success', '✓', 'good'],
  ['read', 'success', '✓', 'good'],
  ['received', 'success', '✓', 'good'],
  ['failed', 'failure', '✗', 'bad'],
  ['canceled', 'failure', '✗', 'bad'],
  ['unknown', 'unknown', '?', 'odd'],
])('%s that is a %s shows as %s', (state, outcome, symbol, tone) => {
  expect(wordOf(record({ state, outcome }))).toEqual({ symbol, word: state, tone });
});

test('a look-up that failed shows its exit’s name', () => {
  expect(wordOf(lost)).toEqual({ symbol: '!', word: 'not-found', tone: 'bad' });
  expect(meaningOf(lost)).toBe('the look-up failed, so nothing is known about the message');
});

test('sent means more where nothing better can come', () => {
  expect(meaningOf(record({ state: 'sent', outcome: 'pending' }))).toBe('handed on, delivery is not confirmed yet');
  expect(meaningOf(record({ state: 'sent', outcome: 'success' }))).toBe(
    'handed on, this route reports nothing further',
  );
});

describe('reasonText', () => {
  const reason = { code: null, name: null, message: null, class: 'unknown', resendable: null, hint: null } as const;

  test.each([
    [{ code: '21', name: 'Unsubscribed', message: 'opted out' }, '21 Unsubscribed: opted out'],
    [{ code: '21', message: 'opted out' }, '21: opted out'],
    [{ name: 'Unsubscribed' }, 'Unsubscribed'],
    [{ message: 'opted out' }, 'opted out'],
    [{}, ''],
  ])('%j', (known, text) => {
    expect(reasonText({ ...reason, ...known })).toBe(text);
  });
});

test('the remark is the error, else the reason, else a warning', () => {
  expect(remarkOf(lost)).toBe('Sent answered HTTP 404: no such message');
  expect(remarkOf({ ...failed, warnings: ['odd'] })).toBe('4001 Blocked: the recipient opted out');
  expect(remarkOf(record({ warnings: ['odd', 'more'] }))).toBe('odd');
  expect(remarkOf(record())).toBe('');
});
