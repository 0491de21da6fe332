import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { exitOf } from '../../src/core/exit.ts';
import { createTableRenderer } from '../../src/render/table.ts';
import { failed, lost, record, rendered, terminal } from './sample.ts';

const single = { single: true } as const;

const rich = {
  ...failed,
  from: '+15122164639',
  timeline: [
    { state: 'queued' as const, providerState: 'QUEUED', at: '2026-03-11T19:51:00.000Z', description: null },
    { state: 'failed' as const, providerState: 'ERROR', at: null, description: 'the carrier refused it' },
  ],
  details: { plan: 'blue', sendStyle: '', participants: ['+1', '+2'], mediaUrl: null, seats: [] },
  warnings: ['first', 'second'],
};

test('a card says the state, what it means and all that is known', async () => {
  expect(rendered(await createTableRenderer(terminal(80, single)), [rich])).toBe(`\
✗ failed  the provider could not deliver it, or refused it

id         dad45f2a-0c4f-4a3f-8b0f-3d8b2f3c9a10
asked      sendblue get
reason     4001 Blocked: the recipient opted out
hint       do not send to this number again
reported   ERROR
channel    sms (downgraded)
direction  outbound
from       +15122164639
to         +19998887777
created    2026-03-11 19:51 UTC (3 min ago)
updated    2026-03-11 19:51 UTC (3 min ago)
timeline   2026-03-11 19:51:00 queued
           failed (ERROR) – the carrier refused it
details    plan: blue
           participants: ["+1","+2"]
warning    first
           second
request    req_7X9zKp2jDw
exit       20 failed
`);
});

test('a look-up that failed says why and what to do', async () => {
  const error = { ...lost.error!, code: 'rate-limited' as const, retryable: true, retryAfterSeconds: 30 };
  const result = { ...lost, error, exit: exitOf('rate-limited'), mock: true };
  expect(rendered(await createTableRenderer(terminal(80, single)), [result])).toBe(`\
! rate-limited  the look-up failed, so nothing is known about the message

id       nobody-knows-this
asked    sent get (mock server)
error    Sent answered HTTP 404: no such message
hint     check the id
retry    after 30 s
request  req_7X9zKp2jDw
exit     31 rate-limited
`);
});

test('at forty columns the texts wrap beside their labels', async () => {
  expect(rendered(await createTableRenderer(terminal(40, single)), [record()])).toBe(`\
✓ delivered
  the device or the carrier confirmed it

id         8ba7b830-9dad-11d1-80b4-00c04
           fd430c8
asked      sent get
reported   DELIVERED
channel    sms
direction  outbound
to         +14155550100
created    2026-03-11 19:51 UTC (3 min
           ago)
updated    2026-03-11 19:51 UTC (3 min
           ago)
request    req_7X9zKp2jDw
exit       0 ok
`);
});

test('at twenty columns they stand below', async () => {
  const result = record({ direction: null, createdAt: null, updatedAt: null, request: null });
  expect(rendered(await createTableRenderer(terminal(20, single)), [result])).toBe(`\
✓ delivered
  the device or the
  carrier confirmed
  it

id
  8ba7b830-9dad-11d1
  -80b4-00c04fd430c8
asked
  sent get
reported
  DELIVERED
channel
  sms
to
  +14155550100
exit
  0 ok
`);
});

test('a terminal that does not say its width is taken for eighty columns', async () => {
  const unsaid = rendered(await createTableRenderer(terminal(0, single)), [rich]);
  expect(unsaid).toBe(rendered(await createTableRenderer(terminal(80, single)), [rich]));
});

test('fields are the labels', async () => {
  const fields = ['id', 'reason.code', 'updatedAt', 'error'];
  expect(rendered(await createTableRenderer(terminal(80, { ...single, fields })), [failed])).toBe(`\
id           dad45f2a-0c4f-4a3f-8b0f-3d8b2f3c9a10
reason.code  4001
updatedAt    2026-03-11 19:51 UTC
error
`);
});

test('the provider’s body stands last, all of it', async () => {
  const body = { text: 'word '.repeat(60).trim() };
  const text = rendered(await createTableRenderer(terminal(80, single)), [record({ raw: body })]);
  expect(text.slice(text.indexOf('raw  ')).match(/word/g)).toHaveLength(60);
});

test('a long detail is cut after three lines', async () => {
  const details = { content: 'x'.repeat(1000), plan: 'blue' };
  const text = rendered(await createTableRenderer(terminal(60, single)), [record({ details })]);
  expect(text.match(/x/g)?.length).toBeLessThanOrEqual(3 * 49);
  expect(text).toContain('x…\n           plan: blue\n');
});

test('colour decorates and changes nothing else', async () => {
  for (const columns of [20, 80]) {
    for (const result of [rich, lost, record()]) {
      const colored = rendered(await createTableRenderer(terminal(columns, { ...single, color: true })), [result]);
      const plain = rendered(await createTableRenderer(terminal(columns, single)), [result]);
      expect(colored).toContain('\u001b[');
      const bare = stripVTControlCharacters(colored).replace(/ +$/gm, '');
      expect(bare).toBe(plain);
    }
  }
});
