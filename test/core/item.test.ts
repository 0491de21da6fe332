import { describe, expect, test } from 'vitest';
import { idProblemOf, operationOf } from '../../src/core/item.ts';
import { acme, lookupItem, providerWith } from '../support/engine.ts';

describe('an id', () => {
  test.each([
    ['', 'the id is empty'],
    [' a', 'the id begins or ends with a blank'],
    ['a\nb', 'the id holds a control character'],
  ])('such as %j is refused', (id, message) => {
    expect(idProblemOf(lookupItem(id))).toBe(message);
  });

  test('may hold anything where the provider’s ids do', () => {
    expect(idProblemOf(lookupItem(' a\n', { provider: providerWith({ anyCharacter: true }) }))).toBeNull();
  });

  test('is of an operation that there is', () => {
    expect(operationOf(lookupItem('a'))).toBe(acme.operations['get']);
    expect(() => operationOf(lookupItem('a', { operation: 'nope' }))).toThrow('acme has no operation nope');
  });
});
