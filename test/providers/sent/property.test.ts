import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../src/core/fault.ts';
import { decode } from '../../../src/providers/sent/decode.ts';
import { sent } from '../../../src/providers/sent/index.ts';
import { fixture, id, read, settingsOf } from './support.ts';

const successful = /delivered|read|received/i;

const envelopes = fc.record(
  {
    success: fc.oneof(fc.boolean(), fc.jsonValue()),
    data: fc.oneof(
      fc.record(
        {
          id: fc.oneof(fc.constant(id), fc.jsonValue()),
          status: fc.oneof(fc.constantFrom('QUEUED', 'Sent', 'DELIVERED', 'FAILED', 'nonsense'), fc.jsonValue()),
          channel: fc.jsonValue(),
          message_body: fc.jsonValue(),
          events: fc.oneof(fc.array(fc.record({ status: fc.jsonValue(), timestamp: fc.jsonValue() })), fc.jsonValue()),
          reason_code: fc.jsonValue(),
          price: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
      fc.jsonValue(),
    ),
    error: fc.oneof(
      fc.record({ code: fc.jsonValue(), message: fc.jsonValue(), details: fc.jsonValue() }),
      fc.jsonValue(),
    ),
    meta: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

/** The finding, or null for a fault; anything else that is thrown fails the test. */
function quietly<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

describe('whatever the body', () => {
  it('a look-up gives a finding or a fault, and success only to a word of success', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), envelopes), (body) => {
        const finding = quietly(() => read(body));
        if (finding?.status.outcome !== 'success') return;
        expect(finding.providerState).toMatch(successful);
        expect(body).toMatchObject({ data: { status: finding.providerState } });
      }),
      { numRuns: 2000 },
    );
  });

  it('does not change by fields that nobody documented', () => {
    const known = fixture('message-documented') as { data: object };
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().map((key) => `x_${key}`),
          fc.jsonValue(),
        ),
        (extra) => {
          expect(read({ ...extra, ...known, data: { ...extra, ...known.data } })).toEqual(read(known));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('a webhook gives a finding or a fault, and success only to a word of success', () => {
    const payload = fc.record(
      { message_id: fc.constant(id), message_status: fc.jsonValue(), channel: fc.jsonValue(), media: fc.jsonValue() },
      { requiredKeys: [] },
    );
    const events = fc.record({ field: fc.constant('message'), event: fc.jsonValue(), payload }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), events), (event) => {
        const decoded = quietly(() => decode(event, settingsOf()));
        if (decoded?.finding.status.outcome !== 'success') return;
        expect(decoded.finding.providerState).toMatch(successful);
      }),
      { numRuns: 1000 },
    );
  });

  it('an error body is read without a throw', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), fc.oneof(fc.jsonValue(), envelopes), (status, body) => {
        const reply = { status, headers: {}, bytes: new TextEncoder().encode(JSON.stringify(body)) };
        expect(sent.mapError?.({ reply, body, settings: settingsOf() })).toBeTypeOf('object');
      }),
      { numRuns: 500 },
    );
  });
});
