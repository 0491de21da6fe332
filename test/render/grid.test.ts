import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { exitOf } from '../../src/core/exit.ts';
import { createTableRenderer } from '../../src/render/table.ts';
import { ending, failed, lost, pipe, record, rendered, terminal } from './sample.ts';

const three = [record(), failed, lost];

test('wide enough, every column is whole', async () => {
  expect(rendered(await createTableRenderer(terminal(170)), three)).toBe(`\
provider │ id                                   │ result      │ channel │ number       │ updated                          │ message
─────────┼──────────────────────────────────────┼─────────────┼─────────┼──────────────┼──────────────────────────────────┼────────────────────────────────────────
sent     │ 8ba7b830-9dad-11d1-80b4-00c04fd430c8 │ ✓ delivered │ sms     │ +14155550100 │ 2026-03-11 19:51 UTC (3 min ago) │
sendblue │ dad45f2a-0c4f-4a3f-8b0f-3d8b2f3c9a10 │ ✗ failed    │ sms     │ +19998887777 │ 2026-03-11 19:51 UTC (3 min ago) │ 4001 Blocked: the recipient opted out
sent     │ nobody-knows-this                    │ ! not-found │         │              │                                  │ Sent answered HTTP 404: no such message
`);
});

test('with less room the time is told shortly, the channel goes, and the message is folded', async () => {
  expect(rendered(await createTableRenderer(terminal(120)), three)).toBe(`\
provider │ id                                   │ result      │ number       │ updated           │ message
─────────┼──────────────────────────────────────┼─────────────┼──────────────┼───────────────────┼──────────────────────
sent     │ 8ba7b830-9dad-11d1-80b4-00c04fd430c8 │ ✓ delivered │ +14155550100 │ 19:51 (3 min ago) │
sendblue │ dad45f2a-0c4f-4a3f-8b0f-3d8b2f3c9a10 │ ✗ failed    │ +19998887777 │ 19:51 (3 min ago) │ 4001 Blocked: the
         │                                      │             │              │                   │ recipient opted out
sent     │ nobody-knows-this                    │ ! not-found │              │                   │ Sent answered HTTP
         │                                      │             │              │                   │ 404: no such message
`);
});

const at80 = `\
provider │ id                                   │ result      │ message
─────────┼──────────────────────────────────────┼─────────────┼─────────────────
sent     │ 8ba7b830-9dad-11d1-80b4-00c04fd430c8 │ ✓ delivered │
sendblue │ dad45f2a-0c4f-4a3f-8b0f-3d8b2f3c9a10 │ ✗ failed    │ 4001 Blocked:
         │                                      │             │ the recipient
         │                                      │             │ opted out
sent     │ nobody-knows-this                    │ ! not-found │ Sent answered
         │                                      │             │ HTTP 404: no
         │                                      │             │ such message
`;

test('rows of one id keep what tells them apart', async () => {
  const twice = [record(), record({ operation: 'status' }), failed];
  expect(rendered(await createTableRenderer(terminal(80)), twice)).toBe(`\
provider    │ id                                   │ result      │ message
────────────┼──────────────────────────────────────┼─────────────┼──────────────
sent        │ 8ba7b830-9dad-11d1-80b4-00c04fd430c8 │ ✓ delivered │
sent/status │ 8ba7b830-9dad-11d1-80b4-00c04fd430c8 │ ✓ delivered │
sendblue    │ dad45f2a-0c4f-4a3f-8b0f-3d8b2f3c9a10 │ ✗ failed    │ 4001 Blocked:
            │                                      │             │ the recipient
            │                                      │             │ opted out
`);
});

test('what a row is about and where it is stay in a narrow terminal, whatever else tells rows apart', async () => {
  const twice = [record({ id: 'delivered' }), record({ id: 'delivered', operation: 'activities' })];
  expect(rendered(await createTableRenderer(terminal(40)), twice)).toBe(`\
provider       │ id        │ result
───────────────┼───────────┼────────────
sent           │ delivered │ ✓ delivered
sent/activiti… │ delivered │ ✓ delivered
`);
});

test('a long id or word takes the reason from no row', async () => {
  const key = record({ provider: 'sfmc', operation: 'get', id: `key-${'0123456789'.repeat(7)}` });
  const odd = { ...lost, exit: exitOf('unexpected-response'), to: 'x'.repeat(300) };
  const text = rendered(await createTableRenderer(terminal(80)), [key, odd, failed]);
  expect(text).toBe(`\
provider │ id                                   │ result         │ message
─────────┼──────────────────────────────────────┼────────────────┼──────────────
sfmc     │ key-01234567890123456789012345678901 │ ✓ delivered    │
         │ 234567890123456789012345678901234567 │                │
         │ 89                                   │                │
sent     │ nobody-knows-this                    │ ! unexpected-… │ Sent answered
         │                                      │                │ HTTP 404: no
         │                                      │                │ such message
sendblue │ dad45f2a-0c4f-4a3f-8b0f-3d8b2f3c9a10 │ ✗ failed       │ 4001 Blocked:
         │                                      │                │ the recipient
         │                                      │                │ opted out
`);
});

test('of what came in the customer’s number is who sent it', async () => {
  const inbound = record({ id: 'm-1', direction: 'inbound', from: '+15550100142' });
  expect(rendered(await createTableRenderer(terminal(100)), [inbound])).toContain('│ +15550100142 │');
});

test('columns go, those that matter least first', async () => {
  expect(rendered(await createTableRenderer(terminal(80)), three)).toBe(at80);
});

test('a terminal that does not say its width is taken for eighty columns', async () => {
  expect(rendered(await createTableRenderer(terminal(0)), three)).toBe(at80);
});

