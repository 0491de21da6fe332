import { expect, test } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import { Settings } from '../../src/core/settings.ts';
import { finalSent, outcomes, states, statuses } from '../../src/core/state.ts';

/** Design §2, by hand. */
test.each([
  ['scheduled', 'pending', false],
  ['queued', 'pending', false],
  ['sent', 'pending', false],
  ['delivered', 'success', true],
  ['read', 'success', true],
  ['received', 'success', true],
  ['failed', 'failure', true],
  ['canceled', 'failure', true],
  ['unknown', 'unknown', false],
] as const)('%s is %s, terminal: %s', (state, outcome, terminal) => {
  expect(statuses[state]).toEqual({ state, outcome, terminal });
});

test('there are no other states and outcomes', () => {
  expect(Object.keys(statuses).sort()).toEqual([...states].sort());
  expect(new Set(states).size).toBe(9);
  expect(outcomes).toEqual(['pending', 'success', 'failure', 'unknown']);
  expect(finalSent).toEqual({ state: 'sent', outcome: 'success', terminal: true });
});

test('settings give what was set, and null for what was not', () => {
  const [url, secret] = [new URL('https://a.example'), new Secret('s', 'S')];
  const settings = new Settings(
    new Map<string, string | URL | Secret>([
      ['text', 't'],
      ['url', url],
      ['secret', secret],
    ]),
  );
  expect([settings.text('text'), settings.url('url'), settings.secret('secret')]).toEqual(['t', url, secret]);
  expect([settings.text('no'), settings.url('no'), settings.secret('no')]).toEqual([null, null, null]);
  expect([settings.has('text'), settings.has('no')]).toEqual([true, false]);
});
