import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visible } from '../../src/render/safe-text.ts';
import { createTsvRenderer } from '../../src/render/tsv.ts';
import { hostileText } from './hostile.ts';
import { failed, lost, pipe, record, rendered } from './sample.ts';

const header = 'provider\toperation\tid\tstate\texit\toutcome\tchannel\tto\tupdatedAt\tmessage\n';
const deliveredLine =
  'sent\tget\t8ba7b830-9dad-11d1-80b4-00c04fd430c8\tdelivered\t0\tsuccess\tsms\t+14155550100\t2026-03-11T19:51:10.000Z\t\n';

test('a header and a tab-separated line each', () => {
  expect(rendered(createTsvRenderer(pipe), [record(), failed, lost])).toBe(
    `${header}${deliveredLine}\
sendblue\tget\tdad45f2a-0c4f-4a3f-8b0f-3d8b2f3c9a10\tfailed\t20\tfailure\tsms\t+19998887777\t2026-03-11T19:51:10.000Z\t4001 Blocked: the recipient opted out
sent\tget\tnobody-knows-this\t\t24\t\t\t\t\tSent answered HTTP 404: no such message
`,
  );
});

test('the header alone when there was nothing', () => {
  expect(rendered(createTsvRenderer(pipe), [])).toBe(header);
});

test('colour and zone change nothing in a pipe', () => {
  const view = { ...pipe, color: true, utc: true };
  expect(rendered(createTsvRenderer(view), [record()])).toBe(header + deliveredLine);
});

test('fields become the columns', () => {
  const view = { ...pipe, fields: ['state', 'exit', 'reason.code'] };
  expect(rendered(createTsvRenderer(view), [lost, failed])).toBe(
    'state\texit\treason.code\n\t{"code":24,"name":"not-found","retryable":false}\t\nfailed\t{"code":20,"name":"failed","retryable":false}\t4001\n',
  );
});

test('every value is one cell, whole and visible', () => {
  const renderer = createTsvRenderer({ ...pipe, fields: ['id', 'providerState', 'details.content'] });
  fc.assert(
    fc.property(hostileText, hostileText, (id, content) => {
      const lines = renderer.result(record({ id, details: { content: content.repeat(20) } }), null).split('\n');
      expect(lines.at(-1)).toBe('');
      expect(lines.at(-2)?.split('\t')).toEqual([visible(id), 'DELIVERED', visible(content.repeat(20))]);
    }),
  );
});