test('at twenty columns the id and the state are left', async () => {
  expect(rendered(await createTableRenderer(terminal(20)), three)).toBe(`\
id       │ result
─────────┼──────────
8ba7b830 │ ✓ delive…
-9dad-11 │
d1-80b4- │
00c04fd4 │
30c8     │
dad45f2a │ ✗ failed
-0c4f-4a │
3f-8b0f- │
3d8b2f3c │
9a10     │
nobody-k │ ! not-fo…
nows-thi │
s        │
`);
});

test('in a file nothing is cut', async () => {
  const long = 'reason '.repeat(100).trim();
  const results = [record(), { ...lost, error: { ...lost.error!, message: long } }];
  const text = rendered(await createTableRenderer(pipe), results);
  expect(text).toContain(long);
  expect(text).toMatch(/^provider │ id/);
});

test('a column that would be empty is left out', async () => {
  const results = [record({ id: 'm-1', channel: null }), record({ id: 'm-2', channel: null })];
  expect(rendered(await createTableRenderer(terminal(80)), results)).toBe(`\
provider │ id  │ result      │ number       │ updated
─────────┼─────┼─────────────┼──────────────┼─────────────────────────────────
sent     │ m-1 │ ✓ delivered │ +14155550100 │ 2026-03-11 19:51 UTC (3 min ago)
sent     │ m-2 │ ✓ delivered │ +14155550100 │ 2026-03-11 19:51 UTC (3 min ago)
`);
});

test('fields are the columns, empty ones too', async () => {
  const fields = ['reason.code', 'id', 'error.code', 'updatedAt'];
  expect(rendered(await createTableRenderer(terminal(100, { fields })), [failed])).toBe(`\
reason.code │ id                                   │ error.code │ updatedAt
────────────┼──────────────────────────────────────┼────────────┼─────────────────────
4001        │ dad45f2a-0c4f-4a3f-8b0f-3d8b2f3c9a10 │            │ 2026-03-11 19:51 UTC
`);
});

test('nothing to show is nothing', async () => {
  expect(rendered(await createTableRenderer(terminal(80)), [])).toBe('');
});

test('scripts that the table library miscounts stay in line', async () => {
  const ids = ['ภาษาไทย', 'हिन्दी', '👨‍👩‍👧‍👦', '🫠🫠', '漢字', 'plain'];
  const results = ids.map((id) => record({ id }));
  expect(rendered(await createTableRenderer(terminal(40, { fields: ['id', 'state'] })), results)).toBe(`\
id      │ state
────────┼──────────
ภาษาไทย │ delivered
हिन्दी    │ delivered
👨‍👩‍👧‍👦      │ delivered
🫠🫠    │ delivered
漢字    │ delivered
plain   │ delivered
`);
});

test('a cell that looks like the frame’s own stand-ins is shown as it is', async () => {
  const results = ['xxx', 'x│x', 'x x'].map((id) => record({ id }));
  expect(rendered(await createTableRenderer(terminal(40, { fields: ['id', 'state'] })), results)).toBe(`\
id  │ state
────┼──────────
xxx │ delivered
x│x │ delivered
x x │ delivered
`);
});

test('the first two hundred rows are held back; every further one is a line of its own at once', async () => {
  const renderer = await createTableRenderer(terminal(80, { fields: ['id', 'state'] }));
  const pieces = Array.from({ length: 1000 }, (_, index) => renderer.result(record({ index, id: `m-${index}` }), null));
  expect(pieces.slice(0, 199)).toEqual(Array.from({ length: 199 }, () => ''));
  const first = pieces[199]?.split('\n') ?? [];
  expect(first).toHaveLength(2 + 200 + 1);
  expect(first.slice(0, 3)).toEqual(['id    │ state', '──────┼──────────', 'm-0   │ delivered']);
  expect(first[201]).toBe('m-199 │ delivered');
  expect(pieces.slice(200)).toEqual(Array.from({ length: 800 }, (_, more) => `m-${more + 200} │ delivered\n`));
  expect(renderer.end(ending)).toBe('');
});

test('a further row keeps to the widths of the first ones', async () => {
  const renderer = await createTableRenderer(terminal(80, { fields: ['id', 'state'] }));
  for (let index = 0; index < 200; index += 1) renderer.result(record({ index, id: 'm-1' }), null);
  expect(renderer.result(record({ id: 'm-1000', state: 'queued' }), null)).toBe('m-… │ queued\n');
});

test('where somebody waits, rows come before all are known, with room for what is usual', async () => {
  const renderer = await createTableRenderer(terminal(80));
  expect(renderer.result(record({ id: 'm-1', channel: null, to: null }), null)).toBe('');
  expect(renderer.release?.()).toBe(`\
id     │ result      │ number       │ updated            │ message
───────┼─────────────┼──────────────┼────────────────────┼──────────────────────
m-1    │ ✓ delivered │              │ 19:51 (3 min ago)  │
`);
  expect(renderer.result({ ...failed, id: 'm-22222' }, null)).toBe(`\
m-2222 │ ✗ failed    │ +19998887777 │ 19:51 (3 min ago)  │ 4001 Blocked: the
2      │             │              │                    │ recipient opted out
`);
  expect(renderer.release?.()).toBe('');
  expect(renderer.end(ending)).toBe('');
});

test('colour decorates and changes nothing else', async () => {
  const colored = rendered(await createTableRenderer(terminal(80, { color: true })), three);
  expect(colored).toContain('\u001b[32m✓ delivered\u001b[39m');
  expect(colored).toContain('\u001b[31m✗ failed\u001b[39m');
  expect(stripVTControlCharacters(colored)).toBe(at80);
});
