import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { exitOf } from '../../src/core/exit.ts';
import { createTableRenderer } from '../../src/render/table.ts';
import { failed, lost, record, rendered, terminal } from './sample.ts';

const single = { single: true } as const;

const source = 'provider' as const;

const rich = {
  ...failed,
  from: '+15122164639',
  timeline: [
    { state: 'queued' as const, providerState: 'QUEUED', at: '2026-03-11T19:51:00.000Z', description: null, source },
    { state: 'failed' as const, providerState: 'ERROR', at: null, description: 'the carrier refused it', source },
  ],
  details: { plan: 'blue', sendStyle: '', participants: ['+1', '+2'], mediaUrl: null, seats: [] },
  warnings: ['first', 'second'],
};

test('a card says the state, why, what to do and the steps; the rest is dim', async () => {
  expect(rendered(await createTableRenderer(terminal(80, single)), [rich])).toBe(`\
✗ failed  sms (downgraded) to +19998887777, 3 min ago
  4001 Blocked: the recipient opted out
  → do not send to this number again

  2026-03-11 19:51:00  queued
                       failed    the carrier refused it

  ! first
  ! second

  id dad45f2a-0c4f-4a3f-8b0f-3d8b2f3c9a10 · asked sendblue get · reported ERROR
  from +15122164639 · times UTC · request req_7X9zKp2jDw · exit 20 failed
  2 more with --details
`);
});

test('a warning is whole in a narrow terminal where the card has lines to spare', async () => {
  const warning = 'a message stays queued for as long as its send definition is inactive; check that it is active';
  const result = record({
    provider: 'sfmc',
    state: 'queued',
    outcome: 'pending',
    exit: exitOf('pending'),
    providerState: 'TransactionalSendEvents.SMSQueued',
    warnings: [warning],
  });
  const text = rendered(await createTableRenderer(terminal(40, single)), [result]);
  expect(text.replace(/\s+/g, ' ')).toContain(`! ${warning}`);
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(22);
});

test('the text of the message and the time between its steps', async () => {
  const result = record({
    sentAt: '2026-03-11T19:51:04.000Z',
    details: { messageBody: { header: null, content: 'Your table is booked' } },
  });
  expect(rendered(await createTableRenderer(terminal(80, single)), [result])).toBe(`\
✓ delivered  sms to +14155550100, 3 min ago
  the device or the carrier confirmed it

  “Your table is booked”

  2026-03-11 19:51:00  created
  2026-03-11 19:51:04  sent       +4 s
  2026-03-11 19:51:10  delivered  +6 s

  id 8ba7b830-9dad-11d1-80b4-00c04fd430c8 · asked sent get · times UTC
  request req_7X9zKp2jDw · exit 0 ok
`);
});

test('--details shows all that is known, nothing twice', async () => {
  const details = {
    content: 'Hello',
    number: '+1 999 888-7777',
    service: 'SMS',
    errorCode: 4001,
    errorMessage: 'the recipient opted out',
    ...rich.details,
  };
  const text = rendered(await createTableRenderer(terminal(80, { ...single, details: true })), [{ ...rich, details }]);
  expect(text).toBe(`\
✗ failed  sms (downgraded) to +19998887777, 3 min ago
  4001 Blocked: the recipient opted out
  → do not send to this number again

  “Hello”

  2026-03-11 19:51:00  queued
                       failed    the carrier refused it

id         dad45f2a-0c4f-4a3f-8b0f-3d8b2f3c9a10
asked      sendblue get
reported   ERROR
from       +15122164639
times      UTC
request    req_7X9zKp2jDw
exit       20 failed
direction  outbound
created    2026-03-11 19:51:00
updated    2026-03-11 19:51:10
details    plan: blue
           participants: ["+1","+2"]
warning    first
           second
`);
});

test('--details has all of a long hint', async () => {
  const hint = `${'ask for another key '.repeat(20)}BASE_URL=https://an.address.that.is.wider.than.the.terminal.example`;
  const view = terminal(40, { ...single, details: true });
  const text = rendered(await createTableRenderer(view), [{ ...lost, error: { ...lost.error!, hint } }]);
  expect(text.replace(/\s+/g, '')).toContain(hint.replace(/\s+/g, ''));
});

test('a state that was seen after the last change does not stand behind it', async () => {
  const late = { description: 'seen at the first look', source: 'observed' as const };
  const timeline = [
    { state: 'queued' as const, providerState: 'QUEUED', at: '2026-03-11T19:52:00.000Z', ...late },
    { state: 'sent' as const, providerState: 'SENT', at: '2026-03-11T19:51:05.000Z', ...late },
  ];
  const text = rendered(await createTableRenderer(terminal(80, single)), [record({ timeline })]);
  expect(text.match(/^ {2}2026.*\d {2}(\w+)/gm)?.map((line) => line.trim().split(/ +/)[2])).toEqual([
    'created',
    'sent',
    'delivered',
  ]);
});

