import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fault } from '../../../src/core/fault.ts';
import type { MessageStatus } from '../../../src/core/provider.ts';
import { Settings } from '../../../src/core/settings.ts';
import { sendblue } from '../../../src/providers/sendblue/index.ts';
import { fixture } from './fixture.ts';

const settings = new Settings(new Map());
const decode = await sendblue.decoder();
const readers: ((body: unknown) => MessageStatus)[] = [
  (body) => sendblue.operations['status']!.read(body, { id: 'x', settings }),
  (body) => sendblue.operations['get']!.read(body, { id: 'x', settings }),
  (body) => decode(body, settings).finding,
];

const good = /^\s*(sent|delivered|read|received|success|downgraded)\s*$/i;

/** Reads or throws a fault; a success comes from a word that means one. */
function holds(body: unknown): void {
  for (const read of readers) {
    let finding: MessageStatus;
    try {
      finding = read(body);
    } catch (error) {
      expect(error).toBeInstanceOf(Fault);
      continue;
    }
    if (finding.status.outcome === 'success') expect(finding.providerState).toMatch(good);
    JSON.stringify(finding);
  }
}

const words = ['SENT', 'DELIVERED', 'ERROR', 'OK', 'QUEUED', 'SUCCESS', 'sent ', 'TELEPORTED'];
const value = fc.oneof(fc.jsonValue(), fc.constantFrom(...words, 0, 10002, '', null, 'x', 'SMS'));
const fields = Object.keys(fixture('retrieve-full')['data'] as object);

test('arbitrary JSON', () => {
  fc.assert(fc.property(fc.jsonValue(), holds), { numRuns: 500 });
});

test('arbitrary values in known fields', () => {
  const message = fc.dictionary(fc.constantFrom(...fields, 'data'), value, { maxKeys: 12 });
  const body = fc.oneof(message, fc.record({ data: message, status: value }));
  fc.assert(fc.property(body, holds), { numRuns: 1000 });
});

test('a word that is not known is never a success', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string(), (status, service) => {
      fc.pre(!good.test(status));
      holds({ status, service, message_handle: 'x', was_downgraded: true });
    }),
  );
});

test('arbitrary error bodies never throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.uint8Array(), fc.integer({ min: 300, max: 599 }), (body, bytes, status) => {
      expect(sendblue.mapError?.({ reply: { status, headers: {}, bytes }, body, settings })).toBeTypeOf('object');
    }),
  );
});
