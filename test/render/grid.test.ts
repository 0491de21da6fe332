import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { createTableRenderer } from '../../src/render/table.ts';
import { ending, failed, lost, record, rendered, terminal } from './sample.ts';

const three = [record(), failed, lost];

test('wide enough, every column is whole', async () => {
  expect(rendered(await createTableRenderer(terminal(170)), three)).toBe(`\
provider │ id                                   │ result      │ channel │ to           │ updated                          │ message
─────────┼──────────────────────────────────────┼─────────────┼─────────┼──────────────┼──────────────────────────────────┼────────────────────────────────────────
sent     │ 8ba7b830-9dad-11d1-80b4-00c04fd430c8 │ ✓ delivered │ sms     │ +14155550100 │ 2026-03-11 19:51 UTC (3 min ago) │
sendblue │ dad45f2a-0c4f-4a3f-8b0f-3d8b2f3c9a10 │ ✗ failed    │ sms     │ +19998887777 │ 2026-03-11 19:51 UTC (3 min ago) │ 4001 Blocked: the recipient opted out
sent     │ nobody-knows-this                    │ ! not-found │         │              │                                  │ Sent answered HTTP 404: no such message
`);
});

test('with less room the time is only an age, then the message is cut', async () => {
  expect(rendered(await createTableRenderer(terminal(120)), three)).toBe(`\
provider │ id                                   │ result      │ channel │ to           │ updated   │ message
─────────┼──────────────────────────────────────┼─────────────┼─────────┼──────────────┼───────────┼────────────────────
sent     │ 8ba7b830-9dad-11d1-80b4-00c04fd430c8 │ ✓ delivered │ sms     │ +14155550100 │ 3 min ago │
sendblue │ dad45f2a-0c4f-4a3f-8b0f-3d8b2f3c9a10 │ ✗ failed    │ sms     │ +19998887777 │ 3 min ago │ 4001 Blocked: the …
sent     │ nobody-knows-this                    │ ! not-found │         │              │           │ Sent answered HTTP…
`);
});

const at80 = `\
provider │ id                                   │ result      │ message
─────────┼──────────────────────────────────────┼─────────────┼─────────────────
sent     │ 8ba7b830-9dad-11d1-80b4-00c04fd430c8 │ ✓ delivered │
sendblue │ dad45f2a-0c4f-4a3f-8b0f-3d8b2f3c9a10 │ ✗ failed    │ 4001 Blocked: t…
sent     │ nobody-knows-this                    │ ! not-found │ Sent answered H…
`;

test('the provider goes early, but not where it tells the rows apart', async () => {
  const alike = three.map((each) => ({ ...each, provider: 'sent' }));
  expect(rendered(await createTableRenderer(terminal(80)), alike)).toBe(`\
id                                   │ result      │ message
─────────────────────────────────────┼─────────────┼────────────────────────────
8ba7b830-9dad-11d1-80b4-00c04fd430c8 │ ✓ delivered │
dad45f2a-0c4f-4a3f-8b0f-3d8b2f3c9a10 │ ✗ failed    │ 4001 Blocked: the recipien…
nobody-knows-this                    │ ! not-found │ Sent answered HTTP 404: no…
`);
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
8ba7b83… │ ✓ delive…
dad45f2… │ ✗ failed
nobody-… │ ! not-fo…
`);
});

test('a column that would be empty is left out', async () => {
  const results = [record({ id: 'm-1', channel: null }), record({ id: 'm-2', channel: null })];
  expect(rendered(await createTableRenderer(terminal(80)), results)).toBe(`\
provider │ id  │ result      │ to           │ updated
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

test('colour decorates and changes nothing else', async () => {
  const colored = rendered(await createTableRenderer(terminal(80, { color: true })), three);
  expect(colored).toContain('\u001b[32m✓ delivered\u001b[39m');
  expect(colored).toContain('\u001b[31m✗ failed\u001b[39m');
  expect(stripVTControlCharacters(colored)).toBe(at80);
});