test('a look-up that failed says why and what to do', async () => {
  const error = { ...lost.error!, code: 'rate-limited' as const, retryable: true, retryAfterSeconds: 30 };
  const result = { ...lost, error, exit: exitOf('rate-limited'), mock: true };
  expect(rendered(await createTableRenderer(terminal(80, single)), [result])).toBe(`\
! rate-limited  the look-up failed, so nothing is known about the message
  Sent answered HTTP 404: no such message
  → check the id; retry after 30 s

  id nobody-knows-this · asked sent get (mock server) · request req_7X9zKp2jDw
  exit 31 rate-limited
`);
});

test('what is pending, or not as expected, says what to type next', async () => {
  const pending = record({ state: 'queued', outcome: 'pending', terminal: false, exit: exitOf('pending') });
  const shown = async (result: typeof pending, hint: string | null) =>
    (await createTableRenderer(terminal(80, single))).result(result, hint).split('\n').slice(1, 4);
  expect(await shown(pending, null)).toEqual(['  accepted, not yet handed on', '  → add --wait to keep checking', '']);
  const sent = record({ state: 'sent', exit: exitOf('expect-mismatch'), warnings: ['use --expect sent'] });
  expect(await shown(sent, 'use --expect sent')).toEqual([
    '  final, but not as expected: sent',
    '  → use --expect sent',
    '',
  ]);
  const late = { ...pending, exit: exitOf('wait-timeout') };
  expect((await shown(late, null))[0]).toBe('  still queued when the time was up');
});

test('what came in names who sent it', async () => {
  const result = record({ state: 'received', direction: 'inbound', from: '+15550100142' });
  const text = (await createTableRenderer(terminal(80, single))).result(result, null);
  expect(text).toContain('✓ received  sms from +15550100142, 3 min ago\n');
  expect(text).toContain('  to +14155550100 ·');
});

test('at forty columns no word is broken that fits', async () => {
  expect(rendered(await createTableRenderer(terminal(40, single)), [failed])).toBe(`\
✗ failed
  sms (downgraded) to +19998887777, 3
  min ago
  4001 Blocked: the recipient opted out
  → do not send to this number again

  19:51:00  created
  19:51:10  failed   +10 s

  dad45f2a-0c4f-4a3f-8b0f-3d8b2f3c9a10
  asked sendblue get · reported ERROR
  times UTC · request req_7X9zKp2jDw
  exit 20 failed
`);
});

test.each([40, 60, 80, 120])(
  'a card of %i columns fits a terminal of 24 lines, whatever it has to say',
  async (columns) => {
    const words = (count: number) => Array.from({ length: count }, (_, i) => `word-${i}`).join(' ');
    const steps = Array.from({ length: 50 }, (_, i) => ({ ...rich.timeline[0]!, description: words(i) }));
    const worst = {
      ...rich,
      reason: { ...failed.reason!, message: words(60), hint: words(60) },
      timeline: steps,
      details: { content: words(200), ...rich.details },
      warnings: [words(40), words(40), words(40)],
    };
    const lines = rendered(await createTableRenderer(terminal(columns, single)), [worst]).split('\n');
    // Two more are for the command line and the prompt, one for what stderr says of the exit.
    expect(lines.length).toBeLessThanOrEqual(columns < 80 ? 31 : 24);
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    const whole = new Set(words(200).split(' '));
    const broken = lines
      .join(' ')
      .match(/\S*word\S*/g)
      ?.filter((word) => !whole.has(word.replace(/[“”]/g, '')));
    expect(broken).toEqual([]);
  },
);

test('of too many steps the first and the last are told', async () => {
  const steps = Array.from({ length: 40 }, (_, i) => ({
    ...rich.timeline[0]!,
    at: new Date(Date.parse('2026-03-11T19:51:00Z') + 1000 * i).toISOString(),
  }));
  const text = rendered(await createTableRenderer(terminal(80, single)), [record({ timeline: steps })]);
  expect(text).toMatch(/19:51:00 .*\n {2}… \d+ more: --details\n/);
  expect(text).toContain('19:51:39');
  const all = await createTableRenderer(terminal(80, { ...single, details: true }));
  expect(rendered(all, [record({ timeline: steps })]).match(/queued/g)).toHaveLength(40);
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
  const details = { note: 'x'.repeat(1000), plan: 'blue' };
  const view = terminal(60, { ...single, details: true });
  const text = rendered(await createTableRenderer(view), [record({ details })]);
  expect(text.match(/x/g)?.length).toBeLessThanOrEqual(3 * 49);
  expect(text).toContain('x…\n');
  expect(text).toContain('plan: blue\n');
});

test('with --details several messages are cards too', async () => {
  const text = rendered(await createTableRenderer(terminal(80, { details: true })), [record(), failed]);
  expect(text).toMatch(/^✓ delivered.*\n(.*\n)+\n✗ failed/);
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
