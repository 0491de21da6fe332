import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Fault } from '../../../src/core/fault.ts';
import type { MessageStatus } from '../../../src/core/provider.ts';
import { readLookup } from '../../../src/providers/sfmc/api.ts';
import { decode } from '../../../src/providers/sfmc/decode.ts';
import { mapError, mapTokenError, mayRetry } from '../../../src/providers/sfmc/errors.ts';
import { replyOf, settingsOf } from './support.ts';

const settings = settingsOf();
const word = fc.constantFrom('SMSQueued', 'SMSNotSent', 'SMSTransient', 'SmsBounced', 'SMSTeleported', 'EmailSent', '');
const field = fc.oneof(fc.jsonValue({ maxDepth: 2 }), word, fc.constantFrom(16, 25, '25', 1000, '2018-08-03T13:41:18'));
const info = fc.record(
  { messageKey: field, contactKey: field, to: field, statusCode: field, statusMessage: field, ordinal: field },
  { requiredKeys: [] },
);
const body = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      eventCategoryType: fc.oneof(word, field),
      timestamp: field,
      timestampUTC: field,
      requestId: field,
      compositeId: field,
      info: fc.oneof(info, field),
      errorcode: field,
      message: field,
      additionalErrors: field,
    },
    { requiredKeys: [] },
  ),
);

/** None of these words is one of success, so neither may the verdict be. */
function holds(read: () => MessageStatus): boolean {
  try {
    return read().status.outcome !== 'success';
  } catch (error) {
    return error instanceof Fault;
  }
}

it('never makes a success of a body without a word of success, nor throws anything but a fault', () => {
  fc.assert(
    fc.property(body, (value) => {
      expect(holds(() => readLookup(value, { id: 'key', settings }))).toBe(true);
      expect(holds(() => decode(value, settings).finding)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

it('refines any body without throwing', () => {
  fc.assert(
    fc.property(fc.integer({ min: 300, max: 599 }), fc.oneof(body, fc.string()), (status, value) => {
      const refusal = { reply: replyOf(status, value ?? ''), body: value, settings };
      for (const { says, hint } of [mapError(refusal), mapTokenError(refusal)]) {
        expect(['string', 'undefined']).toContain(typeof says);
        expect(['string', 'undefined']).toContain(typeof hint);
      }
      expect(typeof mayRetry(refusal.reply)).toBe('boolean');
    }),
    { numRuns: 1000 },
  );
});
